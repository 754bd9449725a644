/* SPDX-License-Identifier: MIT */
/*
 * Calls of functions of the program: visibility, operands and their conversions, and where a
 * returned view points. Source: docs/spec/language.md 2, 4, 5.3, 5.4.
 */
#include "lang/check/call_priv.h"

#include "lang/ast/program.h"
#include "lang/check/async_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/fn_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

bool ck_brand_fits(struct lang_type want, const struct ck_val *v)
{
	return want.brand.len == 0 || v->wild_brand || v->type.base == TY_NEVER ||
	       str_eq(want.brand, v->type.brand);
}

int ck_visible(struct ck *c, const struct ast_fn *fn, const struct json *e)
{
	const struct ast_module *from = c->f.fn->module;
	const struct ast_module *to = fn->module;

	if (from == to)
		return 0;
	if (!ast_imports(from, to->id))
		return ck_fail(c, LANG_CODE_NOT_IMPORTED, e, "add the module to \"imports\"",
		    "call to \"%.*s\" requires (import %.*s) in module \"%.*s\"", CK_STR(fn->name),
		    CK_STR(to->id), CK_STR(from->id));
	if (!fn->exported)
		return ck_fail(c, LANG_CODE_NOT_IMPORTED, e, NULL,
		    "function \"%.*s\" is not exported by module \"%.*s\"", CK_STR(fn->name),
		    CK_STR(to->id));
	return 0;
}

static int wrong_arg(
    struct ck *c, const struct ck_fn *fn, const struct json *e, uint32_t i, const struct ck_val *v)
{
	struct lang_type want = fn->params[i];
	/* a variable lent as a view is told by the type that it was declared with */
	enum lang_ty got = v->how == CK_ALIAS ? c->vars[v->var].type.base : v->type.base;
	const char *help = NULL;

	if (v->type.base == want.base || want.brand.len > 0)
		return ck_fail(c, LANG_CODE_BRAND, e, "make the value with std.brand.cast_bytes_v1",
		    "E_BRAND_MISMATCH: call \"%.*s\" arg %u expected %s@%.*s, got %s@%.*s",
		    CK_STR(fn->name), i, lang_ty_title(want.base), CK_STR(want.brand),
		    lang_ty_title(got),
		    CK_STR(v->type.brand.len > 0 ? v->type.brand : STR("unbranded")));
	if (want.base == TY_BYTES && v->type.base == TY_VIEW)
		help = "copy the view with view.to_bytes";
	return ck_fail(c, LANG_CODE_CALL, e, help, "call \"%.*s\" arg %u expects %s",
	    CK_STR(fn->name), i, lang_ty_title(want.base));
}

/* A bytes or vec_u8 variable given for a view is borrowed for the call and costs nothing. */
static bool borrow_variable(struct ck *c, const struct json *e, struct ck_val *out)
{
	uint32_t var = CK_NONE;
	const struct ck_var *x;

	if (e->kind == JSON_STRING && !str_eq_c(e->text, "input"))
		var = ck_find(c, e->text);
	if (var == CK_NONE)
		return false;
	x = &c->vars[var];
	if (x->type.base != TY_BYTES && x->type.base != TY_VEC)
		return false;
	c->nodes++;
	*out = (struct ck_val){.type = {.base = TY_VIEW, .brand = x->type.brand},
	    .local = x->local,
	    .how = CK_ALIAS,
	    .var = var,
	    .from = CK_FROM_NOTHING};
	out->from.owner = var;
	return true;
}

static int take_arg(
    struct ck *c, const struct ck_fn *fn, const struct json *e, uint32_t i, struct ck_val *out)
{
	struct lang_type want = fn->params[i];
	bool lends;
	int rc;

