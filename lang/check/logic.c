/* SPDX-License-Identifier: MIT */
/*
 * Forms that evaluate an operand only sometimes, and literals: `&&`, `||`, the defaults of
 * options, `bytes.lit`. Source: docs/spec/language.md 4, docs/spec/builtins.md 3 and 5.
 */
#include "lang/check/logic_priv.h"

#include "lang/check/branch_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

static struct lang_type type_of(enum lang_ty base)
{
	return (struct lang_type){.base = base};
}

/* dst = 0 or 1 for a condition */
static void store_bool(struct ck *c, ir_local dst, struct ck_val *v)
{
	ir_local args[2];

	if (v->type.base == TY_NEVER)
		return;
	if (v->is_bool) {
		ck_store(c, dst, v);
		return;
	}
	args[0] = v->local;
	args[1] = ck_const(c, 0);
	ck_emit(c, IR_BIN, dst, args, 2)->head = HEAD_ne;
}

/* Evaluate @p e in a block of its own that may not run; store(dst, value) ends it. */
static int eval_maybe(
    struct ck *c, const struct json *e, struct ck_block *block, ir_local dst, struct ck_val *v)
{
	struct ck_block *outer = ck_block_open(c, block);
	struct ck_mark mark = ck_mark(c);
	struct ck_changes no_change = {0};
	struct ck_changes changes;
	uint32_t scope = ck_scope_open(c);
	enum lang_ty want = v->type.base;
	int rc = ck_eval_as(c, e, want, "operand", v);

	if (rc < 0)
		return rc;
	rc = ck_scope_close(c, scope, v, e);
	if (rc < 0)
		return rc;
	if (want == TY_I32)
		store_bool(c, dst, v);
	else
		ck_store(c, dst, v);
	ck_block_close(c, outer);
	changes = ck_undo(c, mark);
	no_change.dead = c->f.dead;
	return ck_merge(c, &changes, &no_change, e);
}

static int short_circuit(struct ck *c, const struct json *e, struct ck_val *out, bool is_and)
{
	struct ck_block rest;
	struct ck_block known;
	struct ck_block *outer;
	struct ck_val a;
	struct ck_val b = {.type.base = TY_I32};
	struct ir_stmt *s;
	ir_local result;
	int rc = ck_arity(c, e, 2);

	if (rc < 0)
		return rc;
	ck_charge(c);
	rc = ck_eval_as(c, &e->items[1], TY_I32, is_and ? "operand of &&" : "operand of ||", &a);
	if (rc < 0)
		return rc;
	result = ck_local(c, TY_I32, STR(""));
	ck_hold(c, &a);
	rc = eval_maybe(c, &e->items[2], &rest, result, &b);
	ck_release(c, &a);
	if (rc < 0)
		return rc;
	outer = ck_block_open(c, &known);
	ck_emit(c, IR_CONST, result, NULL, 0)->imm = !is_and;
	ck_block_close(c, outer);
	s = ck_emit(c, IR_IF, IR_NONE, &a.local, 1);
	s->block[0] = is_and ? rest.ir : known.ir;
	s->block[1] = is_and ? known.ir : rest.ir;
	*out = ck_temp_in(c, type_of(TY_I32), result);
	out->is_bool = true;
	return 0;
}

int ck_and(struct ck *c, const struct json *e, struct ck_val *out)
{
	return short_circuit(c, e, out, true);
}

int ck_or(struct ck *c, const struct json *e, struct ck_val *out)
{
	return short_circuit(c, e, out, false);
}

static int literal(struct ck *c, const struct json *e, struct ck_val *out)
{
	int rc = ck_arity(c, e, 1);

	if (rc < 0)
		return rc;
	if (e->items[1].kind != JSON_STRING)
		return ck_fail(c, LANG_CODE_ARITY, e, NULL, "%.*s expects a text string",
		    CK_STR(e->items[0].text));
	ck_charge(c);
	c->nodes++;
	*out = ck_temp(c, type_of(TY_VIEW));
	ck_emit(c, IR_TEXT, out->local, NULL, 0)->text = e->items[1].text;
	return 0;
}

int ck_view_lit(struct ck *c, const struct json *e, struct ck_val *out)
{
	return literal(c, e, out);
}

int ck_bytes_lit(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_val view;
	int rc = literal(c, e, &view);
	ir_local text;

	if (rc < 0)
		return rc;
	text = view.local;
	*out = ck_temp(c, type_of(TY_BYTES));
	ck_emit(c, IR_HEAD, out->local, &text, 1)->head = HEAD_view_to_bytes;
	return 0;
}

static int expect_operands(struct ck *c, const struct json *e, const char *types)
{
	return ck_fail(
	    c, LANG_CODE_TYPE, e, NULL, "%.*s expects (%s)", CK_STR(e->items[0].text), types);
}

/* out = is_some(option) ? payload : default; @p loses = the default is freed when not wanted */
static void choose_default(
    struct ck *c, const struct ck_val *option, ir_local dflt, bool loses, struct ck_val *out)
{
	struct ck_block some;
	struct ck_block none;
	struct ck_block *outer;
	struct ir_stmt *s;
	ir_local args[2] = {option->local, IR_NONE};
	ir_local is;

