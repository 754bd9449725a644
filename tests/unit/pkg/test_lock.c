/* SPDX-License-Identifier: MIT */
/* x07.lock.json: reading, comparing with the manifest, comparing with the files. */
#include "pkg/lock.h"
#include "tests/support/support.h"

#include "base/hash.h"
#include "pkg/lock_verify.h"

#include <string.h>

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DEP(name, version, path)                                                                   \
	"{\"name\":\"" name "\",\"version\":\"" version "\",\"path\":\"" path                      \
	"\",\"package_manifest_sha256\":\"" HASH "\",\"module_root\":\"modules\","                 \
	"\"modules_sha256\":{\"m.a\":\"" HASH "\"}}"
#define V3(deps) "{\"schema_version\":\"x07.lock@0.3.0\",\"dependencies\":[" deps "]}"

static int parse(struct pkg_lock *lock, const char *text, struct diag_list *diags, struct err *err)
{
	return pkg_lock_parse(lock, text, strlen(text), "l.json", diags, err);
}

START_TEST(lock_is_read_with_every_field)
{
	static const char text[] =
	    "{\"schema_version\":\"x07.lock@0.4.0\",\"toolchain\":{\"x07_version\":\"1.2.3\","
	    "\"x07c_version\":\"1.2.3\",\"lang_id\":\"x07-core@0.2.0\",\"compat\":\"0.5\"},"
	    "\"registry\":{\"index_url\":\"sparse+https://registry.example/index/\"},"
	    "\"dependencies\":[{\"name\":\"a\",\"version\":\"1.0.0\",\"path\":\"p\","
	    "\"package_manifest_sha256\":\"" HASH "\",\"module_root\":\"modules\","
	    "\"modules_sha256\":{\"m.a\":\"" HASH "\",\"m.b\":\"" HASH "\"},"
	    "\"overridden_by\":\"a\",\"yanked\":true,\"advisories\":[]}]}";
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_lock_clear) struct pkg_lock lock = {0};
	struct err err = {0};

	ck_rc(parse(&lock, text, &diags, &err), 0, &err);
	ck_assert_str_eq(lock.index_url, "sparse+https://registry.example/index/");
	ck_assert_str_eq(lock.compat, "0.5");
	ck_assert_uint_eq(lock.count, 1);
	ck_assert_str_eq(lock.entries[0].overridden_by, "a");
	ck_assert(lock.entries[0].yanked);
	ck_assert_uint_eq(lock.entries[0].module_count, 2);
	ck_assert_str_eq(lock.entries[0].modules[1].id, "m.b");
	ck_assert_str_eq(lock.entries[0].modules[1].sha256, HASH);
}
END_TEST

START_TEST(lock_of_older_versions_is_read)
{
	static const char *const texts[] = {V3(""), V3(DEP("a", "1", "p")),
	    "{\"schema_version\":\"x07.lock@0.2.0\",\"dependencies\":[]}"};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_lock_clear) struct pkg_lock lock = {0};
	struct err err = {0};

	ck_rc(parse(&lock, texts[_i], &diags, &err), 0, &err);
	ck_assert_ptr_null(lock.index_url);
}
END_TEST

/* clang-format off */
static const struct {
	const char *text, *code, *ptr, *message;
} faults[] = {
	{ "", "X07LOCK_PARSE", NULL, "not a JSON document" },
	{ "{\"a\":", "X07LOCK_PARSE", NULL, "not a JSON document" },
	{ "[]", "X07LOCK_PARSE", "", "must be an object" },
	{ "{}", "X07LOCK_SCHEMA", "", "missing field `schema_version`" },
	{ "{\"schema_version\":\"x07.lock@0.5.0\"}", "X07LOCK_SCHEMA", "/schema_version", "unsupported" },
	{ "{\"schema_version\":4}", "X07LOCK_SCHEMA", "/schema_version", "must be a string" },
	{ "{\"schema_version\":\"x07.lock@0.4.0\",\"dependencies\":[]}", "X07LOCK_SCHEMA", "", "missing field `toolchain`" },
	{ "{\"schema_version\":\"x07.lock@0.4.0\",\"dependencies\":[]}", "X07LOCK_SCHEMA", "", "missing field `registry`" },
	{ "{\"schema_version\":\"x07.lock@0.4.0\",\"toolchain\":1,\"registry\":{}}", "X07LOCK_SCHEMA", "/toolchain", "must be an object" },
	{ "{\"schema_version\":\"x07.lock@0.3.0\"}", "X07LOCK_PARSE", "", "missing field `dependencies`" },
	{ "{\"schema_version\":\"x07.lock@0.3.0\",\"dependencies\":{}}", "X07LOCK_PARSE", "/dependencies", "must be an array" },
	{ V3("1"), "X07LOCK_PARSE", "/dependencies/0", "must be an object" },
	{ V3("{}"), "X07LOCK_PARSE", "/dependencies/0", "missing field `module_root`" },
	{ V3(DEP("a", "1", "../p")), "X07LOCK_PARSE", "/dependencies/0/path", "must not contain" },
	{ V3("{\"package_manifest_sha256\":\"AB\"}"), "X07LOCK_PARSE", "/dependencies/0/package_manifest_sha256", "64 lower-case" },
	{ V3("{\"modules_sha256\":{\"m\":\"x\"}}"), "X07LOCK_PARSE", "/dependencies/0/modules_sha256/m", "64 lower-case" },
	{ V3("{\"modules_sha256\":{\"\":\"" HASH "\"}}"), "X07LOCK_PARSE", "/dependencies/0/modules_sha256/", "bad module id" },
	{ V3("{\"yanked\":1}"), "X07LOCK_PARSE", "/dependencies/0/yanked", "true or false" },
	{ V3("{\"name\":\"a\",\"name\":\"b\"}"), "X07LOCK_PARSE", "/dependencies/0/name", "there twice" },
};
/* clang-format on */

