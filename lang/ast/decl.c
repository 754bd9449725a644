/* SPDX-License-Identifier: MIT */
/* Declarations of a file: export, defn, defasync, extern. Source: docs/spec/language.md 1.2. */
#include "lang/ast/decl_priv.h"

#include "lang/ast/contract_priv.h"
#include "lang/ast/exports_priv.h"
#include "lang/ast/expr_priv.h"
#include "lang/ast/fault_priv.h"
#include "lang/ast/member_priv.h"
#include "lang/ast/names_priv.h"
#include "lang/ast/program_priv.h"
#include "lang/ast/type_priv.h"

#include <string.h>

#define TYPE_PARAMS_MAX 64u
#define PARAMS_MAX 127u /* what C promises; libtcc has room for some 500 operands */

static const char *const fn_kinds[] = {
    [AST_DEFN] = "defn", [AST_DEFASYNC] = "defasync", [AST_EXTERN] = "extern"};

/* param = {"name": local, "ty": type, "brand"?: brand} */
static int parse_param(struct ast_loader *l, struct ast_module *m, struct ast_param *out,
    const struct json *v, const char *what)
{
	const struct json *name;
	const struct json *ty = json_get(v, "ty");
	int rc = ast_need_member(l, m, &name, v, "name", JSON_STRING);

	if (rc < 0)
		return rc;
	rc = ast_check_name(l, m, AST_NAME_LOCAL, name, "local name");
	if (rc < 0)
		return rc;
	if (str_eq_c(name->text, "input"))
		return ast_fault(l, m, LANG_CODE_SHAPE, name,
		    "%s arg name must not be 'input' (reserved); rename to 'data', 'payload', "
		    "'in_bytes', or 'buf'",
		    what);
	if (ty == NULL)
		return ast_fault(l, m, LANG_CODE_SHAPE, v, "missing field: \"ty\"");
	out->name = name->text;
	return ast_parse_type(l, m, &out->type, ty, json_get(v, "brand"));
}

static int parse_params(struct ast_loader *l, struct ast_module *m, struct ast_fn *fn)
{
	const struct json *params;
	int rc = ast_need_member(l, m, &params, fn->decl, "params", JSON_ARRAY);

	if (rc < 0)
		return rc;
	if (params->count > PARAMS_MAX)
		return ast_fault(l, m, LANG_CODE_BUDGET_SOURCE, params,
		    "too many params: max=%u got %u", PARAMS_MAX, params->count);
	fn->params = arena_alloc(l->arena, params->count * sizeof(*fn->params));
	for (uint32_t i = 0; i < params->count; i++) {
		rc = parse_param(l, m, &fn->params[i], &params->items[i], fn_kinds[fn->kind]);
		if (rc < 0)
			return rc;
		fn->param_count++;
	}
	return 0;
}

static int parse_result(struct ast_loader *l, struct ast_module *m, struct ast_fn *fn)
{
	const struct json *result = json_get(fn->decl, "result");

	if (result == NULL)
		return ast_fault(l, m, LANG_CODE_SHAPE, fn->decl, "missing field: \"result\"");
	if (fn->kind == AST_EXTERN && json_is(result, "void")) {
		fn->result_void = true;
		fn->result.concrete.base = TY_I32;
		return 0;
	}
	return ast_parse_type(l, m, &fn->result, result, json_get(fn->decl, "result_brand"));
}

static bool is_bound(struct str s)
{
	static const char *const bounds[] = {
	    "any", "bytes_like", "num_like", "value", "hashable", "orderable"};

	for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
		if (str_eq_c(s, bounds[i]))
			return true;
	}
	return false;
}

/* type_param = {"name": local, "bound"?: bound} */
static int parse_type_param(
    struct ast_loader *l, struct ast_module *m, struct ast_fn *fn, const struct json *v)
{
	struct ast_type_param *p = &fn->type_params[fn->type_param_count];
	const struct json *bound = json_get(v, "bound");
	const struct json *name;
	int rc = ast_need_member(l, m, &name, v, "name", JSON_STRING);

	if (rc < 0)
		return rc;
	rc = ast_check_name(l, m, AST_NAME_LOCAL, name, "type param name");
	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < fn->type_param_count; i++) {
		if (str_eq(fn->type_params[i].name, name->text))
			return ast_fault(l, m, LANG_CODE_SHAPE, name,
			    "duplicate type param: \"%.*s\"", (int)name->text.len, name->text.ptr);
	}
	if (bound != NULL && bound->kind != JSON_NULL) {
		rc = ast_need_string(l, m, &p->bound, bound, "bound");
		if (rc < 0)
			return rc;
		if (!is_bound(p->bound))
			return ast_fault(l, m, LANG_CODE_SHAPE, bound,
			    "%s: unknown bound: \"%.*s\"", LANG_CODE(TY_BOUND_NAME)->id,
			    (int)p->bound.len, p->bound.ptr);
	}
	p->name = name->text;
	fn->type_param_count++;
	return 0;
}

