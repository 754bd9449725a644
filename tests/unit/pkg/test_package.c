/* SPDX-License-Identifier: MIT */
/* x07-package.json: what is read, and each fault with its pointer. */
#include "pkg/package.h"
#include "tests/support/support.h"

#include <string.h>

static const char full[] =
    "{\"schema_version\":\"x07.package@0.1.0\",\"name\":\"ext-net\",\"version\":\"0.1.11\","
    "\"description\":\"d\",\"license\":\"MIT\",\"module_root\":\"modules\","
    "\"modules\":[\"std.net.http\",\"std.net.err\"],\"unknown\":{\"kept\":true},"
    "\"meta\":{\"x07c_compat\":\">=0.1.111 <0.3.0\",\"import_mode\":\"ffi\","
    "\"ffi_libs\":[\"curl\"],\"worlds_allowed\":[\"run-os\"],"
    "\"requires_packages\":[\"ext-url-rs@0.1.5\",\"b@>=1.0.0,<2.0.0\"]}}";

START_TEST(package_is_read_with_every_field)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_package_clear) struct pkg_package p = {0};
	AUTO_FREE char *path = test_text_file("x07-package.json", full);
	AUTO_FREE char *module = NULL;
	struct err err = {0};

	ck_rc(pkg_package_load(&p, path, &diags, &err), 0, &err);
	ck_assert_str_eq(p.name, "ext-net");
	ck_assert_str_eq(p.version, "0.1.11");
	ck_assert_str_eq(p.compat, ">=0.1.111 <0.3.0");
	ck_assert_str_eq(p.import_mode, "ffi");
	ck_assert_str_eq(p.license, "MIT");
	ck_assert_ptr_null(p.docs);
	ck_assert_uint_eq(p.module_count, 2);
	ck_assert_uint_eq(p.need_count, 2);
	ck_assert_str_eq(p.needs[1].name, "b");
	ck_assert_str_eq(p.needs[1].requirement, ">=1.0.0,<2.0.0");
	ck_assert_uint_eq(p.ffi_lib_count, 1);
	ck_assert_str_eq(p.worlds[0], "run-os");
	ck_assert(json_get(json_get(p.document, "unknown"), "kept")->kind == JSON_TRUE);
	module = pkg_package_module_path(&p, p.modules[0]);
	ck_assert_str_eq(module, "modules/std/net/http.x07.json");
}
END_TEST

/* clang-format off */
#define HEAD "{\"schema_version\":\"x07.package@0.1.0\",\"name\":\"a\",\"version\":\"1.0.0\",\"module_root\":\"m\""
#define META HEAD ",\"modules\":[],\"meta\":"
static const struct {
	const char *text, *ptr, *message;
} faults[] = {
	{ "[]", "", "must be an object" },
	{ "{}", "", "missing field `schema_version`" },
	{ "{}", "", "missing field `module_root`" },
	{ "{}", "", "missing field `modules`" },
	{ "{\"schema_version\":\"x07.package@0.2.0\"}", "/schema_version", "unsupported" },
	{ "{\"name\":\"A\"}", "/name", "not a package name: \"A\"" },
	{ "{\"version\":\"1.0\"}", "/version", "not a version" },
	{ "{\"name\":\"a\",\"name\":\"a\"}", "/name", "there twice" },
	{ "{\"module_root\":\"../m\"}", "/module_root", "must not contain `..`" },
	{ HEAD ",\"modules\":{}}", "/modules", "must be an array" },
	{ HEAD ",\"modules\":[1]}", "/modules/0", "must be a string" },
	{ HEAD ",\"modules\":[\"a\",\"a..b\"]}", "/modules/1", "not a module id" },
	{ HEAD ",\"modules\":[\"a/b\"]}", "/modules/0", "not a module id" },
	{ HEAD ",\"modules\":[\".a\"]}", "/modules/0", "not a module id" },
	{ HEAD ",\"modules\":[\"a.\"]}", "/modules/0", "not a module id" },
	{ HEAD ",\"modules\":[\"a\",\"a\"]}", "/modules/1", "there twice" },
	{ META "1}", "/meta", "must be an object" },
	{ META "{\"requires_packages\":\"a@1.0.0\"}}", "/meta/requires_packages", "must be an array" },
	{ META "{\"requires_packages\":[\"b\"]}}", "/meta/requires_packages/0", "no version" },
	{ META "{\"requires_packages\":[\"b@^1.0.0\"]}}", "/meta/requires_packages/0", "write a range" },
	{ META "{\"requires_packages\":[\"B@1.0.0\"]}}", "/meta/requires_packages/0", "not a package name" },
	{ META "{\"ffi_libs\":[\"-lcurl\"]}}", "/meta/ffi_libs/0", "bad name" },
	{ META "{\"ffi_libs\":[\"a/b\"]}}", "/meta/ffi_libs/0", "bad name" },
	{ META "{\"worlds_allowed\":[1]}}", "/meta/worlds_allowed/0", "must be a string" },
};
/* clang-format on */