START_TEST(lock_fault_has_code_and_pointer)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct pkg_lock lock = {.path = "untouched"};
	struct err err = {0};
	bool found = false;

	ck_rc(parse(&lock, faults[_i].text, &diags, &err), ERR_FORMAT, &err);
	ck_assert_str_eq(lock.path, "untouched");
	ck_assert_str_eq(err_shown(&err), faults[_i].code);
	for (uint32_t i = 0; i < diags.count; i++) {
		const struct diag *d = &diags.items[i];

		found = found || (strcmp(d->what->id, faults[_i].code) == 0 && d->line > 0 &&
				     strstr(d->message, faults[_i].message) &&
				     (!faults[_i].ptr || strcmp(d->ptr, faults[_i].ptr) == 0));
	}
	ck_assert_msg(found, "first: %s at %s", diags.items[0].message, diags.items[0].ptr);
}
END_TEST

START_TEST(lock_file_that_cannot_be_read_has_the_read_code)
{
	AUTO_FREE char *none = test_path("none.json");
	AUTO_FREE char *dir = test_path(".");
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct pkg_lock lock = {0};
	struct err err = {0};

	ck_rc(pkg_lock_load(&lock, none, &diags, &err), ERR_NOT_FOUND, &err);
	ck_assert_str_eq(err_shown(&err), "X07LOCK_READ");
	ck_assert_ptr_nonnull(strstr(err.message, "x07 pkg lock"));
	ck_rc(pkg_lock_load(&lock, dir, &diags, &err), ERR_IO, &err);
	ck_assert_str_eq(err_shown(&err), "X07LOCK_READ");
}
END_TEST

/* A project in the folder of the test with these dependencies ("name version path", ...). */
static void project(struct pkg_manifest *m, const char *dependencies)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(8192);
	AUTO_FREE char *path = test_path("x07.json");
	struct err err = {0};

	buf_printf(&text,
	    "{\"schema_version\":\"x07.project@0.5.0\",\"entry\":\"m.x07.json\","
	    "\"module_roots\":[\"src\"],\"dependencies\":[%s]}",
	    dependencies);
	ck_rc(pkg_manifest_parse(m, text.data, text.len, path, &diags, &err), 0, &err);
}

#define WANT(name, version, path)                                                                  \
	"{\"name\":\"" name "\",\"version\":\"" version "\",\"path\":\"" path "\"}"

START_TEST(verify_wants_exactly_the_dependencies_of_the_manifest)
{
	static const struct {
		const char *manifest, *lock, *message;
	} rows[] = {
	    {"", V3(""), NULL},
	    {WANT("a", "1", "p") "," WANT("b", "2", "q"),
		V3(DEP("b", "2", "q") "," DEP("a", "1", "p")), NULL},
	    {WANT("a", "1", "p"), V3(""), "a 1 (p) is not locked"},
	    {"", V3(DEP("a", "1", "p")), "a 1 (p) is locked but not a dependency"},
	    {WANT("a", "2", "p"), V3(DEP("a", "1", "p")), "a 1 (p) is locked but"},
	    {WANT("a", "1", "q"), V3(DEP("a", "1", "p")), "a 1 (p) is locked but"},
	    {WANT("a", "1", "p"), V3(DEP("a", "1", "p") "," DEP("a", "1", "p")), "is locked but"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(diag_list_clear) struct diag_list diags = {0};
		CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};
		CLEANUP(pkg_lock_clear) struct pkg_lock lock = {0};
		struct err err = {0};

		project(&m, rows[i].manifest);
		ck_rc(parse(&lock, rows[i].lock, &diags, &err), 0, &err);
		ck_rc(pkg_lock_verify(&lock, &m, &err), rows[i].message ? ERR_LOCKED : 0, &err);
		if (!rows[i].message)
			continue;
		ck_assert_str_eq(err_shown(&err), "X07PKG_LOCK_MISMATCH");
		ck_assert_msg(strstr(err.message, rows[i].message) != NULL, "%s", err.message);
		ck_assert_ptr_nonnull(strstr(err.message, "x07 pkg lock --project"));
	}
}
END_TEST

