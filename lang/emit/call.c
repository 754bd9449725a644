/* SPDX-License-Identifier: MIT */
/* Values and calls: operators, runtime functions, functions of the program, C functions, drops. */
#include "lang/emit/call_priv.h"

#include "lang/emit/async_priv.h"
#include "lang/emit/text_priv.h"

#include <string.h>

#define FIELDS_MAX 6

/* The fields of owned types; all zero is the empty value. */
struct owned {
	const char *block; /* path of the bytes or vector inside the value */
	const char *drop;
	const char *fields[FIELDS_MAX + 1];
};

static const struct owned owned[TY_COUNT] = {
    [TY_BYTES] = {"", "bytes", {"ptr", "len"}},
    [TY_VEC] = {"", "vec", {"ptr", "len", "cap"}},
    [TY_OPT_BYTES] = {".value", "bytes", {"tag", "value.ptr", "value.len"}},
    [TY_RES_BYTES] = {".value", "bytes", {"tag", "err", "value.ptr", "value.len"}},
    [TY_RES_RES_BYTES] = {".value.value", "bytes",
	{"tag", "err", "value.tag", "value.err", "value.value.ptr", "value.value.len"}},
};

/* `x / 0 = 0`, `x % 0 = x`, shift counts modulo 32. Source: docs/spec/language.md 6. */
enum operator_form { FORM_PLAIN, FORM_SIGNED, FORM_SHIFT, FORM_DIVIDE };

struct operator_row {
	const char *sign;
	enum operator_form form;
};

static const struct operator_row operators[HEAD_COUNT] = {
    [HEAD_add] = {"+", FORM_PLAIN},
    [HEAD_sub] = {"-", FORM_PLAIN},
    [HEAD_mul] = {"*", FORM_PLAIN},
    [HEAD_div] = {"/", FORM_DIVIDE},
    [HEAD_rem] = {"%", FORM_DIVIDE},
    [HEAD_and] = {"&", FORM_PLAIN},
    [HEAD_or] = {"|", FORM_PLAIN},
    [HEAD_xor] = {"^", FORM_PLAIN},
    [HEAD_shl] = {"<<", FORM_SHIFT},
    [HEAD_shr] = {">>", FORM_SHIFT},
    [HEAD_eq] = {"==", FORM_PLAIN},
    [HEAD_ne] = {"!=", FORM_PLAIN},
    [HEAD_lt] = {"<", FORM_SIGNED},
    [HEAD_le] = {"<=", FORM_SIGNED},
    [HEAD_gt] = {">", FORM_SIGNED},
    [HEAD_ge] = {">=", FORM_SIGNED},
    [HEAD_ltu] = {"<", FORM_PLAIN},
    [HEAD_leu] = {"<=", FORM_PLAIN},
    [HEAD_gtu] = {">", FORM_PLAIN},
    [HEAD_geu] = {">=", FORM_PLAIN},
};

static enum lang_ty type_of(const struct emit_state *e, ir_local local)
{
	return e->fn->locals[local].type;
}

void emit_empty(struct emit_state *e, ir_local local)
{
	const char *const *names = owned[type_of(e, local)].fields;

	for (; *names != NULL; names++)
		buf_printf(e->out, " v%u.%s = 0;", local, *names);
}

void emit_drop_at(struct emit_state *e, ir_local local, const char *where)
{
	const struct owned *o = &owned[type_of(e, local)];

	if (o->drop == NULL)
		return;
	emit_indent(e);
	buf_printf(e->out, "if (%sv%u%s.ptr) rt_%s_drop(%sv%u%s);", where, local, o->block, o->drop,
	    where, local, o->block);
	if (*where != '\0')
		buf_putc(e->out, '\n');
}

void emit_drop(struct emit_state *e, ir_local local)
{
	if (owned[type_of(e, local)].drop == NULL)
		return;
	emit_drop_at(e, local, "");
	emit_empty(e, local);
	buf_putc(e->out, '\n');
}

