/* SPDX-License-Identifier: MIT */
/* The text of a lock: its bytes, and reading it back. */
#include "pkg/lock.h"
#include "pkg/lock_print.h"
#include "tests/support/support.h"

#include <string.h>

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct pkg_lock_module modules[] = {{"b.c", B64}, {"a.b", A64}};
static struct pkg_lock_entry entries[] = {
    {.name = "mine",
	.version = "1.0.0",
	.path = "vendor/mine",
	.manifest_sha256 = B64,
	.module_root = "modules"},
    {.name = "ext-net",
	.version = "0.1.11",
	.path = ".x07/deps/ext-net/0.1.11",
	.manifest_sha256 = A64,
	.module_root = "modules",
	.overridden_by = "ext-net",
	.has_yanked = true,
	.advisories = "[{\"id\":\"x\"}]",
	.archive_sha256 = A64,
	.tree_sha256 = B64,
	.has_direct = true,
	.direct = true,
	.modules = modules,
	.module_count = 2},
};
static const struct pkg_lock sample = {.x07_version = "0.2.17",
    .lang_id = "x07-core@0.2.0",
    .index_url = "sparse+https://example.test/index/",
    .entries = entries,
    .count = 2};

static const char text_04[] = "{\n"
			      "  \"schema_version\": \"x07.lock@0.4.0\",\n"
			      "  \"toolchain\": {\n"
			      "    \"x07_version\": \"0.2.17\",\n"
			      "    \"x07c_version\": \"0.2.17\",\n"
			      "    \"lang_id\": \"x07-core@0.2.0\",\n"
			      "    \"compat\": \"current\"\n"
			      "  },\n"
			      "  \"registry\": {\n"
			      "    \"index_url\": \"sparse+https://example.test/index/\"\n"
			      "  },\n"
			      "  \"dependencies\": [\n"
			      "    {\n"
			      "      \"name\": \"ext-net\",\n"
			      "      \"version\": \"0.1.11\",\n"
			      "      \"path\": \".x07/deps/ext-net/0.1.11\",\n"
			      "      \"package_manifest_sha256\": \"" A64 "\",\n"
			      "      \"module_root\": \"modules\",\n"
			      "      \"modules_sha256\": {\n"
			      "        \"a.b\": \"" A64 "\",\n"
			      "        \"b.c\": \"" B64 "\"\n"
			      "      },\n"
			      "      \"overridden_by\": \"ext-net\",\n"
			      "      \"yanked\": false,\n"
			      "      \"advisories\": [\n"
			      "        {\n"
			      "          \"id\": \"x\"\n"
			      "        }\n"
			      "      ],\n"
			      "      \"archive_sha256\": \"" A64 "\",\n"
			      "      \"tree_sha256\": \"" B64 "\",\n"
			      "      \"direct\": true\n"
			      "    },\n"
			      "    {\n"
			      "      \"name\": \"mine\",\n"
			      "      \"version\": \"1.0.0\",\n"
			      "      \"path\": \"vendor/mine\",\n"
			      "      \"package_manifest_sha256\": \"" B64 "\",\n"
			      "      \"module_root\": \"modules\",\n"
			      "      \"modules_sha256\": {}\n"
			      "    }\n"
			      "  ]\n"
			      "}\n";

START_TEST(lock_is_written_in_key_order_and_sorted)
{
	CLEANUP(buf_clear) struct buf out = buf_init(PKG_LOCK_MAX_BYTES);

	pkg_lock_print(&out, &sample);
	ck_assert_str_eq(out.data, text_04);
}
END_TEST

START_TEST(lock_that_was_read_is_written_back_byte_for_byte)
{
	CLEANUP(buf_clear) struct buf out = buf_init(PKG_LOCK_MAX_BYTES);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_lock_clear) struct pkg_lock lock = {0};
	struct err err = {0};

	ck_rc(pkg_lock_parse(&lock, text_04, strlen(text_04), "l", &diags, &err), 0, &err);
	ck_assert(lock.entries[0].has_yanked && !lock.entries[0].yanked);
	ck_assert(!lock.entries[1].has_yanked && !lock.entries[1].has_direct);
	pkg_lock_print(&out, &lock);
	ck_assert_str_eq(out.data, text_04);
}
END_TEST

START_TEST(lock_of_an_older_version_leaves_toolchain_and_registry_out)
{
	CLEANUP(buf_clear) struct buf out = buf_init(PKG_LOCK_MAX_BYTES);
	struct pkg_lock lock = {.schema_version = "x07.lock@0.3.0"};

	pkg_lock_print(&out, &lock);
	ck_assert_str_eq(
	    out.data, "{\n  \"schema_version\": \"x07.lock@0.3.0\",\n  \"dependencies\": []\n}\n");
}
END_TEST

/* clang-format off */
#define ENTRY "{\"schema_version\":\"x07.lock@0.3.0\",\"dependencies\":[{\"name\":\"a\",\"version\":\"1.0.0\"," \
	"\"path\":\"p\",\"package_manifest_sha256\":\"" A64 "\",\"module_root\":\"m\",\"modules_sha256\":{}"
/* clang-format on */
static const struct {
	const char *member, *message; /* message NULL: accepted */
} members[] = {
    {",\"archive_sha256\":\"abc\"", "64 lower-case"},
    {",\"tree_sha256\":\"" A64 "a\"", "64 lower-case"},
    {",\"direct\":1", "true or false"},
    {",\"direct\":null", "true or false"},
    {",\"yanked\":0", "true or false"},
    {",\"yanked\":null", NULL},
    {",\"advisories\":[]", NULL},
    {",\"archive_sha256\":null", NULL},
    {",\"something_else\":1", NULL},
};

START_TEST(lock_members_of_ours_are_checked)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_lock_clear) struct pkg_lock lock = {0};
	AUTO_FREE char *text = NULL;
	struct err err = {0};
	const char *message = members[_i].message;

	ck_assert_int_gt(asprintf(&text, "%s%s}]}", ENTRY, members[_i].member), 0);
	ck_rc(pkg_lock_parse(&lock, text, strlen(text), "l", &diags, &err),
	    message ? ERR_FORMAT : 0, &err);
	ck_assert_uint_eq(diags.count, message ? 1 : 0);
	if (message)
		ck_assert_msg(
		    strstr(diags.items[0].message, message) != NULL, "%s", diags.items[0].message);
	else
		ck_assert(!lock.entries[0].has_yanked && !lock.entries[0].advisories);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg/lock_print");
	TCase *t = tcase_create("all");

	tcase_add_test(t, lock_is_written_in_key_order_and_sorted);
	tcase_add_test(t, lock_that_was_read_is_written_back_byte_for_byte);
	tcase_add_test(t, lock_of_an_older_version_leaves_toolchain_and_registry_out);
	tcase_add_loop_test(t, lock_members_of_ours_are_checked, 0, (int)ARRAY_LEN(members));
	suite_add_tcase(s, t);
	return test_main(s);
}
