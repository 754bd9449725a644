/* SPDX-License-Identifier: MIT */
/* The files of a new project: exact texts, and that our own readers accept them. */
#include "pkg/init.h"
#include "pkg/lock.h"
#include "pkg/lock_verify.h"
#include "pkg/profile.h"
#include "tests/support/support.h"

#include <string.h>

static const struct pkg_init_options options = {.x07_version = "1.2.3",
    .lang_id = "x07-core@0.2.0",
    .index_url = "sparse+https://registry.example/index/"};

static char *text_of(const char *path, const struct pkg_init_options *o)
{
	struct buf out = buf_init(1 << 16);
	size_t count = 0;
	const struct pkg_init_file *files = pkg_init_files(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(files[i].path, path) == 0)
			files[i].print(&out, o);
	}
	ck_assert_msg(out.len > 0, "no file %s", path);
	return buf_take(&out);
}

static const char project[] = "{\n"
			      "  \"compat\": \"0.5\",\n"
			      "  \"default_profile\": \"os\",\n"
			      "  \"dependencies\": [],\n"
			      "  \"entry\": \"src/main.x07.json\",\n"
			      "  \"lockfile\": \"x07.lock.json\",\n"
			      "  \"module_roots\": [\n"
			      "    \"src\"\n"
			      "  ],\n"
			      "  \"profiles\": {\n"
			      "    \"os\": {\n"
			      "      \"auto_ffi\": true,\n"
			      "      \"world\": \"run-os\"\n"
			      "    },\n"
			      "    \"sandbox\": {\n"
			      "      \"auto_ffi\": true,\n"
			      "      \"policy\": \".x07/policies/base/"
			      "cli.sandbox.base.policy.json\",\n"
			      "      \"world\": \"run-os-sandboxed\"\n"
			      "    }\n"
			      "  },\n"
			      "  \"schema_version\": \"x07.project@0.5.0\",\n"
			      "  \"world\": \"run-os\"\n"
			      "}\n";

static const char lock[] = "{\n"
			   "  \"schema_version\": \"x07.lock@0.4.0\",\n"
			   "  \"toolchain\": {\n"
			   "    \"x07_version\": \"1.2.3\",\n"
			   "    \"x07c_version\": \"1.2.3\",\n"
			   "    \"lang_id\": \"x07-core@0.2.0\",\n"
			   "    \"compat\": \"0.5\"\n"
			   "  },\n"
			   "  \"registry\": {\n"
			   "    \"index_url\": \"sparse+https://registry.example/index/\"\n"
			   "  },\n"
			   "  \"dependencies\": []\n"
			   "}\n";

static const char entry[] =
    "{\"decls\":[],\"imports\":[\"app\"],\"kind\":\"entry\",\"module_id\":\"main\","
    "\"schema_version\":\"x07.x07ast@0.8.0\",\"solve\":[\"app.solve\",\"input\"]}\n";

START_TEST(init_texts_are_exact)
{
	static const struct {
		const char *path, *text;
	} rows[] = {{"x07.json", project}, {"x07.lock.json", lock}, {"src/main.x07.json", entry}};
	AUTO_FREE char *text = text_of(rows[_i].path, &options);

	ck_assert_str_eq(text, rows[_i].text);
}
END_TEST

START_TEST(init_files_come_in_order)
{
	static const char *const paths[] = {"x07.json", "x07.lock.json", "src/app.x07.json",
	    "src/main.x07.json", "tests/tests.json", "tests/smoke.x07.json", ".gitignore",
	    "x07-toolchain.toml", "AGENT.md"};
	size_t count = 0;
	const struct pkg_init_file *files = pkg_init_files(&count);

	ck_assert_uint_eq(count, ARRAY_LEN(paths));
	for (size_t i = 0; i < count; i++)
		ck_assert_str_eq(files[i].path, paths[i]);
}
END_TEST

/* Every JSON file parses and ends with one newline; programs are one line with sorted keys. */
START_TEST(init_json_files_are_in_their_form)
{
	size_t count = 0;
	const struct pkg_init_file *files = pkg_init_files(&count);

	for (size_t i = 0; i < count; i++) {
		AUTO_FREE char *text = text_of(files[i].path, &options);
		size_t len = strlen(text);
		CLEANUP(arena_clear) struct arena arena = {0};
		CLEANUP(buf_clear) struct buf again = buf_init(1 << 16);
		struct jsonw w = jsonw_init(&again, false);
		const struct json *root = NULL;
		struct json_fault fault = {0};

		ck_assert_int_eq(text[len - 1], '\n');
		if (!strstr(files[i].path, ".json"))
			continue;
		ck_assert_int_eq(json_parse(&root, &arena, text, len, NULL, &fault), 0);
		if (!strstr(files[i].path, ".x07.json"))
			continue;
		jsonw_value(&w, root, true);
		buf_putc(&again, '\n');
		ck_assert_str_eq(text, again.data);
	}
}
END_TEST

START_TEST(init_project_and_lock_are_accepted_by_the_readers)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_manifest_clear) struct pkg_manifest m = {0};
	CLEANUP(pkg_lock_clear) struct pkg_lock l = {0};
	struct pkg_init_options o = options;
	AUTO_FREE char *lock_text = text_of("x07.lock.json", &options);
	AUTO_FREE char *text = NULL;
	struct err err = {0};
	const struct pkg_profile *p = NULL;

	o.sandbox_default = true;
	o.policy_template = "worker";
	text = text_of("x07.json", &o);
	ck_rc(pkg_manifest_parse(&m, text, strlen(text), "/p/x07.json", &diags, &err), 0, &err);
	ck_rc(pkg_lock_parse(&l, lock_text, strlen(lock_text), "l", &diags, &err), 0, &err);
	ck_rc(pkg_lock_verify(&l, &m, &err), 0, &err);
	ck_rc(pkg_profile_select(&p, &m, NULL, &err), 0, &err);
	ck_assert_str_eq(p->policy, ".x07/policies/base/worker.sandbox.base.policy.json");
	ck_assert_uint_eq(diags.count, 0);
}
END_TEST

START_TEST(gitignore_gets_only_the_missing_lines)
{
	AUTO_FREE char *fresh = text_of(".gitignore", &options);
	CLEANUP(buf_clear) struct buf out = buf_init(1 << 16), again = buf_init(1 << 16);
	static const char some[] = "node_modules/\ntarget/\r\n.x07/deps/ \n*.log";

	pkg_init_gitignore(&out, fresh, strlen(fresh));
	ck_assert_str_eq(out.data, fresh); /* nothing to add */
	buf_reset(&out);
	pkg_init_gitignore(&out, some, strlen(some));
	ck_assert_int_eq(strncmp(out.data, some, strlen(some)), 0);
	ck_assert_ptr_null(strstr(out.data + strlen(some), "target/"));
	ck_assert_ptr_null(strstr(out.data + strlen(some), ".x07/deps/"));
	ck_assert_ptr_nonnull(strstr(out.data, "*.log\n\n# x07\n.x07/tmp/\n"));
	ck_assert_ptr_nonnull(strstr(out.data, "\n.x07/policies/_generated/\n"));
	pkg_init_gitignore(&again, out.data, out.len);
	ck_assert_str_eq(again.data, out.data);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg/init");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, init_texts_are_exact, 0, 3);
	tcase_add_test(t, init_files_come_in_order);
	tcase_add_test(t, init_json_files_are_in_their_form);
	tcase_add_test(t, init_project_and_lock_are_accepted_by_the_readers);
	tcase_add_test(t, gitignore_gets_only_the_missing_lines);
	suite_add_tcase(s, t);
	return test_main(s);
}
