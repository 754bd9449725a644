/* SPDX-License-Identifier: MIT */
/* A small hand for writing IR. */
#include "tests/unit/lang/ir_build.h"

#include <string.h>

void ir_build_init(struct ir_build *b)
{
	*b = (struct ir_build){0};
	arena_init(&b->arena, 0);
	b->solve = (struct ir_fn){.name = STR("solve"), .locals = b->locals, .result = TY_BYTES};
	b->fns[0] = &b->solve;
	b->program = (struct ir_program){.fns = b->fns, .fn_count = 1, .solve = 0};
}

void ir_build_clear(struct ir_build *b)
{
	arena_clear(&b->arena);
}

ir_local ir_build_local(struct ir_build *b, enum lang_ty type, const char *name)
{
	b->locals[b->solve.local_count] = (struct ir_var){type, str_c(name)};
	return b->solve.local_count++;
}

struct ir_stmt *ir_build_add(struct ir_build *b, struct ir_block *block, enum ir_op op,
    ir_local dst, ir_local a0, ir_local a1)
{
	struct ir_stmt *s = arena_alloc(&b->arena, sizeof(*s));

	s->op = op;
	s->dst = dst;
	s->args = arena_alloc(&b->arena, 8 * sizeof(ir_local));
	if (a0 != IR_NONE)
		s->args[s->arg_count++] = a0;
	if (a1 != IR_NONE)
		s->args[s->arg_count++] = a1;
	if (block->last != NULL)
		block->last->next = s;
	else
		block->first = s;
	block->last = s;
	return s;
}

void ir_build_const(struct ir_build *b, struct ir_block *block, ir_local dst, int32_t value)
{
	ir_build_add(b, block, IR_CONST, dst, IR_NONE, IR_NONE)->imm = value;
}

void ir_build_fuel(struct ir_build *b, struct ir_block *block, int32_t units)
{
	ir_build_add(b, block, IR_FUEL, IR_NONE, IR_NONE, IR_NONE)->imm = units;
}

struct ir_stmt *ir_build_head(struct ir_build *b, struct ir_block *block, enum lang_head head,
    ir_local dst, ir_local a0, ir_local a1)
{
	struct ir_stmt *s = ir_build_add(b, block, IR_HEAD, dst, a0, a1);

	s->head = head;
	s->site = "/solve/1";
	return s;
}

void ir_build_sum(struct ir_build *b)
{
	struct ir_block *body = &b->solve.body;
	ir_local input = ir_build_local(b, TY_VIEW, "input");
	ir_local n = ir_build_local(b, TY_I32, "n");
	ir_local i = ir_build_local(b, TY_I32, "i");
	ir_local s = ir_build_local(b, TY_I32, "s");
	ir_local c = ir_build_local(b, TY_I32, "");
	ir_local out = ir_build_local(b, TY_BYTES, "");
	struct ir_stmt *loop;

	ir_build_fuel(b, body, 3);
	ir_build_add(b, body, IR_INPUT, input, IR_NONE, IR_NONE);
	ir_build_head(b, body, HEAD_view_len, n, input, IR_NONE);
	ir_build_const(b, body, i, 0);
	ir_build_const(b, body, s, 0);
	loop = ir_build_add(b, body, IR_FOR, IR_NONE, i, n);
	ir_build_fuel(b, &loop->block[0], 5);
	ir_build_head(b, &loop->block[0], HEAD_view_get_u8, c, input, i);
	ir_build_add(b, &loop->block[0], IR_BIN, s, s, c)->head = HEAD_add;
	ir_build_head(b, body, HEAD_codec_write_u32_le, out, s, IR_NONE);
	ir_build_add(b, body, IR_RETURN, IR_NONE, out, IR_NONE);
}

void ir_build_text(struct ir_build *b, const char *text, size_t len)
{
	struct ir_block *body = &b->solve.body;
	ir_local view = ir_build_local(b, TY_VIEW, "*/ evil \"name\" \?\?/");
	ir_local out = ir_build_local(b, TY_BYTES, "");

	ir_build_add(b, body, IR_TEXT, view, IR_NONE, IR_NONE)->text =
	    (struct str){text, (uint32_t)len};
	ir_build_head(b, body, HEAD_view_to_bytes, out, view, IR_NONE);
	ir_build_add(b, body, IR_RETURN, IR_NONE, out, IR_NONE);
}
