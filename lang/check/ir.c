/* SPDX-License-Identifier: MIT */
/*
 * Building the intermediate form: locals, statements, blocks and fuel. Knows nothing of moves and
 * borrows. Statements behind a return are not kept.
 */
#include "lang/check/ir_priv.h"

#include <string.h>

void *ck_grow(struct ck *c, void *items, uint32_t *cap, uint32_t count, size_t size)
{
	uint32_t want = *cap > 0 ? *cap * 2 : 64;
	void *bigger;

	if (count < *cap)
		return items;
	bigger = arena_alloc(c->arena, want * size);
	if (count > 0)
		memcpy(bigger, items, count * size);
	*cap = want;
	return bigger;
}

ir_local ck_local(struct ck *c, enum lang_ty type, struct str name)
{
	struct ir_fn *fn = c->f.fn->ir;
	uint32_t max = c->options->max_locals > 0 ? c->options->max_locals : 20000;

	if (fn->local_count >= max) {
		c->too_many_locals = true;
		return 0;
	}
	fn->locals = ck_grow(c, fn->locals, &c->f.local_cap, fn->local_count, sizeof(*fn->locals));
	fn->locals[fn->local_count] = (struct ir_var){.type = type, .name = name};
	return fn->local_count++;
}

static void append(struct ck_block *b, struct ir_stmt *s)
{
	b->before_last = b->ir.last;
	if (b->ir.last != NULL)
		b->ir.last->next = s;
	else
		b->ir.first = s;
	b->ir.last = s;
}

struct ir_stmt *ck_emit(
    struct ck *c, enum ir_op op, ir_local dst, const ir_local *args, uint32_t count)
{
	struct ir_stmt *s;

	if (c->f.dead || c->stmts >= CK_STMTS_MAX) {
		c->stmts += !c->f.dead;
		c->sink = (struct ir_stmt){.args = c->sink_args};
		return &c->sink;
	}
	s = arena_alloc(c->arena, sizeof(*s) + count * sizeof(ir_local));
	s->args = (ir_local *)(s + 1);
	s->op = op;
	s->dst = dst;
	s->arg_count = count;
	for (uint32_t i = 0; args != NULL && i < count; i++)
		s->args[i] = args[i];
	append(c->f.block, s);
	c->stmts++;
	return s;
}

ir_local ck_emit_head(
    struct ck *c, enum lang_head head, enum lang_ty result, ir_local a, ir_local b)
{
	ir_local dst = ck_local(c, result, STR(""));
	ir_local args[2] = {a, b};
	uint32_t count = (a != IR_NONE) + (b != IR_NONE);
	enum ir_op op = lang_heads[head].flags & H_OPERATOR ? IR_BIN : IR_HEAD;

	ck_emit(c, op, dst, args, count)->head = head;
	return dst;
}

ir_local ck_const(struct ck *c, int32_t value)
{
	ir_local dst = ck_local(c, TY_I32, STR(""));

	ck_emit(c, IR_CONST, dst, NULL, 0)->imm = value;
	return dst;
}

void ck_drop_local(struct ck *c, ir_local local)
{
	ck_emit(c, IR_DROP, IR_NONE, &local, 1);
}

void ck_charge(struct ck *c)
{
	c->f.fuel += !c->f.dead;
}

void ck_settle(struct ck *c)
{
	if (c->f.fuel > 0)
		ck_emit(c, IR_FUEL, IR_NONE, NULL, 0)->imm = (int32_t)c->f.fuel;
	c->f.fuel = 0;
}

struct ck_block *ck_block_open(struct ck *c, struct ck_block *block)
{
	struct ck_block *outer = c->f.block;

	ck_settle(c);
	*block = (struct ck_block){0};
	c->f.block = block;
	return outer;
}

void ck_block_close(struct ck *c, struct ck_block *outer)
{
	ck_settle(c);
	c->f.block = outer;
}

/* The last statement when it does nothing but compute the fresh local of @p v. */
static struct ir_stmt *computed_last(const struct ck *c, const struct ck_val *v)
{
	struct ir_stmt *s = c->f.block->ir.last;

	if (c->f.dead || s == NULL || v->how != CK_TEMP || s->dst != v->local)
		return NULL;
	if (s->arg_count > 0 && s->args[0] == s->dst)
		return NULL; /* in place: the local is operand and result */
	return s;
}

static ir_local solid_in(struct ck *c, ir_local dst, const struct ck_val *v)
{
	enum lang_ty owner = c->f.fn->ir->locals[v->local].type;
	enum lang_head head = owner == TY_VEC ? HEAD_vec_u8_as_view : HEAD_bytes_view;

	ck_emit(c, IR_HEAD, dst, &v->local, 1)->head = head;
	return dst;
}

ir_local ck_solid(struct ck *c, struct ck_val *v)
{
	enum lang_ty held;

	if (c->f.dead || v->local == IR_NONE)
		return v->local;
	held = c->f.fn->ir->locals[v->local].type;
	if (v->type.base != TY_VIEW || held == TY_VIEW)
		return v->local;
	v->local = solid_in(c, ck_local(c, TY_VIEW, STR("")), v);
	v->how = CK_TEMP;
	return v->local;
}

void ck_store(struct ck *c, ir_local dst, struct ck_val *v)
{
	struct ir_stmt *s;

	if (c->f.dead || v->type.base == TY_NEVER || v->local == dst)
		return;
	s = computed_last(c, v);
	if (s != NULL) {
		s->dst = dst;
		v->local = dst;
	} else if (v->how == CK_ALIAS) {
		solid_in(c, dst, v);
	} else {
		bool owned = lang_ty_is_owned(v->type.base);

		ck_emit(c, owned ? IR_MOVE : IR_COPY, dst, &v->local, 1);
	}
}

bool ck_take_back_move(struct ck *c, const struct ck_val *v, ir_local from)
{
	struct ck_block *b = c->f.block;
	struct ir_stmt *s = computed_last(c, v);

	if (s == NULL || s->op != IR_MOVE || s->args[0] != from)
		return false;
	if (b->ir.first == s)
		b->ir = (struct ir_block){0};
	else if (b->before_last != NULL && b->before_last->next == s)
		b->ir.last = b->before_last;
	else
		return false;
	if (b->ir.last != NULL)
		b->ir.last->next = NULL;
	b->before_last = NULL;
	c->stmts--;
	return true;
}
