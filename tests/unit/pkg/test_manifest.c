/* SPDX-License-Identifier: MIT */
/* x07.json: what is read, each fault with pointer and place, profiles, discovery. */
#include "pkg/discover.h"
#include "pkg/manifest.h"
#include "pkg/profile.h"
#include "tests/support/support.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARSE "X07PROJECT_PARSE"
#define READ "X07PROJECT_READ"

static const char full[] =
    "{\"schema_version\":\"x07.project@0.5.0\",\"compat\":\" 0.5 \",\"world\":\"run-os\",\n"
    "\"entry\":\"src/main.x07.json\",\"module_roots\":[\"src\",\"$workspace/lib\"],\n"
    "\"dependencies\":[{\"name\":\"ext-net\",\"version\":\"0.1.11\","
    "\"path\":\".x07/deps/ext-net/0.1.11\"}],\n"
    "\"lockfile\":null,\"default_profile\":\"os\",\"vendor_note\":{\"kept\":true},\n"
    "\"link\":{\"libs\":[\"curl\"],\"static\":false},\"patch\":{\"a\":{\"version\":\"1.0.0\"}},\n"
    "\"profiles\":{\"os\":{\"world\":\"run-os\",\"auto_ffi\":true,\"solve_fuel\":7},\n"
    "\"sandbox\":{\"world\":\"run-os-sandboxed\",\"policy\":\".x07/p.json\",\"runner\":\"os\","
    "\"cc_profile\":\"size\",\"input\":\"in.bin\",\"max_memory_bytes\":0,"
    "\"max_output_bytes\":1,\"cpu_time_limit_seconds\":2}}}";

static int parse(struct pkg_manifest *m, const char *text, struct diag_list *diags, struct err *err)
{
	return pkg_manifest_parse(m, text, strlen(text), "/p/x07.json", diags, err);
}

START_TEST(manifest_is_read_with_every_field)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};
	struct err err = {0};
	const struct pkg_profile *p;

	ck_rc(parse(&m, full, &diags, &err), 0, &err);
	ck_assert_uint_eq(diags.count, 0);
	ck_assert_str_eq(m.root, "/p");
	ck_assert_str_eq(m.compat, "0.5"); /* trimmed */
	ck_assert_ptr_null(m.lockfile);
	ck_assert_uint_eq(m.module_root_count, 2);
	ck_assert_str_eq(m.module_roots[1], "$workspace/lib");
	ck_assert_uint_eq(m.dependency_count, 1);
	ck_assert_str_eq(m.dependencies[0].path, ".x07/deps/ext-net/0.1.11");
	ck_assert_uint_eq(m.profile_count, 2);
	p = pkg_profile_find(&m, "os");
	ck_assert(p->has_auto_ffi && p->auto_ffi && p->has_solve_fuel && p->solve_fuel == 7);
	ck_assert(!p->has_max_memory_bytes && !p->policy && !p->runner);
	p = pkg_profile_find(&m, "sandbox");
	ck_assert_str_eq(p->policy, ".x07/p.json");
	ck_assert_str_eq(p->runner, "os");
	ck_assert_str_eq(p->cc_profile, "size");
	ck_assert_str_eq(p->input, "in.bin");
	ck_assert(p->has_max_memory_bytes && p->max_memory_bytes == 0);
	ck_assert(!p->has_auto_ffi && p->has_max_output_bytes && p->has_cpu_time_limit_seconds);
	ck_assert_ptr_null(pkg_profile_find(&m, "none"));
	/* unknown fields of the document are kept */
	ck_assert(json_get(json_get(m.document, "vendor_note"), "kept")->kind == JSON_TRUE);
}
END_TEST

