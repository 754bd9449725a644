/* SPDX-License-Identifier: MIT */
/*
 * Reads the manifest of the tests and finds all its faults at once. Fields that nobody knows are
 * ignored, as the format says. What an entry is declared as: cmd/test/entry.c.
 */
#include "cmd/test/manifest.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/json.h"
#include "base/path.h"
#include "cmd/test/codes.h"

#include <stdlib.h>
#include <string.h>

#define TESTS_MAX 20000u
#define INPUTS_MAX ((size_t)256 << 20) /* of all tests together */
#define INPUT_MAX ((size_t)64 << 20)

/* A manifest while it is read. */
struct reading {
	struct test_manifest *m;
	struct diag_list *diags;
	bool old; /* version 0.1.0 */
	const struct json *at;
	struct test_case *test;
	bool known_world;
};

static void fault(struct reading *r, const struct code *code, const struct json *value,
    const char *field, const char *message)
{
	CLEANUP(buf_clear) struct buf pointer = buf_init(1u << 16);
	struct diag d = {.severity = DIAG_ERROR,
	    .stage = DIAG_PARSE,
	    .what = code,
	    .file = r->m->path,
	    .message = message};

	/* Past the maximum a fault is only counted: its place would be looked for in vain. */
	if (value != NULL && r->diags->count < DIAG_LIST_MAX) {
		json_pointer(&pointer, value);
		json_position(r->m->text.data, r->m->text.len, value->offset, &d.line, &d.column);
	}
	if (field != NULL)
		buf_printf(&pointer, "/%s", field);
	d.ptr = buf_str(&pointer);
	diag_add(r->diags, &d);
}

/* A fault of a field, whether it is there or missing. */
static void field_fault(
    struct reading *r, const struct code *code, const char *field, const char *message)
{
	const struct json *v = json_get(r->at, field);

	if (v != NULL)
		fault(r, code, v, NULL, message);
	else
		fault(r, code, r->at, field, message);
}

/* A text that holds no NUL, in the arena; NULL when absent or none. */
static const char *text_of(struct reading *r, const char *field, const struct code *code)
{
	const struct json *v = json_get(r->at, field);

	if (v == NULL)
		return NULL;
	if (v->kind != JSON_STRING || memchr(v->text.ptr, '\0', v->text.len) != NULL) {
		fault(r, code, v, NULL, "must be a text");
		return NULL;
	}
	return arena_strndup(&r->m->arena, v->text.ptr, v->text.len);
}

static void read_id(struct reading *r)
{
	const struct json *v = json_get(r->at, "id");

	r->test->id = "";
	if (v == NULL || v->kind != JSON_STRING || v->text.len == 0) {
		field_fault(r, TEST_CODE(ID_EMPTY), "id", "a test needs an id");
		return;
	}
	for (uint32_t i = 0; i < v->text.len; i++) {
		if (v->text.ptr[i] < 0x20 || v->text.ptr[i] > 0x7e) {
			fault(r, TEST_CODE(ID_NON_ASCII), v, NULL,
			    "an id is printable ASCII, from space to '~'");
			return;
		}
	}
	r->test->id = arena_strndup(&r->m->arena, v->text.ptr, v->text.len);
}

static void read_entry(struct reading *r)
{
	const char *entry = text_of(r, "entry", TEST_CODE(ENTRY_INVALID));
	const char *dot = entry != NULL ? strrchr(entry, '.') : NULL;

	r->test->entry = r->test->module = "";
	if (dot == NULL || dot == entry || dot[1] == '\0') {
		if (entry != NULL || json_get(r->at, "entry") == NULL)
			field_fault(r, TEST_CODE(ENTRY_INVALID), "entry",
			    "an entry is MODULE.FUNCTION, with a dot");
		return;
	}
	r->test->entry = entry;
	r->test->module = arena_strndup(&r->m->arena, entry, (size_t)(dot - entry));
}

static void read_world(struct reading *r)
{
	const char *world = text_of(r, "world", TEST_CODE(WORLD_INVALID));

	r->known_world = world != NULL && lang_world_parse(&r->test->world, world);
	if (!r->known_world && (world != NULL || json_get(r->at, "world") == NULL))
		field_fault(r, TEST_CODE(WORLD_INVALID), "world",
		    "a world is solve-pure, solve-fs, solve-rr, solve-kv, solve-full, run-os or "
		    "run-os-sandboxed");
}

