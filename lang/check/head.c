/* SPDX-License-Identifier: MIT */
/*
 * Built-in heads, driven by their rows in builtins.def: worlds, operands and their ownership, fuel
 * and the statement. Source: docs/spec/builtins.md, docs/spec/language.md 5.
 */
#include "lang/check/head_priv.h"

#include "lang/check/async_priv.h"
#include "lang/check/branch_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"
#include "lang/check/stream_priv.h"

#define NEEDS_NAME "bind the value to a local with let first"

struct call {
	enum lang_head head;
	const struct lang_head_row *row;
	const struct json *e;
	struct ck_val v[LANG_HEAD_ARGS_MAX];
	uint32_t count;
};

/* How an operand is named in `<head> expects (...)`, and its type where there is just one. */
struct arg_row {
	const char *name;
	enum lang_ty type;
};

/* clang-format off */
static const struct arg_row arg_rows[] = {
	[A_END] = {"", TY_NEVER},
	[A_I32] = {"i32", TY_I32},
	[A_F64] = {"f64", TY_F64},
	[A_BYTES] = {"bytes", TY_BYTES},
	[A_BYTES_INPLACE] = {"bytes", TY_BYTES},
	[A_VIEW] = {"bytes_view", TY_VIEW},
	[A_VIEW_ANY] = {"bytes_view", TY_VIEW},
	[A_VIEW_STRICT] = {"bytes_view", TY_VIEW},
	[A_OWNER_BYTES] = {"bytes", TY_BYTES},
	[A_OWNER_VEC] = {"vec_u8", TY_VEC},
	[A_VEC] = {"vec_u8", TY_VEC},
	[A_VEC_INPLACE] = {"vec_u8", TY_VEC},
	[A_VEC_READ] = {"vec_u8", TY_VEC},
	[A_OPT_I32] = {"option_i32", TY_OPT_I32},
	[A_OPT_BYTES] = {"option_bytes", TY_OPT_BYTES},
	[A_OPT_BYTES_READ] = {"option_bytes", TY_OPT_BYTES},
	[A_OPT_VIEW] = {"option_bytes_view", TY_OPT_VIEW},
	[A_RES_I32] = {"result_i32", TY_RES_I32},
	[A_RES_BYTES] = {"result_bytes", TY_RES_BYTES},
	[A_RES_BYTES_READ] = {"result_bytes", TY_RES_BYTES},
	[A_RES_VIEW] = {"result_bytes_view", TY_RES_VIEW},
	[A_RES_RES] = {"result_result_bytes", TY_RES_RES_BYTES},
	[A_RES_RES_READ] = {"result_result_bytes", TY_RES_RES_BYTES},
	[A_IFACE] = {"iface", TY_IFACE},
	[A_READER] = {"bytes or bytes_view or vec_u8", TY_BYTES},
	[A_OPT_DEFAULT] = {"bytes", TY_BYTES},
	[A_TASK] = {"task handle", TY_I32},
	[A_TASK_BYTES] = {"bytes task handle", TY_TASK_BYTES},
	[A_TASK_RES] = {"result_bytes task handle", TY_TASK_RES},
	[A_SLOT] = {"slot", TY_SLOT_BYTES},
	[A_SLOT_BYTES] = {"bytes slot", TY_SLOT_BYTES},
	[A_SLOT_RES] = {"result_bytes slot", TY_SLOT_RES},
	[A_EVENT] = {"select event", TY_EVENT},
};
/* clang-format on */

static int expects(struct ck *c, const struct call *k, const char *help)
{
	CLEANUP(buf_clear) struct buf list = buf_init(CK_TEXT_MAX);

	for (uint32_t i = 0; i < k->count; i++)
		buf_printf(&list, "%s%s", i > 0 ? ", " : "", arg_rows[k->row->args[i]].name);
	return ck_fail(
	    c, LANG_CODE_TYPE, k->e, help, "%s expects (%s)", k->row->spelling, buf_str(&list));
}

/* The variable that an operand names, when it names one (`input` is not one). */
static uint32_t named(struct ck *c, const struct json *e)
{
	if (e->kind != JSON_STRING || str_eq_c(e->text, "input"))
		return CK_NONE;
	return ck_find(c, e->text);
}