/* clang-format off */
#define HEAD "{\"schema_version\":\"x07.project@0.5.0\",\"entry\":\"m.x07.json\",\"module_roots\":[\"src\"]"
static const struct {
	const char *text, *ptr, *message;
} faults[] = {
	{ "[]", "", "must be an object" },
	{ "{}", "", "missing field `schema_version`" },
	{ "{}", "", "missing field `entry`" },
	{ "{}", "", "missing field `module_roots`" },
	{ "{\"schema_version\":\"x07.project@0.6.0\"}", "/schema_version", "unsupported schema_version" },
	{ "{\"schema_version\":5}", "/schema_version", "must be a string, not integer" },
	{ HEAD ",\"compat\":5}", "/compat", "must be a string" },
	{ "{\"schema_version\":\"x07.project@0.4.0\",\"compat\":\"0.5\"}", "/compat", "not part of x07.project@0.4.0" },
	{ "{\"schema_version\":\"x07.project@0.2.0\",\"patch\":{\"a\":{\"version\":\"1.0.0\"}}}", "/patch", "not part of" },
	{ "{\"schema_version\":\"x07.project@0.3.0\",\"operational_entry_symbol\":\"a.b\"}", "/operational_entry_symbol", "not part of" },
	{ HEAD ",\"world\":\"moon\"}", "/world", "unknown world \"moon\"" },
	{ "{\"entry\":\"main.json\"}", "/entry", "must name a file *.x07.json" },
	{ "{\"entry\":\".x07.json\"}", "/entry", "must name a file *.x07.json" },
	{ "{\"entry\":\"/a.x07.json\"}", "/entry", "relative to the project" },
	{ "{\"entry\":\"a/../../b.x07.json\"}", "/entry", "must not contain `..`" },
	{ "{\"entry\":\"a\\\\..\\\\b.x07.json\"}", "/entry", "must not contain `..`" },
	{ "{\"entry\":\"c:a.x07.json\"}", "/entry", "relative to the project" },
	{ "{\"entry\":\"a\\u0000.x07.json\"}", "/entry", "NUL" },
	{ "{\"module_roots\":[]}", "/module_roots", "is empty" },
	{ "{\"module_roots\":\"src\"}", "/module_roots", "must be an array, not string" },
	{ "{\"module_roots\":[\"src\",1]}", "/module_roots/1", "must be a string" },
	{ "{\"module_roots\":[\"..\"]}", "/module_roots/0", "must not contain `..`" },
	{ HEAD ",\"lockfile\":\"../x\"}", "/lockfile", "must not contain" },
	{ HEAD ",\"dependencies\":{}}", "/dependencies", "must be an array" },
	{ HEAD ",\"dependencies\":[1]}", "/dependencies/0", "must be an object" },
	{ HEAD ",\"dependencies\":[{\"name\":\"a\",\"version\":\"1\"}]}", "/dependencies/0", "missing field `path`" },
	{ HEAD ",\"dependencies\":[{\"name\":\"\",\"version\":\"1\",\"path\":\"p\"}]}", "/dependencies/0/name", "is empty" },
	{ HEAD ",\"dependencies\":[{\"name\":\"a\",\"version\":\"1\",\"path\":\"/p\"}]}", "/dependencies/0/path", "relative" },
	{ HEAD ",\"link\":{\"libs\":[\"-x\"]}}", "/link/libs/0", "bad name" },
	{ HEAD ",\"link\":{\"frameworks\":[\"a b\"]}}", "/link/frameworks/0", "bad name" },
	{ HEAD ",\"link\":{\"search_paths\":[\"/lib\"]}}", "/link/search_paths/0", "relative" },
	{ HEAD ",\"link\":{\"static\":1}}", "/link/static", "true or false" },
	{ HEAD ",\"patch\":{\"a\":{}}}", "/patch/a", "missing field `version`" },
	{ HEAD ",\"patch\":{\"a\":1}}", "/patch/a", "must be an object" },
	{ HEAD ",\"entry\":\"b.x07.json\"}", "/entry", "there twice" },
	{ HEAD ",\"profiles\":[]}", "/profiles", "must be an object" },
	{ HEAD ",\"profiles\":{\"-a\":{\"world\":\"run-os\"}}}", "/profiles/-a", "bad profile name" },
	{ HEAD ",\"profiles\":{\"a b\":{\"world\":\"run-os\"}}}", "/profiles/a b", "bad profile name" },
	{ HEAD ",\"profiles\":{\"\":{\"world\":\"run-os\"}}}", "/profiles/", "bad profile name" },
	{ HEAD ",\"profiles\":{\"a\":1}}", "/profiles/a", "must be an object" },
	{ HEAD ",\"profiles\":{\"a\":{}}}", "/profiles/a", "missing field `world`" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"x\"}}}", "/profiles/a/world", "unknown world" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os-sandboxed\"}}}", "/profiles/a", "but no `policy`" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os-sandboxed\",\"policy\":\"\"}}}", "/profiles/a/policy", "is empty" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os-sandboxed\",\"policy\":\"/p\"}}}", "/profiles/a/policy", "relative" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os\",\"policy\":\"p\"}}}", "/profiles/a/policy", "not allowed in the world run-os" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os\",\"runner\":\"vm\"}}}", "/profiles/a/runner", "`runner` is \"vm\"" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os\",\"cc_profile\":\"O3\"}}}", "/profiles/a/cc_profile", "`cc_profile` is" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os\",\"input\":\"../i\"}}}", "/profiles/a/input", "must not contain" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os\",\"auto_ffi\":1}}}", "/profiles/a/auto_ffi", "true or false" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os\",\"solve_fuel\":-1}}}", "/profiles/a/solve_fuel", "an integer, 0 or more" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os\",\"max_output_bytes\":1.5}}}", "/profiles/a/max_output_bytes", "an integer, 0 or more" },
	{ HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os\"},\"a\":{\"world\":\"run-os\"}}}", "/profiles/a", "there twice" },
};
/* clang-format on */

