/* SPDX-License-Identifier: MIT */
/*
 * The lexical part of the emitter: lines, literals, comments, prototypes. Nothing here trusts
 * its input.
 */
#include "lang/emit/text_priv.h"

#include <stdarg.h>
#include <stdio.h>

#define LITERAL_PIECE 2000 /* source bytes in one piece of a literal */
#define COMMENT_MAX 60
#define INDENT_MAX 12 /* deeper text is not read by people; tabs would be most of it */

void emit_indent(struct emit_state *e)
{
	static const char tabs[] = "\t\t\t\t\t\t\t\t\t\t\t\t";

	buf_add(e->out, tabs, e->depth < INDENT_MAX ? e->depth : INDENT_MAX);
}

void emit_line(struct emit_state *e, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	emit_indent(e);
	buf_puts(e->out, line);
	buf_putc(e->out, '\n');
}

/* '?' is escaped too, so that no trigraph can arise; '"' and '\\' for the obvious reason. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '?';
}

void emit_literal(struct buf *out, const char *bytes, size_t len)
{
	static const char octal[] = "01234567";

	buf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (i > 0 && i % LITERAL_PIECE == 0)
			buf_puts(out, "\"\n\"");
		if (is_plain(c)) {
			buf_putc(out, (char)c);
		} else {
			char escape[4] = {'\\', octal[c >> 6], octal[c >> 3 & 7], octal[c & 7]};

			buf_add(out, escape, sizeof(escape));
		}
	}
	buf_putc(out, '"');
}

void emit_comment(struct buf *out, struct str name)
{
	uint32_t len = name.len < COMMENT_MAX ? name.len : COMMENT_MAX;

	buf_puts(out, "/* ");
	for (uint32_t i = 0; i < len; i++) {
		char c = name.ptr[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '.' || c == '-';

		if (!plain)
			c = '_';
		buf_putc(out, c);
	}
	buf_puts(out, " */");
}

static enum lang_ty arg_type(enum lang_arg arg)
{
	switch (arg) {
	case A_END:
		return TY_NEVER;
	case A_I32:
		return TY_I32;
	case A_F64:
		return TY_F64;
	case A_BYTES:
	case A_BYTES_INPLACE:
	case A_OWNER_BYTES:
	case A_READER:
	case A_OPT_DEFAULT:
		return TY_BYTES;
	case A_VIEW:
	case A_VIEW_ANY:
	case A_VIEW_STRICT:
		return TY_VIEW;
	case A_OWNER_VEC:
	case A_VEC:
	case A_VEC_INPLACE:
	case A_VEC_READ:
		return TY_VEC;
	case A_OPT_I32:
		return TY_OPT_I32;
	case A_OPT_BYTES:
	case A_OPT_BYTES_READ:
		return TY_OPT_BYTES;
	case A_OPT_VIEW:
		return TY_OPT_VIEW;
	case A_RES_I32:
		return TY_RES_I32;
	case A_RES_BYTES:
	case A_RES_BYTES_READ:
		return TY_RES_BYTES;
	case A_RES_VIEW:
		return TY_RES_VIEW;
	case A_RES_RES:
	case A_RES_RES_READ:
		return TY_RES_RES_BYTES;
	case A_IFACE:
		return TY_IFACE;
	case A_TASK:
	case A_TASK_BYTES:
	case A_TASK_RES:
	case A_SLOT:
	case A_SLOT_BYTES:
	case A_SLOT_RES:
	case A_EVENT:
		return TY_I32;
	}
	return TY_NEVER;
}

static const char *arg_c_type(enum lang_arg arg)
{
	return lang_ty_c(arg_type(arg));
}

void emit_prototype(struct buf *out, enum lang_head head)
{
	const struct lang_head_row *row = &lang_heads[head];
	uint32_t count = lang_head_arity(head);

	buf_printf(out, "%s%s rt_%s(", row->flags & H_NORETURN ? "_Noreturn " : "",
	    lang_ty_c(row->result), row->id);
	for (uint32_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", i ? ", " : "", arg_c_type((enum lang_arg)row->args[i]));
	if (row->flags & H_SITE)
		buf_printf(out, "%sconst char *", count ? ", " : "");
	else if (count == 0)
		buf_puts(out, "void");
	buf_puts(out, ");\n");
}
