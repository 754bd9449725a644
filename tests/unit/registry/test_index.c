/* SPDX-License-Identifier: MIT */
/* config.json, index files, paths. */
#include "registry/config.h"
#include "registry/index.h"
#include "registry/index_line.h"
#include "registry/types.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

#define SUM "abababababababababababababababababababababababababababababababab"
#define HEAD(version)                                                                              \
	"{\"schema_version\":\"x07.index-entry@0.1.0\",\"name\":\"demo\",\"version\":\"" version   \
	"\",\"cksum\":\"" SUM "\",\"yanked\":false"
#define LINE(version) HEAD(version) "}\n"
#define KEY "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="

static int parse(struct registry_index *out, const char *text, struct err *err)
{
	return registry_index_parse(out, "demo", text, strlen(text), err);
}

START_TEST(paths_are_sharded)
{
	/* clang-format off */
	static const char *const rows[][2] = {
		{ "a", "1/a" }, { "ab", "2/ab" }, { "abc", "3/a/abc" }, { "abcd", "ab/cd/abcd" },
		{ "ext-net", "ex/t-/ext-net" },
	};
	/* clang-format on */
	CLEANUP(buf_clear) struct buf out = buf_init(256);
	struct err err = {0};

	ck_rc(registry_index_path(&out, rows[_i][0], &err), 0, &err);
	ck_assert_str_eq(out.data, rows[_i][1]);
	ck_rc(registry_index_path(&out, "../x", &err), ERR_FORMAT, &err);
}
END_TEST

START_TEST(index_line_is_read_whole)
{
	static const char text[] =
	    HEAD("1.2.3") ",\"description\":\"d\",\"signature\":{\"kind\":\"ed25519\",\"key_id\":"
			  "\"k1\",\"ed25519_sig\":\"AA==\"},\"advisories\":[{\"schema_version\":"
			  "\"x07.pkg.advisory@0.1.0\",\"id\":\"i\",\"package\":\"demo\","
			  "\"version\":\"1.2.3\",\"kind\":\"security\",\"severity\":\"high\","
			  "\"summary\":\"s\",\"withdrawn_at_utc\":\"2026-01-01T00:00:00Z\"}],"
			  "\"dependencies\":[\"a@1.0.0\",\"b@>=1.0.0 <2.0.0\"],\"x07c_compat\":"
			  "\">=0.1.0\",\"tree_sha256\":\"" SUM "\",\"published_at\":"
			  "\"2026-01-31T12:00:00Z\",\"size\":3584,\"unknown\":[1]}\n\n";
	CLEANUP(registry_index_clear) struct registry_index index = {0};
	const struct registry_version *v = NULL;
	struct err err = {0};

	ck_rc(parse(&index, text, &err), 0, &err);
	ck_rc(registry_index_find(&v, &index, "1.2.3", &err), 0, &err);
	ck_assert_str_eq(v->cksum, SUM);
	ck_assert(v->has_needs && !v->yanked && !v->signature.well_formed);
	ck_assert_str_eq(v->signature.key_id, "k1");
	ck_assert_uint_eq(v->need_count, 2);
	ck_assert_str_eq(v->needs[1].requirement, ">=1.0.0 <2.0.0");
	ck_assert_uint_eq(v->advisory_count, 1);
	ck_assert(v->advisories[0].withdrawn);
	ck_assert_ptr_eq(
	    strstr(v->advisories[0].text, "{\"schema_version\""), v->advisories[0].text);
	ck_assert_uint_eq(v->size, 3584);
}
END_TEST

