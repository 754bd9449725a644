/* SPDX-License-Identifier: MIT */
/* `try` and `try_doc`: the early return on an error. Source: docs/spec/language.md 5.6. */
#include "lang/check/try_priv.h"

#include "lang/check/branch_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/leave_priv.h"
#include "lang/check/scope_priv.h"

/* What the function returns instead, for an error in @p r; its type is that of the function. */
static struct ck_val error_value(struct ck *c, const struct ck_val *r)
{
	struct lang_type want = c->f.fn->result;
	struct ck_val v = *r;
	enum lang_head code = HEAD_result_i32_err_code;
	enum lang_head make = HEAD_result_i32_err;
	ir_local number;

	if (r->type.base == want.base) {
		v.from = CK_FROM_NOTHING; /* an error shows nothing */
	} else {
		if (r->type.base == TY_RES_BYTES)
			code = HEAD_result_bytes_err_code;
		else if (r->type.base == TY_RES_VIEW)
			code = HEAD_result_bytes_view_err_code;
		if (want.base == TY_RES_BYTES)
			make = HEAD_result_bytes_err;
		number = ck_emit_head(c, code, TY_I32, r->local, IR_NONE);
		v = ck_temp_in(c, want, ck_emit_head(c, make, want.base, number, IR_NONE));
	}
	v.wild_brand = true;
	return v;
}

/* if (ok) {} else { return v; }: the drops in the branch are those of an early return */
static int leave_unless(struct ck *c, ir_local ok, const struct json *e,
    int (*make)(struct ck *c, const struct ck_val *r, struct ck_val *v, const struct json *e),
    const struct ck_val *r)
{
	struct ck_block empty;
	struct ck_block fail;
	struct ck_block *outer = ck_block_open(c, &empty);
	struct ck_mark mark;
	struct ck_val v;
	struct ir_stmt *s;
	uint32_t vars = c->var_count;
	int rc;

	ck_block_close(c, outer);
	outer = ck_block_open(c, &fail);
	mark = ck_mark(c);
	rc = make(c, r, &v, e);
	if (rc < 0)
		return rc;
	rc = ck_leave(c, &v, e, false);
	if (rc < 0)
		return rc;
	c->var_count = vars;
	ck_block_close(c, outer);
	ck_undo(c, mark);
	s = ck_emit(c, IR_IF, IR_NONE, &ok, 1);
	s->block[0] = empty.ir;
	s->block[1] = fail.ir;
	return 0;
}

static int make_error(struct ck *c, const struct ck_val *r, struct ck_val *v, const struct json *e)
{
	(void)e;
	*v = error_value(c, r);
	return 0;
}

struct try_row {
	enum lang_ty operand, result;
	enum lang_head is_ok, take;
	const char *name;    /* of the operand type */
	const char *context; /* the function results it works with */
	enum lang_ty results[2];
};

/* clang-format off */
static const struct try_row try_rows[] = {
	{TY_RES_I32, TY_I32, HEAD_result_i32_is_ok, HEAD_take_i32,
	 "result_i32", "result_i32 or result_bytes", {TY_RES_I32, TY_RES_BYTES}},
	{TY_RES_BYTES, TY_BYTES, HEAD_result_bytes_is_ok, HEAD_take_bytes,
	 "result_bytes", "result_bytes or result_i32", {TY_RES_BYTES, TY_RES_I32}},
	{TY_RES_VIEW, TY_VIEW, HEAD_result_bytes_view_is_ok, HEAD_take_view,
	 "result_bytes_view", "result_bytes_view or result_i32", {TY_RES_VIEW, TY_RES_I32}},
};
/* clang-format on */

static const struct try_row *try_row_find(enum lang_ty operand)
{
	for (size_t i = 0; i < ARRAY_LEN(try_rows); i++) {
		if (try_rows[i].operand == operand)
			return &try_rows[i];
	}
	return NULL;
}

