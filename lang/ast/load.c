/* SPDX-License-Identifier: MIT */
/*
 * The module graph: which file a module id names, the order of loading, cycles, and the finished
 * program. Source: docs/spec/language.md 2.
 */
#include "lang/ast/load.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/module_path.h"
#include "base/path.h"
#include "lang/ast/fault_priv.h"
#include "lang/ast/file_priv.h"
#include "lang/ast/loader_priv.h"
#include "lang/ast/program_priv.h"
#include "lang/options.h"

#include <stdlib.h>
#include <string.h>

#define MODULES_MAX 2048u            /* files of one program */
#define SOURCE_TOTAL_MAX (32u << 20) /* bytes of all files */
#define ROOTS_TEXT_MAX 1024u         /* of a message; what does not fit is left out */

/* A file that is being loaded: the chain back to the entry, for cycle detection. */
struct loading {
	struct str id;
	const struct loading *outer;
};

static int load_module(
    struct ast_loader *l, struct ast_module *importer, struct str id, const struct loading *outer);

/* Where an import stands in the file that has it; NULL for a silent one, and for no file. */
static const struct json *import_at(const struct ast_module *importer, struct str id)
{
	const struct json *imports = importer ? json_get(importer->root, "imports") : NULL;

	for (uint32_t i = 0; imports != NULL && i < imports->count; i++) {
		if (str_eq(imports->items[i].text, id))
			return &imports->items[i];
	}
	return NULL;
}

static bool has_prefix_c(struct str s, const char *prefix)
{
	return s.len >= strlen(prefix) && memcmp(s.ptr, prefix, strlen(prefix)) == 0;
}

/* The operating system modules of the standard library exist in the OS worlds only. */
static bool in_std(const struct ast_source *source, struct str id, char **path)
{
	AUTO_FREE char *candidate = NULL;

	if (source->std_root == NULL)
		return false;
	if (!source->world_is_os && (has_prefix_c(id, "std.world.") || has_prefix_c(id, "std.os.")))
		return false;
	candidate = module_path(source->std_root, id);
	if (candidate == NULL || !file_is_regular(candidate))
		return false;
	*path = TAKE(candidate);
	return true;
}

static int ambiguous(struct ast_loader *l, struct ast_module *importer, struct str id)
{
	CLEANUP(buf_clear) struct buf roots = buf_init(ROOTS_TEXT_MAX);

	for (size_t i = 0; i < l->source->root_count; i++) {
		AUTO_FREE char *path = module_path(l->source->module_roots[i], id);

		if (path != NULL && file_is_regular(path))
			buf_printf(
			    &roots, "%s\"%s\"", roots.len ? ", " : "", l->source->module_roots[i]);
	}
	return ast_fault(l, importer, LANG_CODE_IMPORT, import_at(importer, id),
	    "module \"%.*s\" is ambiguous across roots: [%s]", (int)id.len, id.ptr,
	    buf_str(&roots));
}

static int unknown(struct ast_loader *l, struct ast_module *importer, struct str id)
{
	AUTO_FREE char *path = module_path("", id);

	if (l->source->root_count == 0 || path == NULL)
		return ast_fault(l, importer, LANG_CODE_IMPORT, import_at(importer, id),
		    "unknown module: \"%.*s\"", (int)id.len, id.ptr);
	return ast_fault(l, importer, LANG_CODE_IMPORT, import_at(importer, id),
	    "unknown module: \"%.*s\" (searched: %s)", (int)id.len, id.ptr, path);
}

/* The standard library first, then the roots, of which exactly one may have it. */
static int resolve(struct ast_loader *l, struct ast_module *importer, struct ast_module *m)
{
	AUTO_FREE char *found = NULL;

	m->is_std = in_std(l->source, m->id, &found);
	for (size_t i = 0; !m->is_std && i < l->source->root_count; i++) {
		AUTO_FREE char *path = module_path(l->source->module_roots[i], m->id);

		if (path == NULL || !file_is_regular(path))
			continue;
		if (found != NULL)
			return ambiguous(l, importer, m->id);
		found = TAKE(path);
		m->is_own = l->source->whole != NULL && i < l->source->whole->own_roots;
	}
	if (found == NULL)
		return unknown(l, importer, m->id);
	m->path = arena_strndup(l->arena, found, strlen(found));
	return 0;
}