/* clang-format off */
static const struct {
	const char *text, *version, *fault;
} faulty[] = {
	{ "{\"schema_version\":\"x07.index-entry@0.2.0\",\"version\":\"2.0.0\"}", "2.0.0", "schema" },
	{ "[]", NULL, "not a JSON object" },
	{ "{", NULL, "" },
	{ HEAD("2.0.0") ",\"yanked\":true}", "2.0.0", "twice" },
	{ HEAD("2.0") "}", NULL, "semantic version" },
	{ HEAD("2.0.0") ",\"dependencies\":[\"A@1.0.0\"]}", "2.0.0", "NAME@REQUIREMENT" },
	{ HEAD("2.0.0") ",\"dependencies\":[\"a@^1\"]}", "2.0.0", "requirement" },
	{ HEAD("2.0.0") ",\"tree_sha256\":\"AB\"}", "2.0.0", "tree_sha256" },
	{ HEAD("2.0.0") ",\"published_at\":\"2026-02-29T00:00:00Z\"}", "2.0.0", "published_at" },
	{ HEAD("2.0.0") ",\"size\":-1}", "2.0.0", "size" },
	{ HEAD("2.0.0") ",\"advisories\":[{}]}", "2.0.0", "advisory" },
	{ HEAD("2.0.0") ",\"signature\":{\"kind\":\"ed25519\"}}", "2.0.0", "key_id" },
	{ HEAD("2.0.0") ",\"x07c_compat\":1}", "2.0.0", "not a text" },
	{ "{\"schema_version\":\"x07.index-entry@0.1.0\",\"name\":\"other\",\"version\":\"2.0.0\"}", "2.0.0", "name" },
	{ "{\"schema_version\":\"x07.index-entry@0.1.0\",\"name\":\"demo\",\"version\":\"2.0.0\",\"cksum\":\"AB\",\"yanked\":false}", "2.0.0", "cksum" },
	{ "{\"schema_version\":\"x07.index-entry@0.1.0\",\"name\":\"demo\",\"version\":\"2.0.0\",\"cksum\":\"" SUM "\"}", "2.0.0", "yanked" },
};
/* clang-format on */

START_TEST(faulty_line_costs_that_line_only)
{
	CLEANUP(registry_index_clear) struct registry_index index = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	CLEANUP(buf_clear) struct buf warnings = buf_init(4096);
	const struct registry_version *v = NULL;
	struct err err = {0};

	buf_printf(&text, "%s%s\n%s", LINE("1.0.0"), faulty[_i].text, LINE("3.0.0"));
	ck_rc(parse(&index, text.data, &err), 0, &err);
	ck_assert_uint_eq(index.count, 2);
	ck_assert_uint_eq(index.faulty_count, 1);
	ck_assert_uint_eq(index.faulty[0].line, 2);
	ck_assert_msg(
	    strstr(index.faulty[0].fault, faulty[_i].fault) != NULL, "%s", index.faulty[0].fault);
	ck_rc(registry_index_find(&v, &index, "3.0.0", &err), 0, &err);
	ck_rc(registry_index_find(&v, &index, "2.0.0", &err), ERR_PKG, &err);
	ck_assert_str_eq(
	    err_shown(&err), faulty[_i].version ? "X07PKG_INDEX_FETCH" : "X07PKG_INDEX_NO_MATCH");
	ck_assert_uint_eq(registry_index_warnings(&warnings, &index, 9), 1);
	ck_assert_ptr_nonnull(strstr(warnings.data, "line 2"));
}
END_TEST

START_TEST(second_line_of_a_version_does_not_count)
{
	CLEANUP(registry_index_clear) struct registry_index index = {0};
	struct err err = {0};

	ck_rc(parse(&index, LINE("1.0.0") HEAD("1.0.0") ",\"size\":5}\n", &err), 0, &err);
	ck_assert_uint_eq(index.count, 1);
	ck_assert_uint_eq(index.versions[0].size, 0);
	ck_assert_uint_eq(index.faulty_count, 1);
}
END_TEST