START_TEST(manifest_fault_has_pointer_place_and_code)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct pkg_manifest m = {.path = "untouched"};
	struct err err = {0};
	const struct diag *found = NULL;

	ck_rc(parse(&m, faults[_i].text, &diags, &err), ERR_FORMAT, &err);
	ck_assert_str_eq(m.path, "untouched");
	ck_assert_str_eq(err_shown(&err), PARSE);
	for (uint32_t i = 0; i < diags.count; i++) {
		if (strcmp(diags.items[i].ptr, faults[_i].ptr) == 0 &&
		    strstr(diags.items[i].message, faults[_i].message))
			found = &diags.items[i];
	}
	ck_assert_msg(found != NULL, "no %s at %s; first: %s at %s", faults[_i].message,
	    faults[_i].ptr, diags.items[0].message, diags.items[0].ptr);
	ck_assert_str_eq(found->what->id, PARSE);
	ck_assert_str_eq(found->file, "/p/x07.json");
	ck_assert(found->line == 1 && found->column > 0);
}
END_TEST

START_TEST(manifest_that_is_not_json_says_where)
{
	static const char *const texts[] = {"", "{", "{\"a\":1,}", "\xff"};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct pkg_manifest m = {0};
	struct err err = {0};

	ck_rc(parse(&m, texts[_i], &diags, &err), ERR_FORMAT, &err);
	ck_assert_str_eq(err_shown(&err), PARSE);
	ck_assert_ptr_nonnull(strstr(err.message, "/p/x07.json:1:"));
	ck_assert_uint_eq(diags.count, 1);
}
END_TEST

START_TEST(manifest_warns_of_unknown_fields_in_profiles)
{
	static const char text[] = HEAD ",\"profiles\":{\"a\":{\"world\":\"run-os\",\"fuel\":1}}}";
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};
	struct err err = {0};

	ck_rc(parse(&m, text, &diags, &err), 0, &err);
	ck_assert_uint_eq(diags.count, 1);
	ck_assert_uint_eq(diags.errors, 0);
	ck_assert_uint_eq(diags.items[0].severity, DIAG_WARNING);
	ck_assert_str_eq(diags.items[0].ptr, "/profiles/a/fuel");
}
END_TEST