/* A variable that is read where it stands while views on it are alive. Costs nothing. */
static int borrow(
    struct ck *c, uint32_t var, enum lang_ty as, const struct json *e, struct ck_val *out)
{
	const struct ck_var *x = &c->vars[var];
	int rc = ck_usable(c, var, e);

	if (rc < 0)
		return rc;
	c->nodes++;
	*out = (struct ck_val){.type = x->type,
	    .local = x->local,
	    .how = CK_ALIAS,
	    .var = var,
	    .from = CK_FROM_NOTHING};
	out->type.base = as;
	out->from.owner = var;
	return 0;
}

static bool is_type(enum lang_ty have, enum lang_ty want)
{
	return have == want || have == TY_NEVER;
}

static int take_value(struct ck *c, const struct call *k, uint32_t i, struct ck_val *out)
{
	int rc = ck_eval(c, &k->e->items[i + 1], out);

	if (rc < 0)
		return rc;
	if (k->head == HEAD_map_u32_set && i == 2 && ck_is_task(out->type.base))
		return 0; /* a handle may be kept in a map */
	if (!is_type(out->type.base, arg_rows[k->row->args[i]].type))
		rc = expects(c, k, NULL);
	return rc;
}

static int take_view(
    struct ck *c, const struct call *k, uint32_t i, bool vec_too, struct ck_val *out)
{
	const struct json *e = &k->e->items[i + 1];
	uint32_t var = named(c, e);
	enum lang_ty t;
	int rc;

	if (var != CK_NONE) {
		t = c->vars[var].type.base;
		if (t == TY_BYTES || (vec_too && t == TY_VEC))
			return borrow(c, var, TY_VIEW, e, out);
	}
	rc = ck_eval(c, e, out);
	if (rc < 0)
		return rc;
	t = out->type.base;
	if (!is_type(t, TY_VIEW) && t != TY_BYTES && !(vec_too && t == TY_VEC))
		return expects(c, k, NULL);
	return 0;
}

static int take_strict(struct ck *c, const struct call *k, uint32_t i, struct ck_val *out)
{
	int rc = ck_eval(c, &k->e->items[i + 1], out);

	if (rc < 0)
		return rc;
	if (!is_type(out->type.base, TY_VIEW))
		rc = expects(
		    c, k, out->type.base == TY_BYTES ? "make a view with bytes.view" : NULL);
	return rc;
}

/* bytes.view and the like: only a variable can own what a view shows */
static int take_owner(struct ck *c, const struct call *k, uint32_t i, struct ck_val *out)
{
	const struct json *e = &k->e->items[i + 1];
	uint32_t var = named(c, e);

	if (e->kind != JSON_STRING)
		return ck_fail(c, LANG_CODE_OWNER, k->e, NEEDS_NAME,
		    "%s requires an identifier owner (" NEEDS_NAME ")", k->row->spelling);
	if (var == CK_NONE && !str_eq_c(e->text, "input"))
		return ck_fail(c, LANG_CODE_NAME, e, "bind it with let before its first use",
		    "unknown identifier: \"%.*s\"", CK_STR(e->text));
	if (var == CK_NONE || c->vars[var].type.base != arg_rows[k->row->args[i]].type)
		return expects(c, k, "the operand is a view already, or of another type");
	return borrow(c, var, TY_VIEW, e, out);
}

/* vec_u8.len and the like: a variable is read, not moved */
static int take_read(struct ck *c, const struct call *k, uint32_t i, struct ck_val *out)
{
	const struct json *e = &k->e->items[i + 1];
	enum lang_ty want = arg_rows[k->row->args[i]].type;
	uint32_t var = named(c, e);

	if (var != CK_NONE && c->vars[var].type.base == want)
		return borrow(c, var, want, e, out);
	return take_value(c, k, i, out);
}

/*
 * Operands that a value in place can wait for: nothing in them can write to the variable or leave
 * the function.
 */
bool ck_is_simple(const struct json *e)
{
	enum lang_head head;

	if (e->kind != JSON_ARRAY)
		return true;
	if (!lang_head_find(&head, e->items[0].text) || (lang_heads[head].flags & H_NORETURN))
		return false;
	for (uint32_t i = 1; i < e->count; i++) {
		if (e->items[i].kind == JSON_ARRAY)
			return false;
	}
	return true;
}

