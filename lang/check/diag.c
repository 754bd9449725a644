/* SPDX-License-Identifier: MIT */
/* Faults of the checker as diagnostics: kind, code, place and what to do. */
#include "lang/check/diag_priv.h"

#include "lang/check/recover_priv.h"

#include <stdio.h>

const char *ck_pointer(struct ck *c, const struct json *v)
{
	CLEANUP(buf_clear) struct buf b = buf_init(CK_TEXT_MAX);

	json_pointer(&b, v);
	return b.len > 0 ? arena_strndup(c->arena, b.data, b.len) : "";
}

void ck_report(struct ck *c, enum lang_code_id code, const struct json *at, const char *help,
    const char *fmt, ...)
{
	CLEANUP(buf_clear) struct buf text = buf_init(CK_TEXT_MAX);
	const struct ck_fn *fn = c->f.fn;
	const struct ast_module *m = fn->module;
	struct diag d = {.severity = DIAG_ERROR,
	    .stage = lang_code_stage(code),
	    .what = &lang_codes[code],
	    .help = help,
	    .file = m->path,
	    .ptr = ck_pointer(c, at)};
	char part[4096];
	va_list args;

	if (ck_is_follow_up(c, code, at) || !ck_may_tell(c))
		return;
	va_start(args, fmt);
	(void)vsnprintf(part, sizeof(part), fmt, args);
	va_end(args);
	buf_printf(
	    &text, "%s: %s (fn=%.*s ptr=%s)", lang_code_kind(code), part, CK_STR(fn->name), d.ptr);
	d.message = text.data;
	json_position(m->text, m->text_len, at->offset, &d.line, &d.column);
	diag_add(c->diags, &d);
	if (c->told == 1)
		(void)err_set(c->err, ERR_COMPILE, "%s", part);
}

int ck_arity(struct ck *c, const struct json *e, uint32_t count)
{
	if (e->count == count + 1)
		return 0;
	return ck_fail(c, LANG_CODE_ARITY, e, NULL, "%.*s expects %u arg%s",
	    CK_STR(e->items[0].text), count, count == 1 ? "" : "s");
}
