/* SPDX-License-Identifier: MIT */
/* The `ty.*` intrinsics of generic bodies. Source: docs/spec/builtins.md 8. */
#include "lang/check/ty_priv.h"

#include "lang/ast/program.h"
#include "lang/check/call_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/fn_priv.h"
#include "lang/check/generic_priv.h"
#include "lang/check/head_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

enum ty_op {
	OP_SIZE,
	OP_READ,
	OP_WRITE,
	OP_PUSH,
	OP_LT,
	OP_EQ,
	OP_CMP,
	OP_HASH,
	OP_CLONE,
	OP_DROP,
	OP_ADD,
	OP_SUB,
	OP_MUL
};

struct ty_row {
	const char *name;
	enum ty_op op;
	uint32_t operands;  /* behind the type */
	bool bytes_too;     /* bytes and bytes_view besides i32 and u32 */
	const char *callee; /* function of the standard library that does it for integers */
};

/* clang-format off */
static const struct ty_row rows[] = {
	{"ty.size_bytes", OP_SIZE, 0, true, NULL},
	{"ty.size", OP_SIZE, 0, true, NULL},
	{"ty.read_le_at", OP_READ, 2, false, "std.u32.read_le_at"},
	{"ty.write_le_at", OP_WRITE, 3, false, "std.u32.write_le_at"},
	{"ty.push_le", OP_PUSH, 2, false, "std.u32.push_le"},
	{"ty.lt", OP_LT, 2, true, NULL},
	{"ty.eq", OP_EQ, 2, true, NULL},
	{"ty.cmp", OP_CMP, 2, true, NULL},
	{"ty.hash32", OP_HASH, 1, true, "std.hash.mix32"},
	{"ty.clone", OP_CLONE, 1, true, NULL},
	{"ty.drop", OP_DROP, 1, true, NULL},
	{"ty.add", OP_ADD, 2, false, NULL},
	{"ty.sub", OP_SUB, 2, false, NULL},
	{"ty.mul", OP_MUL, 2, false, NULL},
};
/* clang-format on */

struct intrinsic {
	const struct ty_row *row;
	const struct json *e;
	struct ck_tyarg t;
	struct ck_val v[2];
};

bool ck_is_ty(struct str head)
{
	return head.len > 3 && head.ptr[0] == 't' && head.ptr[1] == 'y' && head.ptr[2] == '.';
}

static bool is_bytes(const struct intrinsic *k)
{
	return k->t.type.base != TY_I32;
}

static struct ck_val i32_in(struct ck *c, ir_local local)
{
	return ck_temp_in(c, (struct lang_type){.base = TY_I32}, local);
}

static ir_local binary(struct ck *c, enum lang_head head, ir_local a, ir_local b)
{
	return ck_emit_head(c, head, TY_I32, a, b);
}

static ir_local compare(struct ck *c, const struct intrinsic *k)
{
	ir_local a = k->v[0].local;
	ir_local b = k->v[1].local;
	ir_local args[6];
	ir_local dst;

	if (!is_bytes(k))
		return binary(c, HEAD_sub, binary(c, k->t.is_u32 ? HEAD_gtu : HEAD_gt, a, b),
		    binary(c, k->t.is_u32 ? HEAD_ltu : HEAD_lt, a, b));
	args[0] = a;
	args[1] = ck_const(c, 0);
	args[2] = ck_emit_head(c, HEAD_bytes_len, TY_I32, a, IR_NONE);
	args[3] = b;
	args[4] = args[1];
	args[5] = ck_emit_head(c, HEAD_bytes_len, TY_I32, b, IR_NONE);
	dst = ck_local(c, TY_I32, STR(""));
	ck_emit(c, IR_HEAD, dst, args, 6)->head = HEAD_bytes_cmp_range;
	return dst;
}

static ir_local less(struct ck *c, const struct intrinsic *k)
{
	if (is_bytes(k))
		return binary(c, HEAD_lt, compare(c, k), ck_const(c, 0));
	return binary(c, k->t.is_u32 ? HEAD_ltu : HEAD_lt, k->v[0].local, k->v[1].local);
}

/* A function of the standard library, loaded because the intrinsic imports it silently. */
static int library(struct ck *c, const struct intrinsic *k, const char *name, struct ck_fn **out)
{
	const struct ast_fn *fn = ast_fn_find(c->program, str_c(name));

	if (fn == NULL || fn->type_param_count > 0 || fn->kind != AST_DEFN)
		return ck_fail(c, LANG_CODE_TY_HEAD, k->e, "import the module of that function",
		    "%s: %s needs %s", LANG_CODE(TY_HEAD)->id, k->row->name, name);
	return ck_instance(c, out, fn, NULL, k->e);
}

static int hash(struct ck *c, const struct intrinsic *k, struct ck_val *out)
{
	struct ck_fn *fn;
	ir_local x = k->v[0].local;
	int rc;

	if (is_bytes(k)) {
		rc = library(c, k, "std.hash.fnv1a32_view", &fn);
		if (rc < 0)
			return rc;
		ck_emit_call(c, fn, &x, out);
		x = out->local;
	}
	rc = library(c, k, k->row->callee, &fn);
	if (rc < 0)
		return rc;
	ck_emit_call(c, fn, &x, out);
	return 0;
}