	if (want.base == TY_VIEW && borrow_variable(c, e, out)) {
		rc = ck_usable(c, out->var, e);
	} else {
		rc = ck_eval(c, e, out);
	}
	if (rc < 0 || out->type.base == TY_NEVER)
		return rc;
	lends = want.base == TY_VIEW && (out->type.base == TY_BYTES || out->type.base == TY_VEC);
	if (want.base == TY_I32 && ck_is_task(out->type.base))
		out->type.base = TY_I32;
	if ((out->type.base != want.base && !lends) || !ck_brand_fits(want, out))
		return wrong_arg(c, fn, e, i, out);
	return 0;
}

static int take_args(
    struct ck *c, const struct ck_fn *fn, const struct json *args, struct ck_val *v)
{
	for (uint32_t i = 0; i < fn->ast->param_count; i++) {
		int rc = take_arg(c, fn, &args[i], i, &v[i]);

		if (rc < 0)
			return rc;
		ck_hold(c, &v[i]);
	}
	return 0;
}

/* Where the returned view points, seen from the caller. */
static int result_source(struct ck *c, const struct ck_fn *fn, const struct ck_val *v,
    const struct json *e, struct ck_val *out)
{
	const struct ck_val *arg;

	if (!lang_ty_is_view(fn->result.base) || fn->ret.param == CK_NONE)
		return 0;
	arg = &v[fn->ret.param];
	if (lang_ty_is_owned(arg->type.base))
		return ck_fail(c, LANG_CODE_OWNER, e, "bind the argument with let first",
		    "bytes_view borrow source requires an identifier owner");
	out->from = arg->from;
	return 0;
}

void ck_emit_call(struct ck *c, const struct ck_fn *fn, const ir_local *args, struct ck_val *out)
{
	ck_settle(c);
	*out = ck_temp(c, fn->result);
	ck_emit(c, IR_CALL, out->local, args, fn->ast->param_count)->callee = fn->index;
}

int ck_call_instance(
    struct ck *c, struct ck_fn *fn, const struct json *e, uint32_t first, struct ck_val *out)
{
	uint32_t count = fn->ast->param_count;
	struct ck_val *v;
	ir_local *args;
	int rc;

	if (e->count - first != count)
		return ck_fail(c, LANG_CODE_ARITY, e, NULL, "call \"%.*s\" expects %u args",
		    CK_STR(fn->name), count);
	rc = ck_view_source(c, fn, e);
	if (rc < 0)
		return rc;
	v = arena_alloc(c->arena, count * (sizeof(*v) + sizeof(*args)) + 1);
	args = (ir_local *)(v + count);
	rc = take_args(c, fn, &e->items[first], v);
	if (rc < 0)
		return rc;
	for (uint32_t i = count; i > 0; i--)
		ck_release(c, &v[i - 1]);
	for (uint32_t i = 0; i < count; i++) {
		args[i] = v[i].local;
		if (lang_ty_is_owned(fn->params[i].base))
			ck_consumed(c, &v[i], e);
	}
	if (fn->ast->kind == AST_DEFASYNC) {
		ck_spawn(c, fn, args, out);
		return 0;
	}
	ck_emit_call(c, fn, args, out);
	return result_source(c, fn, v, e, out);
}

int ck_call(struct ck *c, const struct ast_fn *ast, const struct json *e, struct ck_val *out)
{
	struct ck_fn *fn;
	int rc;

	if (ast->kind == AST_EXTERN)
		return ck_fail(c, LANG_CODE_UNSUPPORTED, e, NULL,
		    "call of an extern function: \"%.*s\"", CK_STR(ast->name));
	if (ast->type_param_count > 0)
		return ck_fail(c, LANG_CODE_TAPP_NEEDED, e,
		    "write [\"tapp\", name, [\"tys\", T], ...]",
		    "%s: generic function must be called via tapp: \"%.*s\"",
		    LANG_CODE(TAPP_NEEDED)->id, CK_STR(ast->name));
	rc = ck_visible(c, ast, e);
	if (rc < 0)
		return rc;
	ck_charge(c);
	rc = ck_instance(c, &fn, ast, NULL, e);
	return rc < 0 ? rc : ck_call_instance(c, fn, e, 1, out);
}
