/* SPDX-License-Identifier: MIT */
/*
 * Generic functions: a body is checked once for each set of type arguments, with the arguments in
 * reach of the function; no tree is rewritten. Source: docs/spec/language.md 7,
 * docs/spec/builtins.md 8.
 */
#include "lang/check/generic_priv.h"

#include "lang/ast/program.h"
#include "lang/check/call_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/fn_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/value_priv.h"

#define TYPE_DEPTH_MAX 64

struct application {
	const char *head;
	enum lang_ty arg, type;
};

static const struct application applications[] = {
    {"option", TY_I32, TY_OPT_I32},
    {"option", TY_BYTES, TY_OPT_BYTES},
    {"option", TY_VIEW, TY_OPT_VIEW},
    {"result", TY_I32, TY_RES_I32},
    {"result", TY_BYTES, TY_RES_BYTES},
    {"result", TY_VIEW, TY_RES_VIEW},
    {"result", TY_RES_BYTES, TY_RES_RES_BYTES},
};

static int not_concrete(struct ck *c, const struct json *at)
{
	return ck_fail(
	    c, LANG_CODE_TY_VAR, at, NULL, "%s: type is not concrete here", LANG_CODE(TY_VAR)->id);
}

static int variable(struct ck *c, struct ck_tyarg *out, const struct json *t,
    const struct ck_fn *fn, const struct json *at)
{
	struct str name = t->items[1].text;

	for (uint32_t i = 0; i < fn->tyarg_count; i++) {
		if (str_eq(fn->ast->type_params[i].name, name)) {
			*out = fn->tyargs[i];
			return 0;
		}
	}
	return ck_fail(c, LANG_CODE_TY_VAR, at, NULL, "%s: unknown type variable \"%.*s\"",
	    LANG_CODE(TY_VAR)->id, CK_STR(name));
}

static int resolve(struct ck *c, struct ck_tyarg *out, const struct json *t, const struct ck_fn *fn,
    const struct json *at, uint32_t depth)
{
	struct ck_tyarg arg;
	int rc;

	*out = (struct ck_tyarg){.type.base = TY_I32};
	if (depth > TYPE_DEPTH_MAX)
		return ck_fail(c, LANG_CODE_TY_DEPTH, at, NULL,
		    "%s: type expression deeper than %u", LANG_CODE(TY_DEPTH)->id, TYPE_DEPTH_MAX);
	if (t->kind == JSON_STRING) {
		out->is_u32 = str_eq_c(t->text, "u32");
		return lang_ty_parse(&out->type.base, t->text) ? 0 : not_concrete(c, at);
	}
	if (t->kind != JSON_ARRAY || t->count != 2 || t->items[0].kind != JSON_STRING)
		return not_concrete(c, at);
	if (str_eq_c(t->items[0].text, "t") && t->items[1].kind == JSON_STRING)
		return variable(c, out, t, fn, at);
	rc = resolve(c, &arg, &t->items[1], fn, at, depth + 1);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(applications); i++) {
		if (str_eq_c(t->items[0].text, applications[i].head) &&
		    applications[i].arg == arg.type.base) {
			out->type.base = applications[i].type;
			return 0;
		}
	}
	return not_concrete(c, at);
}

int ck_type(struct ck *c, struct lang_type *out, const struct ast_type *t, const struct ck_fn *fn,
    const struct json *at)
{
	struct ck_tyarg arg;
	int rc;

	*out = t->concrete;
	if (t->expr == NULL)
		return 0;
	rc = resolve(c, &arg, t->expr, fn, at, 0);
	if (rc < 0)
		return rc;
	out->base = arg.type.base;
	return 0;
}

int ck_tyarg(struct ck *c, struct ck_tyarg *out, const struct json *t, const struct json *at)
{
	return resolve(c, out, t, c->f.fn, at, 0);
}

struct bound_row {
	const char *name;
	bool i32, bytes; /* i32 and u32; bytes and bytes_view */
	bool all;
};

static const struct bound_row bounds[] = {
    {"any", true, true, true},
    {"bytes_like", false, true, false},
    {"num_like", true, false, false},
    {"value", true, true, false},
    {"hashable", true, true, false},
    {"orderable", true, true, false},
};

