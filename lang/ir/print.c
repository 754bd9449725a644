/* SPDX-License-Identifier: MIT */
/* Printer of the intermediate form. Owns only the notation; see lang/ir/ir.h for the meaning. */
#include "lang/ir/print.h"

struct printer {
	struct buf *out;
	const struct ir_program *program;
	const struct ir_fn *fn;
};

static void print_local(const struct printer *p, ir_local l)
{
	if (l == IR_NONE)
		buf_puts(p->out, "-");
	else if (l < p->fn->local_count && p->fn->locals[l].name.len > 0)
		buf_printf(p->out, "%.*s.%u", (int)p->fn->locals[l].name.len,
		    p->fn->locals[l].name.ptr, l);
	else
		buf_printf(p->out, "%%%u", l);
}

static void print_args(const struct printer *p, const struct ir_stmt *s)
{
	for (uint32_t i = 0; i < s->arg_count; i++) {
		buf_puts(p->out, i > 0 ? ", " : "");
		print_local(p, s->args[i]);
	}
}

static void print_call(const struct printer *p, struct str name, const struct ir_stmt *s)
{
	buf_printf(p->out, "%.*s(", (int)name.len, name.ptr);
	print_args(p, s);
	buf_puts(p->out, ")");
	if (s->site != NULL)
		buf_printf(p->out, " @%s", s->site);
}

static void print_word(const struct printer *p, const char *word, const struct ir_stmt *s)
{
	buf_puts(p->out, word);
	print_args(p, s);
}

static void print_op(const struct printer *p, const struct ir_stmt *s)
{
	switch (s->op) {
	case IR_CONST:
		buf_printf(p->out, "%d", s->imm);
		break;
	case IR_TEXT:
		buf_printf(p->out, "\"%.*s\"", (int)s->text.len, s->text.ptr);
		break;
	case IR_INPUT:
		buf_puts(p->out, "input");
		break;
	case IR_COPY:
		print_word(p, "copy ", s);
		break;
	case IR_MOVE:
		print_word(p, "move ", s);
		break;
	case IR_BIN:
		print_local(p, s->args[0]);
		buf_printf(p->out, " %s ", lang_heads[s->head].spelling);
		print_local(p, s->args[1]);
		break;
	case IR_HEAD:
		print_call(p, str_c(lang_heads[s->head].spelling), s);
		break;
	case IR_CALL:
		print_call(p, p->program->fns[s->callee]->name, s);
		break;
	case IR_SPAWN:
		buf_puts(p->out, "spawn ");
		print_call(p, p->program->fns[s->callee]->name, s);
		break;
	case IR_EXTERN:
		print_call(p, s->text, s);
		break;
	case IR_DROP:
		print_word(p, "drop ", s);
		break;
	case IR_IF:
		print_word(p, "if ", s);
		break;
	case IR_FOR:
		print_word(p, "for ", s);
		break;
	case IR_WHILE:
		print_word(p, "while ", s);
		break;
	case IR_RETURN:
		print_word(p, "return ", s);
		break;
	case IR_FUEL:
		buf_printf(p->out, "fuel %d", s->imm);
		break;
	case IR_TRAP:
		buf_printf(p->out, "trap \"%.*s\"", (int)s->text.len, s->text.ptr);
		break;
	}
}

static void indent(const struct printer *p, uint32_t depth)
{
	for (uint32_t i = 0; i < depth; i++)
		buf_puts(p->out, "  ");
}

static void print_block(const struct printer *p, const struct ir_block *b, uint32_t depth)
{
	for (const struct ir_stmt *s = b->first; s != NULL; s = s->next) {
		indent(p, depth);
		if (s->dst != IR_NONE) {
			print_local(p, s->dst);
			buf_puts(p->out, " = ");
		}
		print_op(p, s);
		buf_puts(p->out, "\n");
		if (s->op != IR_IF && s->op != IR_FOR && s->op != IR_WHILE)
			continue;
		print_block(p, &s->block[0], depth + 1);
		if (s->op == IR_FOR || (s->op == IR_IF && s->block[1].first == NULL))
			continue;
		indent(p, depth);
		buf_puts(p->out, s->op == IR_IF ? "else\n" : "do\n");
		print_block(p, &s->block[1], depth + 1);
	}
}

void ir_print_fn(struct buf *out, const struct ir_program *program, const struct ir_fn *fn)
{
	const struct printer p = {.out = out, .program = program, .fn = fn};

	buf_printf(out, "fn %.*s(", (int)fn->name.len, fn->name.ptr);
	for (uint32_t i = 0; i < fn->param_count; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		print_local(&p, i);
		buf_printf(out, ": %s", lang_ty_name(fn->locals[i].type));
	}
	buf_printf(out, ") -> %s\n", lang_ty_name(fn->result));
	print_block(&p, &fn->body, 1);
}

void ir_print(struct buf *out, const struct ir_program *program)
{
	for (uint32_t i = 0; i < program->fn_count; i++)
		ir_print_fn(out, program, program->fns[i]);
}
