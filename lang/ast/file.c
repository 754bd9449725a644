/* SPDX-License-Identifier: MIT */
/* The top level of one source file, and how its faults are reported. Source: spec language 1. */
#include "lang/ast/priv.h"
#include "lang/options.h"

#include <stdio.h>
#include <string.h>

#define SCHEMA_PREFIX "x07.x07ast@0."
#define SCHEMA_OLDEST 3
#define SCHEMA_NEWEST 9

struct code_row {
	const char *code;
	const char *kind;
	enum diag_stage stage;
};

/* clang-format off */
static const struct code_row codes[] = {
#define LANG_CODE(name, code_, kind_, stage_) [CODE_##name] = {(code_), (kind_), (stage_)},
#include "lang/diag_codes.def"
#undef LANG_CODE
};
/* clang-format on */

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

static int report(struct loader *l, const struct ast_module *m, enum lang_code code,
    const char *message, const struct json *at, uint32_t offset)
{
	CLEANUP(buf_clear) struct buf pointer = buf_init(FAULT_TEXT_MAX);
	CLEANUP(buf_clear) struct buf text = buf_init((size_t)2 * FAULT_TEXT_MAX);
	struct diag d = {.severity = DIAG_ERROR, .stage = codes[code].stage};

	buf_puts(&pointer, "");
	if (at != NULL)
		json_pointer(&pointer, at);
	buf_printf(&text, "%s: ", codes[code].kind);
	add_prefix(&text, m);
	buf_puts(&text, message);
	if (pointer.len > 0)
		buf_printf(&text, " at %s", pointer.data);
	d.code = codes[code].code;
	d.message = text.data;
	d.ptr = pointer.data ? pointer.data : "";
	d.file = m ? m->path : NULL;
	if (m != NULL)
		json_position(m->text, m->text_len, offset, &d.line, &d.column);
	diag_add(l->diags, &d);
	(void)err_set(l->err, ERR_COMPILE, "%s", text.data);
	return ERR_COMPILE;
}

