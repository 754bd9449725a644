/* SPDX-License-Identifier: MIT */
/* The top level of one source file. Source: docs/spec/language.md 1. */
#include "lang/ast/file_priv.h"

#include "lang/ast/decl_priv.h"
#include "lang/ast/expr_priv.h"
#include "lang/ast/fault_priv.h"
#include "lang/ast/member_priv.h"
#include "lang/ast/names_priv.h"
#include "lang/ast/program.h"
#include "lang/ast/program_priv.h"
#include "lang/options.h"

#include <string.h>

#define IMPORTS_MAX 1024u
#define SCHEMA_PREFIX "x07.x07ast@0."
#define SCHEMA_OLDEST 3
#define SCHEMA_NEWEST 9

/* "x07.x07ast@0.<minor>.0"; 0 when it is something else */
static uint32_t schema_minor(struct str v)
{
	size_t prefix = strlen(SCHEMA_PREFIX);
	uint32_t minor = 0;
	size_t i = prefix;

	if (v.len < prefix + 3 || v.len > prefix + 6 || memcmp(v.ptr, SCHEMA_PREFIX, prefix) != 0)
		return 0;
	for (; i < v.len && v.ptr[i] >= '0' && v.ptr[i] <= '9'; i++)
		minor = minor * 10 + (uint32_t)(v.ptr[i] - '0');
	return v.len == i + 2 && v.ptr[i] == '.' && v.ptr[i + 1] == '0' ? minor : 0;
}

static int parse_schema(struct ast_loader *l, struct ast_module *m)
{
	const struct json *v;
	int rc = ast_need_member(l, m, &v, m->root, "schema_version", JSON_STRING);

	if (rc < 0)
		return rc;
	m->schema_minor = schema_minor(v->text);
	if (m->schema_minor >= SCHEMA_OLDEST && m->schema_minor <= SCHEMA_NEWEST)
		return 0;
	return ast_fault(l, m, LANG_CODE_SCHEMA, v,
	    "unsupported schema_version: got \"%.*s\" (supported: x07.x07ast@0.3.0, "
	    "x07.x07ast@0.4.0, x07.x07ast@0.5.0, x07.x07ast@0.6.0, x07.x07ast@0.7.0, "
	    "x07.x07ast@0.8.0, x07.x07ast@0.9.0) (hint: %s)",
	    (int)v->text.len, v->text.ptr,
	    m->schema_minor > SCHEMA_NEWEST
		? "update the x07 toolchain"
		: "upgrade the dependency package that holds this file");
}

static int parse_kind(struct ast_loader *l, struct ast_module *m)
{
	const char *want = m->is_entry ? "entry" : "module";
	const struct json *v;
	int rc = ast_need_member(l, m, &v, m->root, "kind", JSON_STRING);

	if (rc < 0)
		return rc;
	if (str_eq_c(ast_trimmed(v->text), want))
		return 0;
	/* Another program in the same folder. Nobody imports it, so that it is no fault. */
	if (m->is_found && str_eq_c(ast_trimmed(v->text), "entry"))
		return ERR_UNSUPPORTED;
	return ast_fault(l, m, LANG_CODE_SHAPE, v, "kind must be \"%s\": got \"%.*s\"", want,
	    (int)v->text.len, v->text.ptr);
}

static int parse_id(struct ast_loader *l, struct ast_module *m)
{
	const struct json *v;
	int rc = ast_need_member(l, m, &v, m->root, "module_id", JSON_STRING);

	if (rc < 0)
		return rc;
	rc = ast_check_name(l, m, AST_NAME_DOTTED, v, "module_id");
	if (rc < 0 || str_eq(v->text, m->id))
		return rc;
	if (m->is_entry)
		return ast_fault(l, m, LANG_CODE_SHAPE, v,
		    "entry module_id must be \"main\": got \"%.*s\"", (int)v->text.len,
		    v->text.ptr);
	return ast_fault(l, m, LANG_CODE_SHAPE, v,
	    "module_id mismatch in file: expected \"%.*s\" got \"%.*s\"", (int)m->id.len, m->id.ptr,
	    (int)v->text.len, v->text.ptr);
}

