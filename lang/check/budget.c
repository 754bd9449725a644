/* SPDX-License-Identifier: MIT */
/*
 * Budget scopes: the descriptor is read here, the runtime counts between two internal heads. The
 * limits of a scope are compared when it ends, also when it ends by leaving the function.
 * Source: docs/spec/language.md 9, docs/spec/builtins.md 15.
 */
#include "lang/check/budget_priv.h"

#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/profile_priv.h"
#include "lang/check/scope_priv.h"

/* The numbers of enum rt_budget_mode (lang/rt/budget.h); yield_v1 traps as trap_v1 does. */
enum end_mode { END_TRAP, END_ERR, END_STATS };

struct mode_row {
	const char *name;
	enum end_mode end;
	bool blocks; /* only where a task may wait */
};

/* clang-format off */
static const struct mode_row modes[] = {
	{"trap_v1", END_TRAP, false},
	{"result_err_v1", END_ERR, false},
	{"stats_only_v1", END_STATS, false},
	{"yield_v1", END_TRAP, true},
};

static const char *const cap_names[CK_BUDGET_CAPS] = {
	"alloc_bytes", "alloc_calls", "realloc_calls", "memcpy_bytes", "sched_ticks", "fuel",
};

/* What makes a result of each type from an error code. */
static const enum lang_head err_heads[TY_COUNT] = {
	[TY_RES_I32] = HEAD_result_i32_err,
	[TY_RES_BYTES] = HEAD_result_bytes_err,
	[TY_RES_VIEW] = HEAD_result_bytes_view_err,
};
/* clang-format on */

static bool is_result(enum lang_ty t)
{
	return t == TY_RES_I32 || t == TY_RES_BYTES || t == TY_RES_VIEW;
}

int ck_budget_cap_find(uint32_t *out, struct str name)
{
	for (uint32_t i = 0; i < CK_BUDGET_CAPS; i++) {
		if (str_eq_c(name, cap_names[i])) {
			*out = i;
			return 0;
		}
	}
	return -1;
}

static bool in_solve(const struct ck *c)
{
	return c->f.fn->ast == NULL;
}

int ck_budget_mode(struct ck *c, struct ck_budget_cfg *out, struct str name, const struct json *e)
{
	for (uint32_t i = 0; i < ARRAY_LEN(modes); i++) {
		if (!str_eq_c(name, modes[i].name))
			continue;
		if (modes[i].blocks && !in_solve(c))
			return ck_fail(c, LANG_CODE_UNSUPPORTED, e, "use mode trap_v1 in a defn",
			    "budget scope of mode yield_v1 is allowed only in solve or defasync");
		out->mode = modes[i].end;
		out->has_mode = true;
		return 0;
	}
	return ck_fail(c, LANG_CODE_TYPE, e,
	    "use trap_v1, result_err_v1, stats_only_v1 or yield_v1",
	    "budget.cfg_v1 mode is not supported: \"%.*s\"", CK_STR(name));
}

static bool is_text_literal(const struct json *v)
{
	return v->kind == JSON_ARRAY && v->count == 2 && json_is(&v->items[0], "bytes.lit") &&
	       v->items[1].kind == JSON_STRING;
}

static int read_pair(struct ck *c, struct ck_budget_cfg *out, const struct json *pair)
{
	const struct json *v;
	uint32_t cap;

	if (pair->kind != JSON_ARRAY || pair->count != 2 || pair->items[0].kind != JSON_STRING)
		return ck_fail(
		    c, LANG_CODE_ARITY, pair, NULL, "budget.cfg_v1 wants pairs [name, value]");
	v = &pair->items[1];
	if (json_is(&pair->items[0], "mode")) {
		if (v->kind != JSON_STRING || out->has_mode)
			return ck_fail(c, LANG_CODE_TYPE, pair, "name one mode",
			    "budget.cfg_v1 mode must be one name");
		return ck_budget_mode(c, out, v->text, pair);
	}
	if (json_is(&pair->items[0], "label")) {
		if (!is_text_literal(v) || out->has_label)
			return ck_fail(c, LANG_CODE_TYPE, pair, "write [\"bytes.lit\", \"name\"]",
			    "budget.cfg_v1 label must be one bytes.lit");
		out->has_label = true;
		return 0;
	}
	if (ck_budget_cap_find(&cap, pair->items[0].text) < 0)
		return ck_fail(c, LANG_CODE_TYPE, pair, NULL, "budget.cfg_v1 has no field \"%.*s\"",
		    CK_STR(pair->items[0].text));
	if (v->kind != JSON_INT)
		return ck_fail(c, LANG_CODE_TYPE, pair, "write the number itself",
		    "budget.cfg_v1 value must be an integer");
	if (v->integer < 0 || v->integer > INT32_MAX || out->has_cap[cap])
		return ck_fail(c, LANG_CODE_TYPE, pair, "give a number from 0 to 2147483647, once",
		    "budget.cfg_v1 %s must be one number >= 0", cap_names[cap]);
	out->cap[cap] = (int32_t)v->integer;
	out->has_cap[cap] = true;
	return 0;
}

