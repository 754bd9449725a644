/* SPDX-License-Identifier: MIT */
/*
 * The functions of a program: an instance for each list of type arguments that is used, the queue
 * of those that are reached, and the walk over one body. Source: docs/spec/language.md 2, 5.4, 10.
 */
#include "lang/check/fn_priv.h"

#include "lang/check/contract_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/generic_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/leave_priv.h"
#include "lang/check/recover_priv.h"
#include "lang/check/scope_priv.h"

#include <string.h>

static bool same_tyargs(const struct ck_fn *fn, const struct ck_tyarg *args)
{
	for (uint32_t i = 0; i < fn->tyarg_count; i++) {
		if (fn->tyargs[i].type.base != args[i].type.base ||
		    fn->tyargs[i].is_u32 != args[i].is_u32)
			return false;
	}
	return true;
}

void ck_fn_enqueue(struct ck *c, struct ck_fn *fn)
{
	c->queue = ck_grow(c, c->queue, &c->queue_cap, c->queue_count, sizeof(void *));
	fn->index = c->queue_count;
	fn->ret = CK_FROM_NOTHING;
	c->queue[c->queue_count++] = fn;
}

static int signature(struct ck *c, struct ck_fn *fn, const struct json *at)
{
	const struct ast_fn *ast = fn->ast;
	int rc = ck_type(c, &fn->result, &ast->result, fn, at);
	bool ptr;

	if (rc < 0)
		return rc;
	ptr = lang_ty_is_ptr(fn->result.base);
	fn->params = arena_alloc(c->arena, (ast->param_count + 1) * sizeof(*fn->params));
	for (uint32_t i = 0; i < ast->param_count; i++) {
		rc = ck_type(c, &fn->params[i], &ast->params[i].type, fn, at);
		if (rc < 0)
			return rc;
		ptr = ptr || lang_ty_is_ptr(fn->params[i].base);
	}
	if (ptr && !c->options->allow_unsafe)
		return ck_fail(c, LANG_CODE_UNSAFE, at, "allow it in the policy's language section",
		    "raw pointer types require unsafe capability: \"%.*s\"", CK_STR(fn->name));
	return 0;
}

int ck_instance(struct ck *c, struct ck_fn **out, const struct ast_fn *ast,
    const struct ck_tyarg *tyargs, const struct json *at)
{
	struct ck_fn *fn = c->instances[ast->index];
	size_t size = ast->type_param_count * sizeof(*tyargs);
	int rc;

	while (fn != NULL && !same_tyargs(fn, tyargs))
		fn = fn->next;
	if (fn != NULL) {
		*out = fn;
		return 0;
	}
	if (ast->type_param_count > 0 && ++c->specialisations > 4096)
		return ck_fail(c, LANG_CODE_TAPP_COUNT, at, NULL, "more than 4096 specialisations");
	fn = arena_alloc(c->arena, sizeof(*fn));
	*fn =
	    (struct ck_fn){.ast = ast, .module = ast->module, .name = ast->name, .body = ast->body};
	if (size > 0) {
		fn->tyargs = arena_alloc(c->arena, size);
		memcpy(fn->tyargs, tyargs, size);
		fn->tyarg_count = ast->type_param_count;
	}
	rc = signature(c, fn, at);
	if (rc < 0)
		return rc;
	fn->next = c->instances[ast->index];
	c->instances[ast->index] = fn;
	ck_fn_enqueue(c, fn);
	*out = fn;
	return 0;
}

static void declare_params(struct ck *c, struct ck_fn *fn)
{
	for (uint32_t i = 0; fn->ast != NULL && i < fn->ast->param_count; i++) {
		struct str name = fn->ast->params[i].name;
		ir_local local = ck_local(c, fn->params[i].base, name);
		uint32_t var = ck_declare(c, name, fn->params[i], local);

		if (lang_ty_is_view(fn->params[i].base))
			c->vars[var].state.from.param = i;
		fn->ir->param_count++;
	}
}

static int limits(struct ck *c, const struct ck_fn *fn)
{
	if (c->too_many_locals)
		return ck_fail(c, LANG_CODE_BUDGET, fn->body, "split the function",
		    "too many locals: max_locals=%u (set X07_MAX_LOCALS=<n>)",
		    c->options->max_locals > 0 ? c->options->max_locals : 20000);
	if (c->stmts >= CK_STMTS_MAX)
		return ck_fail(c, LANG_CODE_BUDGET, fn->body, "split the program",
		    "generated code too large: max_statements=%u", CK_STMTS_MAX);
	return 0;
}

static int check_body(struct ck *c, struct ck_fn *fn)
{
	struct ck_val v;
	int rc;

	declare_params(c, fn);
	rc = ck_contract_entry(c);
	if (rc < 0)
		return rc;
	rc = ck_eval(c, fn->body, &v);
	if (rc < 0)
		return rc;
	rc = ck_leave(c, &v, fn->body, true);
	if (rc < 0)
		return rc;
	rc = ck_scope_close(c, c->f.scope, NULL, fn->body);
	return rc < 0 ? rc : limits(c, fn);
}

int ck_fn_check(struct ck *c, struct ck_fn *fn)
{
	struct ck_frame outer = c->f;
	struct ck_point point = ck_point(c);
	struct ck_block body = {0};
	int rc;

	fn->progress = CK_BUSY;
	fn->ir = arena_alloc(c->arena, sizeof(*fn->ir));
	*fn->ir = (struct ir_fn){.name = fn->name,
	    .result = fn->result.base,
	    .is_async = fn->ast != NULL && fn->ast->kind == AST_DEFASYNC};
	c->f = (struct ck_frame){.fn = fn,
	    .block = &body,
	    .body = &body,
	    .base = c->var_count,
	    .scope = c->var_count,
	    .input = IR_NONE,
	    .contract_result = CK_NONE};
	rc = check_body(c, fn);
	if (rc < 0)
		rc = ck_recover(c, &point, NULL, rc);
	fn->ir->body = body.ir;
	fn->progress = CK_DONE;
	c->f = outer;
	return rc;
}

int ck_view_source(struct ck *c, struct ck_fn *fn, const struct json *at)
{
	if (fn->progress == CK_DONE || !lang_ty_is_view(fn->result.base))
		return 0;
	if (fn->progress == CK_BUSY)
		return ck_fail(c, LANG_CODE_OWNER, at, "return a copy (bytes) instead of a view",
		    "recursive bytes_view return borrow analysis: \"%.*s\"", CK_STR(fn->name));
	return ck_fn_check(c, fn);
}
