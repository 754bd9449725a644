/* SPDX-License-Identifier: MIT */
/*
 * Tasks: the frame of a defasync (its result, then its arguments), the function that the runtime
 * calls with it, the start of a task, and the way out of one that was cancelled.
 * Source: docs/decisions/tasks.md.
 */
#include "lang/emit/async_priv.h"

#include "lang/emit/call_priv.h"
#include "lang/emit/text_priv.h"

static void put_frame(struct buf *out, const struct ir_fn *fn, uint32_t index)
{
	buf_printf(out, "struct a%u { %s r;", index, lang_ty_c(fn->result));
	for (uint32_t i = 0; i < fn->param_count; i++)
		buf_printf(out, " %s v%u;", lang_ty_c(fn->locals[i].type), i);
	buf_puts(out, " };\n");
}

static void put_run(struct emit_state *e, uint32_t index)
{
	const struct ir_fn *fn = e->program->fns[index];
	struct buf *out = e->out;

	e->fn = fn;
	buf_printf(out, "static void t%u(void *p)\n{\n\tstruct a%u *a = p;\n", index, index);
	buf_puts(out, "\tif (rt.cancelled) {\n");
	for (uint32_t i = 0; i < fn->param_count; i++)
		emit_drop_at(e, i, "a->");
	buf_puts(out, "\t\treturn;\n\t}\n");
	buf_printf(out, "\ta->r = f%u(", index);
	for (uint32_t i = 0; i < fn->param_count; i++)
		buf_printf(out, "%sa->v%u", i ? ", " : "", i);
	buf_puts(out, ");\n}\n");
}

void emit_async_frames(struct emit_state *e)
{
	for (uint32_t i = 0; i < e->program->fn_count; i++) {
		if (!e->program->fns[i]->is_async)
			continue;
		put_frame(e->out, e->program->fns[i], i);
		put_run(e, i);
	}
}

void emit_spawn(struct emit_state *e, const struct ir_stmt *s)
{
	const struct ir_fn *callee = e->program->fns[s->callee];

	emit_line(e, "{ struct a%u *a = rt_task_new(t%u, sizeof(*a), %s);", s->callee, s->callee,
	    callee->result == TY_BYTES ? "RT_TASK_OF_BYTES" : "RT_TASK_OF_RESULT");
	for (uint32_t i = 0; i < s->arg_count; i++) {
		bool view = callee->locals[i].type == TY_VIEW;

		emit_indent(e);
		buf_printf(e->out, "a->v%u = %s", i, view ? "rt_task_view(a, " : "");
		emit_operand(e, s->args[i], callee->locals[i].type);
		buf_puts(e->out, view ? ");" : ";");
		if (lang_ty_is_owned(callee->locals[i].type))
			emit_empty(e, s->args[i]);
		buf_putc(e->out, '\n');
	}
	emit_indent(e);
	if (s->dst != IR_NONE)
		buf_printf(e->out, "v%u = ", s->dst);
	buf_puts(e->out, "rt_task_start(a); }\n");
}

void emit_cancel_check(struct emit_state *e)
{
	if (!e->fn->is_async)
		return;
	e->can_cancel = true;
	emit_line(e, "if (rt.cancelled) goto cancelled;");
}

/* Every owned local is empty or holds a value at every point, so dropping all of them is right. */
void emit_cancel_exit(struct emit_state *e)
{
	const char *type = lang_ty_c(e->fn->result);

	if (!e->can_cancel)
		return;
	buf_puts(e->out, "cancelled:\n");
	e->depth = 1;
	for (uint32_t i = 0; i < e->fn->local_count; i++)
		emit_drop(e, i);
	if (e->fn->result == TY_BYTES)
		emit_line(e, "{ %s r = {0, 0}; return r; }", type);
	else
		emit_line(e, "{ %s r = {0, 0, {0, 0}}; return r; }", type);
	e->depth = 0;
}
