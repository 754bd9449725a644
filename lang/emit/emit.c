/* SPDX-License-Identifier: MIT */
/* Functions and the unit as a whole. Statements: stmt.c, loop.c, call.c. */
#include "lang/emit/emit.h"

#include "lang/emit/async_priv.h"
#include "lang/emit/call_priv.h"
#include "lang/emit/fuel_priv.h"
#include "lang/emit/stmt_priv.h"
#include "lang/emit/text_priv.h"

#include <stdlib.h>

/*
 * The time `cc -O2` takes grows faster than a function does, and a unit that takes too long is no
 * use: what is too large, or would be too much in sum, is compiled without optimisation (RT_LARGE).
 */
#define OPTIMISED_FN_MAX 3000u
#define OPTIMISED_UNIT_MAX 40000u

static uint32_t count_stmts(const struct ir_block *block)
{
	uint32_t count = 0;

	for (const struct ir_stmt *s = block->first; s != NULL; s = s->next)
		count += 1 + count_stmts(&s->block[0]) + count_stmts(&s->block[1]);
	return count;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The longest function that is optimised; smaller ones come first. */
static uint32_t optimised_max(const struct ir_program *program)
{
	AUTO_FREE uint32_t *sizes = base_calloc(program->fn_count, sizeof(*sizes));
	uint64_t sum = 0;
	uint32_t max = 0;

	for (uint32_t i = 0; i < program->fn_count; i++)
		sizes[i] = count_stmts(&program->fns[i]->body);
	qsort(sizes, program->fn_count, sizeof(*sizes), by_number);
	for (uint32_t i = 0; i < program->fn_count && sizes[i] <= OPTIMISED_FN_MAX; i++) {
		sum += sizes[i];
		if (sum > OPTIMISED_UNIT_MAX)
			break;
		max = sizes[i];
	}
	return max;
}

static void put_signature(struct buf *out, const struct ir_program *program, uint32_t index)
{
	const struct ir_fn *fn = program->fns[index];

	if (index == program->solve)
		buf_puts(out, "rt_bytes x07_solve(void)");
	else
		buf_printf(out, "static %s f%u(", lang_ty_c(fn->result), index);
	if (index == program->solve)
		return;
	for (uint32_t i = 0; i < fn->param_count; i++)
		buf_printf(out, "%s%s v%u", i ? ", " : "", lang_ty_c(fn->locals[i].type), i);
	buf_puts(out, fn->param_count ? ")" : "void)");
}

/* All at the top: C has no use for narrower scopes, and moves across them need no thought. */
static void put_locals(struct emit_state *e)
{
	for (uint32_t i = e->fn->param_count; i < e->fn->local_count; i++) {
		const struct ir_var *v = &e->fn->locals[i];

		if (v->type == TY_NEVER)
			continue;
		buf_printf(e->out, "\t%s v%u;", lang_ty_c(v->type), i);
		if (lang_ty_is_owned(v->type))
			emit_empty(e, i);
		if (v->name.len > 0) {
			buf_putc(e->out, ' ');
			emit_comment(e->out, v->name);
		}
		buf_putc(e->out, '\n');
	}
}

/* Declarations and statements mix freely in C11: an owned local is emptied where it is declared. */
static void put_function(struct emit_state *e, uint32_t index)
{
	e->fn = e->program->fns[index];
	e->has_fuel = e->touches_fuel[index];
	e->mode = EMIT_FUEL_CHECKED;
	e->depth = 0;
	e->label = 0;
	e->can_cancel = false;
	buf_putc(e->out, '\n');
	emit_comment(e->out, e->fn->name);
	buf_putc(e->out, '\n');
	if (count_stmts(&e->fn->body) > e->optimised_max)
		buf_puts(e->out, "RT_LARGE ");
	put_signature(e->out, e->program, index);
	buf_puts(e->out, "\n{\n");
	put_locals(e);
	if (e->has_fuel)
		buf_puts(e->out, "\trt_i64 fuel = rt.fuel;\n");
	emit_block(e, &e->fn->body, 0);
	emit_cancel_exit(e);
	buf_puts(e->out, "}\n");
}

void emit_program(struct emit_unit *out, const struct ir_program *program)
{
	AUTO_FREE bool *touches_fuel = base_calloc(program->fn_count, sizeof(*touches_fuel));
	struct emit_state e = {.out = &out->text,
	    .unit = out,
	    .program = program,
	    .touches_fuel = touches_fuel,
	    .optimised_max = optimised_max(program)};

	emit_find_fuel_users(touches_fuel, program);
	out->function_count = program->fn_count;
	for (uint32_t i = 0; i < program->fn_count; i++) {
		if (i == program->solve)
			continue;
		put_signature(&out->text, program, i);
		buf_puts(&out->text, ";\n");
	}
	emit_async_frames(&e);
	for (uint32_t i = 0; i < program->fn_count && !out->text.overflow; i++)
		put_function(&e, i);
}

void emit_unit_clear(struct emit_unit *unit)
{
	buf_clear(&unit->text);
}