static int parse_type_params(struct ast_loader *l, struct ast_module *m, struct ast_fn *fn)
{
	const struct json *v = json_get(fn->decl, "type_params");
	int rc = 0;

	if (v == NULL || v->kind == JSON_NULL)
		return 0;
	if (v->kind != JSON_ARRAY)
		return ast_fault(l, m, LANG_CODE_SHAPE, v, "type_params must be an array");
	if (v->count > TYPE_PARAMS_MAX)
		return ast_fault(l, m, LANG_CODE_BUDGET_SOURCE, v,
		    "too many type params: max=%u got %u", TYPE_PARAMS_MAX, v->count);
	fn->type_params = arena_alloc(l->arena, v->count * sizeof(*fn->type_params));
	for (uint32_t i = 0; i < v->count; i++) {
		rc = parse_type_param(l, m, fn, &v->items[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int parse_body(struct ast_loader *l, struct ast_module *m, struct ast_fn *fn)
{
	const struct json *body = json_get(fn->decl, "body");

	if (body == NULL)
		return ast_fault(l, m, LANG_CODE_SHAPE, fn->decl, "missing field: \"body\"");
	fn->body = body;
	return ast_check_expr(l, m, body);
}

/* Result types that an async task can deliver. */
static int check_async(struct ast_loader *l, struct ast_module *m, struct ast_fn *fn)
{
	enum lang_ty t = fn->result.concrete.base;

	if (fn->result.expr == NULL && (t == TY_BYTES || t == TY_RES_BYTES))
		return 0;
	return ast_fault(l, m, LANG_CODE_SHAPE, json_get(fn->decl, "result"),
	    "defasync result must be bytes or result_bytes");
}

/* Only numbers and raw pointers cross into C. */
static int check_extern_type(
    struct ast_loader *l, struct ast_module *m, const struct ast_type *t, const struct json *at)
{
	if (t->expr == NULL && (t->concrete.base == TY_I32 || lang_ty_is_ptr(t->concrete.base)))
		return 0;
	return ast_fault(
	    l, m, LANG_CODE_SHAPE, at, "extern types are limited to i32, u32 and raw pointers");
}

static int parse_extern(struct ast_loader *l, struct ast_module *m, struct ast_fn *fn)
{
	const struct json *abi = json_get(fn->decl, "abi");
	const struct json *link = json_get(fn->decl, "link_name");
	int rc = 0;

	if (!json_is(abi, "C"))
		return ast_fault(
		    l, m, LANG_CODE_SHAPE, abi ? abi : fn->decl, "extern abi must be \"C\"");
	for (uint32_t i = 0; i < fn->param_count; i++) {
		rc = check_extern_type(
		    l, m, &fn->params[i].type, &json_get(fn->decl, "params")->items[i]);
		if (rc < 0)
			return rc;
	}
	if (!fn->result_void)
		rc = check_extern_type(l, m, &fn->result, json_get(fn->decl, "result"));
	if (rc < 0)
		return rc;
	fn->link_name = fn->name;
	for (uint32_t i = 0; i < fn->name.len; i++) {
		if (fn->name.ptr[i] == '.')
			fn->link_name = (struct str){fn->name.ptr + i + 1, fn->name.len - i - 1};
	}
	if (link == NULL || link->kind == JSON_NULL)
		return 0;
	rc = ast_check_name(l, m, AST_NAME_LOCAL, link, "link name");
	if (rc < 0)
		return rc;
	fn->link_name = link->text;
	return 0;
}

/* What a function has whose body is here. */
static int parse_defined(struct ast_loader *l, struct ast_module *m, struct ast_fn *fn)
{
	int rc = fn->kind == AST_DEFASYNC ? check_async(l, m, fn) : 0;

	if (rc < 0)
		return rc;
	rc = parse_type_params(l, m, fn);
	if (rc < 0)
		return rc;
	rc = parse_body(l, m, fn);
	return rc < 0 ? rc : ast_parse_contracts(l, m, fn);
}

static int parse_fn(
    struct ast_loader *l, struct ast_module *m, const struct json *decl, enum ast_fn_kind kind)
{
	struct ast_fn *fn = arena_alloc(l->arena, sizeof(*fn));
	int rc;

	fn->kind = kind;
	fn->decl = decl;
	fn->module = m;
	rc = ast_decl_name(l, m, &fn->name, decl, true);
	if (rc < 0)
		return rc;
	rc = parse_params(l, m, fn);
	if (rc < 0)
		return rc;
	rc = parse_result(l, m, fn);
	if (rc < 0)
		return rc;
	rc = kind == AST_EXTERN ? parse_extern(l, m, fn) : parse_defined(l, m, fn);
	if (rc < 0)
		return rc;
	l->fns = ast_grow(l->arena, l->fns, l->fn_count, sizeof(struct ast_fn *));
	l->fns[l->fn_count++] = fn;
	return 0;
}

static int parse_decl(struct ast_loader *l, struct ast_module *m, const struct json *decl)
{
	const struct json *kind;
	int rc;

	if (decl->kind != JSON_OBJECT)
		return ast_fault(l, m, LANG_CODE_SHAPE, decl, "decl must be an object");
	rc = ast_need_member(l, m, &kind, decl, "kind", JSON_STRING);
	if (rc < 0)
		return rc;
	for (size_t k = 0; k < ARRAY_LEN(fn_kinds); k++) {
		if (json_is(kind, fn_kinds[k]))
			return parse_fn(l, m, decl, (enum ast_fn_kind)k);
	}
	if (json_is(kind, "defrecord") || json_is(kind, "defenum"))
		return ast_parse_nominal(l, m, decl, json_is(kind, "defenum"));
	if (json_is(kind, "export"))
		return 0;
	return ast_fault(l, m, LANG_CODE_SHAPE, kind, "unsupported decl kind: \"%.*s\"",
	    (int)kind->text.len, kind->text.ptr);
}

int ast_parse_decls(struct ast_loader *l, struct ast_module *m, const struct json *decls)
{
	uint32_t first_fn = l->fn_count;
	uint32_t first_nominal = l->nominal_count;
	int rc = 0;

	for (uint32_t i = 0; i < decls->count; i++) {
		rc = parse_decl(l, m, &decls->items[i]);
		if (rc < 0)
			return rc;
	}
	rc = ast_check_unique(l, m, first_fn, first_nominal);
	if (rc < 0)
		return rc;
	return ast_apply_exports(l, m, decls, first_fn);
}