/* One of the words, or the default when absent. */
static int word_of(struct reading *r, const char *field, const char *const words[3],
    const struct code *code, const char *message)
{
	const struct json *v = json_get(r->at, field);

	if (v == NULL)
		return 0;
	for (int i = 0; i < 3 && words[i] != NULL; i++) {
		if (json_is(v, words[i]))
			return i;
	}
	fault(r, code, v, NULL, message);
	return 0;
}

static void read_words(struct reading *r)
{
	static const char *const expects[3] = {"pass", "fail", "skip"};
	static const char *const results[3] = {"result_i32", "bytes_status_v1", NULL};
	int expect = word_of(r, "expect", expects, TEST_CODE(EXPECT_INVALID),
	    "an expectation is pass, fail or skip");
	int returns = word_of(r, "returns", results, TEST_CODE(RETURNS_INVALID),
	    "a test returns result_i32 or bytes_status_v1");

	r->test->expect = (enum test_expect)expect;
	r->test->returns = (enum test_returns)returns;
}

static uint64_t number_of(struct reading *r, const char *field, const struct code *code)
{
	const struct json *v = json_get(r->at, field);

	if (v == NULL)
		return 0;
	if (v->kind == JSON_INT && v->integer > 0)
		return (uint64_t)v->integer;
	fault(r, code, v, NULL, "must be a number from 1");
	return 0;
}

