/* SPDX-License-Identifier: MIT */
/*
 * Select: the operands of all cases are evaluated first, in order; then the runtime is told the
 * cases and looks for the first that has something. Source: docs/spec/language.md 8,
 * builtins.md 12.
 */
#include "lang/check/select_priv.h"

#include "lang/check/async_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"
#include "lang/check/task_scope_priv.h"

#define CFG "task.scope.select.cfg_v1"
#define CASES "task.scope.select.cases_v1"
#define CASE_SLOT "task.scope.select.case_slot_bytes_v1"
#define CASE_CHAN "task.scope.select.case_chan_recv_bytes_v1"

enum field { MAX_CASES, MAX_POLLS, POLL_SLEEP, TIMEOUT, FIELDS };

struct select {
	struct ck_field fields[FIELDS];
	int32_t take_turns;
	const struct json *cases; /* the descriptor; its items from 1 */
	uint32_t count;
	struct ck_val *v; /* operands */
};

static bool is_slot(const struct json *one)
{
	return str_eq_c(one->items[0].text, CASE_SLOT);
}

static int check_cases(struct ck *c, const struct json *e, struct select *s)
{
	const struct json *list = &e->items[2];

	if (list->kind != JSON_ARRAY || list->count == 0 || list->items[0].kind != JSON_STRING ||
	    !str_eq_c(list->items[0].text, CASES))
		return ck_fail(c, LANG_CODE_ARITY, list, NULL, "expected a " CASES " descriptor");
	s->cases = list;
	s->count = list->count - 1;
	if (s->count == 0)
		return ck_fail(c, LANG_CODE_TYPE, list, NULL, CASES " must have at least one case");
	if (s->count > (uint32_t)s->fields[MAX_CASES].value)
		return ck_fail(c, LANG_CODE_ASYNC, list, "raise max_cases",
		    "X07E_SELECT_TOO_MANY_CASES: %u cases, max_cases is %d", s->count,
		    s->fields[MAX_CASES].value);
	return 0;
}

static int check_cfg(struct ck *c, const struct json *e, struct select *s)
{
	int rc = ck_descriptor(c, &e->items[1], CFG, s->fields, FIELDS, &s->take_turns);

	if (rc < 0)
		return rc;
	if (!s->fields[MAX_CASES].seen)
		return ck_fail(c, LANG_CODE_TYPE, &e->items[1], "add [\"max_cases\", N]",
		    CFG " missing max_cases");
	if (s->fields[MAX_CASES].value < 1)
		return ck_fail(
		    c, LANG_CODE_TYPE, &e->items[1], NULL, CFG " max_cases must be >= 1");
	return 0;
}

static int take_case(struct ck *c, const struct json *one, struct ck_val *out)
{
	enum lang_arg want;
	int rc;

	if (one->kind != JSON_ARRAY || one->count != 2 || one->items[0].kind != JSON_STRING ||
	    (!is_slot(one) && !str_eq_c(one->items[0].text, CASE_CHAN)))
		return ck_fail(c, LANG_CODE_ARITY, one,
		    "write [\"" CASE_SLOT "\", slot] or [\"" CASE_CHAN "\", channel]",
		    CASES " expects cases");
	rc = ck_eval(c, &one->items[1], out);
	if (rc < 0)
		return rc;
	want = is_slot(one) ? A_SLOT_BYTES : A_I32;
	if (want == A_SLOT_BYTES ? ck_number_fits(want, out->type.base)
				 : (out->type.base == TY_I32 || out->type.base == TY_NEVER))
		return 0;
	return ck_fail(c, LANG_CODE_TYPE, one, NULL, "%.*s expects (%s)",
	    CK_STR(one->items[0].text), is_slot(one) ? "bytes slot" : "i32");
}

static int take_cases(struct ck *c, struct select *s)
{
	s->v = arena_alloc(c->arena, s->count * sizeof(*s->v));
	for (uint32_t i = 0; i < s->count; i++) {
		int rc = take_case(c, &s->cases->items[i + 1], &s->v[i]);

		if (rc < 0)
			return rc;
		ck_hold(c, &s->v[i]);
	}
	for (uint32_t i = s->count; i > 0; i--)
		ck_release(c, &s->v[i - 1]);
	return 0;
}

static void emit_cases(struct ck *c, const struct select *s)
{
	ir_local args[5] = {ck_const(c, (int32_t)s->count), ck_const(c, s->take_turns),
	    ck_const(c, s->fields[MAX_POLLS].value), ck_const(c, s->fields[POLL_SLEEP].value),
	    ck_const(c, s->fields[TIMEOUT].value)};

	ck_settle(c);
	ck_emit(c, IR_HEAD, IR_NONE, args, 5)->head = HEAD_select_begin;
	for (uint32_t i = 0; i < s->count; i++)
		ck_emit(c, IR_HEAD, IR_NONE, &s->v[i].local, 1)->head =
		    is_slot(&s->cases->items[i + 1]) ? HEAD_select_slot : HEAD_select_chan;
}

/* select = [ "task.scope.select_v1", cfg, cases ] */
int ck_select(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct select s = {.fields = {{"max_cases", 0, false}, {"max_polls", 0, false},
			       {"poll_sleep_ticks", 1, false}, {"timeout_ticks", 0, false}}};
	bool once = str_eq_c(e->items[0].text, "task.scope.select_try_v1");
	enum lang_ty type = once ? TY_OPT_I32 : TY_EVENT;
	int rc = ck_arity(c, e, 2);

	if (rc < 0)
		return rc;
	rc = ck_async_place(c, e, false);
	if (rc < 0)
		return rc;
	if (c->f.task_scopes == 0)
		return ck_fail(c, LANG_CODE_ASYNC, e, "put it into the body of task.scope_v1",
		    "X07E_SELECT_OUTSIDE_SCOPE: %.*s used outside task.scope_v1",
		    CK_STR(e->items[0].text));
	rc = check_cfg(c, e, &s);
	if (rc < 0)
		return rc;
	rc = check_cases(c, e, &s);
	if (rc < 0)
		return rc;
	ck_charge(c);
	rc = take_cases(c, &s);
	if (rc < 0)
		return rc;
	emit_cases(c, &s);
	*out = ck_temp_in(c, (struct lang_type){.base = type},
	    ck_emit_head(c, once ? HEAD_select_try : HEAD_select_wait, type, IR_NONE, IR_NONE));
	return 0;
}
