/* SPDX-License-Identifier: MIT */
/*
 * Who pays for small functions. A function that costs the same number of units on every path and
 * does nothing visible from outside is paid for by its callers: its own IR_FUEL is dropped, the
 * IR_CALL carries the price. A program pays the same in sum, but a call no longer interrupts a run
 * of statements, so a hot loop that calls such a function still pays once in advance.
 */
#include "lang/ir/fuel.h"

#include "base/attr.h"

#define PRICE_MAX (1u << 20)

/* The price of a block, added to *units. False when it is not the same on every path. */
static bool add_price(
    const struct ir_program *p, const struct ir_block *block, bool top, uint64_t *units)
{
	for (const struct ir_stmt *s = block->first; s != NULL; s = s->next) {
		uint64_t yes = 0;
		uint64_t no = 0;

		if (s->op == IR_FUEL)
			*units += (uint32_t)s->imm;
		if (s->op == IR_CALL) {
			if (!p->fns[s->callee]->prepaid)
				return false;
			*units += p->fns[s->callee]->price;
		}
		if (s->op == IR_FOR || s->op == IR_WHILE || s->op == IR_EXTERN || s->op == IR_SPAWN)
			return false;
		if (s->op == IR_HEAD && (lang_heads[s->head].flags & (H_EFFECT | H_NORETURN)))
			return false;
		/* A return inside a branch skips what stands behind it. */
		if (s->op == IR_RETURN && (!top || s->next != NULL))
			return false;
		if (s->op == IR_IF && (!add_price(p, &s->block[0], false, &yes) ||
					  !add_price(p, &s->block[1], false, &no) || yes != no))
			return false;
		*units += yes;
	}
	return *units <= PRICE_MAX;
}

/* Functions that call only prepaid ones become prepaid, until no more do; recursion never does. */
static void find_prepaid(struct ir_program *p)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t i = p->fn_count; i-- > 0;) {
			struct ir_fn *fn = p->fns[i];
			uint64_t units = 0;

			if (fn->prepaid || fn->is_async || i == p->solve ||
			    !add_price(p, &fn->body, true, &units))
				continue;
			fn->prepaid = true;
			fn->price = (uint32_t)units;
			changed = true;
		}
	}
}

static void settle_block(const struct ir_program *p, const struct ir_block *block, bool prepaid)
{
	for (struct ir_stmt *s = block->first; s != NULL; s = s->next) {
		if (s->op == IR_FUEL && prepaid)
			s->imm = 0;
		if (s->op == IR_CALL) {
			s->prepaid = p->fns[s->callee]->prepaid;
			s->imm = s->prepaid && !prepaid ? (int32_t)p->fns[s->callee]->price : 0;
		}
		settle_block(p, &s->block[0], prepaid);
		settle_block(p, &s->block[1], prepaid);
	}
}

void ir_settle_fuel(struct ir_program *program)
{
	find_prepaid(program);
	for (uint32_t i = 0; i < program->fn_count; i++)
		settle_block(program, &program->fns[i]->body, program->fns[i]->prepaid);
}
