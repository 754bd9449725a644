/* SPDX-License-Identifier: MIT */
/* The exact bytes of archives, and which files of a package go in. */
#include "registry/pack.h"
#include "registry/pack_dir.h"
#include "tests/support/support.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST(rest)                                                                             \
	"{\"schema_version\":\"x07.package@0.1.0\",\"name\":\"demo\",\"version\":\"1.2.3\","       \
	"\"module_root\":\"modules\",\"modules\":[\"a.b\"]" rest "}"

static char long_path[160];

static const struct registry_member plain[] = {
    {"ffi/a.c", "", 0}, {"modules/a/b.x07.json", "hello", 5}, {"x07-package.json", "{}\n", 3}};
static const struct registry_member longer[] = {
    {long_path, "hello", 5}, {"x07-package.json", "{}\n", 3}};

/* clang-format off */
/* Source: docs/spec/packages.md 14, archives. */
static const struct {
	const struct registry_member *members;
	size_t count, bytes;
	const char *sha256;
} vectors[] = {
	{ plain, 3, 3584, "3827f47fee93e3e167d92fe4b7dd0b5dd0dae5b744dc896c56585d0abed65c6c" },
	{ longer, 2, 4096, "44cab827fc6e6e1c13fa8f5b173ef086194eca139ef1739ea7b138cbe31bc67d" },
};
/* clang-format on */

START_TEST(archive_has_the_bytes_of_the_format)
{
	CLEANUP(buf_clear) struct buf out = buf_init(REGISTRY_ARCHIVE_MAX);
	char hex[SHA256_HEX_SIZE];
	struct err err = {0};

	memcpy(long_path, "modules/", 8);
	memset(long_path + 8, 'x', 110);
	memcpy(long_path + 118, ".x07.json", 10);
	ck_rc(registry_pack_members(&out, vectors[_i].members, vectors[_i].count, &err), 0, &err);
	ck_assert_uint_eq(out.len, vectors[_i].bytes);
	sha256_text(hex, out.data, out.len);
	ck_assert_str_eq(hex, vectors[_i].sha256);
}
END_TEST

START_TEST(checksum_field_is_seven_digits_and_a_nul)
{
	CLEANUP(buf_clear) struct buf out = buf_init(REGISTRY_ARCHIVE_MAX);
	struct err err = {0};

	ck_rc(registry_pack_members(&out, plain, 3, &err), 0, &err);
	ck_assert_mem_eq(out.data + 148, "0007023", 8);
}
END_TEST

START_TEST(archive_over_the_maximum_is_refused)
{
	CLEANUP(buf_clear) struct buf out = buf_init(1024);
	struct err err = {0};

	ck_rc(registry_pack_members(&out, plain, 3, &err), ERR_LIMIT, &err);
}
END_TEST

/* Paths are made below one folder; its name comes back. */
static char *package(const char *manifest, bool with_module)
{
	AUTO_FREE char *m = test_text_file("p/x07-package.json", manifest);

	if (with_module) {
		AUTO_FREE char *f = test_text_file("p/modules/a/b.x07.json", "hello");

		(void)f;
	}
	return test_path("p");
}

START_TEST(package_directory_is_archived)
{
	AUTO_FREE char *dir =
	    package(MANIFEST(",\"meta\":{\"x07c_compat\":\">=0.1.0\","
			     "\"requires_packages\":[\"z@1.0.0\",\"b@>=2.0.0\"]}"),
		true);
	AUTO_FREE char *ffi = test_text_file("p/ffi/deep/shim.c", "int x;\n");
	AUTO_FREE char *other = test_text_file("p/tests/t.x07.json", "not packed");
	CLEANUP(registry_packed_clear) struct registry_packed p = {0};
	CLEANUP(registry_packed_clear) struct registry_packed again = {0};
	struct err err = {0};

	ck_rc(registry_pack_dir(&p, dir, false, &err), 0, &err);
	ck_rc(registry_pack_dir(&again, dir, false, &err), 0, &err);
	ck_assert_str_eq(p.sha256, again.sha256);
	ck_assert_uint_eq(p.bytes.len, 3 * 1024 + 1024);
	ck_assert_str_eq(p.bytes.data, "ffi/deep/shim.c");
	ck_assert_str_eq(p.bytes.data + 1024, "modules/a/b.x07.json");
	ck_assert_str_eq(p.bytes.data + 2048, "x07-package.json");
	ck_assert_str_eq(p.name, "demo");
	ck_assert_str_eq(p.version, "1.2.3");
	ck_assert_str_eq(p.compat, ">=0.1.0");
	ck_assert_uint_eq(p.need_count, 2);
	ck_assert_str_eq(p.needs[0].name, "b");
	ck_assert_str_eq(p.needs[0].requirement, ">=2.0.0");
	ck_assert_uint_eq(p.module_count, 1);
	(void)ffi, (void)other;
}
END_TEST

