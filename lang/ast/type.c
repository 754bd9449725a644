/* SPDX-License-Identifier: MIT */
/* Type references in signatures. Source: docs/spec/language.md 1.3. */
#include "lang/ast/type_priv.h"

#include "lang/ast/fault_priv.h"
#include "lang/ast/names_priv.h"

/* The list of the message omits f64, as the reference does. */
#define EXPECTED                                                                                   \
	"i32, u32, bytes, bytes_view, vec_u8, option_i32, option_bytes, option_bytes_view, "       \
	"result_i32, result_bytes, result_bytes_view, result_result_bytes, iface, ptr_const_u8, "  \
	"ptr_mut_u8, ptr_const_void, ptr_mut_void, ptr_const_i32, ptr_mut_i32"

/* The applications that stand for a concrete type. */
struct application {
	const char *head;
	const char *arg;
	enum lang_ty type;
};

static const struct application applications[] = {
    {"option", "i32", TY_OPT_I32},
    {"option", "u32", TY_OPT_I32},
    {"option", "bytes", TY_OPT_BYTES},
    {"option", "bytes_view", TY_OPT_VIEW},
    {"result", "i32", TY_RES_I32},
    {"result", "u32", TY_RES_I32},
    {"result", "bytes", TY_RES_BYTES},
    {"result", "bytes_view", TY_RES_VIEW},
    {"result", "result_bytes", TY_RES_RES_BYTES},
};

static bool may_have_brand(enum lang_ty t)
{
	return t == TY_BYTES || t == TY_VIEW || t == TY_OPT_BYTES || t == TY_OPT_VIEW ||
	       t == TY_RES_BYTES || t == TY_RES_VIEW || t == TY_RES_RES_BYTES;
}

static int parse_plain(
    struct ast_loader *l, const struct ast_module *m, enum lang_ty *out, const struct json *v)
{
	if (lang_ty_parse(out, v->text))
		return 0;
	return ast_fault(l, m, LANG_CODE_SHAPE, v, "unknown type: \"%.*s\" (expected %s)",
	    (int)v->text.len, v->text.ptr, EXPECTED);
}

static int check_type_list(struct ast_loader *l, const struct ast_module *m, const struct json *v);

/* type = NAME | ["t", NAME] | [HEAD, type+] */
static int check_type(struct ast_loader *l, const struct ast_module *m, const struct json *v)
{
	enum lang_ty unused;

	if (v->kind == JSON_STRING)
		return parse_plain(l, m, &unused, v);
	if (v->kind == JSON_ARRAY)
		return check_type_list(l, m, v);
	return ast_fault(l, m, LANG_CODE_SHAPE, v, "type must be a string or an array");
}

static int check_type_list(struct ast_loader *l, const struct ast_module *m, const struct json *v)
{
	int rc;

	if (v->count < 2)
		return ast_fault(
		    l, m, LANG_CODE_SHAPE, v, "type application needs a head and an argument");
	if (json_is(&v->items[0], "t")) {
		if (v->count != 2)
			return ast_fault(
			    l, m, LANG_CODE_SHAPE, v, "type variable form: [\"t\", <name>]");
		return ast_check_name(l, m, AST_NAME_LOCAL, &v->items[1], "type variable name");
	}
	rc = ast_check_name(l, m, AST_NAME_TYPE, &v->items[0], "type name");
	if (rc < 0)
		return rc;
	for (uint32_t i = 1; i < v->count; i++) {
		rc = check_type(l, m, &v->items[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static bool lower_application(enum lang_ty *out, const struct json *v)
{
	if (v->count != 2)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(applications); i++) {
		const struct application *a = &applications[i];

		if (json_is(&v->items[0], a->head) && json_is(&v->items[1], a->arg)) {
			*out = a->type;
			return true;
		}
	}
	return false;
}

static int parse_brand(struct ast_loader *l, const struct ast_module *m, struct ast_type *out,
    const struct json *brand)
{
	int rc = ast_check_name(l, m, AST_NAME_DOTTED, brand, "brand");

	if (rc < 0)
		return rc;
	if (out->expr == NULL && !may_have_brand(out->concrete.base))
		return ast_fault(l, m, LANG_CODE_BRAND_TYPE, brand,
		    "E_BRAND_BAD_TY: type %s cannot have a brand",
		    lang_ty_name(out->concrete.base));
	out->concrete.brand = brand->text;
	return 0;
}

int ast_parse_type(struct ast_loader *l, const struct ast_module *m, struct ast_type *out,
    const struct json *v, const struct json *brand)
{
	struct ast_type t = {.concrete.base = TY_I32};
	int rc = check_type(l, m, v);

	if (rc < 0)
		return rc;
	if (v->kind == JSON_STRING)
		rc = parse_plain(l, m, &t.concrete.base, v);
	else if (!lower_application(&t.concrete.base, v))
		t.expr = v;
	if (rc < 0)
		return rc;
	if (brand != NULL && brand->kind != JSON_NULL)
		rc = parse_brand(l, m, &t, brand);
	if (rc < 0)
		return rc;
	*out = t;
	return 0;
}
