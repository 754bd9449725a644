/* SPDX-License-Identifier: MIT */
/*
 * Loops. The body is checked as one iteration that may follow another one: what it moves it must
 * put back, and a view that it leaves pointing elsewhere makes the body be checked again from that
 * state, until nothing changes. Source: docs/spec/language.md 4, docs/decisions/design.md 2 row 8.
 */
#include "lang/check/loop_priv.h"

#include "lang/check/branch_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

static void zero(struct ck *c, struct ck_val *out)
{
	if (out == NULL)
		return;
	*out = ck_temp_in(c, (struct lang_type){.base = TY_I32}, ck_const(c, 0));
	out->is_bool = true;
}

static int moved_in_loop(struct ck *c, const struct ck_change *x, const struct json *body)
{
	const struct json *at = x->state.moved_at != NULL ? x->state.moved_at : body;

	return ck_fail(c, LANG_CODE_MOVE, at,
	    "the second iteration would read the moved variable: move a copy, or assign it again "
	    "with set before the iteration ends",
	    "use after move: \"%.*s\" moved_ptr=%s", CK_STR(c->vars[x->var].name),
	    x->state.moved_at != NULL ? ck_pointer(c, x->state.moved_at) : "<unknown>");
}

static bool same_from(struct ck_from a, struct ck_from b)
{
	return a.owner == b.owner && a.param == b.param && a.other == b.other;
}

/*
 * The state at the start of an iteration is what was before the loop or what an iteration leaves.
 * Sets *again when that is more than the body was checked with.
 */
static int back_edge(
    struct ck *c, const struct ck_changes *changes, const struct json *body, bool *again)
{
	*again = false;
	if (changes->dead)
		return 0;
	for (uint32_t i = 0; i < changes->count; i++) {
		const struct ck_change *x = &changes->items[i];
		struct ck_state base = c->vars[x->var].state;
		struct ck_from from;

		if (base.moved == CK_LIVE && x->state.moved != CK_LIVE)
			return moved_in_loop(c, x, body);
		if (!ck_from_merge(&from, base.from, x->state.from))
			return ck_fail(c, LANG_CODE_BORROW, body, "let the view keep one owner",
			    "\"%.*s\" must have a single borrow source across iterations",
			    CK_STR(c->vars[x->var].name));
		if (same_from(from, base.from))
			continue;
		base.from = from;
		base.borrow_at = x->state.borrow_at;
		ck_set_state(c, x->var, base);
		*again = true;
	}
	return 0;
}

/* One scope in one block: the body, or the condition (value wanted). */
static int eval_part(
    struct ck *c, const struct json *e, struct ck_block *block, struct ck_val *value)
{
	struct ck_block *outer = ck_block_open(c, block);
	uint32_t scope = ck_scope_open(c);
	int rc;

	if (value != NULL)
		rc = ck_eval_as(c, e, TY_I32, "while condition", value);
	else
		rc = ck_stmt(c, e);
	if (rc < 0)
		return rc;
	rc = ck_scope_close(c, scope, value, e);
	if (rc < 0)
		return rc;
	ck_block_close(c, outer);
	return 0;
}

struct range {
	uint32_t var;
	struct ck_val end;
};

/* The loop variable: an i32 that is there already, or a new one in the enclosing scope. */
static int loop_variable(struct ck *c, const struct json *e, struct ck_val *start, uint32_t *out)
{
	struct str name = e->items[1].text;
	uint32_t var = ck_find(c, name);

	if (var != CK_NONE && c->vars[var].type.base != TY_I32)
		return ck_fail(c, LANG_CODE_TYPE, e, "use another name",
		    "for variable \"%.*s\" must be i32", CK_STR(name));
	if (var == CK_NONE)
		var = ck_declare(
		    c, name, (struct lang_type){.base = TY_I32}, ck_local(c, TY_I32, name));
	ck_before_write(c, var);
	ck_store(c, c->vars[var].local, start);
	*out = var;
	return 0;
}

