/* SPDX-License-Identifier: MIT */
/*
 * Task scopes: the form opens a scope in the runtime, evaluates its body and closes the scope, on
 * every way out. Handles, slots and events stay inside. Source: docs/spec/language.md 8,
 * builtins.md 12.
 */
#include "lang/check/task_scope_priv.h"

#include "lang/ast/program.h"
#include "lang/check/async_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

#define SCOPE_FIELDS 5
#define DEFAULT_CHILDREN 1024

static bool is_list_of(const struct json *e, const char *name)
{
	return e->kind == JSON_ARRAY && e->count > 0 && e->items[0].kind == JSON_STRING &&
	       str_eq_c(e->items[0].text, name);
}

static int read_policy(struct ck *c, const struct json *v, const char *name, int32_t *policy)
{
	if (v->kind == JSON_STRING &&
	    (str_eq_c(v->text, "priority_v1") || str_eq_c(v->text, "rr_v1"))) {
		*policy = str_eq_c(v->text, "rr_v1");
		return 0;
	}
	return ck_fail(c, LANG_CODE_TYPE, v, "write \"priority_v1\" or \"rr_v1\"",
	    "%s policy must be priority_v1 or rr_v1", name);
}

static int read_field(struct ck *c, const struct json *pair, const char *name, struct ck_field *f)
{
	const struct json *v = &pair->items[1];

	if (f->seen)
		return ck_fail(
		    c, LANG_CODE_TYPE, pair, NULL, "%s duplicate field: %s", name, f->name);
	if (v->kind != JSON_INT || v->integer < 0 || v->integer > INT32_MAX)
		return ck_fail(c, LANG_CODE_TYPE, pair, "write a number",
		    "%s %s must be an integer >= 0", name, f->name);
	f->seen = true;
	f->value = (int32_t)v->integer;
	return 0;
}

static int read_pair(struct ck *c, const struct json *pair, const char *name,
    struct ck_field *fields, uint32_t count, int32_t *policy)
{
	if (pair->kind != JSON_ARRAY || pair->count != 2 || pair->items[0].kind != JSON_STRING)
		return ck_fail(c, LANG_CODE_ARITY, pair, "write [\"field\", value]",
		    "%s expects fields [name, value]", name);
	c->nodes += 3;
	if (policy != NULL && str_eq_c(pair->items[0].text, "policy"))
		return read_policy(c, &pair->items[1], name, policy);
	for (uint32_t i = 0; i < count; i++) {
		if (str_eq_c(pair->items[0].text, fields[i].name))
			return read_field(c, pair, name, &fields[i]);
	}
	return ck_fail(c, LANG_CODE_TYPE, pair, NULL, "%s unknown field: %.*s", name,
	    CK_STR(pair->items[0].text));
}

