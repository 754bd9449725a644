/* SPDX-License-Identifier: MIT */
/*
 * The dispatch of expressions: literals, names, and the list of core forms. The forms are form.c,
 * loop.c, logic.c, nominal.c, try.c and generic.c; other heads are head.c and call.c.
 * Source: docs/spec/language.md 2-5.
 */
#include "lang/check/eval_priv.h"

#include "lang/ast/program.h"
#include "lang/check/async_priv.h"
#include "lang/check/brand_priv.h"
#include "lang/check/budget_priv.h"
#include "lang/check/call_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/form_priv.h"
#include "lang/check/generic_priv.h"
#include "lang/check/head_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/logic_priv.h"
#include "lang/check/loop_priv.h"
#include "lang/check/nominal_priv.h"
#include "lang/check/scope_priv.h"
#include "lang/check/select_priv.h"
#include "lang/check/stream_priv.h"
#include "lang/check/task_scope_priv.h"
#include "lang/check/try_priv.h"
#include "lang/check/ty_priv.h"
#include "lang/check/value_priv.h"

#include <stdlib.h>
#include <string.h>

struct core_form {
	const char *name;
	int (*eval)(struct ck *c, const struct json *e, struct ck_val *out);
	bool quiet; /* costs nothing in statement position */
};

/* Sorted by name. Source: docs/spec/language.md 4. */
/* clang-format off */
static const struct core_form core_forms[] = {
	{"&&", ck_and, false},
	{"__internal.pipe.branded_item", ck_stream_item, false},
	{"begin", ck_begin, true},
	{"budget.cfg_v1", ck_budget_cfg, false},
	{"budget.scope_from_arch_v1", ck_budget_scope_from_arch, false},
	{"budget.scope_v1", ck_budget_scope, false},
	{"bytes.lit", ck_bytes_lit, false},
	{"bytes.view_lit", ck_view_lit, false},
	{"for", ck_for, true},
	{"if", ck_if, true},
	{"let", ck_let, true},
	{"match", ck_match, true},
	{"option_bytes.unwrap_or", ck_option_bytes_default, false},
	{"option_bytes_view.unwrap_or", ck_option_view_default, false},
	{"return", ck_return, true},
	{"set", ck_set, true},
	{"set0", ck_set0, true},
	{"std.stream.pipe_v1", ck_stream_pipe, false},
	{"tapp", ck_tapp, false},
	{"task.scope.async_let_bytes_v1", ck_async_let, false},
	{"task.scope.async_let_result_bytes_v1", ck_async_let, false},
	{"task.scope.cfg_v1", ck_task_descriptor, false},
	{"task.scope.select.case_chan_recv_bytes_v1", ck_task_descriptor, false},
	{"task.scope.select.case_slot_bytes_v1", ck_task_descriptor, false},
	{"task.scope.select.cases_v1", ck_task_descriptor, false},
	{"task.scope.select.cfg_v1", ck_task_descriptor, false},
	{"task.scope.select_try_v1", ck_select, false},
	{"task.scope.select_v1", ck_select, false},
	{"task.scope.start_soon_v1", ck_start_soon, false},
	{"task.scope_v1", ck_task_scope, false},
	{"task.spawn", ck_task_spawn, false},
	{"try", ck_try, false},
	{"try_doc", ck_try_doc, false},
	{"unsafe", ck_unsafe, false},
	{"while", ck_while, true},
	{"||", ck_or, false},
};

/* Heads that the language has and this implementation does not (yet). */
static const char *const missing_heads[] = {
	"std.stream.", "std.rr.", "rr.", "kv.", "fs.",
	"regex.", "json.jcs.", "jsonschema.", "math.f64.", "os.",
	"std.os.process.join_", "ptr.", "memcpy", "memmove", "memset", "addr_of", "bytes.as_ptr",
	"bytes.as_mut_ptr", "view.as_ptr", "vec_u8.as_ptr", "vec_u8.as_mut_ptr",
};
/* clang-format on */

static int compare_form(const void *key, const void *row)
{
	const struct str *name = key;

	return str_cmp(*name, str_c(((const struct core_form *)row)->name));
}

static const struct core_form *core_form_find(struct str name)
{
	return bsearch(
	    &name, core_forms, ARRAY_LEN(core_forms), sizeof(core_forms[0]), compare_form);
}

static int unknown_head(struct ck *c, const struct json *e)
{
	struct str head = e->items[0].text;

	for (size_t i = 0; i < ARRAY_LEN(missing_heads); i++) {
		size_t len = strlen(missing_heads[i]);

		if (head.len >= len && memcmp(head.ptr, missing_heads[i], len) == 0)
			return ck_fail(c, LANG_CODE_UNSUPPORTED, e,
			    "this head is part of the language but not of this implementation yet",
			    "head not implemented: \"%.*s\"", CK_STR(head));
	}
	return ck_fail(c, LANG_CODE_HEAD, e,
	    "no built-in head and no function of a loaded module has this name; is an import "
	    "missing?",
	    "unsupported head: \"%.*s\"", CK_STR(head));
}