static int take_operand(struct ck *c, const struct intrinsic *k, uint32_t i, struct ck_val *out)
{
	const struct json *e = &k->e->items[2 + i];
	int rc;

	if (!is_bytes(k))
		return ck_eval_as(c, e, TY_I32, k->row->name, out);
	if (k->row->op != OP_DROP) {
		rc = ck_take_view(c, HEAD_bytes_len, k->e, 2 + i, out);
		/* a clone of a view is the view: a temporary value cannot be what it shows */
		if (rc < 0)
			return rc;
		if (k->row->op == OP_CLONE && k->t.type.base == TY_VIEW &&
		    out->type.base == TY_BYTES)
			return ck_fail(c, LANG_CODE_TYPE, k->e,
			    "bind the value to a local with let first",
			    "ty.clone expects (bytes_view)");
		return 0;
	}
	rc = ck_eval_as(c, e, k->t.type.base, k->row->name, out);
	if (rc < 0)
		return rc;
	if (lang_ty_is_owned(out->type.base)) {
		ck_drop_local(c, out->local);
		ck_consumed(c, out, e);
	}
	return 0;
}

static void clone(struct ck *c, const struct intrinsic *k, struct ck_val *out)
{
	ir_local x = k->v[0].local;

	*out = k->v[0];
	if (k->t.type.base != TY_BYTES)
		return;
	*out = ck_temp(c, k->t.type);
	ck_emit(c, IR_HEAD, out->local, &x, 1)->head = HEAD_bytes_clone;
}

static int lower(struct ck *c, const struct intrinsic *k, struct ck_val *out)
{
	ir_local a = k->v[0].local;
	ir_local b = k->v[1].local;

	switch (k->row->op) {
	case OP_SIZE:
		*out = i32_in(c, ck_const(c, is_bytes(k) ? 16 : 4));
		break;
	case OP_LT:
		*out = i32_in(c, less(c, k));
		break;
	case OP_EQ:
		*out = i32_in(c, binary(c, is_bytes(k) ? HEAD_bytes_eq : HEAD_eq, a, b));
		break;
	case OP_CMP:
		*out = i32_in(c, compare(c, k));
		break;
	case OP_HASH:
		return hash(c, k, out);
	case OP_CLONE:
		clone(c, k, out);
		break;
	case OP_DROP:
		*out = i32_in(c, ck_const(c, 0));
		break;
	case OP_ADD:
		*out = i32_in(c, binary(c, HEAD_add, a, b));
		break;
	case OP_SUB:
		*out = i32_in(c, binary(c, HEAD_sub, a, b));
		break;
	case OP_MUL:
		*out = i32_in(c, binary(c, HEAD_mul, a, b));
		break;
	case OP_READ:
	case OP_WRITE:
	case OP_PUSH:
		break; /* calls, done before */
	}
	return 0;
}

static const struct ty_row *row_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (str_eq_c(name, rows[i].name))
			return &rows[i];
	}
	return NULL;
}

static int check_operand_type(struct ck *c, struct intrinsic *k)
{
	enum lang_ty t;
	int rc = ck_tyarg(c, &k->t, &k->e->items[1], k->e);

	if (rc < 0)
		return rc;
	t = k->t.type.base;
	if (t == TY_I32 || (k->row->bytes_too && (t == TY_BYTES || t == TY_VIEW)))
		return 0;
	return ck_fail(c, LANG_CODE_TY_INTRINSIC, k->e, NULL, "%s: %s does not support type %s",
	    LANG_CODE(TY_INTRINSIC)->id, k->row->name, lang_ty_name(t));
}

/* ty = [ "ty.<op>", T, operands... ] */
int ck_ty(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct intrinsic k = {.row = row_find(e->items[0].text), .e = e};
	struct ck_fn *fn;
	int rc;

	if (k.row == NULL)
		return ck_fail(c, LANG_CODE_TY_HEAD, e, NULL, "%s: unknown intrinsic: \"%.*s\"",
		    LANG_CODE(TY_HEAD)->id, CK_STR(e->items[0].text));
	rc = ck_arity(c, e, k.row->operands + 1);
	if (rc < 0)
		return rc;
	rc = check_operand_type(c, &k);
	if (rc < 0)
		return rc;
	ck_charge(c);
	if (k.row->op == OP_READ || k.row->op == OP_WRITE || k.row->op == OP_PUSH) {
		rc = library(c, &k, k.row->callee, &fn);
		return rc < 0 ? rc : ck_call_instance(c, fn, e, 2, out);
	}
	for (uint32_t i = 0; i < k.row->operands; i++) {
		rc = take_operand(c, &k, i, &k.v[i]);
		if (rc < 0)
			return rc;
		ck_hold(c, &k.v[i]);
	}
	for (uint32_t i = k.row->operands; i > 0; i--)
		ck_release(c, &k.v[i - 1]);
	return lower(c, &k, out);
}