void emit_bin(struct emit_state *e, const struct ir_stmt *s)
{
	const struct operator_row *op = &operators[s->head];
	uint32_t a = s->args[0];
	uint32_t b = s->args[1];

	if (s->dst == IR_NONE)
		return;
	switch (op->form) {
	case FORM_PLAIN:
		emit_line(e, "v%u = v%u %s v%u;", s->dst, a, op->sign, b);
		break;
	case FORM_SIGNED:
		emit_line(e, "v%u = (rt_i32)v%u %s (rt_i32)v%u;", s->dst, a, op->sign, b);
		break;
	case FORM_SHIFT:
		emit_line(e, "v%u = v%u %s (v%u & 31);", s->dst, a, op->sign, b);
		break;
	case FORM_DIVIDE:
		if (s->head == HEAD_div)
			emit_line(e, "v%u = v%u ? v%u / v%u : 0;", s->dst, b, a, b);
		else
			emit_line(e, "v%u = v%u ? v%u %% v%u : v%u;", s->dst, b, a, b, a);
		break;
	}
}

/* One operand; bytes and vec_u8 locals may stand where a view is wanted. */
void emit_operand(struct emit_state *e, ir_local local, enum lang_ty want)
{
	enum lang_ty have = type_of(e, local);

	if (want == TY_VIEW && (have == TY_BYTES || have == TY_VEC))
		buf_printf(e->out, "(rt_view){v%u.ptr, v%u.len}", local, local);
	else
		buf_printf(e->out, "v%u", local);
}

/* io.open_read_bytes takes bytes; a view is copied, a vector gives up its buffer. */
static void put_reader(struct emit_state *e, ir_local local)
{
	enum lang_ty have = type_of(e, local);

	if (have == TY_VIEW)
		e->unit->used[HEAD_bytes_clone] = true;
	if (have == TY_VEC)
		e->unit->used[HEAD_vec_u8_into_bytes] = true;
	buf_printf(e->out,
	    have == TY_VIEW  ? "rt_bytes_clone(v%u)"
	    : have == TY_VEC ? "rt_vec_u8_into_bytes(v%u)"
			     : "v%u",
	    local);
}

static bool consumes(enum lang_arg arg)
{
	return arg == A_BYTES || arg == A_BYTES_INPLACE || arg == A_VEC || arg == A_VEC_INPLACE ||
	       arg == A_OPT_BYTES || arg == A_RES_BYTES || arg == A_RES_RES || arg == A_READER;
}

static bool takes_view(enum lang_arg arg)
{
	return arg == A_VIEW || arg == A_VIEW_ANY || arg == A_VIEW_STRICT;
}

/* What was handed over is empty afterwards, so that dropping it later is harmless. */
static void empty_operands(struct emit_state *e, const struct ir_stmt *s)
{
	const uint8_t *kinds = lang_heads[s->head].args;

	for (uint32_t i = 0; i < s->arg_count; i++) {
		ir_local v = s->args[i];

		if (kinds[i] == A_OPT_DEFAULT && s->args[0] != IR_NONE && v != s->dst) {
			/* The default is taken only when there is no payload. */
			buf_printf(e->out, " if (!v%u.tag) {", s->args[0]);
			emit_empty(e, v);
			buf_puts(e->out, " }");
		}
	}
	for (uint32_t i = 0; i < s->arg_count; i++) {
		if (consumes((enum lang_arg)kinds[i]) && s->args[i] != s->dst)
			emit_empty(e, s->args[i]);
	}
}

/* The runtime reads and may change rt.fuel: its value must stand there during the call. */
static void sync_before(struct emit_state *e)
{
	if (e->has_fuel)
		emit_line(e, "rt.fuel = fuel;");
}

static void sync_after(struct emit_state *e)
{
	if (e->has_fuel)
		emit_line(e, "fuel = rt.fuel;");
}