int ck_descriptor(struct ck *c, const struct json *e, const char *name, struct ck_field *fields,
    uint32_t count, int32_t *policy)
{
	if (!is_list_of(e, name))
		return ck_fail(c, LANG_CODE_ARITY, e, NULL, "expected a %s descriptor", name);
	c->nodes++;
	for (uint32_t i = 1; i < e->count; i++) {
		int rc = read_pair(c, &e->items[i], name, fields, count, policy);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static void open_scope(struct ck *c, const struct ck_field *fields)
{
	ir_local args[SCOPE_FIELDS];

	for (uint32_t i = 0; i < SCOPE_FIELDS; i++)
		args[i] = ck_const(c, fields[i].value);
	ck_settle(c);
	ck_emit(c, IR_HEAD, IR_NONE, args, SCOPE_FIELDS)->head = HEAD_scope_open;
}

static int check_value(struct ck *c, const struct json *e, const struct ck_val *v)
{
	if (!ck_is_async_value(v->type.base))
		return 0;
	if (v->type.base == TY_EVENT)
		return ck_fail(c, LANG_CODE_ASYNC, e, "take its bytes inside",
		    "X07E_SELECT_EVT_ESCAPES_SCOPE: a select event must not escape task.scope_v1");
	return ck_fail(c, LANG_CODE_ASYNC, e, "await it inside",
	    "X07E_SCOPE_SLOT_004: %s must not escape task.scope_v1",
	    ck_is_task(v->type.base) ? "a task handle" : "task_slot_v1");
}

static int body(struct ck *c, const struct json *e, struct ck_val *out)
{
	uint32_t outer = ck_scope_open(c);
	int rc = ck_eval(c, &e->items[2], out);

	if (rc < 0)
		return rc;
	rc = check_value(c, e, out);
	return rc < 0 ? rc : ck_scope_close(c, outer, out, e);
}

/* scope = [ "task.scope_v1", cfg, body ] */
int ck_task_scope(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_field fields[SCOPE_FIELDS] = {{"max_children", DEFAULT_CHILDREN, false},
	    {"max_ticks", 0, false}, {"max_blocked_waits", 0, false}, {"max_join_polls", 0, false},
	    {"max_slot_result_bytes", 0, false}};
	struct ck_open_form form = {.outer = c->f.open_forms, .close = HEAD_scope_close};
	int rc = ck_arity(c, e, 2);

	if (rc < 0)
		return rc;
	rc = ck_async_place(c, e, false);
	if (rc < 0)
		return rc;
	rc = ck_descriptor(c, &e->items[1], "task.scope.cfg_v1", fields, SCOPE_FIELDS, NULL);
	if (rc < 0)
		return rc;
	ck_charge(c);
	open_scope(c, fields);
	c->f.open_forms = &form;
	c->f.task_scopes++;
	rc = body(c, e, out);
	c->f.task_scopes--;
	c->f.open_forms = form.outer;
	if (rc < 0)
		return rc;
	ck_hold(c, out);
	ck_settle(c);
	ck_emit(c, IR_HEAD, IR_NONE, NULL, 0)->head = HEAD_scope_close;
	ck_release(c, out);
	return 0;
}

/* The operand must call a defasync: only then is nobody else able to join the task. */
static int start(struct ck *c, const struct json *e, struct ck_val *task)
{
	const struct json *call = &e->items[1];
	const struct ast_fn *fn = NULL;
	int rc = ck_arity(c, e, 1);

	if (rc < 0)
		return rc;
	rc = ck_async_place(c, e, false);
	if (rc < 0)
		return rc;
	if (c->f.task_scopes == 0)
		return ck_fail(c, LANG_CODE_ASYNC, e, "put it into the body of task.scope_v1",
		    "X07E_SCOPE_SLOT_001: %.*s used outside task.scope_v1",
		    CK_STR(e->items[0].text));
	if (is_list_of(call, "tapp") && call->count > 1 && call->items[1].kind == JSON_STRING)
		fn = ast_fn_find(c->program, call->items[1].text);
	else if (call->kind == JSON_ARRAY && call->count > 0 && call->items[0].kind == JSON_STRING)
		fn = ast_fn_find(c->program, call->items[0].text);
	if (fn == NULL || fn->kind != AST_DEFASYNC)
		return ck_fail(c, LANG_CODE_ASYNC, e, "write the call of a defasync function here",
		    "X07E_SCOPE_002: expected an immediate defasync call expression");
	ck_charge(c);
	rc = ck_eval(c, call, task);
	ck_settle(c);
	return rc;
}

int ck_start_soon(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_val task;
	int rc = start(c, e, &task);

	if (rc < 0)
		return rc;
	*out = ck_temp_in(c, (struct lang_type){.base = TY_I32},
	    ck_emit_head(c, HEAD_scope_start, TY_I32, task.local, IR_NONE));
	return 0;
}

int ck_async_let(struct ck *c, const struct json *e, struct ck_val *out)
{
	bool result = str_eq_c(e->items[0].text, "task.scope.async_let_result_bytes_v1");
	enum lang_ty slot = result ? TY_SLOT_RES : TY_SLOT_BYTES;
	struct ck_val task;
	int rc = start(c, e, &task);

	if (rc < 0)
		return rc;
	if (task.type.base != (result ? TY_TASK_RES : TY_TASK_BYTES))
		return ck_fail(c, LANG_CODE_TYPE, e, NULL,
		    "%.*s expects a defasync that returns %s", CK_STR(e->items[0].text),
		    result ? "result_bytes" : "bytes");
	*out = ck_temp_in(c, (struct lang_type){.base = slot},
	    ck_emit_head(c, HEAD_scope_async_let, slot, task.local, IR_NONE));
	return 0;
}

int ck_task_descriptor(struct ck *c, const struct json *e, struct ck_val *out)
{
	bool scope = str_eq_c(e->items[0].text, "task.scope.cfg_v1");

	(void)out;
	return ck_fail(c, LANG_CODE_TYPE, e, NULL, "%.*s is a descriptor; use it only as %s",
	    CK_STR(e->items[0].text),
	    scope ? "the first argument to task.scope_v1" : "an argument to task.scope.select_v1");
}
