/* SPDX-License-Identifier: MIT */
/* Statements: one line of C for each, blocks, and the charging of fuel. */
#include "lang/emit/stmt_priv.h"

#include "lang/emit/async_priv.h"
#include "lang/emit/call_priv.h"
#include "lang/emit/fuel_priv.h"
#include "lang/emit/loop_priv.h"
#include "lang/emit/text_priv.h"

#include <inttypes.h>
#include <string.h>

void emit_fuel(struct emit_state *e, uint64_t units)
{
	if (units == 0)
		return;
	if (e->mode == EMIT_FUEL_CHECKED)
		emit_line(e, "if ((fuel -= %" PRIu64 ") < 0) rt_fuel_exhausted();", units);
	else
		emit_line(e, "fuel -= %" PRIu64 ";", units);
}

void emit_refund(struct emit_state *e, uint64_t units)
{
	if (units > 0)
		emit_line(e, "fuel += %" PRIu64 ";", units);
}

static void emit_if(struct emit_state *e, const struct ir_stmt *s)
{
	uint64_t credit = 0;

	if (e->mode == EMIT_FUEL_BULK || e->mode == EMIT_FUEL_REFUND) {
		struct emit_cost yes = emit_cost(&s->block[0]);
		struct emit_cost no = emit_cost(&s->block[1]);

		credit = yes.always < no.always ? yes.always : no.always;
		if (e->mode == EMIT_FUEL_REFUND)
			credit = yes.most > no.most ? yes.most : no.most;
	}
	emit_line(e, "if (v%u) {", s->args[0]);
	emit_block(e, &s->block[0], credit);
	if (s->block[1].first != NULL || (e->mode == EMIT_FUEL_REFUND && credit > 0)) {
		emit_line(e, "} else {");
		emit_block(e, &s->block[1], credit);
	}
	emit_line(e, "}");
}

static void emit_text(struct emit_state *e, const struct ir_stmt *s)
{
	emit_indent(e);
	buf_printf(e->out, "v%u.ptr = (const rt_u8 *)", s->dst);
	emit_literal(e->out, s->text.ptr, s->text.len);
	buf_printf(e->out, "; v%u.len = %uu;\n", s->dst, s->text.len);
}

static void emit_copy(struct emit_state *e, const struct ir_stmt *s)
{
	enum lang_ty have = e->fn->locals[s->args[0]].type;
	enum lang_ty want = e->fn->locals[s->dst].type;
	uint32_t from = s->args[0];

	if (want == TY_VIEW && have != TY_VIEW)
		emit_line(e, "v%u.ptr = v%u.ptr; v%u.len = v%u.len;", s->dst, from, s->dst, from);
	else
		emit_line(e, "v%u = v%u;", s->dst, from);
}

static void emit_move(struct emit_state *e, const struct ir_stmt *s)
{
	if (s->dst == s->args[0])
		return;
	emit_indent(e);
	buf_printf(e->out, "v%u = v%u;", s->dst, s->args[0]);
	emit_empty(e, s->args[0]);
	buf_putc(e->out, '\n');
}

/* The values are i32, bytes or bytes_view (lang/check/contract.c). */
static void emit_witness(struct emit_state *e, const struct ir_stmt *s)
{
	emit_line(e, "rt_witness w;");
	emit_line(e, "w.len = 0;");
	for (uint32_t i = 0; i < s->arg_count; i++) {
		ir_local v = s->args[i];
		enum lang_ty type = e->fn->locals[v].type;

		if (type == TY_I32)
			emit_line(e, "rt_witness_i32(&w, v%u);", v);
		else
			emit_line(e, "rt_witness_bytes(&w, \"%s\", v%u.ptr, v%u.len);",
			    type == TY_BYTES ? "bytes" : "bytes_view", v, v);
	}
	emit_indent(e);
	buf_puts(e->out, "rt_trap_contract(");
	emit_literal(e->out, s->text.ptr, s->text.len);
	buf_puts(e->out, ", &w);\n");
}

static void emit_trap(struct emit_state *e, const struct ir_stmt *s)
{
	if (s->arg_count > 0) {
		emit_line(e, "{");
		emit_witness(e, s);
		emit_line(e, "}");
		return;
	}
	emit_indent(e);
	buf_puts(e->out, "rt_trap(");
	emit_literal(e->out, s->text.ptr, s->text.len);
	buf_puts(e->out, ", ");
	if (s->site != NULL)
		emit_literal(e->out, s->site, strlen(s->site));
	else
		buf_putc(e->out, '0');
	buf_puts(e->out, ");\n");
}

static void emit_return(struct emit_state *e, const struct ir_stmt *s)
{
	if (e->has_fuel)
		emit_line(e, "rt.fuel = fuel;");
	emit_line(e, "return v%u;", s->args[0]);
}

static void emit_stmt(struct emit_state *e, const struct ir_stmt *s)
{
	switch (s->op) {
	case IR_CONST:
		if (e->fn->locals[s->dst].type == TY_F64)
			emit_line(e, "v%u = %d;", s->dst, s->imm);
		else
			emit_line(e, "v%u = %uu;", s->dst, (uint32_t)s->imm);
		break;
	case IR_TEXT:
		emit_text(e, s);
		break;
	case IR_INPUT:
		emit_line(e, "v%u = rt.input;", s->dst);
		break;
	case IR_COPY:
		emit_copy(e, s);
		break;
	case IR_MOVE:
		emit_move(e, s);
		break;
	case IR_BIN:
		emit_bin(e, s);
		break;
	case IR_HEAD:
		emit_head(e, s);
		break;
	case IR_CALL:
		emit_call(e, s);
		break;
	case IR_SPAWN:
		emit_spawn(e, s);
		break;
	case IR_EXTERN:
		emit_extern(e, s);
		break;
	case IR_DROP:
		emit_drop(e, s->args[0]);
		break;
	case IR_IF:
		emit_if(e, s);
		break;
	case IR_FOR:
		emit_for(e, s);
		break;
	case IR_WHILE:
		emit_while(e, s);
		break;
	case IR_RETURN:
		emit_return(e, s);
		break;
	case IR_FUEL:
		break; /* charged by emit_block, one run at a time */
	case IR_TRAP:
		emit_trap(e, s);
		break;
	}
}

/*
 * Fuel is charged once for each run of statements that nothing can leave or look into, at its
 * start. In EMIT_FUEL_BULK what the block always costs is charged at its start, less what the
 * surrounding block has charged for it already.
 */
void emit_block(struct emit_state *e, const struct ir_block *block, uint64_t credit)
{
	bool runs = e->mode == EMIT_FUEL_CHECKED || e->mode == EMIT_FUEL_UNCHECKED;
	bool in_run = false;

	e->depth++;
	if (e->mode == EMIT_FUEL_BULK)
		emit_fuel(e, emit_cost(block).always - credit);
	else if (e->mode == EMIT_FUEL_REFUND)
		emit_refund(e, credit - emit_cost(block).most);
	for (const struct ir_stmt *s = block->first; s != NULL; s = s->next) {
		if (runs && !in_run && !emit_ends_fuel_run(s)) {
			emit_fuel(e, emit_fuel_of_run(s));
			in_run = true;
		}
		if (emit_ends_fuel_run(s))
			in_run = false;
		emit_stmt(e, s);
	}
	e->depth--;
}
