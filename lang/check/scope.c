/* SPDX-License-Identifier: MIT */
/*
 * Variables: scopes, look-up, what is moved, what is borrowed, and the drops at the end of a
 * scope. Branches are branch.c. Source: docs/spec/language.md 5.
 */
#include "lang/check/scope_priv.h"

#include "lang/check/diag_priv.h"
#include "lang/check/ir_priv.h"

#include <stdlib.h>

static uint32_t bucket_of(struct str name)
{
	uint32_t h = 2166136261u;

	for (uint32_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.ptr[i]) * 16777619u;
	return (h ^ h >> 13) % CK_BUCKETS;
}

uint32_t ck_find(struct ck *c, struct str name)
{
	uint32_t i = c->buckets[bucket_of(name)];

	while (i != CK_NONE && i >= c->f.base) {
		if (str_eq(c->vars[i].name, name))
			return i;
		i = c->vars[i].next;
	}
	return CK_NONE;
}

bool ck_in_scope(const struct ck *c, uint32_t var)
{
	return var != CK_NONE && var >= c->f.scope;
}

uint32_t ck_declare(struct ck *c, struct str name, struct lang_type type, ir_local local)
{
	uint32_t i = c->var_count;
	struct ck_var *v;

	c->vars = ck_grow(c, c->vars, &c->var_cap, i, sizeof(*c->vars));
	v = &c->vars[i];
	*v = (struct ck_var){.name = name, .type = type, .local = local, .bucket = CK_NONE};
	v->state.from = CK_FROM_NOTHING;
	if (name.len > 0) {
		v->bucket = bucket_of(name);
		v->next = c->buckets[v->bucket];
		c->buckets[v->bucket] = i;
	}
	c->var_count++;
	return i;
}

struct ck_val ck_temp_in(struct ck *c, struct lang_type type, ir_local local)
{
	struct ck_val v = {.type = type, .local = local, .var = CK_NONE};

	v.from = CK_FROM_NOTHING;
	if (lang_ty_is_owned(type.base))
		v.var = ck_declare(c, STR(""), type, local);
	return v;
}

struct ck_val ck_temp(struct ck *c, struct lang_type type)
{
	return ck_temp_in(c, type, ck_local(c, type.base, STR("")));
}

struct ck_val ck_never(void)
{
	return (struct ck_val){
	    .type.base = TY_NEVER, .local = IR_NONE, .var = CK_NONE, .from = CK_FROM_NOTHING};
}

static void log_change(struct ck *c, uint32_t var)
{
	if (var >= c->f.mark_vars)
		return;
	c->log = ck_grow(c, c->log, &c->log_cap, c->log_count, sizeof(*c->log));
	c->log[c->log_count++] = (struct ck_log){.var = var, .old = c->vars[var].state};
}

void ck_set_state(struct ck *c, uint32_t var, struct ck_state state)
{
	uint32_t before = c->vars[var].state.from.owner;

	log_change(c, var);
	if (state.from.owner != CK_NONE)
		c->vars[state.from.owner].borrows++;
	if (before != CK_NONE)
		c->vars[before].borrows--;
	c->vars[var].state = state;
}

void ck_set_from(struct ck *c, uint32_t var, struct ck_from from, const struct json *at)
{
	struct ck_state state = c->vars[var].state;

	state.from = from;
	state.borrow_at = at;
	ck_set_state(c, var, state);
}

void ck_set_moved(struct ck *c, uint32_t var, enum ck_moved moved, const struct json *at)
{
	struct ck_state state = c->vars[var].state;

	state.moved = moved;
	state.moved_at = at;
	ck_set_state(c, var, state);
}

void ck_consumed(struct ck *c, const struct ck_val *v, const struct json *at)
{
	if (lang_ty_is_owned(v->type.base) && v->how == CK_TEMP && v->var != CK_NONE)
		ck_set_moved(c, v->var, CK_MOVED, at);
}

int ck_usable(struct ck *c, uint32_t var, const struct json *at)
{
	const struct ck_var *v = &c->vars[var];
	const char *where;

	if (v->state.moved == CK_LIVE)
		return 0;
	where = v->state.moved_at != NULL ? ck_pointer(c, v->state.moved_at) : "<unknown>";
	return ck_fail(c, LANG_CODE_MOVE, at,
	    "pass a copy at the first use: view.to_bytes of bytes.view, or assign it again with "
	    "set",
	    "use after move: \"%.*s\" moved_ptr=%s", CK_STR(v->name), where);
}