int fault(struct loader *l, const struct ast_module *module, enum lang_code code,
    const struct json *at, const char *fmt, ...)
{
	char message[FAULT_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return report(l, module, code, message, at, at ? at->offset : 0);
}

int fault_json(struct loader *l, const struct ast_module *module, const struct json_fault *f)
{
	char message[256];

	(void)snprintf(message, sizeof(message), "not JSON: %s", f->message);
	return report(l, module, CODE_NOT_JSON, message, NULL, f->offset);
}

void *vec_grow(struct arena *a, void *items, uint32_t count, size_t size)
{
	void *bigger;

	if ((count & (count - 1)) != 0 || count == 1) /* room is left up to the next power of two */
		return items;
	bigger = arena_alloc(a, (count ? (size_t)count * 2 : 2) * size);
	if (count > 0)
		memcpy(bigger, items, count * size);
	return bigger;
}

int need_string(struct loader *l, const struct ast_module *m, struct str *out, const struct json *v,
    const char *what)
{
	if (v->kind != JSON_STRING) {
		(void)fault(l, m, CODE_SHAPE, v, "%s must be a string", what);
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

int need_member(struct loader *l, const struct ast_module *m, const struct json **out,
    const struct json *object, const char *name, enum json_kind kind)
{
	const struct json *v = json_get(object, name);

	if (v != NULL && v->kind == kind) {
		*out = v;
		return 0;
	}
	if (object->kind != JSON_OBJECT)
		(void)fault(l, m, CODE_SHAPE, object, "expected an object");
	else if (v == NULL)
		(void)fault(l, m, CODE_SHAPE, object, "missing field: \"%s\"", name);
	else
		(void)fault(l, m, CODE_SHAPE, v, "\"%s\" must be %s", name, with_article(kind));
	return ERR_COMPILE;
}

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

static int parse_schema(struct loader *l, struct ast_module *m)
{
	const struct json *v;
	int rc = need_member(l, m, &v, m->root, "schema_version", JSON_STRING);

	if (rc < 0)
		return rc;
	m->schema_minor = schema_minor(v->text);
	if (m->schema_minor >= SCHEMA_OLDEST && m->schema_minor <= SCHEMA_NEWEST)
		return 0;
	return fault(l, m, CODE_SCHEMA, v,
	    "unsupported schema_version: got \"%.*s\" (supported: x07.x07ast@0.3.0, "
	    "x07.x07ast@0.4.0, x07.x07ast@0.5.0, x07.x07ast@0.6.0, x07.x07ast@0.7.0, "
	    "x07.x07ast@0.8.0, x07.x07ast@0.9.0) (hint: %s)",
	    (int)v->text.len, v->text.ptr,
	    m->schema_minor > SCHEMA_NEWEST
		? "update the x07 toolchain"
		: "upgrade the dependency package that holds this file");
}

static int parse_kind(struct loader *l, struct ast_module *m)
{
	const char *want = m->is_entry ? "entry" : "module";
	const struct json *v;
	int rc = need_member(l, m, &v, m->root, "kind", JSON_STRING);

	if (rc < 0)
		return rc;
	if (str_eq_c(trimmed(v->text), want))
		return 0;
	return fault(l, m, CODE_SHAPE, v, "kind must be \"%s\": got \"%.*s\"", want,
	    (int)v->text.len, v->text.ptr);
}

static int parse_id(struct loader *l, struct ast_module *m)
{
	const struct json *v;
	int rc = need_member(l, m, &v, m->root, "module_id", JSON_STRING);

	if (rc == 0)
		rc = check_name(l, m, NAME_DOTTED, v, "module_id");
	if (rc < 0 || str_eq(v->text, m->id))
		return rc;
	if (m->is_entry)
		return fault(l, m, CODE_SHAPE, v, "entry module_id must be \"main\": got \"%.*s\"",
		    (int)v->text.len, v->text.ptr);
	return fault(l, m, CODE_SHAPE, v,
	    "module_id mismatch in file: expected \"%.*s\" got \"%.*s\"", (int)m->id.len, m->id.ptr,
	    (int)v->text.len, v->text.ptr);
}

static void add_import(struct loader *l, struct ast_module *m, struct str id)
{
	if (ast_imports(m, id) || str_eq(m->id, id))
		return;
	m->imports = vec_grow(l->arena, m->imports, m->import_count, sizeof(struct str));
	m->imports[m->import_count++] = id;
}

static int parse_imports(struct loader *l, struct ast_module *m)
{
	const struct json *v;
	int rc = need_member(l, m, &v, m->root, "imports", JSON_ARRAY);

	if (rc == 0 && v->count > IMPORTS_MAX)
		rc = fault(
		    l, m, CODE_BUDGET, v, "too many imports: max=%u got %u", IMPORTS_MAX, v->count);
	for (uint32_t i = 0; rc == 0 && i < v->count; i++) {
		rc = check_name(l, m, NAME_DOTTED, &v->items[i], "module_id");
		if (rc == 0 && str_eq_c(v->items[i].text, "std.brand"))
			rc = fault(l, m, CODE_IMPORT, &v->items[i],
			    "std.brand is built in and not a module; remove it from imports");
		if (rc == 0 && str_eq(v->items[i].text, m->id))
			rc = fault(l, m, CODE_IMPORT, &v->items[i],
			    "cyclic import detected at module \"%.*s\"", (int)m->id.len, m->id.ptr);
		if (rc == 0)
			add_import(l, m, v->items[i].text);
	}
	return rc;
}

static int parse_solve(struct loader *l, struct ast_module *m)
{
	m->solve = m->is_entry ? json_get(m->root, "solve") : NULL;
	if (!m->is_entry)
		return 0;
	if (m->solve == NULL)
		return fault(l, m, CODE_SHAPE, m->root, "missing field: \"solve\"");
	return check_expr(l, m, m->solve);
}

/* The reader is strict JSON; what cannot be an x07AST document at all gets its own message. */
static int parse_text(struct loader *l, struct ast_module *m)
{
	struct json_options options = {.max_nodes = 1u << 20};
	struct json_fault f = {0};
	size_t at = strspn(m->text, " \t\r\n");

	if (m->is_entry && m->text_len > LANG_ENTRY_MAX_BYTES)
		return fault(l, m, CODE_BUDGET, NULL,
		    "program too large: max_source_bytes=%d got %u", LANG_ENTRY_MAX_BYTES,
		    m->text_len);
	if (at >= m->text_len || m->text[at] != '{')
		return fault(l, m, CODE_NOT_JSON, NULL,
		    "program must be x07AST JSON (*.x07.json); legacy S-expr is not supported");
	if (json_parse(&m->root, l->arena, m->text, m->text_len, &options, &f) < 0)
		return fault_json(l, m, &f);
	return 0;
}

int parse_file(struct loader *l, struct ast_module *m)
{
	const struct json *decls;
	int rc = parse_text(l, m);

	l->needs_u32 = false;
	l->needs_hash = false;
	if (rc == 0)
		rc = parse_schema(l, m);
	if (rc == 0)
		rc = parse_kind(l, m);
	if (rc == 0)
		rc = parse_id(l, m);
	if (rc == 0)
		rc = parse_imports(l, m);
	if (rc == 0)
		rc = need_member(l, m, &decls, m->root, "decls", JSON_ARRAY);
	if (rc == 0)
		rc = parse_decls(l, m, decls);
	if (rc == 0)
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
