/* SPDX-License-Identifier: MIT */
/*
 * How faults of a source file are reported: the first one ends the load. Source:
 * docs/spec/language.md 12.
 */
#include "lang/ast/fault_priv.h"

#include <stdarg.h>
#include <stdio.h>

#define FAULT_TEXT_MAX 2048

/* Messages name the file they are about: `main: ` or `"std.bytes": `. */
static void add_prefix(struct buf *text, const struct ast_module *m)
{
	if (m == NULL)
		return;
	if (m->is_entry)
		buf_puts(text, "main: ");
	else
		buf_printf(text, "\"%.*s\": ", (int)m->id.len, m->id.ptr);
}

static int report(struct ast_loader *l, const struct ast_module *m, enum lang_code_id code,
    const char *message, const struct json *at, uint32_t offset)
{
	CLEANUP(buf_clear) struct buf pointer = buf_init(FAULT_TEXT_MAX);
	CLEANUP(buf_clear) struct buf text = buf_init((size_t)2 * FAULT_TEXT_MAX);
	struct diag d = {
	    .severity = DIAG_ERROR, .stage = lang_code_stage(code), .what = &lang_codes[code]};

	buf_puts(&pointer, "");
	if (at != NULL)
		json_pointer(&pointer, at);
	buf_printf(&text, "%s: ", lang_code_kind(code));
	add_prefix(&text, m);
	buf_puts(&text, message);
	if (pointer.len > 0)
		buf_printf(&text, " at %s", pointer.data);
	d.message = text.data;
	d.ptr = buf_str(&pointer);
	d.file = m ? m->path : NULL;
	if (m != NULL)
		json_position(m->text, m->text_len, offset, &d.line, &d.column);
	diag_add(l->diags, &d);
	(void)err_set(l->err, ERR_COMPILE, "%s", text.data);
	return ERR_COMPILE;
}

int ast_fault(struct ast_loader *l, const struct ast_module *module, enum lang_code_id code,
    const struct json *at, const char *fmt, ...)
{
	char message[FAULT_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return report(l, module, code, message, at, at ? at->offset : 0);
}

int ast_fault_json(
    struct ast_loader *l, const struct ast_module *module, const struct json_fault *f)
{
	char message[256];

	(void)snprintf(message, sizeof(message), "not JSON: %s", f->message);
	return report(l, module, LANG_CODE_NOT_JSON, message, NULL, f->offset);
}
