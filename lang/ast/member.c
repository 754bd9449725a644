/* SPDX-License-Identifier: MIT */
/* Members of JSON objects of the kind that the loader needs, or the fault that names them. */
#include "lang/ast/member_priv.h"

#include "lang/ast/fault_priv.h"

int ast_need_string(struct ast_loader *l, const struct ast_module *m, struct str *out,
    const struct json *v, const char *what)
{
	if (v->kind != JSON_STRING) {
		(void)ast_fault(l, m, LANG_CODE_SHAPE, v, "%s must be a string", what);
		return ERR_COMPILE;
	}
	*out = v->text;
	return 0;
}

static const char *with_article(enum json_kind kind)
{
	if (kind == JSON_STRING)
		return "a string";
	return kind == JSON_ARRAY ? "an array" : "an object";
}

int ast_need_member(struct ast_loader *l, const struct ast_module *m, const struct json **out,
    const struct json *object, const char *name, enum json_kind kind)
{
	const struct json *v = json_get(object, name);

	if (v != NULL && v->kind == kind) {
		*out = v;
		return 0;
	}
	if (object->kind != JSON_OBJECT)
		(void)ast_fault(l, m, LANG_CODE_SHAPE, object, "expected an object");
	else if (v == NULL)
		(void)ast_fault(l, m, LANG_CODE_SHAPE, object, "missing field: \"%s\"", name);
	else
		(void)ast_fault(
		    l, m, LANG_CODE_SHAPE, v, "\"%s\" must be %s", name, with_article(kind));
	return ERR_COMPILE;
}