static void add_import(struct ast_loader *l, struct ast_module *m, struct str id)
{
	if (ast_imports(m, id) || str_eq(m->id, id))
		return;
	m->imports = ast_grow(l->arena, m->imports, m->import_count, sizeof(struct str));
	m->imports[m->import_count++] = id;
}

static int parse_imports(struct ast_loader *l, struct ast_module *m)
{
	const struct json *v;
	int rc = ast_need_member(l, m, &v, m->root, "imports", JSON_ARRAY);

	if (rc < 0)
		return rc;
	if (v->count > IMPORTS_MAX)
		return ast_fault(l, m, LANG_CODE_BUDGET_SOURCE, v,
		    "too many imports: max=%u got %u", IMPORTS_MAX, v->count);
	for (uint32_t i = 0; i < v->count; i++) {
		rc = ast_check_name(l, m, AST_NAME_DOTTED, &v->items[i], "module_id");
		if (rc < 0)
			return rc;
		if (str_eq_c(v->items[i].text, "std.brand"))
			return ast_fault(l, m, LANG_CODE_IMPORT, &v->items[i],
			    "std.brand is built in and not a module; remove it from imports");
		if (str_eq(v->items[i].text, m->id))
			return ast_fault(l, m, LANG_CODE_IMPORT, &v->items[i],
			    "cyclic import detected at module \"%.*s\"", (int)m->id.len, m->id.ptr);
		add_import(l, m, v->items[i].text);
	}
	return 0;
}

static int parse_solve(struct ast_loader *l, struct ast_module *m)
{
	m->solve = m->is_entry ? json_get(m->root, "solve") : NULL;
	if (!m->is_entry)
		return 0;
	if (m->solve == NULL)
		return ast_fault(l, m, LANG_CODE_SHAPE, m->root, "missing field: \"solve\"");
	return ast_check_expr(l, m, m->solve);
}

/* The reader is strict JSON; what cannot be an x07AST document at all gets its own message. */
static int parse_text(struct ast_loader *l, struct ast_module *m)
{
	struct json_options options = {.max_nodes = 1u << 20};
	struct json_fault f = {0};
	size_t at = strspn(m->text, " \t\r\n");

	if (m->is_entry && m->text_len > LANG_ENTRY_MAX_BYTES)
		return ast_fault(l, m, LANG_CODE_BUDGET_SOURCE, NULL,
		    "program too large: max_source_bytes=%d got %u", LANG_ENTRY_MAX_BYTES,
		    m->text_len);
	if (at >= m->text_len || m->text[at] != '{')
		return ast_fault(l, m, LANG_CODE_NOT_JSON, NULL,
		    "program must be x07AST JSON (*.x07.json); legacy S-expr is not supported");
	if (json_parse(&m->root, l->arena, m->text, m->text_len, &options, &f) < 0)
		return ast_fault_json(l, m, &f);
	return 0;
}

int ast_parse_file(struct ast_loader *l, struct ast_module *m)
{
	const struct json *decls;
	int rc = parse_text(l, m);

	l->needs_u32 = false;
	l->needs_hash = false;
	if (rc < 0)
		return rc;
	rc = parse_schema(l, m);
	if (rc < 0)
		return rc;
	rc = parse_kind(l, m);
	if (rc < 0)
		return rc;
	rc = parse_id(l, m);
	if (rc < 0)
		return rc;
	rc = parse_imports(l, m);
	if (rc < 0)
		return rc;
	rc = ast_need_member(l, m, &decls, m->root, "decls", JSON_ARRAY);
	if (rc < 0)
		return rc;
	rc = ast_parse_decls(l, m, decls);
	if (rc < 0)
		return rc;
	rc = parse_solve(l, m);
	if (rc < 0)
		return rc;
	m->meta = json_get(m->root, "meta");
	if (m->meta != NULL && m->meta->kind != JSON_OBJECT)
		m->meta = NULL;
	if (l->needs_u32)
		add_import(l, m, STR("std.u32"));
	if (l->needs_hash)
		add_import(l, m, STR("std.hash"));
	return 0;
}