/* Not absolute, no backslash, and no part that is "." or ".."; "" is the folder itself. */
static bool is_inside(const char *path)
{
	if (path[0] == '/' || strchr(path, '\\') != NULL)
		return false;
	for (const char *p = path; *p != '\0';) {
		size_t len = strcspn(p, "/");

		if ((len == 1 && p[0] == '.') || (len == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		p += len;
		p += strspn(p, "/");
	}
	return true;
}

/* The path of a field, absolute in the arena; NULL when absent or refused. */
static const char *path_of(struct reading *r, const char *field, const struct code *unsafe)
{
	const char *text = text_of(r, field, unsafe);

	if (text == NULL)
		return NULL;
	if (!is_inside(text)) {
		field_fault(r, unsafe, field, "a path stays below the folder of the manifest");
		return NULL;
	}
	return arena_printf(&r->m->arena, "%s/%s", r->m->dir, text);
}

static void take_input(struct reading *r, const struct buf *bytes)
{
	r->test->input.ptr = arena_strndup(&r->m->inputs, buf_str(bytes), bytes->len);
	r->test->input.len = (uint32_t)bytes->len;
	if (r->test->input.ptr == NULL)
		field_fault(
		    r, TEST_CODE(INPUT_READ), "input_path", "the inputs together are too large");
}

static void read_input(struct reading *r)
{
	const struct json *b64 = json_get(r->at, "input_b64");
	const struct json *file = json_get(r->at, "input_path");
	const struct json *first = b64 != NULL ? b64 : file;
	CLEANUP(buf_clear) struct buf bytes = buf_init(INPUT_MAX);
	const char *path;
	struct err err = {0};

	if (first == NULL)
		return;
	if (r->old)
		fault(r, TEST_CODE(INPUT_OLD), first, NULL, "inputs came with version 0.2.0");
	if (r->known_world && r->test->world >= LANG_RUN_OS)
		fault(r, TEST_CODE(INPUT_WORLD), first, NULL, "only a solve world has an input");
	if (b64 != NULL && file != NULL)
		fault(r, TEST_CODE(INPUT_CONFLICT), file, NULL,
		    "give input_b64 or input_path, not both");
	if (b64 != NULL) {
		if (b64->kind != JSON_STRING ||
		    !buf_add_base64_decoded(&bytes, b64->text.ptr, b64->text.len))
			fault(r, TEST_CODE(INPUT_B64), b64, NULL, "this is not base64");
		take_input(r, &bytes);
		return;
	}
	path = path_of(r, "input_path", TEST_CODE(INPUT_UNSAFE));
	if (path == NULL)
		return;
	if (!file_is_regular(path) || file_read(&bytes, path, &err) < 0)
		fault(r, TEST_CODE(INPUT_READ), file, NULL, "this is no file that can be read");
	take_input(r, &bytes);
}

static void read_fixture(struct reading *r)
{
	bool wanted = r->test->world >= LANG_SOLVE_FS && r->test->world <= LANG_SOLVE_FULL;
	const struct json *v = json_get(r->at, "fixture_root");

	if (!r->known_world)
		return;
	if (v == NULL) {
		if (wanted)
			field_fault(r, TEST_CODE(FIXTURE_REQUIRED), "fixture_root",
			    "this world wants a fixture_root");
		return;
	}
	if (!wanted) {
		fault(r, TEST_CODE(FIXTURE_FORBIDDEN), v, NULL, "this world has no fixtures");
		return;
	}
	r->test->fixture_root = path_of(r, "fixture_root", TEST_CODE(FIXTURE_UNSAFE));
	if (r->test->fixture_root != NULL && !file_is_directory(r->test->fixture_root))
		fault(r, TEST_CODE(FIXTURE_MISSING), v, NULL, "there is no such folder");
}

static void read_policy(struct reading *r)
{
	bool wanted = r->test->world == LANG_RUN_OS_SANDBOXED;
	const struct json *v = json_get(r->at, "policy_json");

	if (!r->known_world)
		return;
	if (v == NULL) {
		if (wanted)
			field_fault(r, TEST_CODE(POLICY_REQUIRED), "policy_json",
			    "run-os-sandboxed wants a policy_json");
		return;
	}
	if (!wanted) {
		fault(
		    r, TEST_CODE(POLICY_FORBIDDEN), v, NULL, "only run-os-sandboxed has a policy");
		return;
	}
	r->test->policy = path_of(r, "policy_json", TEST_CODE(POLICY_UNSAFE));
	if (r->test->policy != NULL && !file_is_regular(r->test->policy))
		fault(r, TEST_CODE(POLICY_MISSING), v, NULL, "there is no such file");
}

static bool is_true(const struct json *v)
{
	return v != NULL && v->kind == JSON_TRUE;
}

static void read_test(struct reading *r, const struct json *at, struct test_case *test)
{
	r->at = at;
	r->test = test;
	if (at->kind != JSON_OBJECT) {
		fault(r, TEST_CODE(MANIFEST_JSON), at, NULL, "a test is an object");
		return;
	}
	read_id(r);
	read_entry(r);
	read_world(r);
	read_words(r);
	test->is_property = json_get(at, "pbt") != NULL;
	test->wants_evidence = is_true(json_get(at, "sandbox_smoke")) ||
			       is_true(json_get(at, "require_runtime_attestation")) ||
			       json_get(at, "required_capsules") != NULL;
	test->timeout_ms = number_of(r, "timeout_ms", TEST_CODE(TIMEOUT));
	test->solve_fuel = number_of(r, "solve_fuel", TEST_CODE(SOLVE_FUEL));
	read_input(r);
	read_fixture(r);
	read_policy(r);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct test_case *)a)->id, ((const struct test_case *)b)->id);
}

static void find_duplicates(struct reading *r, const struct json *tests)
{
	struct test_case *items = r->m->items;

	qsort(items, r->m->count, sizeof(*items), by_id);
	for (size_t i = 1; i < r->m->count; i++) {
		CLEANUP(buf_clear) struct buf text = buf_init(4096);

		if (items[i].id[0] == '\0' || strcmp(items[i].id, items[i - 1].id) != 0)
			continue;
		buf_printf(&text, "the id %.200s is there twice", items[i].id);
		fault(r, TEST_CODE(ID_DUPLICATE), tests, NULL, buf_str(&text));
	}
}