static int read_cfg(struct ck *c, struct ck_budget_cfg *out, const struct json *e)
{
	if (e->kind != JSON_ARRAY || e->count == 0 || !json_is(&e->items[0], "budget.cfg_v1"))
		return ck_fail(c, LANG_CODE_TYPE, e,
		    "write [\"budget.cfg_v1\", [name, value], ...]",
		    "budget.scope_v1 wants a budget.cfg_v1 as its first argument");
	for (uint32_t i = 1; i < e->count; i++) {
		int rc = read_pair(c, out, &e->items[i]);

		if (rc < 0)
			return rc;
	}
	if (!out->has_mode || !out->has_label)
		return ck_fail(c, LANG_CODE_TYPE, e, "add it to the descriptor",
		    "budget.cfg_v1 needs a %s", out->has_mode ? "label" : "mode");
	return 0;
}

static void emit_enter(struct ck *c, const struct ck_budget_cfg *cfg)
{
	ir_local args[CK_BUDGET_CAPS];

	for (uint32_t i = 0; i < CK_BUDGET_CAPS; i++)
		args[i] = ck_const(c, cfg->cap[i]);
	ck_settle(c);
	ck_emit(c, IR_HEAD, IR_NONE, args, CK_BUDGET_CAPS)->head = HEAD_budget_enter;
}

static ir_local emit_exit(struct ck *c, enum end_mode mode)
{
	ir_local arg = ck_const(c, (int32_t)mode);
	ir_local code = ck_local(c, TY_I32, STR(""));

	ck_settle(c);
	ck_emit(c, IR_HEAD, code, &arg, 1)->head = HEAD_budget_exit;
	return code;
}

/* value = code == 0 ? value : err(code) */
static void error_instead(struct ck *c, ir_local code, struct ck_val *v)
{
	ir_local dst = ck_local(c, v->type.base, STR(""));
	struct ck_from from = v->from;
	struct lang_type type = v->type;
	struct ck_block broken;
	struct ck_block kept;
	struct ck_block *outer = ck_block_open(c, &broken);
	struct ir_stmt *s;

	if (lang_ty_is_owned(type.base))
		ck_drop_local(c, v->local);
	ck_emit(c, IR_HEAD, dst, &code, 1)->head = err_heads[type.base];
	ck_block_close(c, outer);
	outer = ck_block_open(c, &kept);
	ck_store(c, dst, v);
	ck_block_close(c, outer);
	s = ck_emit(c, IR_IF, IR_NONE, &code, 1);
	s->block[0] = broken.ir;
	s->block[1] = kept.ir;
	*v = ck_temp_in(c, type, dst);
	v->from = from;
}

void ck_budget_end(struct ck *c, const struct ck_open_form *scope, struct ck_val *v)
{
	bool as_error = scope->budget_mode == END_ERR && is_result(v->type.base);
	enum end_mode mode =
	    scope->budget_mode == END_ERR && !as_error ? END_TRAP : scope->budget_mode;
	ir_local code = emit_exit(c, mode);

	if (as_error) {
		struct ck_val before = *v;

		error_instead(c, code, v);
		ck_consumed(c, &before, c->f.fn->body);
	}
}

static int check_scope(struct ck *c, const struct ck_budget_cfg *cfg, const struct json *e,
    const struct json *body, struct ck_val *out)
{
	struct ck_open_form scope = {
	    .outer = c->f.open_forms, .close = HEAD_budget_exit, .budget_mode = cfg->mode};
	uint32_t outer;
	int rc;

	ck_charge(c);
	emit_enter(c, cfg);
	c->f.open_forms = &scope;
	outer = ck_scope_open(c);
	rc = ck_eval(c, body, out);
	if (rc == 0)
		rc = ck_scope_close(c, outer, out, e);
	c->f.open_forms = scope.outer;
	if (rc < 0 || out->type.base == TY_NEVER)
		return rc;
	if (cfg->mode == END_ERR && !is_result(out->type.base))
		return ck_fail(c, LANG_CODE_TYPE, e, "use mode trap_v1, or make the body a result",
		    "%.*s mode=result_err_v1 requires a result_* body", CK_STR(e->items[0].text));
	ck_budget_end(c, &scope, out);
	return 0;
}

/* budget.scope_v1 = [ "budget.scope_v1", cfg, body ] */
int ck_budget_scope(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_budget_cfg cfg = {0};
	int rc = ck_arity(c, e, 2);

	if (rc < 0)
		return rc;
	rc = read_cfg(c, &cfg, &e->items[1]);
	return rc < 0 ? rc : check_scope(c, &cfg, e, &e->items[2], out);
}

/* budget.scope_from_arch_v1 = [ "budget.scope_from_arch_v1", ["bytes.lit", id], body ] */
int ck_budget_scope_from_arch(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_budget_cfg cfg = {0};
	int rc = ck_arity(c, e, 2);

	if (rc < 0)
		return rc;
	if (!is_text_literal(&e->items[1]))
		return ck_fail(c, LANG_CODE_TYPE, e, "write [\"bytes.lit\", \"profile_id\"]",
		    "budget.scope_from_arch_v1 wants a bytes.lit with the id of a profile");
	rc = ck_budget_profile(c, &cfg, e->items[1].items[1].text, e);
	return rc < 0 ? rc : check_scope(c, &cfg, e, &e->items[2], out);
}

int ck_budget_cfg(struct ck *c, const struct json *e, struct ck_val *out)
{
	(void)out;
	return ck_fail(c, LANG_CODE_TYPE, e, NULL,
	    "budget.cfg_v1 is a descriptor; use it only as the first argument to budget.scope_v1");
}