static int eval_range(struct ck *c, const struct json *e, struct range *r)
{
	struct ck_val start;
	int rc = ck_eval_as(c, &e->items[2], TY_I32, "for start", &start);

	if (rc < 0)
		return rc;
	rc = loop_variable(c, e, &start, &r->var);
	if (rc < 0)
		return rc;
	rc = ck_eval_as(c, &e->items[3], TY_I32, "for end", &r->end);
	if (rc < 0)
		return rc;
	ck_hold(c, &r->end);
	ck_before_write(c, r->var); /* the loop itself counts it up */
	return 0;
}

/* for = [ "for", name, start, end, body ] */
int ck_for(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct range r;
	struct ck_block body;
	struct ir_stmt *s;
	bool again = true;
	int rc;

	if (e->count != 5 || e->items[1].kind != JSON_STRING)
		return ck_fail(c, LANG_CODE_ARITY, e, NULL,
		    "for form: (for <i> <start:i32> <end:i32> <body:any>)");
	if (out != NULL)
		ck_charge(c);
	rc = eval_range(c, e, &r);
	while (rc == 0 && again) {
		struct ck_mark mark = ck_mark(c);
		uint64_t nodes = c->nodes;
		struct ck_changes changes;

		rc = eval_part(c, &e->items[4], &body, NULL);
		if (rc < 0)
			break;
		changes = ck_undo(c, mark);
		rc = back_edge(c, &changes, &e->items[4], &again);
		if (again)
			c->nodes = nodes;
	}
	if (rc < 0)
		return rc;
	ck_release(c, &r.end);
	s = ck_emit(c, IR_FOR, IR_NONE, (ir_local[]){c->vars[r.var].local, r.end.local}, 2);
	s->block[0] = body.ir;
	zero(c, out);
	return 0;
}

/* One round of a while loop; the loop is left in the state behind its condition. */
static int round_trip(
    struct ck *c, const struct json *e, struct ck_block *block, struct ck_val *cond, bool *again)
{
	struct ck_mark mark = ck_mark(c);
	struct ck_changes exit;
	struct ck_changes back;
	int rc = eval_part(c, &e->items[1], &block[0], cond);

	if (rc < 0)
		return rc;
	exit = ck_changes(c, mark);
	rc = eval_part(c, &e->items[2], &block[1], NULL);
	if (rc < 0)
		return rc;
	back = ck_undo(c, mark);
	rc = back_edge(c, &back, &e->items[2], again);
	if (rc < 0 || *again)
		return rc;
	for (uint32_t i = 0; i < exit.count; i++)
		ck_set_state(c, exit.items[i].var, exit.items[i].state);
	c->f.dead = c->f.dead || exit.dead;
	return 0;
}

/* while = [ "while", c, body ] */
int ck_while(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_block block[2];
	struct ck_val cond;
	struct ir_stmt *s;
	bool again = true;
	bool dead = c->f.dead;
	int rc = 0;

	if (e->count != 3)
		return ck_fail(
		    c, LANG_CODE_ARITY, e, NULL, "while form: (while <cond:i32> <body:any>)");
	if (out != NULL)
		ck_charge(c);
	while (rc == 0 && again) {
		uint64_t nodes = c->nodes;

		rc = round_trip(c, e, block, &cond, &again);
		if (again)
			c->nodes = nodes;
	}
	if (rc < 0)
		return rc;
	/* a condition that never ends normally is emitted too: the loop is the code then */
	if (c->f.dead && !dead) {
		c->f.dead = false;
		cond.local = ck_const(c, 0);
		dead = true;
	}
	s = ck_emit(c, IR_WHILE, IR_NONE, &cond.local, 1);
	s->block[0] = block[0].ir;
	s->block[1] = block[1].ir;
	c->f.dead = dead;
	zero(c, out);
	return 0;
}