static int take_inplace(struct ck *c, const struct call *k, uint32_t i, struct ck_val *out)
{
	const struct json *e = &k->e->items[i + 1];
	enum lang_ty want = arg_rows[k->row->args[i]].type;
	uint32_t var = named(c, e);
	bool simple = true;
	int rc;

	if (var != CK_NONE && c->vars[var].type.base == want) {
		rc = borrow(c, var, want, e, out);
		out->how = CK_PLACE;
		out->from = CK_FROM_NOTHING;
		return rc;
	}
	for (uint32_t n = i + 2; n < k->e->count; n++)
		simple = simple && ck_is_simple(&k->e->items[n]);
	if (!simple)
		return take_value(c, k, i, out);
	rc = ck_eval_place(c, e, out);
	if (rc < 0)
		return rc;
	if (!is_type(out->type.base, want))
		rc = expects(c, k, NULL);
	return rc;
}

/* io.open_read_bytes keeps its own copy: a view is copied, a vec_u8 turned into bytes */
static int take_reader(struct ck *c, const struct call *k, uint32_t i, struct ck_val *out)
{
	struct ck_val v;
	enum lang_head head = HEAD_view_to_bytes;
	ir_local from;
	int rc = ck_eval(c, &k->e->items[i + 1], &v);

	if (rc < 0)
		return rc;
	*out = v;
	if (v.type.base == TY_BYTES || v.type.base == TY_NEVER)
		return 0;
	if (v.type.base == TY_VEC)
		head = HEAD_vec_u8_into_bytes;
	else if (v.type.base != TY_VIEW)
		return expects(c, k, NULL);
	ck_consumed(c, &v, k->e);
	from = v.local;
	*out = ck_temp(c, (struct lang_type){.base = TY_BYTES});
	ck_emit(c, IR_HEAD, out->local, &from, 1)->head = head;
	return 0;
}

/* Handles, slots and events are numbers; a plain i32 passes where the runtime checks it. */
static int take_number(struct ck *c, const struct call *k, uint32_t i, struct ck_val *out)
{
	enum lang_arg arg = (enum lang_arg)k->row->args[i];
	int rc = ck_eval(c, &k->e->items[i + 1], out);

	if (rc < 0)
		return rc;
	return ck_number_fits(arg, out->type.base) ? 0 : expects(c, k, NULL);
}

static int take(struct ck *c, const struct call *k, uint32_t i, struct ck_val *out)
{
	switch ((enum lang_arg)k->row->args[i]) {
	case A_VIEW:
		return take_view(c, k, i, false, out);
	case A_VIEW_ANY:
		return take_view(c, k, i, true, out);
	case A_VIEW_STRICT:
		return take_strict(c, k, i, out);
	case A_OWNER_BYTES:
	case A_OWNER_VEC:
		return take_owner(c, k, i, out);
	case A_VEC_READ:
	case A_OPT_BYTES_READ:
	case A_RES_BYTES_READ:
	case A_RES_RES_READ:
		return take_read(c, k, i, out);
	case A_BYTES_INPLACE:
	case A_VEC_INPLACE:
		return take_inplace(c, k, i, out);
	case A_READER:
		return take_reader(c, k, i, out);
	case A_TASK:
	case A_TASK_BYTES:
	case A_TASK_RES:
	case A_SLOT:
	case A_SLOT_BYTES:
	case A_SLOT_RES:
	case A_EVENT:
		return take_number(c, k, i, out);
	case A_END:
	case A_I32:
	case A_F64:
	case A_BYTES:
	case A_VEC:
	case A_OPT_I32:
	case A_OPT_BYTES:
	case A_OPT_VIEW:
	case A_RES_I32:
	case A_RES_BYTES:
	case A_RES_VIEW:
	case A_RES_RES:
	case A_IFACE:
	case A_OPT_DEFAULT:
		break;
	}
	return take_value(c, k, i, out);
}

