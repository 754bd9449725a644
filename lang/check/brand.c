/* SPDX-License-Identifier: MIT */
/*
 * The heads that give and take brands. A brand says that a validator accepted these very bytes;
 * views of a part and changed buffers lose it elsewhere. Source: docs/spec/builtins.md 13.
 */
#include "lang/check/brand_priv.h"

#include "lang/ast/program.h"
#include "lang/check/call_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/fn_priv.h"
#include "lang/check/head_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

#include <string.h>

enum brand_op { OP_CAST_BYTES, OP_CAST_VIEW, OP_CAST_COPY, OP_ASSUME, OP_ERASE, OP_VIEW, OP_COPY };

struct brand_row {
	const char *name;
	enum brand_op op;
	uint32_t names; /* bare strings before the operand: brand, validator */
	enum lang_ty operand;
};

/* clang-format off */
static const struct brand_row rows[] = {
	{"std.brand.cast_bytes_v1", OP_CAST_BYTES, 2, TY_BYTES},
	{"std.brand.cast_view_v1", OP_CAST_VIEW, 2, TY_VIEW},
	{"std.brand.cast_view_copy_v1", OP_CAST_COPY, 2, TY_VIEW},
	{"std.brand.assume_bytes_v1", OP_ASSUME, 1, TY_BYTES},
	{"std.brand.erase_bytes_v1", OP_ERASE, 0, TY_BYTES},
	{"std.brand.erase_view_v1", OP_ERASE, 0, TY_VIEW},
	{"std.brand.view_v1", OP_VIEW, 0, TY_VIEW},
	{"std.brand.to_bytes_preserve_if_full_v1", OP_COPY, 0, TY_VIEW},
};
/* clang-format on */

bool ck_is_brand(struct str head)
{
	return head.len > 10 && memcmp(head.ptr, "std.brand.", 10) == 0;
}

static const struct brand_row *row_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (str_eq_c(name, rows[i].name))
			return &rows[i];
	}
	return NULL;
}

static int validator(struct ck *c, const struct json *e, struct ck_fn **out)
{
	const struct ast_fn *fn = ast_fn_find(c->program, e->items[2].text);
	int rc;

	if (fn == NULL || fn->kind != AST_DEFN || fn->type_param_count > 0)
		return ck_fail(c, LANG_CODE_BRAND, e, NULL, "unknown validator: \"%.*s\"",
		    CK_STR(e->items[2].text));
	rc = ck_visible(c, fn, e);
	if (rc < 0)
		return rc;
	rc = ck_instance(c, out, fn, NULL, e);
	if (rc < 0)
		return rc;
	if (fn->param_count == 1 && (*out)->params[0].base == TY_VIEW &&
	    (*out)->params[0].brand.len == 0 && (*out)->result.base == TY_RES_I32)
		return 0;
	return ck_fail(
	    c, LANG_CODE_BRAND, e, NULL, "validator must have signature (bytes_view)->result_i32");
}

/* The accepted value as a result. */
static void make_ok(struct ck *c, const struct brand_row *row, ir_local v, ir_local dst)
{
	enum lang_head head =
	    row->op == OP_CAST_VIEW ? HEAD_result_bytes_view_ok : HEAD_result_bytes_ok;

	if (row->op == OP_CAST_COPY)
		v = ck_emit_head(c, HEAD_view_to_bytes, TY_BYTES, v, IR_NONE);
	ck_emit(c, IR_HEAD, dst, &v, 1)->head = head;
}

static void make_err(
    struct ck *c, const struct brand_row *row, ir_local verdict, ir_local v, ir_local dst)
{
	enum lang_head head =
	    row->op == OP_CAST_VIEW ? HEAD_result_bytes_view_err : HEAD_result_bytes_err;
	ir_local code = ck_emit_head(c, HEAD_result_i32_err_code, TY_I32, verdict, IR_NONE);

