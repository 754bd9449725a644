/* SPDX-License-Identifier: MIT */
/*
 * Going on after a fault, so that all faults of a program are told at once and none that merely
 * follows from another. The code behind a fault is treated as dead, so that nothing is emitted; a
 * name whose let failed has the type of what never returns, which fits everywhere.
 */
#include "lang/check/recover_priv.h"

#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

/* How many faults are told, and after how many the check ends. */
#define TOLD_MAX 20
#define FAULTS_MAX 1000

struct ck_point ck_point(const struct ck *c)
{
	return (struct ck_point){
	    .frame = c->f, .vars = c->var_count, .pends = c->pend_count, .depth = c->depth};
}

/* The name that a statement binds for those that follow; for may bind its variable too. */
static struct str bound_name(const struct json *e)
{
	const struct json *items = e->items;

	if (e->kind != JSON_ARRAY || e->count < 2 || items[0].kind != JSON_STRING ||
	    items[1].kind != JSON_STRING)
		return STR("");
	if (str_eq_c(items[0].text, "let") || str_eq_c(items[0].text, "for") ||
	    str_eq_c(items[0].text, "set") || str_eq_c(items[0].text, "set0"))
		return items[1].text;
	return STR("");
}

/* A let makes a new variable even when an outer scope has the name; the others only a missing one.
 */
static void declare_unknown(struct ck *c, const struct json *e)
{
	struct str name = bound_name(e);
	uint32_t var;

	if (name.len == 0 || str_eq_c(name, "input"))
		return;
	var = ck_find(c, name);
	if (var != CK_NONE && (ck_in_scope(c, var) || !str_eq_c(e->items[0].text, "let")))
		return;
	(void)ck_declare(c, name, (struct lang_type){.base = TY_NEVER}, ck_local(c, TY_I32, name));
	c->f.unknowns = true;
}

int ck_recover(struct ck *c, const struct ck_point *point, const struct json *e, int rc)
{
	/* What grew stays: these describe the function and not the place in it. */
	uint32_t local_cap = c->f.local_cap;
	ir_local input = c->f.input;
	bool unknowns = c->f.unknowns;

	if (rc != ERR_COMPILE || c->ended)
		return rc;
	/* Pending reads and open forms of the statement stand on the stack that was left. */
	c->pend_count = point->pends;
	ck_forget(c, point->vars);
	c->f = point->frame;
	c->f.local_cap = local_cap;
	c->f.input = input;
	c->f.unknowns = unknowns;
	c->f.broken = true;
	c->f.dead = true;
	c->depth = point->depth;
	if (e != NULL)
		declare_unknown(c, e);
	return 0;
}

static bool names_unknown(struct ck *c, const struct json *e)
{
	if (e->kind == JSON_STRING) {
		uint32_t var = ck_find(c, e->text);

		return var != CK_NONE && c->vars[var].type.base == TY_NEVER;
	}
	for (uint32_t i = 0; e->kind == JSON_ARRAY && i < e->count; i++) {
		if (names_unknown(c, &e->items[i]))
			return true;
	}
	return false;
}

/* What is moved, borrowed or alive is not known in a function where statements were left out. */
static bool is_of_ownership(enum lang_code_id code)
{
	return code == LANG_CODE_MOVE || code == LANG_CODE_BORROW || code == LANG_CODE_ESCAPE;
}

static bool is_limit(enum lang_code_id code)
{
	return code == LANG_CODE_BUDGET || code == LANG_CODE_TAPP_COUNT;
}

/* Loop bodies and generic functions are walked more than once, and say the same each time. */
static bool was_met(struct ck *c, const struct json *at)
{
	for (uint32_t i = 0; i < c->fault_count; i++) {
		if (c->faults[i] == at)
			return true;
	}
	c->faults = /* NOLINTNEXTLINE(bugprone-sizeof-expression) */
	    ck_grow(c, c->faults, &c->fault_cap, c->fault_count, sizeof(*c->faults));
	c->faults[c->fault_count++] = at;
	return false;
}

bool ck_is_follow_up(struct ck *c, enum lang_code_id code, const struct json *at)
{
	if (is_limit(code)) {
		c->ended = true;
		return false;
	}
	if (c->f.broken && is_of_ownership(code))
		return true;
	if (c->f.unknowns && code != LANG_CODE_NAME && names_unknown(c, at))
		return true;
	return was_met(c, at);
}

bool ck_may_tell(struct ck *c)
{
	c->ended = c->ended || c->fault_count >= FAULTS_MAX;
	if (c->told >= TOLD_MAX) {
		c->diags->errors++;
		c->diags->dropped++;
		return false;
	}
	c->told++;
	return true;
}
