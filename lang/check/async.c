/* SPDX-License-Identifier: MIT */
/*
 * Tasks outside of scopes. A handle has a type of its own, so that it is joined as what its
 * function returns; as a plain i32 it can be stored, and the runtime checks it.
 * Source: docs/spec/language.md 8.
 */
#include "lang/check/async_priv.h"

#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

bool ck_is_task(enum lang_ty t)
{
	return t == TY_TASK_BYTES || t == TY_TASK_RES;
}

bool ck_is_async_value(enum lang_ty t)
{
	return ck_is_task(t) || t == TY_SLOT_BYTES || t == TY_SLOT_RES || t == TY_EVENT;
}

bool ck_number_fits(enum lang_arg want, enum lang_ty have)
{
	bool plain = have == TY_I32 || have == TY_NEVER;

	if (want == A_TASK)
		return plain || ck_is_task(have);
	if (want == A_TASK_BYTES)
		return plain || have == TY_TASK_BYTES;
	if (want == A_TASK_RES)
		return plain || have == TY_TASK_RES;
	if (want == A_EVENT)
		return plain || have == TY_EVENT;
	if (want == A_SLOT)
		return have == TY_SLOT_BYTES || have == TY_SLOT_RES || have == TY_NEVER;
	return have == (want == A_SLOT_BYTES ? TY_SLOT_BYTES : TY_SLOT_RES) || have == TY_NEVER;
}

int ck_async_place(struct ck *c, const struct json *e, bool in_scope)
{
	const struct ast_fn *fn = c->f.fn->ast;
	struct str head = e->items[0].text;

	if (fn != NULL && fn->kind != AST_DEFASYNC)
		return ck_fail(c, LANG_CODE_ASYNC_PLACE, e,
		    "declare the function as defasync, or move this to the entry expression",
		    "%.*s is only allowed in solve or defasync", CK_STR(head));
	if (!in_scope || c->f.task_scopes > 0)
		return 0;
	return ck_fail(c, LANG_CODE_ASYNC, e, "put it into the body of task.scope_v1",
	    "X07E_SCOPE_001: %.*s used outside task.scope_v1", CK_STR(head));
}

void ck_spawn(struct ck *c, const struct ck_fn *fn, const ir_local *args, struct ck_val *out)
{
	enum lang_ty handle = fn->result.base == TY_BYTES ? TY_TASK_BYTES : TY_TASK_RES;

	ck_settle(c);
	*out = ck_temp(c, (struct lang_type){.base = handle});
	ck_emit(c, IR_SPAWN, out->local, args, fn->ast->param_count)->callee = fn->index;
}

int ck_raw_task(struct ck *c, const struct json *e)
{
	return ck_fail(c, LANG_CODE_ASYNC, e,
	    "start it with task.scope.start_soon_v1 or task.scope.async_let_bytes_v1",
	    "X07E_SCOPE_003: let of a task inside task.scope_v1");
}

/* task.spawn = [ "task.spawn", call ]: the value is the handle itself */
int ck_task_spawn(struct ck *c, const struct json *e, struct ck_val *out)
{
	ir_local unused;
	int rc = ck_arity(c, e, 1);

	if (rc < 0)
		return rc;
	ck_charge(c);
	rc = ck_eval(c, &e->items[1], out);
	if (rc < 0 || out->type.base == TY_NEVER)
		return rc;
	if (!ck_is_task(out->type.base))
		return ck_fail(c, LANG_CODE_TYPE, e, "call a defasync function inside it",
		    "task.spawn expects (task handle)");
	ck_settle(c);
	unused = ck_emit_head(c, HEAD_task_spawn, TY_I32, out->local, IR_NONE);
	(void)unused;
	return 0;
}
