/* SPDX-License-Identifier: MIT */
/*
 * Core forms that bind, assign, choose and return. `out` == NULL means statement position: the
 * form itself costs nothing and its value is not wanted. Source: docs/spec/language.md 4, 5.2, 9.
 */
#include "lang/check/form_priv.h"

#include "lang/check/arm_priv.h"
#include "lang/check/async_priv.h"
#include "lang/check/branch_priv.h"
#include "lang/check/call_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/leave_priv.h"
#include "lang/check/recover_priv.h"
#include "lang/check/scope_priv.h"

#include <string.h>

static struct lang_type type_of(enum lang_ty base)
{
	return (struct lang_type){.base = base};
}

static void zero(struct ck *c, struct ck_val *out)
{
	if (out == NULL)
		return;
	*out = ck_temp_in(c, type_of(TY_I32), ck_const(c, 0));
	out->is_bool = true;
}

static int sequence(struct ck *c, const struct json *e, struct ck_val *out, const char *name)
{
	uint32_t outer;
	int rc;

	if (e->count < 2)
		return ck_fail(
		    c, LANG_CODE_ARITY, e, NULL, "(%s ...) requires at least 1 expression", name);
	if (out != NULL)
		ck_charge(c);
	outer = ck_scope_open(c);
	for (uint32_t i = 1; i < e->count; i++) {
		bool is_result = out != NULL && i + 1 == e->count;
		struct ck_point point = ck_point(c);

		rc = is_result ? ck_eval(c, &e->items[i], out) : ck_stmt(c, &e->items[i]);
		if (rc == 0)
			continue;
		rc = ck_recover(c, &point, &e->items[i], rc);
		if (rc < 0)
			return rc;
		if (is_result)
			*out = ck_never();
	}
	return ck_scope_close(c, outer, out, e);
}

int ck_begin(struct ck *c, const struct json *e, struct ck_val *out)
{
	return sequence(c, e, out, "begin");
}

int ck_unsafe(struct ck *c, const struct json *e, struct ck_val *out)
{
	int rc;

	if (!c->options->allow_unsafe)
		return ck_fail(c, LANG_CODE_UNSAFE, e,
		    "run in the world run-os, or allow unsafe in the policy's language section",
		    "unsafe requires unsafe capability");
	c->f.unsafe_depth++;
	rc = sequence(c, e, out, "unsafe");
	c->f.unsafe_depth--;
	return rc;
}

/* `let y x` of an owned variable: the identifier itself is not charged. */
static int eval_bound(struct ck *c, const struct json *e, struct ck_val *v)
{
	uint32_t before = c->f.fuel;
	int rc = ck_eval(c, e, v);

	if (rc < 0)
		return rc;
	if (e->kind == JSON_STRING && lang_ty_is_owned(v->type.base))
		c->f.fuel = before;
	return 0;
}

/* The local of a new variable: the one that holds the value already, if nothing else does. */
static ir_local bind(struct ck *c, struct str name, struct ck_val *v)
{
	ir_local local;

	if (v->how == CK_TEMP && v->local != IR_NONE && !c->f.dead) {
		struct ir_var *in = &c->f.fn->ir->locals[v->local];

		if (in->name.len == 0) {
			in->name = name;
			return v->local;
		}
	}
	local = ck_local(c, v->type.base == TY_NEVER ? TY_I32 : v->type.base, name);
	ck_store(c, local, v);
	return local;
}

/* let = [ "let", name, e ] */
int ck_let(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_val v;
	struct str name;
	uint32_t var;
	int rc;

	if (e->count != 3 || e->items[1].kind != JSON_STRING)
		return ck_fail(c, LANG_CODE_ARITY, e, NULL, "let form: (let <name> <expr>)");
	name = e->items[1].text;
	if (out != NULL)
		ck_charge(c);
	rc = eval_bound(c, &e->items[2], &v);
	if (rc < 0)
		return rc;
	if (out != NULL && lang_ty_is_owned(v.type.base))
		return ck_fail(c, LANG_CODE_LET, e, NULL,
		    "let expression cannot produce an owned value; use (begin (let ...) <var>)");
	if (c->f.task_scopes > 0 && ck_is_task(v.type.base))
		return ck_raw_task(c, e);
	var = ck_find(c, name);
	if (ck_in_scope(c, var))
		return ck_fail(c, LANG_CODE_LET, e, "use set, or another name",
		    "duplicate let binding in same scope: \"%.*s\"", CK_STR(name));
	ck_consumed(c, &v, e);
	var = ck_declare(c, name, v.type, bind(c, name, &v));
	ck_set_from(c, var, v.from, &e->items[2]);
	if (out != NULL)
		*out = (struct ck_val){.type = v.type,
		    .local = c->vars[var].local,
		    .how = CK_READ,
		    .var = var,
		    .from = v.from};
	return 0;
}

/* x = value, when the variable may change: not borrowed, no pending reads left. */
static int assign(struct ck *c, uint32_t var, struct ck_val *v, const struct json *e)
{
	int rc = ck_unborrowed(c, var, "set", e);

	if (rc < 0)
		return rc;
	ck_before_write(c, var);
	if (v->how == CK_PLACE && v->var == var) {
		ck_set_moved(c, var, CK_LIVE, NULL);
		return 0;
	}
	if (lang_ty_is_owned(c->vars[var].type.base)) {
		if (c->vars[var].state.moved != CK_MOVED) {
			ck_drop_local(c, c->vars[var].local);
			ck_emit(c, IR_MOVE, c->vars[var].local, &v->local, 1);
		} else {
			ck_store(c, c->vars[var].local, v);
		}
		ck_consumed(c, v, e);
		ck_set_moved(c, var, CK_LIVE, NULL);
		return 0;
	}
	ck_store(c, c->vars[var].local, v);
	ck_set_from(c, var, v->from, &e->items[2]);
	return 0;
}