static bool is_moved_kind(enum lang_arg a)
{
	return a == A_BYTES || a == A_VEC || a == A_OPT_BYTES || a == A_RES_BYTES ||
	       a == A_RES_RES || a == A_READER || a == A_OPT_DEFAULT;
}

static bool is_inplace(const struct lang_head_row *row)
{
	return row->args[0] == A_BYTES_INPLACE || row->args[0] == A_VEC_INPLACE;
}

static bool is_os_world(enum lang_world w)
{
	return w == LANG_RUN_OS || w == LANG_RUN_OS_SANDBOXED;
}

static bool has_files(enum lang_world w)
{
	return w == LANG_SOLVE_FS || w == LANG_SOLVE_FULL || is_os_world(w);
}

static int check_world(struct ck *c, const struct call *k)
{
	uint32_t flags = k->row->flags;

	if ((flags & H_INTERNAL) && !c->f.fn->module->is_std && !ck_is_generated(k->e))
		return ck_fail(c, LANG_CODE_INTERNAL_HEAD, k->e, NULL,
		    "internal-only builtin is not allowed here: %s", k->row->spelling);
	if ((flags & H_OS) && !is_os_world(c->options->world))
		return ck_fail(c, LANG_CODE_WORLD_OS, k->e, "run with --world run-os-sandboxed",
		    "%s is standalone-only; compile with --world run-os or --world "
		    "run-os-sandboxed",
		    k->row->spelling);
	if ((flags & H_FS) && !has_files(c->options->world))
		return ck_fail(c, LANG_CODE_WORLD_FS, k->e,
		    "run with --world solve-fs --fixtures DIR", "%s is disabled in this world",
		    k->row->spelling);
	if (flags & (H_WAIT | H_SCOPE)) {
		int rc = ck_async_place(c, k->e, flags & H_SCOPE);

		if (rc < 0)
			return rc;
	}
	if ((flags & H_UNSAFE) && c->f.unsafe_depth == 0)
		return ck_fail(c, LANG_CODE_UNSAFE, k->e, "put it into (unsafe ...)",
		    "unsafe-required: %s", k->row->spelling);
	return 0;
}

static int check_comparison(struct ck *c, const struct call *k)
{
	const struct json *right = &k->e->items[2];

	if ((k->head != HEAD_ltu && k->head != HEAD_geu) || right->kind != JSON_INT ||
	    right->integer != 0)
		return 0;
	return ck_fail(c, LANG_CODE_COMPARE, k->e, "use the signed comparison, or another bound",
	    "semantic error: `(%s x 0)` is always %s (unsigned comparison)", k->row->spelling,
	    k->head == HEAD_ltu ? "false" : "true");
}

static int take_all(struct ck *c, struct call *k)
{
	for (uint32_t i = 0; i < k->count; i++) {
		int rc = take(c, k, i, &k->v[i]);

		if (rc < 0)
			return rc;
		if (k->v[i].how != CK_PLACE)
			ck_hold(c, &k->v[i]);
	}
	return 0;
}

/* The operand that is updated in place must still be there, and nobody may be looking at it. */
static int check_place(struct ck *c, const struct call *k)
{
	const struct json *e = &k->e->items[1];
	int rc;

	if (k->v[0].how != CK_PLACE || e->kind != JSON_STRING)
		return 0;
	rc = ck_usable(c, k->v[0].var, e);
	return rc < 0 ? rc : ck_unborrowed(c, k->v[0].var, k->row->spelling, k->e);
}

static void release_all(struct ck *c, struct call *k)
{
	for (uint32_t i = k->count; i > 0; i--) {
		if (k->v[i - 1].how != CK_PLACE)
			ck_release(c, &k->v[i - 1]);
	}
	for (uint32_t i = 0; i < k->count; i++) {
		if (is_moved_kind(k->row->args[i]))
			ck_consumed(c, &k->v[i], k->e);
	}
}

static struct ir_stmt *emit(struct ck *c, const struct call *k, ir_local dst)
{
	ir_local args[LANG_HEAD_ARGS_MAX];
	struct ir_stmt *s;