static int read_module(struct ast_loader *l, struct ast_module *importer, struct ast_module *m)
{
	CLEANUP(buf_clear) struct buf text = buf_init(LANG_MODULE_MAX_BYTES);
	struct err why = {0};

	if (file_read(&text, m->path, &why) < 0)
		return ast_fault(l, importer, LANG_CODE_IMPORT, import_at(importer, m->id),
		    "cannot read module \"%.*s\": %s", (int)m->id.len, m->id.ptr, why.message);
	l->total_bytes += text.len;
	if (l->total_bytes > SOURCE_TOTAL_MAX)
		return ast_fault(l, importer, LANG_CODE_BUDGET_SOURCE, import_at(importer, m->id),
		    "program too large: all modules together exceed %u bytes", SOURCE_TOTAL_MAX);
	m->text = arena_strndup(l->arena, buf_str(&text), text.len);
	m->text_len = (uint32_t)text.len;
	return 0;
}

/* The other files of a whole project are read in spite of a fault. */
static bool goes_on(const struct ast_loader *l, int rc)
{
	return rc == ERR_COMPILE && l->source->whole != NULL;
}

static int load_imports(struct ast_loader *l, struct ast_module *m, const struct loading *outer)
{
	struct loading here = {m->id, outer};
	int rc = 0;

	for (uint32_t i = 0; i < m->import_count; i++) {
		int one = load_module(l, m, m->imports[i], &here);

		if (one < 0 && !goes_on(l, one))
			return one;
		rc = one < 0 ? one : rc;
	}
	if (rc < 0)
		return rc;
	l->modules = /* NOLINTNEXTLINE(bugprone-sizeof-expression) */
	    ast_grow(l->arena, l->modules, l->module_count, sizeof(struct ast_module *));
	l->modules[l->module_count++] = m;
	return 0;
}

static bool is_loaded(const struct ast_loader *l, struct str id)
{
	for (uint32_t i = 0; i < l->module_count; i++) {
		if (str_eq(l->modules[i]->id, id))
			return true;
	}
	return false;
}

static bool is_loading(const struct loading *chain, struct str id)
{
	for (; chain != NULL; chain = chain->outer) {
		if (str_eq(chain->id, id))
			return true;
	}
	return false;
}

static bool has_failed(const struct ast_loader *l, struct str id)
{
	for (uint32_t i = 0; i < l->failed_count; i++) {
		if (str_eq(l->failed[i], id))
			return true;
	}
	return false;
}

static int open_module(
    struct ast_loader *l, struct ast_module *importer, struct str id, const struct loading *outer)
{
	struct ast_module *m;
	int rc;

	if (is_loading(outer, id))
		return ast_fault(l, importer, LANG_CODE_IMPORT, import_at(importer, id),
		    "cyclic import detected at module \"%.*s\"", (int)id.len, id.ptr);
	if (++l->opened > MODULES_MAX)
		return ast_fault(l, importer, LANG_CODE_BUDGET_SOURCE, import_at(importer, id),
		    "too many modules: max=%u", MODULES_MAX);
	m = arena_alloc(l->arena, sizeof(*m));
	m->id = id;
	m->is_found = importer == NULL;
	rc = resolve(l, importer, m);
	if (rc < 0)
		return rc;
	rc = read_module(l, importer, m);
	if (rc < 0)
		return rc;
	rc = ast_parse_file(l, m);
	return rc < 0 ? rc : load_imports(l, m, outer);
}

/* Depth first; the recursion is bounded by MODULES_MAX. */
static int load_module(
    struct ast_loader *l, struct ast_module *importer, struct str id, const struct loading *outer)
{
	int rc;

	if (is_loaded(l, id))
		return 0;
	if (has_failed(l, id))
		return ERR_COMPILE;
	rc = open_module(l, importer, id, outer);
	if (rc < 0 && goes_on(l, rc)) {
		l->failed = ast_grow(l->arena, l->failed, l->failed_count, sizeof(struct str));
		l->failed[l->failed_count++] = id;
	}
	return rc;
}