static int eval_list(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct str name = e->items[0].text;
	const struct core_form *form = core_form_find(name);
	const struct ast_fn *fn;
	enum lang_head head;

	if (form != NULL)
		return form->eval(c, e, out);
	if (lang_head_find(&head, name))
		return ck_head(c, head, e, out);
	fn = ast_fn_find(c->program, name);
	if (fn != NULL)
		return ck_call(c, fn, e, out);
	if (ck_is_brand(name))
		return ck_brand(c, e, out);
	if (ck_is_ty(name))
		return ck_ty(c, e, out);
	if (ck_is_nominal(c, name))
		return ck_nominal(c, e, out);
	if (ck_is_value_view(name))
		return ck_value_view(c, e, out);
	return unknown_head(c, e);
}

/* `input` is set once, at the start of the function. */
static struct ck_val eval_input(struct ck *c)
{
	struct ck_val v = {.type.base = TY_VIEW, .how = CK_READ, .var = CK_NONE};

	v.from = CK_FROM_NOTHING;
	if (c->f.input == IR_NONE) {
		struct ir_stmt *s = arena_alloc(c->arena, sizeof(*s));
		struct ir_block *b = &c->f.body->ir;

		c->f.input = ck_local(c, TY_VIEW, STR("input"));
		s->op = IR_INPUT;
		s->dst = c->f.input;
		s->next = b->first;
		b->first = s;
		if (b->last == NULL)
			b->last = s;
	}
	v.local = c->f.input;
	return v;
}

static int eval_name(struct ck *c, const struct json *e, struct ck_val *out)
{
	uint32_t var;
	const struct ck_var *v;
	ir_local from;
	int rc;

	if (str_eq_c(e->text, "input")) {
		*out = eval_input(c);
		return 0;
	}
	var = ck_find(c, e->text);
	if (var == CK_NONE)
		return ck_fail(c, LANG_CODE_NAME, e, "bind it with let before its first use",
		    "unknown identifier: \"%.*s\"", CK_STR(e->text));
	v = &c->vars[var];
	rc = ck_usable(c, var, e);
	if (rc < 0)
		return rc;
	if (!lang_ty_is_owned(v->type.base)) {
		*out = (struct ck_val){.type = v->type,
		    .local = v->local,
		    .how = CK_READ,
		    .var = var,
		    .from = v->state.from};
		return 0;
	}
	rc = ck_unborrowed(c, var, "move", e);
	if (rc < 0)
		return rc;
	from = v->local;
	*out = ck_temp(c, v->type);
	ck_emit(c, IR_MOVE, out->local, &from, 1);
	ck_set_moved(c, var, CK_MOVED, e);
	return 0;
}

static int enter(struct ck *c, const struct json *e)
{
	uint64_t most = 64 * (uint64_t)c->program->node_count + 1000000;

	c->nodes++;
	c->walked++;
	c->depth++;
	if (c->depth > CK_DEPTH_MAX)
		return ck_fail(c, LANG_CODE_BUDGET, e, "bind inner expressions with let",
		    "expressions nest too deeply: max_depth=%u", CK_DEPTH_MAX);
	if (c->walked > most)
		return ck_fail(c, LANG_CODE_BUDGET, e, "set views inside loops less often",
		    "loops nest too deeply for the borrow check: more than %llu steps",
		    (unsigned long long)most);
	return 0;
}

int ck_eval_place(struct ck *c, const struct json *e, struct ck_val *out)
{
	int rc = enter(c, e);

	if (rc < 0)
		return rc;
	if (e->kind == JSON_INT) {
		ck_charge(c);
		*out = ck_temp(c, (struct lang_type){.base = TY_I32});
		ck_emit(c, IR_CONST, out->local, NULL, 0)->imm = (int32_t)e->integer;
		out->is_bool = e->integer == 0 || e->integer == 1;
	} else if (e->kind == JSON_STRING) {
		ck_charge(c);
		rc = eval_name(c, e, out);
	} else if (e->kind == JSON_ARRAY && e->count > 0 && e->items[0].kind == JSON_STRING) {
		rc = eval_list(c, e, out);
	} else {
		rc = ck_fail(c, LANG_CODE_ARITY, e, NULL, "unsupported JSON value in expr: %s",
		    json_kind_name(e));
	}
	c->depth--;
	return rc;
}

int ck_eval(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_val placed;
	int rc = ck_eval_place(c, e, out);

	if (rc < 0 || out->how != CK_PLACE)
		return rc;
	placed = *out;
	*out = ck_temp(c, placed.type);
	ck_emit(c, IR_MOVE, out->local, &placed.local, 1);
	return 0;
}

int ck_stmt(struct ck *c, const struct json *e)
{
	const struct core_form *form = NULL;
	struct ck_val unused;
	int rc;

	if (e->kind == JSON_ARRAY && e->count > 0 && e->items[0].kind == JSON_STRING)
		form = core_form_find(e->items[0].text);
	if (form == NULL || !form->quiet)
		return ck_eval(c, e, &unused);
	rc = enter(c, e);
	if (rc == 0)
		rc = form->eval(c, e, NULL);
	c->depth--;
	return rc;
}

int ck_eval_as(
    struct ck *c, const struct json *e, enum lang_ty type, const char *what, struct ck_val *out)
{
	int rc = ck_eval(c, e, out);

	if (rc < 0 || out->type.base == type || out->type.base == TY_NEVER)
		return rc;
	return ck_fail(c, LANG_CODE_TYPE, e, NULL, "%s must be %s (got %s)", what,
	    lang_ty_name(type), lang_ty_title(out->type.base));
}