static int check_assignable(
    struct ck *c, uint32_t var, const struct ck_val *v, const struct json *e)
{
	const struct ck_var *x = &c->vars[var];

	if (v->type.base == TY_NEVER || x->type.base == TY_NEVER)
		return 0;
	if (x->type.base == TY_I32 && ck_is_task(v->type.base))
		return 0;
	if (x->type.base != v->type.base)
		return ck_fail(c, LANG_CODE_SET, e, NULL,
		    "type mismatch in set for variable \"%.*s\"", CK_STR(x->name));
	if (!ck_brand_fits(x->type, v))
		return ck_fail(c, LANG_CODE_BRAND, e, "make the value with std.brand.cast_bytes_v1",
		    "E_BRAND_MISMATCH: set \"%.*s\" expected %s@%.*s", CK_STR(x->name),
		    lang_ty_title(x->type.base), CK_STR(x->type.brand));
	return 0;
}

static int set_form(struct ck *c, const struct json *e, struct ck_val *out, bool want_value)
{
	struct ck_val v;
	uint32_t var;
	int rc;

	if (e->count != 3 || e->items[1].kind != JSON_STRING)
		return ck_fail(c, LANG_CODE_ARITY, e, NULL, "%s form: (%s <name> <expr>)",
		    want_value ? "set" : "set0", want_value ? "set" : "set0");
	if (out != NULL)
		ck_charge(c);
	var = ck_find(c, e->items[1].text);
	if (var == CK_NONE)
		return ck_fail(c, LANG_CODE_SET, e, "bind it with let first",
		    "set of unknown variable: \"%.*s\"", CK_STR(e->items[1].text));
	rc = ck_eval_place(c, &e->items[2], &v);
	if (rc < 0)
		return rc;
	rc = check_assignable(c, var, &v, e);
	if (rc < 0)
		return rc;
	if (v.how == CK_PLACE && v.var != var) {
		struct ck_val placed = v;

		v = ck_temp(c, placed.type);
		ck_emit(c, IR_MOVE, v.local, &placed.local, 1);
	}
	rc = assign(c, var, &v, e);
	if (rc < 0 || out == NULL || !want_value)
		return rc;
	if (lang_ty_is_owned(v.type.base))
		return ck_fail(c, LANG_CODE_SET, e,
		    "use set0, or a statement and then the variable",
		    "set expression cannot produce an owned value");
	*out = (struct ck_val){.type = c->vars[var].type,
	    .local = c->vars[var].local,
	    .how = CK_READ,
	    .var = var,
	    .from = c->vars[var].state.from};
	return 0;
}

int ck_set(struct ck *c, const struct json *e, struct ck_val *out)
{
	return set_form(c, e, out, true);
}

int ck_set0(struct ck *c, const struct json *e, struct ck_val *out)
{
	int rc = set_form(c, e, out, false);

	if (rc < 0)
		return rc;
	zero(c, out);
	return 0;
}

static void emit_if(struct ck *c, const struct ck_val *cond, const struct ck_arm *arm)
{
	struct ir_stmt *s = ck_emit(c, IR_IF, IR_NONE, &cond->local, 1);

	s->block[0] = arm[0].block.ir;
	s->block[1] = arm[1].block.ir;
}

/* if = [ "if", c, t, e ] */
int ck_if(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_arm arm[2];
	struct ck_val cond;
	ir_local result = IR_NONE;
	int rc;

	if (e->count != 4)
		return ck_fail(
		    c, LANG_CODE_ARITY, e, NULL, "if form: (if <cond:i32> <then:any> <else:any>)");
	if (out != NULL)
		ck_charge(c);
	rc = ck_eval_as(c, &e->items[1], TY_I32, "if condition", &cond);
	for (uint32_t i = 0; rc == 0 && i < 2; i++) {
		ck_hold(c, &cond);
		ck_arm_open(c, &arm[i]);
		rc = ck_arm_close(c, &arm[i], &e->items[2 + i], out != NULL ? &result : NULL);
		ck_release(c, &cond);
	}
	if (rc < 0)
		return rc;
	emit_if(c, &cond, arm);
	rc = ck_merge(c, &arm[0].changes, &arm[1].changes, e);
	if (rc < 0 || out == NULL)
		return rc;
	rc = ck_arm_unify(c, e, &arm[0].v, &arm[1].v);
	if (rc < 0)
		return rc;
	ck_arm_result(c, &arm[0].v, result, out);
	return 0;
}

/* return = [ "return", e ] */
int ck_return(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_mark mark;
	struct ck_val v;
	int rc;

	if (e->count != 2)
		return ck_fail(c, LANG_CODE_ARITY, e, NULL, "return form: (return <expr>)");
	if (out != NULL)
		ck_charge(c);
	mark = ck_mark(c);
	rc = ck_eval(c, &e->items[1], &v);
	if (rc < 0)
		return rc;
	rc = ck_leave(c, &v, e, false);
	if (rc < 0)
		return rc;
	ck_undo(c, mark);
	c->f.dead = true;
	if (out != NULL)
		*out = ck_never();
	return 0;
}