/* Lock of the one package p/a whose files hold `{}`, with the given digests. */
static void locked(struct pkg_lock *lock, const char *path, const char *module, const char *sha)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(8192);
	char digest[SHA256_HEX_SIZE];
	struct err err = {0};

	sha256_text(digest, "{}", 2);
	buf_printf(&text,
	    "{\"schema_version\":\"x07.lock@0.3.0\",\"dependencies\":[{\"name\":\"a\","
	    "\"version\":\"1\",\"path\":\"%s\",\"package_manifest_sha256\":\"%s\","
	    "\"module_root\":\"modules\",\"modules_sha256\":{\"%s\":\"%s\"}}]}",
	    path, digest, module, sha ? sha : digest);
	ck_rc(pkg_lock_parse(lock, text.data, text.len, "l", &diags, &err), 0, &err);
}

START_TEST(verify_files_compares_digests)
{
	static const struct {
		const char *path, *module, *sha, *message;
		int rc;
	} rows[] = {
	    {"p/a", "ext.m", NULL, NULL, 0},
	    {"p/a", "ext.m", HASH,
		"modules/ext/m.x07.json is not what was locked: expected "
		"sha256 " HASH,
		ERR_LOCKED},
	    {"p/a", "ext.none", NULL, "none.x07.json is missing", ERR_LOCKED},
	    {"p/b", "ext.m", NULL, "x07-package.json is missing", ERR_LOCKED},
	    {"p/a", "../../x", NULL, "bad module id", ERR_LOCKED},
	    {"p/a", "..x", NULL, "bad module id", ERR_LOCKED},
	    {"p/a", ".x", NULL, "bad module id", ERR_LOCKED},
	    {"p/a", "x.", NULL, "bad module id", ERR_LOCKED},
	    {"$workspace/p", "ext.m", NULL, "X07_WORKSPACE_ROOT", ERR_LOCKED},
	};
	AUTO_FREE char *one = test_text_file("p/a/x07-package.json", "{}");
	AUTO_FREE char *two = test_text_file("p/a/modules/ext/m.x07.json", "{}");

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};
		CLEANUP(pkg_lock_clear) struct pkg_lock lock = {0};
		struct err err = {0};

		project(&m, "");
		locked(&lock, rows[i].path, rows[i].module, rows[i].sha);
		ck_rc(pkg_lock_verify_files(&lock, &m, &err), rows[i].rc, &err);
		if (rows[i].message)
			ck_assert_msg(
			    strstr(err.message, rows[i].message) != NULL, "%s", err.message);
	}
	ck_assert(one && two);
}
END_TEST

START_TEST(path_of_the_lock_has_a_default)
{
	CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {.root = "/p"};
	AUTO_FREE char *plain = pkg_lock_path(&m);
	AUTO_FREE char *named = NULL;

	m.lockfile = "locks/l.json";
	named = pkg_lock_path(&m);
	ck_assert_str_eq(plain, "/p/x07.lock.json");
	ck_assert_str_eq(named, "/p/locks/l.json");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg/lock");
	TCase *t = tcase_create("all");

	tcase_add_test(t, lock_is_read_with_every_field);
	tcase_add_loop_test(t, lock_of_older_versions_is_read, 0, 3);
	tcase_add_loop_test(t, lock_fault_has_code_and_pointer, 0, (int)ARRAY_LEN(faults));
	tcase_add_test(t, lock_file_that_cannot_be_read_has_the_read_code);
	tcase_add_test(t, verify_wants_exactly_the_dependencies_of_the_manifest);
	tcase_add_test(t, verify_files_compares_digests);
	tcase_add_test(t, path_of_the_lock_has_a_default);
	suite_add_tcase(s, t);
	return test_main(s);
}