	ck_emit(c, IR_HEAD, dst, &code, 1)->head = head;
	if (row->op == OP_CAST_BYTES)
		ck_drop_local(c, v);
}

static int cast(struct ck *c, const struct json *e, const struct brand_row *row, struct ck_val *v,
    struct ck_val *out)
{
	struct lang_type type = {.base = row->op == OP_CAST_VIEW ? TY_RES_VIEW : TY_RES_BYTES,
	    .brand = e->items[1].text};
	struct ck_block block[2];
	struct ck_block *outer;
	struct ck_val verdict;
	struct ck_fn *fn;
	struct ir_stmt *s;
	ir_local dst;
	ir_local ok;
	int rc = validator(c, e, &fn);

	if (rc < 0)
		return rc;
	ck_solid(c, v);
	ck_emit_call(c, fn, &v->local, &verdict);
	ok = ck_emit_head(c, HEAD_result_i32_is_ok, TY_I32, verdict.local, IR_NONE);
	dst = ck_local(c, type.base, STR(""));
	outer = ck_block_open(c, &block[0]);
	make_ok(c, row, v->local, dst);
	ck_block_close(c, outer);
	outer = ck_block_open(c, &block[1]);
	make_err(c, row, verdict.local, v->local, dst);
	ck_block_close(c, outer);
	s = ck_emit(c, IR_IF, IR_NONE, &ok, 1);
	s->block[0] = block[0].ir;
	s->block[1] = block[1].ir;
	ck_consumed(c, v, e);
	*out = ck_temp_in(c, type, dst);
	if (row->op == OP_CAST_VIEW)
		out->from = v->from;
	return 0;
}

static int check_names(struct ck *c, const struct json *e, const struct brand_row *row)
{
	int rc = ck_arity(c, e, row->names + 1);

	if (rc < 0)
		return rc;
	for (uint32_t i = 1; i <= row->names; i++) {
		if (e->items[i].kind != JSON_STRING)
			rc = ck_fail(c, LANG_CODE_BRAND, e,
			    "write brand and validator as bare strings",
			    "%s expects a name as operand %u", row->name, i);
		if (rc < 0)
			return rc;
	}
	if (row->op == OP_ASSUME && c->f.unsafe_depth == 0)
		rc = ck_fail(c, LANG_CODE_UNSAFE, e, "put it into (unsafe ...)",
		    "unsafe-required: %s", row->name);
	return rc;
}

static void apply(struct ck *c, const struct json *e, const struct brand_row *row, struct ck_val *v,
    struct ck_val *out)
{
	struct str brand = v->type.brand;

	*out = *v;
	if (row->op == OP_ASSUME)
		out->type.brand = e->items[1].text;
	else if (row->op == OP_ERASE)
		out->type.brand = STR("");
	else if (row->op == OP_COPY) {
		*out = ck_temp(c, (struct lang_type){.base = TY_BYTES, .brand = brand});
		ck_emit(c, IR_HEAD, out->local, &v->local, 1)->head = HEAD_view_to_bytes;
	}
}

int ck_brand(struct ck *c, const struct json *e, struct ck_val *out)
{
	const struct brand_row *row = row_find(e->items[0].text);
	struct ck_val v;
	int rc;

	if (row == NULL)
		return ck_fail(c, LANG_CODE_HEAD, e, NULL, "unsupported head: \"%.*s\"",
		    CK_STR(e->items[0].text));
	rc = check_names(c, e, row);
	if (rc < 0)
		return rc;
	if (row->op == OP_VIEW)
		return ck_head(c, HEAD_bytes_view, e, out);
	ck_charge(c);
	rc = ck_eval_as(c, &e->items[row->names + 1], row->operand, row->name, &v);
	if (rc < 0)
		return rc;
	if (row->op == OP_CAST_BYTES || row->op == OP_CAST_VIEW || row->op == OP_CAST_COPY)
		return cast(c, e, row, &v, out);
	apply(c, e, row, &v, out);
	return 0;
}