START_TEST(load_takes_a_file_or_its_directory)
{
	AUTO_FREE char *file = test_text_file("proj/x07.json", full);
	AUTO_FREE char *dir = test_path("proj");
	const char *const paths[] = {file, dir};

	for (int i = 0; i < 2; i++) {
		CLEANUP(diag_list_clear) struct diag_list diags = {0};
		CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};
		struct err err = {0};

		ck_rc(pkg_manifest_load(&m, paths[i], &diags, &err), 0, &err);
		ck_assert_str_eq(m.path, file);
		ck_assert_str_eq(m.root, dir);
	}
}
END_TEST

START_TEST(load_tells_missing_and_too_large_apart)
{
	AUTO_FREE char *none = test_path("none/x07.json");
	AUTO_FREE char *spaces = base_alloc(PKG_MANIFEST_MAX_BYTES + 1);
	AUTO_FREE char *large = NULL;
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct pkg_manifest m = {0};
	struct err err = {0};

	memset(spaces, ' ', PKG_MANIFEST_MAX_BYTES + 1);
	large = test_file("large.json", spaces, PKG_MANIFEST_MAX_BYTES + 1);
	ck_rc(pkg_manifest_load(&m, none, &diags, &err), ERR_NOT_FOUND, &err);
	ck_assert_str_eq(err_shown(&err), READ);
	ck_rc(pkg_manifest_load(&m, large, &diags, &err), ERR_LIMIT, &err);
	ck_assert_str_eq(err_shown(&err), READ);
}
END_TEST

START_TEST(discover_walks_up_and_prefers_the_plain_name)
{
	AUTO_FREE char *top = test_text_file("d/x07.json", "{}");
	AUTO_FREE char *named = test_text_file("d/sub/a.x07project.json", "{}");
	AUTO_FREE char *ignored = test_text_file("d/other.x07project.json", "{}");
	AUTO_FREE char *leaf = test_text_file("d/sub/deep/leaf.txt", "");
	AUTO_FREE char *deep = test_path("d/sub/deep");
	AUTO_FREE char *dir = test_path("d");
	AUTO_FREE char *from_deep = NULL, *from_top = NULL;
	struct err err = {0};

	ck_rc(pkg_manifest_discover(&from_deep, deep, &err), 0, &err);
	ck_assert_str_eq(from_deep, named);
	ck_rc(pkg_manifest_discover(&from_top, dir, &err), 0, &err);
	ck_assert_str_eq(from_top, top);
	ck_assert(ignored && leaf);
}
END_TEST

START_TEST(discover_refuses_two_candidates_and_none)
{
	AUTO_FREE char *a = test_text_file("two/a.x07project.json", "{}");
	AUTO_FREE char *b = test_text_file("two/b.x07project.json", "{}");
	AUTO_FREE char *dir = test_path("two");
	char *out = NULL;
	struct err err = {0};

	ck_rc(pkg_manifest_discover(&out, dir, &err), ERR_USAGE, &err);
	ck_assert_ptr_nonnull(strstr(err.message, "2 files"));
	ck_rc(pkg_manifest_discover(&out, "/proc/self", &err), ERR_NOT_FOUND, &err);
	ck_assert_ptr_null(out);
	ck_assert(a && b);
}
END_TEST