	for (uint32_t i = 0; i < k->count; i++)
		args[i] = k->v[i].local;
	s = ck_emit(c, k->row->flags & H_OPERATOR ? IR_BIN : IR_HEAD, dst, args, k->count);
	s->head = k->head;
	if ((k->row->flags & H_SITE) && !c->f.dead)
		s->site = ck_pointer(c, k->e);
	return s;
}

/* Heads whose result shows or holds the operand itself, so that its brand stays true. */
static bool keeps_brand(enum lang_head head)
{
	return head == HEAD_bytes_view || head == HEAD_option_bytes_some ||
	       head == HEAD_option_bytes_view_some || head == HEAD_result_bytes_ok ||
	       head == HEAD_result_bytes_view_ok || head == HEAD_bytes_clone ||
	       head == HEAD_take_bytes || head == HEAD_take_view;
}

static bool is_payload_free(enum lang_head head)
{
	return head == HEAD_option_bytes_none || head == HEAD_option_bytes_view_none ||
	       head == HEAD_result_bytes_err || head == HEAD_result_bytes_view_err;
}

static bool is_choice(enum lang_head head)
{
	return head == HEAD_result_bytes_unwrap_or || head == HEAD_result_bytes_view_unwrap_or ||
	       head == HEAD_result_result_bytes_unwrap_or;
}

static int describe(struct ck *c, const struct call *k, struct ck_val *out)
{
	const struct ck_val *v = k->v;

	out->wild_brand = is_payload_free(k->head);
	out->is_bool = k->head >= HEAD_eq && k->head <= HEAD_geu;
	if (keeps_brand(k->head))
		out->type.brand = v[0].type.brand;
	if (is_choice(k->head) && (v[0].wild_brand || str_eq(v[0].type.brand, v[1].type.brand)))
		out->type.brand = v[1].type.brand;
	if (!(k->row->flags & H_FROM_ARG))
		return 0;
	out->from = v[0].from;
	if (is_choice(k->head) && !ck_from_merge(&out->from, v[0].from, v[1].from))
		return ck_fail(c, LANG_CODE_BORROW, k->e, NULL,
		    "%s must have a single borrow source", k->row->spelling);
	return 0;
}

static int finish_place(struct ck *c, const struct call *k, struct ck_val *out)
{
	*out = k->v[0];
	out->type = (struct lang_type){.base = k->row->result};
	emit(c, k, out->local);
	if (out->how == CK_PLACE)
		ck_set_moved(c, out->var, CK_MOVED, &k->e->items[1]);
	return 0;
}

static int finish(struct ck *c, const struct call *k, struct ck_val *out)
{
	if (k->row->flags & H_EFFECT)
		ck_settle(c);
	if (k->row->flags & H_NORETURN) {
		ck_settle(c);
		emit(c, k, IR_NONE);
		c->f.dead = true;
		*out = ck_never();
		return 0;
	}
	if (is_inplace(k->row))
		return finish_place(c, k, out);
	if (k->head == HEAD_bytes_view || k->head == HEAD_vec_u8_as_view) {
		*out = k->v[0];
		return 0; /* the variable itself stands for the view until it must be one */
	}
	*out = ck_temp(c, (struct lang_type){.base = k->row->result});
	emit(c, k, out->local);
	return describe(c, k, out);
}

int ck_take_view(
    struct ck *c, enum lang_head head, const struct json *e, uint32_t item, struct ck_val *out)
{
	const struct call k = {.head = head, .row = &lang_heads[head], .e = e, .count = 1};

	return take_view(c, &k, item - 1, false, out);
}

int ck_head(struct ck *c, enum lang_head head, const struct json *e, struct ck_val *out)
{
	struct call k = {
	    .head = head, .row = &lang_heads[head], .e = e, .count = lang_head_arity(head)};
	int rc = ck_arity(c, e, k.count);

	if (rc < 0)
		return rc;
	rc = check_world(c, &k);
	if (rc < 0)
		return rc;
	if (k.row->flags & H_OPERATOR)
		rc = check_comparison(c, &k);
	if (rc < 0)
		return rc;
	ck_charge(c);
	rc = take_all(c, &k);
	if (rc < 0)
		return rc;
	rc = check_place(c, &k);
	if (rc < 0)
		return rc;
	release_all(c, &k);
	return finish(c, &k, out);
}