/* The named view that relies on a variable, if it is one: only for messages. */
static const struct ck_var *borrower(const struct ck *c, uint32_t owner)
{
	for (uint32_t i = c->f.base; i < c->var_count; i++) {
		if (c->vars[i].name.len > 0 && c->vars[i].state.from.owner == owner)
			return &c->vars[i];
	}
	return NULL;
}

int ck_unborrowed(struct ck *c, uint32_t var, const char *what, const struct json *at)
{
	const struct ck_var *v = &c->vars[var];
	const struct ck_var *by;
	const char *help = "end the view first: put it into a (begin ...) of its own";

	if (v->borrows == 0)
		return 0;
	by = borrower(c, var);
	if (by == NULL || str_eq_c(str_c(what), "move"))
		return ck_fail(c, LANG_CODE_BORROW, at, help, "%s while borrowed: \"%.*s\"", what,
		    CK_STR(v->name));
	return ck_fail(c, LANG_CODE_BORROW, at, help,
	    "%s while borrowed: \"%.*s\" borrowed_by=\"%.*s\" borrowed_ptr=%s", what,
	    CK_STR(v->name), CK_STR(by->name),
	    by->state.borrow_at != NULL ? ck_pointer(c, by->state.borrow_at) : "<unknown>");
}

uint32_t ck_scope_open(struct ck *c)
{
	uint32_t outer = c->f.scope;

	c->f.scope = c->var_count;
	return outer;
}

/* A result that is only moved out of a variable of the scope may stay in its local. */
static void shorten_result(struct ck *c, struct ck_val *result)
{
	const struct ir_stmt *last = c->f.block->ir.last;

	if (result->how == CK_READ && result->var != CK_NONE && result->var >= c->f.scope) {
		result->how = CK_TEMP;
		result->var = CK_NONE;
	}
	if (!lang_ty_is_owned(result->type.base) || last == NULL || last->op != IR_MOVE)
		return;
	for (uint32_t i = c->f.scope; i < c->var_count; i++) {
		if (c->vars[i].local != last->args[0])
			continue;
		if (c->vars[i].state.moved == CK_MOVED &&
		    ck_take_back_move(c, result, c->vars[i].local))
			result->local = c->vars[i].local;
		return;
	}
}

static bool must_drop(const struct ck_var *v)
{
	return lang_ty_is_owned(v->type.base) && v->state.moved != CK_MOVED;
}

/* Named variables by name, then temporaries in order of creation. */
static int drop_order(const void *a, const void *b)
{
	const struct ck_var *x = *(const struct ck_var *const *)a;
	const struct ck_var *y = *(const struct ck_var *const *)b;

	if ((x->name.len == 0) != (y->name.len == 0))
		return x->name.len == 0 ? 1 : -1;
	if (x->name.len == 0)
		return x < y ? -1 : x > y;
	return str_cmp(x->name, y->name);
}

static int drop_scope(struct ck *c, uint32_t except, const struct json *at)
{
	uint32_t count = 0;
	struct ck_var **list;

	for (uint32_t i = c->f.scope; i < c->var_count; i++)
		count += i != except && must_drop(&c->vars[i]);
	if (count == 0)
		return 0;
	list = arena_alloc(c->arena, count * sizeof(void *));
	count = 0;
	for (uint32_t i = c->f.scope; i < c->var_count; i++) {
		if (i == except || !must_drop(&c->vars[i]))
			continue;
		if (c->vars[i].borrows > 0)
			return ck_unborrowed(c, i, "drop", at);
		list[count++] = &c->vars[i];
	}
	qsort(list, count, sizeof(void *), drop_order);
	for (uint32_t i = 0; i < count; i++)
		ck_drop_local(c, list[i]->local);
	return 0;
}

static int check_escape(struct ck *c, const struct ck_val *result, const struct json *at)
{
	if (!lang_ty_is_view(result->type.base) || result->from.owner == CK_NONE ||
	    result->from.owner < c->f.scope)
		return 0;
	return ck_fail(c, LANG_CODE_ESCAPE, at,
	    "bind the owner outside of this scope, or copy with view.to_bytes",
	    "drop while borrowed: \"%.*s\"", CK_STR(c->vars[result->from.owner].name));
}

