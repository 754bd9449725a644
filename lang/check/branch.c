/* SPDX-License-Identifier: MIT */
/*
 * Marks, undo and merge of the state of variables: what `if`, loops, `&&` and `return` need.
 * Cost is proportional to what changed, not to the number of variables. Source:
 * docs/spec/language.md 5.2.
 */
#include "lang/check/branch_priv.h"

#include "lang/check/diag_priv.h"
#include "lang/check/scope_priv.h"

struct ck_mark ck_mark(struct ck *c)
{
	struct ck_mark m = {.log = c->log_count,
	    .vars = c->var_count,
	    .outer_vars = c->f.mark_vars,
	    .dead = c->f.dead};

	c->f.mark_vars = c->var_count;
	return m;
}

struct ck_changes ck_changes(struct ck *c, struct ck_mark mark)
{
	struct ck_changes out = {.dead = c->f.dead};
	uint32_t stamp = ++c->stamp;
	uint32_t count = c->log_count - mark.log;

	if (count == 0)
		return out;
	out.items = arena_alloc(c->arena, count * sizeof(*out.items));
	for (uint32_t i = mark.log; i < c->log_count; i++) {
		uint32_t var = c->log[i].var;

		if (var >= mark.vars || c->vars[var].stamp == stamp)
			continue;
		c->vars[var].stamp = stamp;
		out.items[out.count++] =
		    (struct ck_change){.var = var, .state = c->vars[var].state};
	}
	return out;
}

struct ck_changes ck_undo(struct ck *c, struct ck_mark mark)
{
	struct ck_changes out = ck_changes(c, mark);

	c->f.mark_vars = 0; /* undoing is not logged */
	while (c->log_count > mark.log) {
		const struct ck_log *entry = &c->log[--c->log_count];

		if (entry->var < mark.vars)
			ck_set_state(c, entry->var, entry->old);
	}
	c->f.mark_vars = mark.outer_vars;
	c->f.dead = mark.dead;
	return out;
}

bool ck_from_merge(struct ck_from *out, struct ck_from a, struct ck_from b)
{
	struct ck_from m = a;

	if (a.owner != CK_NONE && b.owner != CK_NONE && a.owner != b.owner)
		return false;
	if (m.owner == CK_NONE)
		m.owner = b.owner;
	if (m.param == CK_NONE)
		m.param = b.param;
	else if (b.param != CK_NONE && b.param != m.param)
		m.other = b.param;
	if (m.other == CK_NONE && b.other != m.param)
		m.other = b.other;
	*out = m;
	return true;
}

static int merge_state(
    struct ck *c, uint32_t var, struct ck_state a, struct ck_state b, const struct json *at)
{
	struct ck_state m = a;

	if (a.moved != b.moved)
		m.moved = CK_MAYBE;
	if (a.moved_at != b.moved_at)
		m.moved_at = NULL;
	if (m.borrow_at == NULL)
		m.borrow_at = b.borrow_at;
	if (!ck_from_merge(&m.from, a.from, b.from))
		return ck_fail(c, LANG_CODE_BORROW, at,
		    "give the view the same owner in both branches",
		    "\"%.*s\" must have a single borrow source across branches",
		    CK_STR(c->vars[var].name));
	ck_set_state(c, var, m);
	return 0;
}

static void apply(struct ck *c, const struct ck_changes *a)
{
	for (uint32_t i = 0; i < a->count; i++)
		ck_set_state(c, a->items[i].var, a->items[i].state);
}

static int merge_both(
    struct ck *c, const struct ck_changes *a, const struct ck_changes *b, const struct json *at)
{
	uint32_t stamp = ++c->stamp;
	uint32_t done = ++c->stamp;
	int rc;

	for (uint32_t i = 0; i < a->count; i++) {
		c->vars[a->items[i].var].stamp = stamp;
		c->vars[a->items[i].var].slot = i;
	}
	for (uint32_t i = 0; i < b->count; i++) {
		uint32_t var = b->items[i].var;
		struct ck_var *v = &c->vars[var];
		struct ck_state other = v->state;

		if (v->stamp == stamp)
			other = a->items[v->slot].state;
		v->stamp = done;
		rc = merge_state(c, var, other, b->items[i].state, at);
		if (rc < 0)
			return rc;
	}
	for (uint32_t i = 0; i < a->count; i++) {
		uint32_t var = a->items[i].var;

		if (c->vars[var].stamp != stamp)
			continue;
		rc = merge_state(c, var, a->items[i].state, c->vars[var].state, at);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int ck_merge(
    struct ck *c, const struct ck_changes *a, const struct ck_changes *b, const struct json *at)
{
	if (!a->dead && !b->dead)
		return merge_both(c, a, b, at);
	if (!a->dead)
		apply(c, a);
	else if (!b->dead)
		apply(c, b);
	else
		c->f.dead = true;
	return 0;
}