START_TEST(file_without_a_usable_line_is_refused)
{
	CLEANUP(registry_index_clear) struct registry_index index = {0};
	struct err err = {0};

	ck_rc(parse(&index, "", &err), 0, &err);
	ck_assert_uint_eq(index.count, 0);
	registry_index_clear(&index);
	ck_rc(parse(&index, "<html>\n", &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_INDEX_FETCH");
}
END_TEST

START_TEST(over_long_line_and_file_are_refused)
{
	AUTO_FREE char *big = base_alloc(REGISTRY_INDEX_FILE_MAX + 1);
	CLEANUP(registry_index_clear) struct registry_index index = {0};
	struct err err = {0};

	memset(big, ' ', REGISTRY_INDEX_FILE_MAX + 1);
	ck_rc(registry_index_parse(&index, "demo", big, REGISTRY_INDEX_FILE_MAX + 1, &err), ERR_PKG,
	    &err);
	big[0] = '{';
	memcpy(big + REGISTRY_INDEX_LINE_MAX + 2, "\n", 1);
	ck_rc(registry_index_parse(&index, "demo", big, REGISTRY_INDEX_LINE_MAX + 3, &err), ERR_PKG,
	    &err);
	ck_assert_ptr_nonnull(strstr(err.message, "longer than 1 MiB"));
}
END_TEST

START_TEST(line_is_written_as_it_is_read)
{
	static const char text[] =
	    HEAD("1.2.3") ",\"signature\":{\"kind\":\"ed25519\",\"key_id\":\"k1\",\"ed25519_sig\":"
			  "\"xtBMrUBroSAAGHcINSPu3b83nNVIWXX2iXcdtpbvK24uMBOeEOfuxdbOMOn1xD9mvRRPew"
			  "/7eKOo14txQ3BaBQ==\"},\"dependencies\":[\"a@1.0.0\"],"
			  "\"x07c_compat\":\">=0.1.0\",\"tree_sha256\":\"" SUM "\","
			  "\"published_at\":\"2026-01-31T12:00:00Z\",\"size\":3584}\n";
	CLEANUP(registry_index_clear) struct registry_index index = {0};
	CLEANUP(buf_clear) struct buf out = buf_init(4096);
	struct err err = {0};

	ck_rc(parse(&index, text, &err), 0, &err);
	registry_index_print(&out, &index.versions[0]);
	ck_assert_str_eq(out.data, text);
}
END_TEST

START_TEST(config_is_read)
{
	static const char text[] =
	    "{\"dl\":\"https://r.example/dl\",\"api\":\"https://r.example/v1/\","
	    "\"auth-required\":false,\"sparse\":true,\"snapshot\":true,"
	    "\"signing\":{\"kind\":\"ed25519\",\"public_keys\":[{\"id\":\"k1\","
	    "\"ed25519_pub\":\"" KEY "\"}]}}";
	CLEANUP(registry_config_clear) struct registry_config c = {0};
	struct err err = {0};

	ck_rc(registry_config_parse(&c, text, strlen(text), &err), 0, &err);
	ck_assert_str_eq(c.dl, "https://r.example/dl/");
	ck_assert_str_eq(c.api, "https://r.example/v1/");
	ck_assert(c.is_signed && c.has_snapshot);
	ck_assert_str_eq(c.keys[0].id, "k1");
}
END_TEST

/* clang-format off */
static const char *const bad_configs[] = {
	"", "[]", "{}", "{\"dl\":\"\"}", "{\"dl\":\"a b\"}", "{\"dl\":\"d\",\"api\":1}",
	"{\"dl\":\"d\",\"snapshot\":1}", "{\"dl\":\"d\",\"signing\":{}}",
	"{\"dl\":\"d\",\"signing\":{\"kind\":\"ed25519\"}}",
	"{\"dl\":\"d\",\"signing\":{\"kind\":\"ed25519\",\"public_keys\":[{\"id\":\"k\",\"ed25519_pub\":\"AA==\"}]}}",
	"{\"dl\":\"d\",\"signing\":{\"kind\":\"ed25519\",\"public_keys\":[{\"ed25519_pub\":\"" KEY "\"}]}}",
	"{\"dl\":\"d\",\"signing\":{\"kind\":\"ed25519\",\"public_keys\":[{\"id\":\"k\",\"ed25519_pub\":\"" KEY "\"},{\"id\":\"k\",\"ed25519_pub\":\"" KEY "\"}]}}",
	"{\"dl\":\"d\",\"signing\":{\"kind\":\"ed25519\",\"public_keys\":[],\"rotations\":[{\"id\":\"k\",\"ed25519_pub\":\"" KEY "\"}]}}",
};
/* clang-format on */

START_TEST(config_with_a_fault_is_refused)
{
	CLEANUP(registry_config_clear) struct registry_config c = {0};
	struct err err = {0};

	ck_rc(registry_config_parse(&c, bad_configs[_i], strlen(bad_configs[_i]), &err), ERR_PKG,
	    &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_INDEX_CONFIG");
	ck_assert_ptr_null(c.dl);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("registry/index");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, paths_are_sharded, 0, 5);
	tcase_add_test(t, index_line_is_read_whole);
	tcase_add_loop_test(t, faulty_line_costs_that_line_only, 0, (int)ARRAY_LEN(faulty));
	tcase_add_test(t, second_line_of_a_version_does_not_count);
	tcase_add_test(t, file_without_a_usable_line_is_refused);
	tcase_add_test(t, over_long_line_and_file_are_refused);
	tcase_add_test(t, line_is_written_as_it_is_read);
	tcase_add_test(t, config_is_read);
	tcase_add_loop_test(t, config_with_a_fault_is_refused, 0, (int)ARRAY_LEN(bad_configs));
	suite_add_tcase(s, t);
	return test_main(s);
}
