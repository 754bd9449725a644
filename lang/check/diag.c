/* SPDX-License-Identifier: MIT */
/* Faults of the checker as diagnostics: kind, code, place and what to do. */
#include "lang/check/diag_priv.h"

#include <stdio.h>

struct fault_row {
	const char *kind;
	const char *code;
};

/* Source: spec language 12, cli (lint codes). */
/* clang-format off */
static const struct fault_row rows[] = {
	[CK_E_ARITY] = {"Parse", "X07-ARITY-0000"},
	[CK_E_TYPE] = {"Typing", "X07-TYPE-0001"},
	[CK_E_CALL] = {"Typing", "X07-TYPE-CALL-0001"},
	[CK_E_RETURN] = {"Typing", "X07-TYPE-RET-0001"},
	[CK_E_IF] = {"Typing", "X07-TYPE-IF-0001"},
	[CK_E_SET] = {"Typing", "X07-TYPE-SET-0001"},
	[CK_E_NAME] = {"Typing", "X07-TYPE-NAME-0001"},
	[CK_E_LET] = {"Typing", "X07-TYPE-LET-0001"},
	[CK_E_TRY] = {"Typing", "X07-TYPE-TRY-0001"},
	[CK_E_MOVE] = {"Typing", "X07-MOVE-0001"},
	[CK_E_OWNER] = {"Typing", "X07-BORROW-0001"},
	[CK_E_ESCAPE] = {"Typing", "X07-BORROW-0002"},
	[CK_E_BORROW] = {"Typing", "X07-BORROW-0003"},
	[CK_E_BRAND] = {"Typing", "X07-TYPE-BRAND-0001"},
	[CK_E_MATCH] = {"Parse", "X07-TYPE-MATCH-0001"},
	[CK_E_CONTRACT] = {"Typing", "X07-CONTRACT-0001"},
	[CK_E_COMPARE] = {"Typing", "X07-TYPE-CMP-0001"},
	[CK_E_HEAD] = {"Unsupported", "X07-HEAD-0001"},
	[CK_E_INTERNAL_HEAD] = {"Unsupported", "X07-HEAD-0002"},
	[CK_E_IMPORT] = {"Unsupported", "X07-IMPORT-0002"},
	[CK_E_WORLD_OS] = {"Unsupported", "X07-WORLD-OS-0001"},
	[CK_E_UNSAFE] = {"Unsupported", "X07-WORLD-UNSAFE-0001"},
	[CK_E_UNSUPPORTED] = {"Unsupported", "X07-UNSUPPORTED-0001"},
	[CK_E_BUDGET] = {"Budget", "X07-BUDGET-0001"},
	[CK_E_TAPP_CALLEE] = {"Typing", "X07-TY-0100"},
	[CK_E_TY_INTRINSIC] = {"Typing", "X07-TY-0101"},
	[CK_E_TY_HEAD] = {"Typing", "X07-TY-0102"},
	[CK_E_TY_BOUND_NAME] = {"Typing", "X07-TY-0103"},
	[CK_E_TY_BOUND] = {"Typing", "X07-TY-0104"},
	[CK_E_TAPP_ARITY] = {"Parse", "X07-TY-0105"},
	[CK_E_TAPP_COUNT] = {"Budget", "X07-TY-0106"},
	[CK_E_TY_VAR] = {"Typing", "X07-TY-0107"},
	[CK_E_TAPP_NEEDED] = {"Typing", "X07-TY-0108"},
	[CK_E_TY_DEPTH] = {"Budget", "X07-TY-0109"},
};
/* clang-format on */

const char *ck_pointer(struct ck *c, const struct json *v)
{
	CLEANUP(buf_clear) struct buf b = buf_init(CK_TEXT_MAX);

	json_pointer(&b, v);
	return b.len > 0 ? arena_strndup(c->arena, b.data, b.len) : "";
}

void ck_report(struct ck *c, enum ck_fault fault, const struct json *at, const char *help,
    const char *fmt, ...)
{
	CLEANUP(buf_clear) struct buf text = buf_init(CK_TEXT_MAX);
	const struct ck_fn *fn = c->f.fn;
	const struct ast_module *m = fn->module;
	struct diag d = {.severity = DIAG_ERROR,
	    .stage = DIAG_TYPE,
	    .code = rows[fault].code,
	    .help = help,
	    .file = m->path,
	    .ptr = ck_pointer(c, at)};
	char part[4096];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(part, sizeof(part), fmt, args);
	va_end(args);
	buf_printf(
	    &text, "%s: %s (fn=%.*s ptr=%s)", rows[fault].kind, part, CK_STR(fn->name), d.ptr);
	d.message = text.data;
	json_position(m->text, m->text_len, at->offset, &d.line, &d.column);
	diag_add(c->diags, &d);
	(void)err_set(c->err, ERR_COMPILE, "%s", part);
}

int ck_arity(struct ck *c, const struct json *e, uint32_t count)
{
	if (e->count == count + 1)
		return 0;
	return ck_fail(c, CK_E_ARITY, e, NULL, "%.*s expects %u arg%s", CK_STR(e->items[0].text),
	    count, count == 1 ? "" : "s");
}