START_TEST(package_fault_has_pointer_and_code)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct pkg_package p = {.need_count = 77};
	const char *text = faults[_i].text;
	struct err err = {0};
	bool found = false;

	ck_rc(pkg_package_parse(&p, text, strlen(text), "x", &diags, &err), ERR_FORMAT, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_MANIFEST_PARSE");
	ck_assert_uint_eq(p.need_count, 77); /* untouched on failure */
	for (uint32_t i = 0; i < diags.count; i++)
		found |= strcmp(diags.items[i].ptr, faults[_i].ptr) == 0 &&
			 strstr(diags.items[i].message, faults[_i].message) != NULL;
	ck_assert_msg(found, "%s: %s", diags.items[0].ptr, diags.items[0].message);
}
END_TEST

static const char *const compats[] = {"{\"x07c_compat\":\"^0.2.0\"}}", "{\"x07c_compat\":7}}"};

START_TEST(package_with_a_bad_compat_has_its_own_code)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_package_clear) struct pkg_package p = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	struct err err = {0};

	buf_printf(&text, "%s%s", META, compats[_i]);
	ck_rc(pkg_package_parse(&p, text.data, text.len, "x", &diags, &err), ERR_FORMAT, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_X07C_COMPAT_INVALID");
	ck_assert_str_eq(diags.items[0].ptr, "/meta/x07c_compat");
}
END_TEST

START_TEST(package_with_too_many_modules_is_refused)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_package_clear) struct pkg_package p = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(1 << 20);
	struct err err = {0};

	buf_printf(&text, "%s,\"modules\":[\"a\"", HEAD);
	for (int i = 0; i < 10000; i++)
		buf_printf(&text, ",\"m%d\"", i);
	buf_puts(&text, "]}");
	ck_rc(pkg_package_parse(&p, text.data, text.len, "x", &diags, &err), ERR_FORMAT, &err);
	ck_assert_str_eq(diags.items[0].message, "more than 10000 entries in `modules`");
}
END_TEST

START_TEST(package_that_is_missing_large_or_no_json_is_told)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_package_clear) struct pkg_package p = {0};
	AUTO_FREE char *missing = test_path("none.json");
	AUTO_FREE char *big = base_calloc(1, PKG_PACKAGE_MAX_BYTES + 1);
	AUTO_FREE char *large = test_file("large.json", big, PKG_PACKAGE_MAX_BYTES + 1);
	struct err err = {0};

	ck_rc(pkg_package_load(&p, missing, &diags, &err), ERR_NOT_FOUND, &err);
	ck_rc(pkg_package_load(&p, large, &diags, &err), ERR_LIMIT, &err);
	ck_rc(pkg_package_parse(&p, "{", 1, "x", &diags, &err), ERR_FORMAT, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_MANIFEST_PARSE");
	ck_assert_uint_eq(diags.count, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg/package");
	TCase *t = tcase_create("all");

	tcase_add_test(t, package_is_read_with_every_field);
	tcase_add_loop_test(t, package_fault_has_pointer_and_code, 0, (int)ARRAY_LEN(faults));
	tcase_add_loop_test(
	    t, package_with_a_bad_compat_has_its_own_code, 0, (int)ARRAY_LEN(compats));
	tcase_add_test(t, package_with_too_many_modules_is_refused);
	tcase_add_test(t, package_that_is_missing_large_or_no_json_is_told);
	suite_add_tcase(s, t);
	return test_main(s);
}