/* The modules of a whole project that nobody imports. */
static int load_found(struct ast_loader *l)
{
	const struct lang_whole *whole = l->source->whole;
	int rc = 0;

	for (size_t i = 0; whole != NULL && i < whole->module_count; i++) {
		const char *id = whole->modules[i];
		int one = load_module(l, NULL, (struct str){id, (uint32_t)strlen(id)}, NULL);

		if (one < 0 && one != ERR_UNSUPPORTED && !goes_on(l, one))
			return one;
		rc = one == ERR_COMPILE ? one : rc;
	}
	return rc;
}

static int load_all(struct ast_loader *l, struct ast_module *entry)
{
	int found, rc = ast_parse_file(l, entry);

	if (rc == 0)
		rc = load_imports(l, entry, NULL);
	if (rc < 0 && !goes_on(l, rc))
		return rc;
	found = load_found(l);
	return found < 0 ? found : rc;
}

/* Two files can declare one symbol when a module id is a prefix of another's. */
static int sort_fns(struct ast_loader *l)
{
	ast_fn_sort(l->fns, l->fn_count);
	for (uint32_t i = 0; i < l->fn_count; i++) {
		struct ast_fn *fn = l->fns[i];

		fn->index = i;
		if (i > 0 && str_eq(fn->name, l->fns[i - 1]->name))
			return ast_fault(l, fn->module, LANG_CODE_SHAPE, fn->decl,
			    "duplicate decl name: \"%.*s\" (also in module \"%.*s\")",
			    (int)fn->name.len, fn->name.ptr, (int)l->fns[i - 1]->module->id.len,
			    l->fns[i - 1]->module->id.ptr);
	}
	return 0;
}

static void digest(struct ast_program *p)
{
	uint8_t out[SHA256_BYTES];
	struct sha256 h;

	sha256_init(&h);
	for (uint32_t i = 0; i < p->module_count; i++) {
		const struct ast_module *m = p->modules[i];
		uint8_t is_std = m->is_std;

		sha256_add_field(&h, m->id.ptr, m->id.len);
		sha256_add_field(&h, &is_std, 1);
		sha256_add_field(&h, m->text, m->text_len);
	}
	sha256_end(&h, out);
	sha256_hex(p->graph_digest, out);
}

static int load(struct ast_program **out, struct ast_loader *l, struct ast_module *entry)
{
	struct ast_program *p = arena_alloc(l->arena, sizeof(*p));
	int rc = load_all(l, entry);

	if (rc < 0)
		return rc;
	rc = sort_fns(l);
	if (rc < 0)
		return rc;
	p->modules = l->modules;
	p->module_count = l->module_count;
	p->entry = entry;
	p->fns = l->fns;
	p->fn_count = l->fn_count;
	p->nominals = l->nominals;
	p->nominal_count = l->nominal_count;
	p->node_count = l->node_count;
	p->uses_net = l->uses_net;
	digest(p);
	*out = p;
	return 0;
}

int ast_load_text(struct ast_program **out, struct arena *arena, struct str text,
    const struct ast_source *source, struct diag_list *diags, struct err *err)
{
	struct ast_loader l = {.arena = arena, .source = source, .diags = diags, .err = err};
	struct ast_module *entry = arena_alloc(arena, sizeof(*entry));

	entry->id = STR("main");
	entry->is_entry = true;
	entry->is_own = true;
	entry->path = source->entry_path;
	entry->text = arena_strndup(arena, text.ptr, text.len);
	entry->text_len = text.len;
	return load(out, &l, entry);
}

int ast_load(struct ast_program **out, struct arena *arena, const struct ast_source *source,
    struct diag_list *diags, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(LANG_MODULE_MAX_BYTES);
	int rc = file_read(&text, source->entry_path, err);

	if (rc < 0)
		return rc;
	return ast_load_text(
	    out, arena, (struct str){buf_str(&text), (uint32_t)text.len}, source, diags, err);
}