START_TEST(discover_takes_nothing_that_another_user_left_in_tmp)
{
	AUTO_FREE char *planted =
	    test_text_file(_i == 0 ? "tmp/x07.json" : "tmp/a.x07project.json", "{}");
	AUTO_FREE char *work = test_text_file("tmp/work/leaf.txt", "");
	AUTO_FREE char *dir = test_path("tmp");
	AUTO_FREE char *below = test_path("tmp/work");
	AUTO_FREE char *found = NULL;
	struct err err = {0};

	/* Our own file there is ours. */
	ck_assert_int_eq(chmod(dir, 01777), 0);
	ck_rc(pkg_manifest_discover(&found, below, &err), 0, &err);
	ck_assert_str_eq(found, planted);
	base_free_ptr(&found);
	found = NULL;
	if (geteuid() != 0)
		return; /* only root can make it somebody else's */
	ck_assert_int_eq(chown(planted, 65534, 65534), 0);
	ck_rc(pkg_manifest_discover(&found, below, &err), ERR_USAGE, &err);
	ck_assert_ptr_nonnull(strstr(err.message, "another user"));
	ck_assert_ptr_null(found);
	ck_assert_int_eq(chmod(dir, 0755), 0);
	ck_rc(pkg_manifest_discover(&found, below, &err), 0, &err);
	ck_assert_ptr_nonnull(work);
}
END_TEST

START_TEST(profile_is_chosen_by_request_default_dev_os)
{
	static const struct {
		const char *profiles, *requested, *want;
		int rc;
	} rows[] = {
	    {"\"default_profile\":\"b\",\"profiles\":{\"a\":W,\"b\":W}", "a", "a", 0},
	    {"\"default_profile\":\"b\",\"profiles\":{\"a\":W,\"b\":W}", NULL, "b", 0},
	    {"\"profiles\":{\"os\":W,\"dev\":W}", NULL, "dev", 0},
	    {"\"profiles\":{\"os\":W,\"x\":W}", NULL, "os", 0},
	    {"\"profiles\":{\"x\":W}", NULL, "no profile chosen", ERR_USAGE},
	    {"\"profiles\":{\"x\":W,\"y\":W}", "z", "unknown profile \"z\"; /p/x07.json has: x, y",
		ERR_USAGE},
	    {"\"default_profile\":\"q\",\"profiles\":{\"x\":W}", NULL, "unknown profile \"q\"",
		ERR_USAGE},
	    {"\"profiles\":null", "x", "has no profiles", ERR_USAGE},
	    {"\"profiles\":null", NULL, NULL, 0},
	};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	const struct pkg_profile *p = NULL;
	struct err err = {0};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};

		buf_reset(&text);
		buf_puts(&text, HEAD ",");
		for (const char *c = rows[i].profiles; *c; c++) {
			if (*c == 'W')
				buf_puts(&text, "{\"world\":\"run-os\"}");
			else
				buf_putc(&text, *c);
		}
		buf_putc(&text, '}');
		ck_rc(parse(&m, text.data, &diags, &err), 0, &err);
		ck_rc(pkg_profile_select(&p, &m, rows[i].requested, &err), rows[i].rc, &err);
		if (rows[i].rc)
			ck_assert_msg(strstr(err.message, rows[i].want) != NULL, "%s", err.message);
		else if (rows[i].want)
			ck_assert_str_eq(p->name, rows[i].want);
		else
			ck_assert_ptr_null(p);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg/manifest");
	TCase *t = tcase_create("all");

	tcase_add_test(t, manifest_is_read_with_every_field);
	tcase_add_loop_test(
	    t, manifest_fault_has_pointer_place_and_code, 0, (int)ARRAY_LEN(faults));
	tcase_add_loop_test(t, manifest_that_is_not_json_says_where, 0, 4);
	tcase_add_test(t, manifest_warns_of_unknown_fields_in_profiles);
	tcase_add_test(t, load_takes_a_file_or_its_directory);
	tcase_add_test(t, load_tells_missing_and_too_large_apart);
	tcase_add_test(t, discover_walks_up_and_prefers_the_plain_name);
	tcase_add_test(t, discover_refuses_two_candidates_and_none);
	tcase_add_loop_test(t, discover_takes_nothing_that_another_user_left_in_tmp, 0, 2);
	tcase_add_test(t, profile_is_chosen_by_request_default_dev_os);
	suite_add_tcase(s, t);
	return test_main(s);
}
