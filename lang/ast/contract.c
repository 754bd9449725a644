/* SPDX-License-Identifier: MIT */
/* Parts of declarations that depend on the schema version: contracts, records and enums. */
#include "lang/ast/contract_priv.h"

#include "lang/ast/expr_priv.h"
#include "lang/ast/fault_priv.h"
#include "lang/ast/member_priv.h"
#include "lang/ast/names_priv.h"
#include "lang/ast/program_priv.h"

#include <stdio.h>

#define FIELDS_MAX 1024u
#define SCHEMA_NEWEST 9

/* A field or declaration that older schemas do not know. */
static int gate(struct ast_loader *l, const struct ast_module *m, const struct json *at,
    const char *what, uint32_t since)
{
	char versions[160];
	size_t used = 0;

	if (m->schema_minor >= since)
		return 0;
	for (uint32_t v = since; v <= SCHEMA_NEWEST; v++)
		used += (size_t)snprintf(versions + used, sizeof(versions) - used,
		    "%sx07.x07ast@0.%u.0", v == since ? "" : ", ", v);
	return ast_fault(l, m, LANG_CODE_SCHEMA, at, "%s is only supported in %s", what, versions);
}

/* clause = {"expr": expr, "id"?: text, "witness"?: [expr*]} */
static int parse_clause(
    struct ast_loader *l, struct ast_module *m, struct ast_clause *out, const struct json *v)
{
	const struct json *expr = json_get(v, "expr");
	const struct json *id = json_get(v, "id");
	const struct json *witness = json_get(v, "witness");
	int rc;

	if (expr == NULL)
		return ast_fault(l, m, LANG_CODE_SHAPE, v, "missing field: \"expr\"");
	out->expr = expr;
	rc = ast_check_expr(l, m, expr);
	if (rc < 0)
		return rc;
	if (id != NULL && id->kind != JSON_NULL)
		rc = ast_need_string(l, m, &out->id, id, "id");
	if (rc < 0 || witness == NULL || witness->kind == JSON_NULL)
		return rc;
	if (witness->kind != JSON_ARRAY)
		return ast_fault(l, m, LANG_CODE_SHAPE, witness, "witness must be an array");
	for (uint32_t i = 0; i < witness->count; i++) {
		rc = ast_check_expr(l, m, &witness->items[i]);
		if (rc < 0)
			return rc;
	}
	out->witness = witness;
	return 0;
}

static int parse_clauses(
    struct ast_loader *l, struct ast_module *m, struct ast_clauses *out, const struct json *v)
{
	int rc = 0;

	if (v->kind != JSON_ARRAY)
		return ast_fault(l, m, LANG_CODE_SHAPE, v, "contract clauses must be an array");
	out->items = arena_alloc(l->arena, v->count * sizeof(*out->items));
	for (uint32_t i = 0; i < v->count; i++) {
		rc = parse_clause(l, m, &out->items[i], &v->items[i]);
		if (rc < 0)
			return rc;
		out->count++;
	}
	return 0;
}

int ast_parse_contracts(struct ast_loader *l, struct ast_module *m, struct ast_fn *fn)
{
	const struct {
		const char *name;
		struct ast_clauses *clauses; /* NULL: gated here, read by the checker */
		uint32_t since;
		bool forbidden;
	} fields[] = {
	    {"requires", &fn->requires, 5, false},
	    {"ensures", &fn->ensures, 5, false},
	    {"invariant", &fn->invariant, 5, false},
	    {"loop_contracts", NULL, 6, false},
	    {"protocol", NULL, 7, fn->kind != AST_DEFASYNC},
	    {"decreases", &fn->decreases, 8, fn->kind != AST_DEFN},
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const struct json *v = json_get(fn->decl, fields[i].name);
		int rc;

		if (v == NULL)
			continue;
		rc = gate(l, m, v, fields[i].name, fields[i].since);
		if (rc < 0)
			return rc;
		if (fields[i].forbidden)
			return ast_fault(l, m, LANG_CODE_SHAPE, v,
			    "%s is not supported on this kind of decl", fields[i].name);
		if (fields[i].clauses != NULL)
			rc = parse_clauses(l, m, fields[i].clauses, v);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* field = {"name": local, "ty": i32}; variant = {"name": local, "payload"?: i32} */
static int parse_field(
    struct ast_loader *l, struct ast_module *m, struct ast_nominal *n, const struct json *v)
{
	struct ast_field *f = &n->fields[n->field_count];
	const struct json *ty = json_get(v, n->is_enum ? "payload" : "ty");
	const struct json *name;
	int rc = ast_need_member(l, m, &name, v, "name", JSON_STRING);

	if (rc < 0)
		return rc;
	rc = ast_check_name(l, m, AST_NAME_LOCAL, name, n->is_enum ? "variant name" : "field name");
	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < n->field_count; i++) {
		if (str_eq(n->fields[i].name, name->text))
			return ast_fault(l, m, LANG_CODE_SHAPE, name, "duplicate %s: \"%.*s\"",
			    n->is_enum ? "variant" : "field", (int)name->text.len, name->text.ptr);
	}
	f->name = name->text;
	f->has_payload = ty != NULL && ty->kind != JSON_NULL;
	n->field_count++;
	if (!f->has_payload && !n->is_enum)
		return ast_fault(l, m, LANG_CODE_SHAPE, v, "missing field: \"ty\"");
	if (f->has_payload && !json_is(ty, "i32") && !json_is(ty, "u32"))
		return ast_fault(l, m, LANG_CODE_SHAPE, ty, "%s must be i32 or u32",
		    n->is_enum ? "variant payload" : "record field type");
	return 0;
}

int ast_parse_nominal(
    struct ast_loader *l, struct ast_module *m, const struct json *decl, bool is_enum)
{
	struct ast_nominal *n = arena_alloc(l->arena, sizeof(*n));
	const struct json *list = NULL;
	int rc = gate(l, m, decl, is_enum ? "defenum" : "defrecord", 9);

	n->is_enum = is_enum;
	n->module = m;
	if (rc < 0)
		return rc;
	rc = ast_decl_name(l, m, &n->name, decl, false);
	if (rc < 0)
		return rc;
	rc = ast_need_member(l, m, &list, decl, is_enum ? "variants" : "fields", JSON_ARRAY);
	if (rc < 0)
		return rc;
	if (list->count == 0)
		return ast_fault(l, m, LANG_CODE_SHAPE, list, "%s needs at least one %s",
		    is_enum ? "defenum" : "defrecord", is_enum ? "variant" : "field");
	if (list->count > FIELDS_MAX)
		return ast_fault(l, m, LANG_CODE_BUDGET_SOURCE, list,
		    "too many entries: max=%u got %u", FIELDS_MAX, list->count);
	n->fields = arena_alloc(l->arena, list->count * sizeof(*n->fields));
	for (uint32_t i = 0; i < list->count; i++) {
		rc = parse_field(l, m, n, &list->items[i]);
		if (rc < 0)
			return rc;
	}
	l->nominals = ast_grow(l->arena, l->nominals, l->nominal_count,
	    sizeof(struct ast_nominal *)); /* NOLINT(bugprone-sizeof-expression) */
	l->nominals[l->nominal_count++] = n;
	return 0;
}
