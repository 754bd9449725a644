/* SPDX-License-Identifier: MIT */
/*
 * One branch of a form: its block, its value and what it changed, and how the values of several
 * branches become one. Source: docs/spec/language.md 5.2.
 */
#include "lang/check/arm_priv.h"

#include "lang/check/branch_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

/* The local where all arms leave the value; made by the first arm that has one. */
static void store_arm(struct ck *c, struct ck_arm *a, ir_local *result)
{
	if (a->v.type.base == TY_NEVER || c->f.dead)
		return;
	if (*result == IR_NONE)
		*result = ck_local(c, a->v.type.base, STR(""));
	ck_store(c, *result, &a->v);
	ck_consumed(c, &a->v, NULL);
}

void ck_arm_open(struct ck *c, struct ck_arm *a)
{
	a->outer = ck_block_open(c, &a->block);
	a->mark = ck_mark(c);
	a->scope = ck_scope_open(c);
	a->v = ck_never();
}

int ck_arm_close(struct ck *c, struct ck_arm *a, const struct json *e, ir_local *result)
{
	int rc = result != NULL ? ck_eval(c, e, &a->v) : ck_stmt(c, e);

	if (rc < 0)
		return rc;
	rc = ck_scope_close(c, a->scope, result != NULL ? &a->v : NULL, e);
	if (rc < 0)
		return rc;
	if (result != NULL)
		store_arm(c, a, result);
	/* an owned result was declared again in the outer scope: it is part of the branch */
	c->var_count = a->mark.vars;
	ck_block_close(c, a->outer);
	a->changes = ck_undo(c, a->mark);
	return 0;
}

int ck_arm_unify(struct ck *c, const struct json *e, struct ck_val *all, const struct ck_val *v)
{
	const char *form = e->items[0].text.ptr[0] == 'i' ? "if" : "match";

	if (v->type.base == TY_NEVER)
		return 0;
	if (all->type.base == TY_NEVER) {
		*all = *v;
		return 0;
	}
	if (all->type.base != v->type.base)
		return ck_fail(c, LANG_CODE_IF, e, "make both branches the same type",
		    "%s branches must have same type (then=%s, else=%s)", form,
		    lang_ty_title(all->type.base), lang_ty_title(v->type.base));
	if (all->wild_brand)
		all->type.brand = v->type.brand;
	else if (!v->wild_brand && !str_eq(all->type.brand, v->type.brand))
		all->type.brand = STR("");
	all->wild_brand = all->wild_brand && v->wild_brand;
	all->is_bool = all->is_bool && v->is_bool;
	if (!ck_from_merge(&all->from, all->from, v->from))
		return ck_fail(c, LANG_CODE_BORROW, e,
		    "give the view the same owner in both branches",
		    "%s expression must have a single borrow source across branches", form);
	return 0;
}

void ck_arm_result(struct ck *c, const struct ck_val *all, ir_local result, struct ck_val *out)
{
	*out = ck_never();
	if (all->type.base == TY_NEVER)
		return;
	*out = ck_temp_in(c, all->type, result);
	out->from = all->from;
	out->wild_brand = all->wild_brand;
	out->is_bool = all->is_bool;
}
