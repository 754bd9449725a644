/* SPDX-License-Identifier: MIT */
/*
 * The entry of a test: the function that its module declares, and the program that calls it. The
 * files are the user's; whether they are right is the compiler's business, here only the kind of a
 * declaration is looked up.
 */
#include "cmd/test/entry.h"

#include "base/file.h"
#include "base/json.h"
#include "base/module_path.h"
#include "cmd/test/codes.h"

#include <stdlib.h>
#include <string.h>

#define AST_VERSION "x07.x07ast@0.8.0"

/* A module that was read: entries of tests that follow one another are often of one module. */
struct module {
	const char *id; /* borrowed; NULL = none yet */
	struct arena arena;
	struct buf text;
	const struct json *root; /* NULL: there is none, or it is not JSON */
};

static void module_clear(struct module *m)
{
	arena_clear(&m->arena);
	buf_clear(&m->text);
}

static void module_read(struct module *m, const char *id, const struct run_paths *roots)
{
	struct json_fault fault;
	struct err err = {0};

	module_clear(m);
	*m = (struct module){.id = id, .text = buf_init(LANG_MODULE_MAX_BYTES)};
	arena_init(&m->arena, (size_t)512 << 20);
	for (size_t i = 0; i < roots->count; i++) {
		AUTO_FREE char *path = module_path(roots->items[i], str_c(id));

		if (path == NULL || !file_is_regular(path))
			continue;
		if (file_read(&m->text, path, &err) < 0 ||
		    json_parse(&m->root, &m->arena, buf_str(&m->text), m->text.len, NULL, &fault) <
			0)
			m->root = NULL;
		return;
	}
}

static const struct json *find_decl(const struct json *root, const char *name)
{
	const struct json *decls = root != NULL ? json_get(root, "decls") : NULL;

	if (decls == NULL || decls->kind != JSON_ARRAY)
		return NULL;
	for (uint32_t i = 0; i < decls->count; i++) {
		const struct json *d = &decls->items[i];
		const struct json *kind = json_get(d, "kind");

		if (kind == NULL || (!json_is(kind, "defn") && !json_is(kind, "defasync")))
			continue;
		if (json_get(d, "name") != NULL && json_is(json_get(d, "name"), name))
			return d;
	}
	return NULL;
}

static void take_decl(struct test_case *test, const struct json *decl)
{
	const struct json *result = json_get(decl, "result");

	test->is_async = json_is(json_get(decl, "kind"), "defasync");
	test->async_result =
	    result != NULL && json_is(result, "result_bytes") ? "result_bytes" : "bytes";
}

static int by_module(const void *a, const void *b)
{
	const struct test_case *const *x = a, *const *y = b;

	return strcmp((*x)->module, (*y)->module);
}

static void add_missing(
    struct diag_list *diags, const struct test_manifest *manifest, const struct test_case *test)
{
	diag_add(diags,
	    &(struct diag){.severity = DIAG_ERROR,
		.stage = DIAG_PARSE,
		.what = TEST_CODE(ENTRY_INVALID),
		.file = manifest->path,
		.ptr = test->entry,
		.message = "no module of the module roots declares this as defn or defasync"});
}

int test_entry_find_all(struct test_manifest *manifest, const struct run_paths *roots,
    struct diag_list *diags, struct err *err)
{
	CLEANUP(module_clear) struct module module = {0};
	AUTO_FREE struct test_case **order =
	    base_calloc(manifest->count + 1, sizeof(struct test_case *));

	for (size_t i = 0; i < manifest->count; i++)
		order[i] = &manifest->items[i];
	qsort(order, manifest->count, sizeof(*order), by_module); /* each module is read once */
	for (size_t i = 0; i < manifest->count; i++) {
		const struct json *decl;

		if (module.id == NULL || strcmp(module.id, order[i]->module) != 0)
			module_read(&module, order[i]->module, roots);
		decl = find_decl(module.root, order[i]->entry);
		if (decl != NULL)
			take_decl(order[i], decl);
		else
			add_missing(diags, manifest, order[i]);
	}
	return diags->errors == 0
		   ? 0
		   : err_set(err, ERR_FORMAT, "%s: %u faults", manifest->path, diags->errors);
}

/* ---- the driver ---- */

static void call_one(struct jsonw *w, const char *head, const char *argument)
{
	jsonw_array(w);
	jsonw_string(w, head);
	if (argument != NULL)
		jsonw_string(w, argument);
	jsonw_end_array(w);
}

/* ["let",NAME, ... which the caller ends. */
static void begin_let(struct jsonw *w, const char *name)
{
	jsonw_array(w);
	jsonw_string(w, "let");
	jsonw_string(w, name);
}

static void join_result(struct jsonw *w)
{
	begin_let(w, "out");
	call_one(w, "task.join.result_bytes", "task");
	jsonw_end_array(w);
	jsonw_array(w);
	jsonw_string(w, "if");
	call_one(w, "result_bytes.is_ok", "out");
	call_one(w, "std.test.status_ok", NULL);
	jsonw_array(w);
	jsonw_string(w, "std.test.status_fail");
	call_one(w, "result_bytes.err_code", "out");
	jsonw_end_array(w);
	jsonw_end_array(w);
}

static void solve_async(struct jsonw *w, const struct test_case *test)
{
	jsonw_array(w);
	jsonw_string(w, "begin");
	begin_let(w, "task");
	call_one(w, test->entry, NULL);
	jsonw_end_array(w);
	call_one(w, "task.spawn", "task");
	if (test->returns == TEST_RETURNS_RESULT) {
		jsonw_array(w);
		jsonw_string(w, "std.test.status_from_result_i32");
		call_one(w, "await", "task");
		jsonw_end_array(w);
	} else if (strcmp(test->async_result, "result_bytes") == 0) {
		join_result(w);
	} else {
		begin_let(w, "out");
		call_one(w, "await", "task");
		jsonw_end_array(w);
		jsonw_string(w, "out");
	}
	jsonw_end_array(w);
}

static void solve(struct jsonw *w, const struct test_case *test)
{
	if (test->is_async) {
		solve_async(w, test);
		return;
	}
	if (test->returns == TEST_RETURNS_STATUS) {
		call_one(w, test->entry, NULL);
		return;
	}
	jsonw_array(w);
	jsonw_string(w, "std.test.status_from_result_i32");
	call_one(w, test->entry, NULL);
	jsonw_end_array(w);
}

void test_entry_driver(struct buf *out, const struct test_case *test)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_object(&w);
	jsonw_key(&w, "decls");
	jsonw_array(&w);
	jsonw_end_array(&w);
	jsonw_key(&w, "imports");
	jsonw_array(&w);
	if (strcmp(test->module, "std.test") < 0)
		jsonw_string(&w, test->module);
	jsonw_string(&w, "std.test");
	if (strcmp(test->module, "std.test") > 0)
		jsonw_string(&w, test->module);
	jsonw_end_array(&w);
	jsonw_kv_string(&w, "kind", "entry");
	jsonw_kv_string(&w, "module_id", "main");
	jsonw_kv_string(&w, "schema_version", AST_VERSION);
	jsonw_key(&w, "solve");
	solve(&w, test);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}