static void read_root(struct reading *r, const struct json *root, bool allow_empty)
{
	const struct json *version = json_get(root, "schema_version");
	const struct json *tests = json_get(root, "tests");

	r->old = version != NULL && json_is(version, "x07.tests_manifest@0.1.0");
	if (root->kind != JSON_OBJECT) {
		fault(r, TEST_CODE(MANIFEST_JSON), root, NULL, "a manifest is an object");
		return;
	}
	if (!r->old && (version == NULL || !json_is(version, "x07.tests_manifest@0.2.0")))
		fault(r, TEST_CODE(SCHEMA_VERSION), version != NULL ? version : root,
		    version != NULL ? NULL : "schema_version",
		    "must be x07.tests_manifest@0.2.0 or @0.1.0");
	if (tests == NULL || tests->kind != JSON_ARRAY) {
		fault(r, TEST_CODE(MANIFEST_JSON), tests != NULL ? tests : root,
		    tests != NULL ? NULL : "tests", "must be an array of tests");
		return;
	}
	if (tests->count > TESTS_MAX) {
		fault(r, TEST_CODE(MANIFEST_JSON), tests, NULL,
		    "a manifest holds at most 20000 tests");
		return;
	}
	if (tests->count == 0 && !allow_empty)
		fault(r, TEST_CODE(TESTS_EMPTY), tests, NULL, "there is no test");
	r->m->items = arena_alloc(&r->m->arena, (tests->count + 1) * sizeof(*r->m->items));
	r->m->count = tests->count;
	for (uint32_t i = 0; i < tests->count; i++) {
		r->m->items[i] = (struct test_case){.id = "", .entry = "", .module = ""};
		read_test(r, &tests->items[i], &r->m->items[i]);
	}
	find_duplicates(r, tests);
}

static int by_pointer(const void *a, const void *b)
{
	const struct diag *x = a, *y = b;
	int order = strcmp(x->ptr != NULL ? x->ptr : "", y->ptr != NULL ? y->ptr : "");

	if (order == 0)
		order = x->what < y->what ? -1 : x->what > y->what;
	return order != 0 ? order : strcmp(x->message, y->message);
}

int test_manifest_find(char **out, const char *path, struct err *err)
{
	AUTO_FREE char *dir = NULL;
	int rc = path_absolute(&dir, ".", err);

	if (rc < 0)
		return rc;
	for (;;) {
		AUTO_FREE char *found = path_join(dir, path);
		char *up;

		if (path[0] == '/' || file_is_regular(found))
			return path_absolute(out, found, err);
		if (strcmp(dir, "/") == 0)
			break;
		up = path_dirname(dir);
		base_free_ptr(&dir);
		dir = up;
	}
	return path_absolute(out, path, err);
}

static int load(struct reading *r, bool allow_empty, struct err *err)
{
	const struct json *root = NULL;
	struct json_fault bad = {0};

	if (file_read(&r->m->text, r->m->path, err) < 0) {
		fault(r, TEST_CODE(MANIFEST_IO), NULL, NULL, err->message);
		return ERR_FORMAT;
	}
	if (json_parse(&root, &r->m->arena, buf_str(&r->m->text), r->m->text.len, NULL, &bad) < 0) {
		fault(r, TEST_CODE(MANIFEST_JSON), NULL, NULL, bad.message);
		return ERR_FORMAT;
	}
	read_root(r, root, allow_empty);
	return r->diags->errors > 0 ? ERR_FORMAT : 0;
}

int test_manifest_load(struct test_manifest *out, const char *path, bool allow_empty,
    struct diag_list *diags, struct err *err)
{
	struct reading r = {.m = out, .diags = diags};

	out->text = buf_init(TEST_MANIFEST_MAX);
	arena_init(&out->arena, 0); /* the text is bounded, and the number of tests */
	arena_init(&out->inputs, INPUTS_MAX);
	out->path = base_strdup(path);
	out->dir = path_dirname(path);
	if (load(&r, allow_empty, err) == 0)
		return 0;
	qsort(diags->items, diags->count, sizeof(*diags->items), by_pointer);
	return err_set(err, ERR_FORMAT, "%s: %u faults", path, diags->errors);
}

void test_manifest_clear(struct test_manifest *manifest)
{
	arena_clear(&manifest->arena);
	arena_clear(&manifest->inputs);
	buf_clear(&manifest->text);
	base_free_ptr(&manifest->path);
	base_free_ptr(&manifest->dir);
}