static void pop_names(struct ck *c)
{
	for (uint32_t i = c->var_count; i > c->f.scope; i--) {
		const struct ck_var *v = &c->vars[i - 1];

		if (v->bucket != CK_NONE)
			c->buckets[v->bucket] = v->next;
	}
	c->var_count = c->f.scope;
}

void ck_forget(struct ck *c, uint32_t from)
{
	/* Scopes that were left by the fault did not take their names away. */
	for (uint32_t i = 0; i < CK_BUCKETS; i++) {
		while (c->buckets[i] != CK_NONE && c->buckets[i] >= from)
			c->buckets[i] = c->vars[c->buckets[i]].next;
	}
	c->var_count = from;
}

int ck_scope_close(struct ck *c, uint32_t outer, struct ck_val *result, const struct json *at)
{
	uint32_t except = CK_NONE;
	int rc = result != NULL ? check_escape(c, result, at) : 0;

	if (rc < 0)
		return rc;
	if (result != NULL) {
		shorten_result(c, result);
		if (lang_ty_is_owned(result->type.base))
			except = result->var;
	}
	for (uint32_t i = c->f.scope; i < c->var_count; i++) {
		if (c->vars[i].state.from.owner != CK_NONE)
			ck_set_from(c, i, CK_FROM_NOTHING, NULL);
	}
	rc = drop_scope(c, except, at);
	if (rc < 0)
		return rc;
	pop_names(c);
	c->f.scope = outer;
	if (except != CK_NONE && except >= c->var_count)
		result->var = ck_declare(c, STR(""), result->type, result->local);
	return 0;
}

void ck_drop_all(struct ck *c, uint32_t except)
{
	for (uint32_t i = c->var_count; i > c->f.base; i--) {
		if (i - 1 != except && must_drop(&c->vars[i - 1]))
			ck_drop_local(c, c->vars[i - 1].local);
	}
}

/* A copy at the place of the read, now that the variable is about to change. */
static void copy_late(struct ck *c, struct ck_pend *p)
{
	const struct ck_var *v = &c->vars[p->var];
	struct ir_stmt *s = arena_alloc(c->arena, sizeof(*s) + sizeof(ir_local));
	struct ir_block *b = &p->block->ir;

	s->op = IR_COPY;
	s->args = (ir_local *)(s + 1);
	s->args[0] = v->local;
	s->arg_count = 1;
	s->dst = ck_local(c, v->type.base, STR(""));
	if (p->after != NULL) {
		s->next = p->after->next;
		p->after->next = s;
	} else {
		s->next = b->first;
		b->first = s;
	}
	if (b->last == p->after)
		b->last = s;
	p->block->before_last = NULL;
	*p->slot = s->dst;
	p->var = CK_NONE;
}

void ck_before_write(struct ck *c, uint32_t var)
{
	if (c->vars[var].pending == 0)
		return;
	c->vars[var].pending = 0;
	for (uint32_t i = 0; i < c->pend_count; i++) {
		if (c->pends[i].var == var)
			copy_late(c, &c->pends[i]);
	}
}

void ck_hold_var(struct ck *c, uint32_t var)
{
	c->vars[var].borrows++;
}

void ck_release_var(struct ck *c, uint32_t var)
{
	c->vars[var].borrows--;
}

static bool is_pending_kind(const struct ck_val *v)
{
	return v->how == CK_READ && v->var != CK_NONE;
}

void ck_hold(struct ck *c, struct ck_val *v)
{
	if (v->from.owner != CK_NONE)
		ck_hold_var(c, v->from.owner);
	if (!is_pending_kind(v))
		return;
	c->pends = ck_grow(c, c->pends, &c->pend_cap, c->pend_count, sizeof(*c->pends));
	c->pends[c->pend_count++] = (struct ck_pend){
	    .var = v->var, .block = c->f.block, .after = c->f.block->ir.last, .slot = &v->local};
	c->vars[v->var].pending++;
}

void ck_release(struct ck *c, const struct ck_val *v)
{
	if (v->from.owner != CK_NONE)
		ck_release_var(c, v->from.owner);
	if (!is_pending_kind(v))
		return;
	c->pend_count--;
	if (c->pends[c->pend_count].var != CK_NONE)
		c->vars[c->pends[c->pend_count].var].pending--;
}