	*out = ck_temp(c, type_of(TY_BYTES));
	is = ck_emit_head(c, HEAD_option_bytes_is_some, TY_I32, option->local, IR_NONE);
	outer = ck_block_open(c, &some);
	args[1] = ck_emit_head(c, HEAD_bytes_empty, TY_BYTES, IR_NONE, IR_NONE);
	ck_emit(c, IR_HEAD, out->local, args, 2)->head = HEAD_option_bytes_unwrap_or;
	if (loses)
		ck_drop_local(c, dflt);
	ck_block_close(c, outer);
	outer = ck_block_open(c, &none);
	ck_emit(c, IR_MOVE, out->local, &dflt, 1);
	ck_block_close(c, outer);
	s = ck_emit(c, IR_IF, IR_NONE, &is, 1);
	s->block[0] = some.ir;
	s->block[1] = none.ir;
}

/*
 * A variable as default: emptied when the option is none, untouched otherwise, and not counted as
 * moved in either case.
 */
static int default_variable(struct ck *c, const struct json *e, const struct ck_val *option,
    uint32_t var, struct ck_val *out)
{
	int rc = ck_usable(c, var, &e->items[2]);

	if (rc < 0)
		return rc;
	rc = ck_unborrowed(c, var, "move", &e->items[2]);
	if (rc < 0)
		return rc;
	ck_charge(c);
	c->nodes++;
	choose_default(c, option, c->vars[var].local, false, out);
	return 0;
}

static int default_value(
    struct ck *c, const struct json *e, const struct ck_val *option, struct ck_val *out)
{
	struct ck_val d;
	int rc = ck_eval(c, &e->items[2], &d);

	if (rc < 0)
		return rc;
	if (d.type.base != TY_BYTES && d.type.base != TY_NEVER)
		return expect_operands(c, e, "option_bytes, bytes");
	ck_consumed(c, &d, e);
	choose_default(c, option, d.local, true, out);
	if (option->wild_brand || str_eq(option->type.brand, d.type.brand))
		out->type.brand = d.type.brand;
	return 0;
}

/* option_bytes.unwrap_or = [ head, option, default ] */
int ck_option_bytes_default(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_val option;
	uint32_t var = CK_NONE;
	int rc = ck_arity(c, e, 2);

	if (rc < 0)
		return rc;
	ck_charge(c);
	rc = ck_eval(c, &e->items[1], &option);
	if (rc < 0)
		return rc;
	if (option.type.base != TY_OPT_BYTES && option.type.base != TY_NEVER)
		return expect_operands(c, e, "option_bytes, bytes");
	if (e->items[2].kind == JSON_STRING && !str_eq_c(e->items[2].text, "input"))
		var = ck_find(c, e->items[2].text);
	if (var != CK_NONE && c->vars[var].type.base == TY_BYTES)
		rc = default_variable(c, e, &option, var, out);
	else
		rc = default_value(c, e, &option, out);
	ck_consumed(c, &option, e);
	return rc;
}

/* option_bytes_view.unwrap_or = [ head, option, default ]; the default only when none */
int ck_option_view_default(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_block some;
	struct ck_block none;
	struct ck_block *outer;
	struct ck_val option;
	struct ck_val d = {.type.base = TY_VIEW};
	struct ir_stmt *s;
	ir_local is;
	ir_local text;
	ir_local result;
	int rc = ck_arity(c, e, 2);

	if (rc < 0)
		return rc;
	ck_charge(c);
	rc = ck_eval_as(
	    c, &e->items[1], TY_OPT_VIEW, "option_bytes_view.unwrap_or operand", &option);
	if (rc < 0)
		return rc;
	is = ck_emit_head(c, HEAD_option_bytes_view_is_some, TY_I32, option.local, IR_NONE);
	result = ck_local(c, TY_VIEW, STR(""));
	outer = ck_block_open(c, &some);
	text = ck_local(c, TY_VIEW, STR(""));
	ck_emit(c, IR_TEXT, text, NULL, 0);
	ck_emit(c, IR_HEAD, result, (ir_local[]){option.local, text}, 2)->head =
	    HEAD_option_bytes_view_unwrap_or;
	ck_block_close(c, outer);
	ck_hold(c, &option);
	rc = eval_maybe(c, &e->items[2], &none, result, &d);
	ck_release(c, &option);
	if (rc < 0)
		return rc;
	s = ck_emit(c, IR_IF, IR_NONE, &is, 1);
	s->block[0] = some.ir;
	s->block[1] = none.ir;
	*out = ck_temp_in(c, type_of(TY_VIEW), result);
	if (option.wild_brand || str_eq(option.type.brand, d.type.brand))
		out->type.brand = d.type.brand;
	if (d.type.base == TY_NEVER)
		d.from = CK_FROM_NOTHING;
	if (!ck_from_merge(&out->from, option.from, d.from))
		return ck_fail(c, LANG_CODE_BORROW, e, NULL,
		    "option_bytes_view.unwrap_or must have a single borrow source");
	return 0;
}