int ck_try(struct ck *c, const struct json *e, struct ck_val *out)
{
	const struct try_row *row;
	enum lang_ty result = c->f.fn->result.base;
	struct ck_val r;
	ir_local ok;
	int rc = ck_arity(c, e, 1);

	if (rc < 0)
		return rc;
	ck_charge(c);
	rc = ck_eval(c, &e->items[1], &r);
	if (rc < 0)
		return rc;
	if (r.type.base == TY_NEVER) {
		*out = r;
		return 0;
	}
	row = try_row_find(r.type.base);
	if (row == NULL)
		return ck_fail(c, LANG_CODE_TRY, e, NULL,
		    "try expects (result_i32 or result_bytes or result_bytes_view)");
	if (result != row->results[0] && result != row->results[1])
		return ck_fail(c, LANG_CODE_TRY, e, NULL,
		    "try(%s) requires function return type %s", row->name, row->context);
	ok = ck_emit_head(c, row->is_ok, TY_I32, r.local, IR_NONE);
	rc = leave_unless(c, ok, e, make_error, &r);
	if (rc < 0)
		return rc;
	ck_consumed(c, &r, e);
	*out = ck_temp(c, (struct lang_type){.base = row->result, .brand = r.type.brand});
	ck_emit(c, IR_HEAD, out->local, &r.local, 1)->head = row->take;
	out->from = r.from;
	return 0;
}

/* The document itself, copied when it is a view. */
static int make_doc(struct ck *c, const struct ck_val *r, struct ck_val *v, const struct json *e)
{
	(void)e;
	*v = *r;
	if (r->type.base == TY_BYTES)
		return 0;
	*v = ck_temp(c, (struct lang_type){.base = TY_BYTES});
	ck_emit(c, IR_HEAD, v->local, &r->local, 1)->head = HEAD_view_to_bytes;
	return 0;
}

/* ok = length is not 0 and the first byte is 1 */
static ir_local doc_is_ok(struct ck *c, ir_local doc, ir_local len, const struct json *e)
{
	struct ck_block some;
	struct ck_block none;
	struct ck_block *outer;
	struct ir_stmt *s;
	ir_local ok = ck_local(c, TY_I32, STR(""));
	ir_local args[2];

	outer = ck_block_open(c, &some);
	args[0] = doc;
	args[1] = ck_const(c, 0);
	{
		ir_local byte = ck_local(c, TY_I32, STR(""));

		s = ck_emit(c, IR_HEAD, byte, args, 2);
		s->head = HEAD_bytes_get_u8;
		s->site = ck_pointer(c, e);
		args[0] = byte;
	}
	args[1] = ck_const(c, 1);
	ck_emit(c, IR_BIN, ok, args, 2)->head = HEAD_eq;
	ck_block_close(c, outer);
	outer = ck_block_open(c, &none);
	ck_emit(c, IR_CONST, ok, NULL, 0)->imm = 0;
	ck_block_close(c, outer);
	s = ck_emit(c, IR_IF, IR_NONE, &len, 1);
	s->block[0] = some.ir;
	s->block[1] = none.ir;
	return ok;
}

int ck_try_doc(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_val doc;
	ir_local len;
	ir_local args[3];
	struct ir_stmt *s;
	int rc = ck_arity(c, e, 1);

	if (rc < 0)
		return rc;
	ck_charge(c);
	rc = ck_eval(c, &e->items[1], &doc);
	if (rc < 0)
		return rc;
	if (doc.type.base != TY_BYTES && doc.type.base != TY_VIEW)
		return ck_fail(c, LANG_CODE_TRY, e, NULL, "try_doc expects (bytes or bytes_view)");
	if (c->f.fn->result.base != TY_BYTES)
		return ck_fail(
		    c, LANG_CODE_TRY, e, NULL, "try_doc requires function return type bytes");
	ck_solid(c, &doc);
	len = ck_emit_head(c, HEAD_bytes_len, TY_I32, doc.local, IR_NONE);
	rc = leave_unless(c, doc_is_ok(c, doc.local, len, e), e, make_doc, &doc);
	if (rc < 0)
		return rc;
	args[0] = doc.local;
	args[1] = ck_const(c, 1);
	args[2] = ck_emit_head(c, HEAD_sub, TY_I32, len, args[1]);
	*out = ck_temp(c, (struct lang_type){.base = TY_BYTES});
	s = ck_emit(c, IR_HEAD, out->local, args, 3);
	s->head = HEAD_bytes_slice;
	s->site = ck_pointer(c, e);
	if (doc.type.base == TY_BYTES) {
		ck_drop_local(c, doc.local);
		ck_consumed(c, &doc, e);
	}
	return 0;
}