static int check_bound(
    struct ck *c, const struct ast_type_param *p, const struct ck_tyarg *arg, const struct json *e)
{
	enum lang_ty t = arg->type.base;

	if (p->bound.len == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
		const struct bound_row *b = &bounds[i];

		if (!str_eq_c(p->bound, b->name))
			continue;
		if (b->all || (b->i32 && t == TY_I32) ||
		    (b->bytes && (t == TY_BYTES || t == TY_VIEW)))
			return 0;
		return ck_fail(c, LANG_CODE_TY_BOUND, e, NULL,
		    "%s: type %s does not satisfy bound %s of \"%.*s\"", LANG_CODE(TY_BOUND)->id,
		    lang_ty_name(t), b->name, CK_STR(p->name));
	}
	return ck_fail(c, LANG_CODE_TY_BOUND_NAME, e, NULL, "%s: unknown bound \"%.*s\"",
	    LANG_CODE(TY_BOUND_NAME)->id, CK_STR(p->bound));
}

/* The type arguments of a tapp: one ["tys", ...], or inline. *first = first value argument. */
static int read_tyargs(struct ck *c, const struct json *e, const struct ast_fn *fn,
    struct ck_tyarg *args, uint32_t *first)
{
	uint32_t want = fn->type_param_count;
	const struct json *list = e->count > 2 ? &e->items[2] : NULL;
	const struct json *types = list;
	uint32_t have = e->count - 2;

	*first = 2 + want;
	if (list != NULL && list->kind == JSON_ARRAY && json_is(&list->items[0], "tys")) {
		types = &list->items[1];
		have = list->count - 1;
		*first = 3;
	}
	if (have < want || (*first == 3 && types == &list->items[1] && have != want))
		return ck_fail(c, LANG_CODE_TAPP_ARITY, e, NULL,
		    "%s: tapp \"%.*s\" expects %u type arguments", LANG_CODE(TAPP_ARITY)->id,
		    CK_STR(fn->name), want);
	for (uint32_t i = 0; i < want; i++) {
		int rc = ck_tyarg(c, &args[i], &types[i], e);

		if (rc < 0)
			return rc;
		rc = check_bound(c, &fn->type_params[i], &args[i], e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* tapp = [ "tapp", function, ["tys", T...], args... ] */
int ck_tapp(struct ck *c, const struct json *e, struct ck_val *out)
{
	const struct ast_fn *fn = NULL;
	struct ck_tyarg *args;
	struct ck_fn *instance;
	uint32_t first;
	int rc;

	if (e->count < 3 || e->items[1].kind != JSON_STRING)
		return ck_fail(c, LANG_CODE_TAPP_ARITY, e, NULL,
		    "%s: tapp form: (tapp <name> (tys <T>...) <arg>...)",
		    LANG_CODE(TAPP_ARITY)->id);
	if (ck_is_value_callee(e->items[1].text))
		return ck_value_tapp(c, e, out);
	fn = ast_fn_find(c->program, e->items[1].text);
	if (fn == NULL)
		return ck_fail(c, LANG_CODE_TAPP_CALLEE, e, NULL,
		    "%s: unknown tapp callee: \"%.*s\"", LANG_CODE(TAPP_CALLEE)->id,
		    CK_STR(e->items[1].text));
	if (fn->type_param_count == 0 || fn->kind != AST_DEFN)
		return ck_fail(c, LANG_CODE_TAPP_ARITY, e, "call it directly",
		    "%s: tapp of a function that is not generic: \"%.*s\"",
		    LANG_CODE(TAPP_ARITY)->id, CK_STR(fn->name));
	rc = ck_visible(c, fn, e);
	if (rc < 0)
		return rc;
	ck_charge(c);
	args = arena_alloc(c->arena, fn->type_param_count * sizeof(*args));
	rc = read_tyargs(c, e, fn, args, &first);
	if (rc < 0)
		return rc;
	rc = ck_instance(c, &instance, fn, args, e);
	return rc < 0 ? rc : ck_call_instance(c, instance, e, first, out);
}