static void put_head_call(struct emit_state *e, const struct ir_stmt *s)
{
	const struct lang_head_row *row = &lang_heads[s->head];

	buf_printf(e->out, "rt_%s(", row->id);
	for (uint32_t i = 0; i < s->arg_count; i++) {
		enum lang_arg kind = (enum lang_arg)row->args[i];

		buf_puts(e->out, i ? ", " : "");
		if (kind == A_READER)
			put_reader(e, s->args[i]);
		else
			emit_operand(e, s->args[i], takes_view(kind) ? TY_VIEW : TY_NEVER);
	}
	if (row->flags & H_SITE) {
		buf_puts(e->out, s->arg_count ? ", " : "");
		if (s->site != NULL)
			emit_literal(e->out, s->site, strlen(s->site));
		else
			buf_putc(e->out, '0');
	}
	buf_puts(e->out, ");");
}

/* What the C compiler cannot see of a function that it does not have: lengths save bounds checks.
 */
static void put_known_size(struct emit_state *e, const struct ir_stmt *s)
{
	if (s->dst == IR_NONE || s->arg_count == 0)
		return;
	if (s->head == HEAD_bytes_alloc)
		buf_printf(e->out, " v%u.len = v%u;", s->dst, s->args[0]);
	else if (s->head == HEAD_vec_u8_with_capacity)
		buf_printf(e->out, " v%u.len = 0; v%u.cap = v%u;", s->dst, s->dst, s->args[0]);
}

void emit_head(struct emit_state *e, const struct ir_stmt *s)
{
	const struct lang_head_row *row = &lang_heads[s->head];
	bool sync = (row->flags & H_EFFECT) != 0;

	e->unit->used[s->head] = true;
	if (sync)
		sync_before(e);
	emit_indent(e);
	if (s->dst != IR_NONE && row->result != TY_NEVER)
		buf_printf(e->out, "v%u = ", s->dst);
	put_head_call(e, s);
	put_known_size(e, s);
	empty_operands(e, s);
	buf_putc(e->out, '\n');
	if (sync && row->result != TY_NEVER)
		sync_after(e);
	if (row->flags & H_WAIT)
		emit_cancel_check(e);
}

void emit_call(struct emit_state *e, const struct ir_stmt *s)
{
	const struct ir_fn *callee = e->program->fns[s->callee];
	bool sync = e->touches_fuel[s->callee];

	if (sync)
		sync_before(e);
	emit_indent(e);
	if (s->dst != IR_NONE)
		buf_printf(e->out, "v%u = ", s->dst);
	buf_printf(e->out, "f%u(", s->callee);
	for (uint32_t i = 0; i < s->arg_count; i++) {
		buf_puts(e->out, i ? ", " : "");
		emit_operand(e, s->args[i], callee->locals[i].type);
	}
	buf_puts(e->out, ");");
	for (uint32_t i = 0; i < s->arg_count; i++) {
		if (lang_ty_is_owned(callee->locals[i].type) && s->args[i] != s->dst)
			emit_empty(e, s->args[i]);
	}
	buf_putc(e->out, '\n');
	if (sync)
		sync_after(e);
}

/*
 * A function of C code linked from elsewhere. Its name stands only in the assembler label, a
 * string; the declaration is local to the call, so two uses need not agree on the types.
 */
void emit_extern(struct emit_state *e, const struct ir_stmt *s)
{
	bool has_result = s->dst != IR_NONE;

	emit_indent(e);
	buf_printf(e->out, "{ extern %s x%u(", has_result ? lang_ty_c(type_of(e, s->dst)) : "void",
	    e->unit->extern_count);
	for (uint32_t i = 0; i < s->arg_count; i++)
		buf_printf(e->out, "%s%s", i ? ", " : "", lang_ty_c(type_of(e, s->args[i])));
	buf_puts(e->out, s->arg_count ? ") __asm__(" : "void) __asm__(");
	emit_literal(e->out, s->text.ptr, s->text.len);
	buf_puts(e->out, "); ");
	if (has_result)
		buf_printf(e->out, "v%u = ", s->dst);
	buf_printf(e->out, "x%u(", e->unit->extern_count++);
	for (uint32_t i = 0; i < s->arg_count; i++)
		buf_printf(e->out, "%sv%u", i ? ", " : "", s->args[i]);
	buf_puts(e->out, "); }\n");
}
