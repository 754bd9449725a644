/* SPDX-License-Identifier: MIT */
/*
 * vec_value and map_value with type arguments: a tapp of one of their names is the head whose
 * spelling ends in the types. A view that a container holds has no owner that the checker knows,
 * so the heads that would give one out do not exist. Source: docs/spec/builtins.md 7.
 */
#include "lang/check/value_priv.h"

#include "lang/check/diag_priv.h"
#include "lang/check/generic_priv.h"
#include "lang/check/head_priv.h"

#include <stdio.h>
#include <string.h>

#define TYPES_MAX 2u
#define SPELLING_MAX 64

struct callee {
	const char *name;
	uint32_t types;
	bool makes; /* the types are operands, not part of the spelling */
};

static const struct callee callees[] = {
    {"map_value.contains", 1, false},
    {"map_value.get", 2, false},
    {"map_value.new", 2, true},
    {"map_value.remove", 1, false},
    {"map_value.set", 2, false},
    {"vec_value.get", 1, false},
    {"vec_value.push", 1, false},
    {"vec_value.set", 1, false},
    {"vec_value.with_capacity", 1, true},
};

static const struct callee *callee_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(callees); i++) {
		if (str_eq_c(name, callees[i].name))
			return &callees[i];
	}
	return NULL;
}

bool ck_is_value_callee(struct str name)
{
	return callee_find(name) != NULL;
}

/* Source: docs/spec/builtins.md 7, type ids; 0 = no element type. */
static int32_t type_id(const struct ck_tyarg *t)
{
	if (t->type.base == TY_I32)
		return t->is_u32 ? 2 : 1;
	if (t->type.base == TY_BYTES)
		return 3;
	return t->type.base == TY_VIEW ? 4 : 0;
}

static int read_types(struct ck *c, const struct callee *callee, const struct json *e,
    struct ck_tyarg *types, uint32_t *first)
{
	const struct json *list = &e->items[2];
	const struct json *type = list;
	uint32_t have = e->count - 2;

	*first = 2 + callee->types;
	if (list->kind == JSON_ARRAY && list->count > 0 && json_is(&list->items[0], "tys")) {
		type = list->items + 1;
		have = list->count - 1;
		*first = 3;
	}
	if (have < callee->types || (*first == 3 && type != list && have != callee->types))
		return ck_fail(c, LANG_CODE_TAPP_ARITY, e, NULL,
		    "%s: tapp \"%s\" expects %u type arguments", LANG_CODE(TAPP_ARITY)->id,
		    callee->name, callee->types);
	for (uint32_t i = 0; i < callee->types; i++) {
		int rc = ck_tyarg(c, &types[i], &type[i], e);

		if (rc < 0)
			return rc;
		if (type_id(&types[i]) == 0)
			return ck_fail(c, LANG_CODE_TY_BOUND, e, NULL,
			    "%s: \"%s\" takes i32, u32, bytes or bytes_view, not %s",
			    LANG_CODE(TY_BOUND)->id, callee->name,
			    lang_ty_name(types[i].type.base));
	}
	return 0;
}

static struct str spell(struct ck *c, const struct callee *callee, const struct ck_tyarg *types)
{
	char text[SPELLING_MAX];
	int len = snprintf(text, sizeof(text), "%s", callee->name);

	for (uint32_t i = 0; i < callee->types && !callee->makes; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "_%s",
		    lang_ty_name(types[i].type.base));
	len += snprintf(text + len, sizeof(text) - (size_t)len, "_v1");
	return (struct str){arena_strndup(c->arena, text, (size_t)len), (uint32_t)len};
}

/* The list that calls the head: operands keep their place in the source. */
static const struct json *as_head(struct ck *c, const struct callee *callee, const struct json *e,
    const struct ck_tyarg *types, uint32_t first)
{
	uint32_t ids = callee->makes ? callee->types : 0;
	uint32_t count = 1 + ids + (e->count - first);
	struct json *items = arena_alloc(c->arena, count * sizeof(*items));
	struct json *call = arena_alloc(c->arena, sizeof(*call));

	items[0] = e->items[1];
	items[0].text = spell(c, callee, types);
	for (uint32_t i = 0; i < ids; i++) {
		items[1 + i] = e->items[1];
		items[1 + i].kind = JSON_INT;
		items[1 + i].integer = type_id(&types[i]);
	}
	for (uint32_t i = first; i < e->count; i++)
		items[1 + ids + i - first] = e->items[i];
	*call = *e;
	call->count = count;
	call->items = items;
	return call;
}

int ck_value_tapp(struct ck *c, const struct json *e, struct ck_val *out)
{
	const struct callee *callee = callee_find(e->items[1].text);
	struct ck_tyarg types[TYPES_MAX];
	const struct json *call;
	enum lang_head head;
	uint32_t first;
	int rc = read_types(c, callee, e, types, &first);

	if (rc < 0)
		return rc;
	call = as_head(c, callee, e, types, first);
	if (!lang_head_find(&head, call->items[0].text))
		return ck_value_view(c, call, out);
	return ck_head(c, head, call, out);
}

bool ck_is_value_view(struct str head)
{
	static const char tail[] = "_bytes_view_v1";
	size_t len = strlen(tail);
	bool gets = (head.len > 14 && memcmp(head.ptr, "vec_value.get_", 14) == 0) ||
		    (head.len > 14 && memcmp(head.ptr, "map_value.get_", 14) == 0);

	return gets && head.len > len && memcmp(head.ptr + head.len - len, tail, len) == 0;
}

int ck_value_view(struct ck *c, const struct json *e, struct ck_val *out)
{
	(void)out;
	return ck_fail(c, LANG_CODE_OWNER, e, "keep bytes in the container instead of views",
	    "cannot infer borrow source for bytes_view expression: %.*s", CK_STR(e->items[0].text));
}