/* clang-format off */
static const struct {
	const char *manifest;
	bool with_module, publish;
	const char *message;
} bad[] = {
	{ "{", false, false, "x07-package.json" },
	{ "{\"schema_version\":\"x07.package@0.9.0\"}", false, false, "x07-package.json" },
	{ MANIFEST(""), false, false, "modules/a/b.x07.json" },
	{ MANIFEST(",\"meta\":{\"import_mode\":\"ffi\"}"), true, false, "no file here" },
	{ MANIFEST(""), true, true, "publishing needs `description`, `docs`, `license`" },
	{ MANIFEST(",\"description\":\"d\",\"docs\":\"d\""), true, true, "publishing needs `license` (\"MIT\"), `meta.x07c_compat`" },
	{ MANIFEST(",\"description\":\"d\",\"docs\":\"d\",\"license\":\"MIT\""), true, true, "`meta.x07c_compat`" },
};
/* clang-format on */

START_TEST(package_that_breaks_a_rule_is_refused)
{
	AUTO_FREE char *dir = package(bad[_i].manifest, bad[_i].with_module);
	CLEANUP(registry_packed_clear) struct registry_packed p = {0};
	struct err err = {0};

	ck_rc(registry_pack_dir(&p, dir, bad[_i].publish, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_PACK_FAILED");
	ck_assert_msg(strstr(err.message, bad[_i].message) != NULL, "%s", err.message);
	ck_assert_ptr_null(p.bytes.data);
}
END_TEST

START_TEST(links_and_fifos_are_not_archived)
{
	static const char *const at[] = {"ffi/x.c", "modules/a/b.x07.json", "modules/a"};
	AUTO_FREE char *dir = package(MANIFEST(""), _i == 0);
	AUTO_FREE char *secret = test_text_file("secret/b.x07.json", "secret");
	AUTO_FREE char *keep = test_text_file("p/ffi/keep", "");
	AUTO_FREE char *keep_module = test_text_file("p/modules/keep", "");
	AUTO_FREE char *secret_dir = test_path("secret");
	AUTO_FREE char *place = test_path("p/%s", at[_i]);
	CLEANUP(registry_packed_clear) struct registry_packed p = {0};
	struct err err = {0};

	if (_i == 1) {
		AUTO_FREE char *made = test_text_file("p/modules/a/keep", "");

		ck_assert_int_eq(mkfifo(place, 0600), 0);
		(void)made;
	} else {
		ck_assert_int_eq(symlink(_i == 0 ? secret : secret_dir, place), 0);
	}
	ck_rc(registry_pack_dir(&p, dir, false, &err), ERR_PKG, &err);
	(void)keep, (void)keep_module;
}
END_TEST

int main(void)
{
	Suite *s = suite_create("registry/pack");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, archive_has_the_bytes_of_the_format, 0, 2);
	tcase_add_test(t, checksum_field_is_seven_digits_and_a_nul);
	tcase_add_test(t, archive_over_the_maximum_is_refused);
	tcase_add_test(t, package_directory_is_archived);
	tcase_add_loop_test(t, package_that_breaks_a_rule_is_refused, 0, (int)ARRAY_LEN(bad));
	tcase_add_loop_test(t, links_and_fifos_are_not_archived, 0, 3);
	suite_add_tcase(s, t);
	return test_main(s);
}
