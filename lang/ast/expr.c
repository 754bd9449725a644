/* SPDX-License-Identifier: MIT */
/*
 * The shape of expressions: which JSON values are expressions at all. What they mean is the
 * checker's business. Source: docs/spec/language.md 1.4.
 */
#include "lang/ast/expr_priv.h"

#include "lang/ast/fault_priv.h"
#include "lang/ast/names_priv.h"

#include <string.h>

static int check_integer(struct ast_loader *l, const struct ast_module *m, const struct json *e)
{
	if (e->integer < INT32_MIN || e->integer > INT32_MAX)
		return ast_fault(l, m, LANG_CODE_SHAPE, e, "number out of i32 range: %lld",
		    (long long)e->integer);
	return 0;
}

/* Intrinsics whose lowering calls a function of a module that nobody imported. */
static void note_silent_import(struct ast_loader *l, struct str head)
{
	if (str_eq_c(head, "ty.read_le_at") || str_eq_c(head, "ty.write_le_at") ||
	    str_eq_c(head, "ty.push_le"))
		l->needs_u32 = true;
	else if (str_eq_c(head, "ty.hash32"))
		l->needs_hash = true;
}

/* os.net.* heads are what everything that talks to the network rests on. */
static void note_net(struct ast_loader *l, struct str head)
{
	static const char prefix[] = "os.net.";

	if (head.len > sizeof(prefix) - 1 && memcmp(head.ptr, prefix, sizeof(prefix) - 1) == 0)
		l->uses_net = true;
}

static bool takes_text(struct str head)
{
	return str_eq_c(head, "bytes.lit") || str_eq_c(head, "bytes.view_lit");
}

/* list = [ head, expr* ]; the operand of bytes.lit is text, not an identifier */
static int check_list(struct ast_loader *l, const struct ast_module *m, const struct json *e)
{
	const struct json *head = e->items;
	bool text;

	if (e->count == 0)
		return ast_fault(l, m, LANG_CODE_SHAPE, e, "list expression must not be empty");
	if (head->kind != JSON_STRING)
		return ast_fault(l, m, LANG_CODE_SHAPE, head, "list head must be an atom string");
	if (head->text.len == 0)
		return ast_fault(l, m, LANG_CODE_SHAPE, head, "list head must not be empty");
	if (ast_has_whitespace(head->text))
		return ast_fault(
		    l, m, LANG_CODE_SHAPE, head, "list head must not contain whitespace");
	note_silent_import(l, head->text);
	note_net(l, head->text);
	l->node_count++;
	text = takes_text(head->text);
	for (uint32_t i = 1; i < e->count; i++) {
		const struct json *item = &e->items[i];
		int rc = 0;

		if (!text || i > 1)
			rc = ast_check_expr(l, m, item);
		else if (item->kind == JSON_STRING)
			l->node_count++;
		else
			rc = ast_fault(l, m, LANG_CODE_SHAPE, item, "%.*s expects a text string",
			    (int)head->text.len, head->text.ptr);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int ast_check_expr(struct ast_loader *l, const struct ast_module *m, const struct json *e)
{
	static const char *const unsupported[] = {[JSON_NULL] = "Null",
	    [JSON_FALSE] = "Bool(false)",
	    [JSON_TRUE] = "Bool(true)",
	    [JSON_OBJECT] = "Object"};

	l->node_count++;
	switch ((enum json_kind)e->kind) {
	case JSON_INT:
		return check_integer(l, m, e);
	case JSON_NUMBER:
		if (str_eq_c(e->text, "-0")) /* not the integer 0: shown as the number it is */
			return ast_fault(l, m, LANG_CODE_SHAPE, e, "number is not an i64: -0.0");
		return ast_fault(l, m, LANG_CODE_SHAPE, e, "number is not an i64: %.*s",
		    (int)e->text.len, e->text.ptr);
	case JSON_STRING:
		if (e->text.len == 0)
			return ast_fault(l, m, LANG_CODE_SHAPE, e, "atom must not be empty");
		if (ast_has_whitespace(e->text))
			return ast_fault(
			    l, m, LANG_CODE_SHAPE, e, "atom must not contain whitespace");
		return 0;
	case JSON_ARRAY:
		return check_list(l, m, e);
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
	case JSON_OBJECT:
		break;
	}
	return ast_fault(
	    l, m, LANG_CODE_SHAPE, e, "unsupported JSON value in expr: %s", unsupported[e->kind]);
}
