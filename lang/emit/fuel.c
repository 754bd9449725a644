/* SPDX-License-Identifier: MIT */
/*
 * What a block costs in fuel, so that hot loops can pay in advance and run without tests. A
 * program pays the same number of units whichever form is printed.
 */
#include "lang/emit/fuel_priv.h"

#include "base/attr.h"

static bool has_effect(const struct ir_stmt *s)
{
	return s->op == IR_HEAD && (lang_heads[s->head].flags & (H_EFFECT | H_NORETURN)) != 0;
}

bool emit_ends_fuel_run(const struct ir_stmt *s)
{
	switch (s->op) {
	case IR_CALL:
		return !s->prepaid;
	case IR_SPAWN:
	case IR_EXTERN:
	case IR_IF:
	case IR_FOR:
	case IR_WHILE:
	case IR_RETURN:
	case IR_TRAP:
		return true;
	case IR_HEAD:
		return has_effect(s);
	case IR_CONST:
	case IR_TEXT:
	case IR_INPUT:
	case IR_COPY:
	case IR_MOVE:
	case IR_BIN:
	case IR_DROP:
	case IR_FUEL:
		return false;
	}
	return true;
}

uint64_t emit_fuel_of_run(const struct ir_stmt *s)
{
	uint64_t units = 0;

	for (; s != NULL && !emit_ends_fuel_run(s); s = s->next) {
		if (s->op == IR_FUEL || s->op == IR_CALL)
			units += (uint32_t)s->imm;
	}
	return units;
}

static void add_if(struct emit_cost *cost, const struct ir_stmt *s)
{
	struct emit_cost yes = emit_cost(&s->block[0]);
	struct emit_cost no = emit_cost(&s->block[1]);

	cost->most += yes.most > no.most ? yes.most : no.most;
	cost->always += yes.always < no.always ? yes.always : no.always;
	cost->bounded = cost->bounded && yes.bounded && no.bounded;
	cost->may_return = cost->may_return || yes.may_return || no.may_return;
}

struct emit_cost emit_cost(const struct ir_block *block)
{
	struct emit_cost cost = {.bounded = true};

	for (const struct ir_stmt *s = block->first; s != NULL; s = s->next) {
		if (s->op == IR_FUEL || (s->op == IR_CALL && s->prepaid)) {
			cost.most += (uint32_t)s->imm;
			cost.always += (uint32_t)s->imm;
		} else if (s->op == IR_IF) {
			add_if(&cost, s);
		} else if (s->op == IR_RETURN) {
			cost.may_return = true;
		} else if (s->op != IR_TRAP && emit_ends_fuel_run(s)) {
			cost.bounded = false;
		}
	}
	return cost;
}

bool emit_block_assigns(const struct ir_block *block, ir_local local)
{
	for (const struct ir_stmt *s = block->first; s != NULL; s = s->next) {
		if (s->dst == local)
			return true;
		if (s->op == IR_FOR && s->args[0] == local)
			return true;
		if (emit_block_assigns(&s->block[0], local) ||
		    emit_block_assigns(&s->block[1], local))
			return true;
	}
	return false;
}

static bool uses_fuel(const struct ir_block *block, const bool *users)
{
	for (const struct ir_stmt *s = block->first; s != NULL; s = s->next) {
		if ((s->op == IR_FUEL && s->imm != 0) || has_effect(s))
			return true;
		if (s->op == IR_CALL && (s->imm != 0 || users[s->callee]))
			return true;
		if (uses_fuel(&s->block[0], users) || uses_fuel(&s->block[1], users))
			return true;
	}
	return false;
}

/* To a fixed point, from the end: the checker numbers callers before the functions they call. */
void emit_find_fuel_users(bool *out, const struct ir_program *program)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t i = program->fn_count; i-- > 0;) {
			if (!out[i] && uses_fuel(&program->fns[i]->body, out)) {
				out[i] = true;
				changed = true;
			}
		}
	}
}
