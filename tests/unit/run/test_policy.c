/* SPDX-License-Identifier: MIT */
/* The policy of a run: loaded, derived and stored, or refused, each with its own code. */
#include "cmd/run/policy.h"
#include "policy/enforce.h"
#include "policy/overrides.h"
#include "policy/templates.h"
#include "tests/support/support.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The text of a template with one change. */
static char *template_text(const char *name, const char *from, const char *to)
{
	CLEANUP(buf_clear) struct buf text = buf_init(POLICY_MAX_BYTES);
	CLEANUP(buf_clear) struct buf out = buf_init(POLICY_MAX_BYTES);
	struct err err = {0};
	const char *at;

	ck_rc(policy_template_print(&text, name, NULL, &err), 0, &err);
	buf_putc(&text, '\0');
	at = strstr(text.data, from);
	ck_assert_msg(at != NULL, "%s is not in %s", from, name);
	buf_add(&out, text.data, (size_t)(at - text.data));
	buf_puts(&out, to);
	buf_puts(&out, at + strlen(from));
	return buf_take(&out);
}

static const char *const one[] = {"a.example:443"}, *const other[] = {"b.example:1"};
static const char *const in[] = {"in"}, *const out[] = {"out"};

static struct option_list list(const char *const *items)
{
	return (struct option_list){(const char **)(void *)items, 1};
}

/* clang-format off */
static const struct {
	const char *from, *to; /* of the template http-client */
	bool flag;             /* --allow-host */
	int rc;
	const char *message;
} loads[] = {
	{ "", "", false, 0, NULL },
	{ "", "", true, 0, NULL },
	/* the same fault is 2 for the user's file and 3 for what should be derived from it */
	{ "\"policy_id\"", "\"policy_ix\"", false, ERR_FORMAT, "invalid policy" },
	{ "\"policy_id\"", "\"policy_ix\"", true, ERR_SCHEMA, "policy" },
	{ "{", "[", false, ERR_FORMAT, "invalid policy" },
	{ "{", "[", true, ERR_SCHEMA, "" },
	{ "\"allow_tcp\": true", "\"allow_tcp\": false", true, ERR_POLICY, "net.allow_tcp=false" },
	{ "\"allow_exec\": false", "\"allow_exec\": true", false, ERR_UNSUPPORTED, "cannot enforce" },
	{ "\"allow_exec\": false", "\"allow_exec\": true", true, ERR_UNSUPPORTED, "cannot enforce" },
};
/* clang-format on */

START_TEST(policy_is_loaded_derived_or_refused)
{
	AUTO_FREE char *text = template_text("http-client", loads[_i].from, loads[_i].to);
	AUTO_FREE char *path = test_text_file("p/policy.json", text);
	AUTO_FREE char *root = test_path("p");
	const struct run_target target = {
	    .root = root, .folder = root, .policy_path = path, .world = LANG_RUN_OS_SANDBOXED};
	const struct run_policy_options flags = {.allow_hosts = list(one)}, none = {0};
	CLEANUP(run_policy_clear) struct run_policy policy = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};

	ck_rc(run_policy_load(&policy, loads[_i].flag ? &flags : &none, &target, &diags, &err),
	    loads[_i].rc, &err);
	if (loads[_i].rc < 0) {
		ck_assert_msg(strstr(err.message, loads[_i].message) != NULL, "%s", err.message);
		/* what can be pointed at has its place */
		if (loads[_i].rc == ERR_UNSUPPORTED)
			ck_assert_uint_gt(diags.items[0].line, 1);
		return;
	}
	ck_assert(policy.given);
	ck_assert_int_eq(policy.derived, loads[_i].flag);
	ck_assert_uint_eq(policy.rules.net.host_count, loads[_i].flag ? 1 : 0);
	ck_assert_int_eq(strcmp(policy.path, path) == 0, !loads[_i].flag);
	if (loads[_i].flag)
		ck_assert_msg(
		    strstr(policy.path, "/p/.x07/policies/_generated/") != NULL, "%s", policy.path);
	ck_assert_int_eq(access(policy.path, R_OK), 0);
	/* patches are for the file that a person edits */
	ck_assert_int_eq(policy.base.path != NULL, loads[_i].flag);
	if (loads[_i].flag) {
		ck_assert_str_eq(policy.base.path, path);
		ck_assert_str_ne(policy.base.rules.digest, policy.rules.digest);
		ck_assert_uint_eq(policy.base.rules.net.host_count, 0);
		ck_assert_uint_eq(policy.base.overrides.allow.count, 1);
	}
}
END_TEST

/* clang-format off */
static const struct {
	const char *from, *to; /* of the template cli */
	bool folder;
	int rc;
} nowhere[] = {
	{ "", "", true, 0 },
	{ "", "", false, ERR_POLICY },
	{ "\".\"", "\"/data\"", true, 0 },
	{ "\".\"", "\"/data\"", false, ERR_POLICY }, /* the write root is relative, too */
	{ "\"deny_hidden\": true,\n    \"enabled\": true", "\"deny_hidden\": true,\n    \"enabled\": false", false, 0 },
};
/* clang-format on */

START_TEST(relative_root_that_belongs_nowhere_is_refused)
{
	AUTO_FREE char *text = template_text("cli", nowhere[_i].from, nowhere[_i].to);
	AUTO_FREE char *path = test_text_file("p/policy.json", text);
	AUTO_FREE char *root = test_path("p");
	const struct run_target target = {.root = root,
	    .folder = nowhere[_i].folder ? root : NULL,
	    .policy_path = path,
	    .world = LANG_RUN_OS_SANDBOXED};
	const struct run_policy_options none = {0};
	CLEANUP(run_policy_clear) struct run_policy policy = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};

	ck_rc(run_policy_load(&policy, &none, &target, &diags, &err), nowhere[_i].rc, &err);
	if (nowhere[_i].rc < 0)
		ck_assert_msg(strstr(err.message, "--root DIR") != NULL, "%s", err.message);
}
END_TEST

START_TEST(world_without_a_policy_has_none)
{
	const struct run_target target = {.root = (char[]){"/"}, .world = LANG_RUN_OS};
	const struct run_policy_options none = {0};
	CLEANUP(run_policy_clear) struct run_policy policy = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};

	ck_rc(run_policy_load(&policy, &none, &target, &diags, &err), 0, &err);
	ck_assert(!policy.given && policy.path == NULL);
}
END_TEST

/* Who looks at the file, or watches it, sees no change where there is none. */
START_TEST(solve_world_is_granted_nothing_but_its_fixture)
{
	const struct run_target pure = {.world = LANG_SOLVE_PURE, .cpu_seconds = 2};
	const struct run_target files = {
	    .world = LANG_SOLVE_FS, .cpu_seconds = 2, .fixture_fs = (char[]){"/fixture"}};
	const struct run_policy_options none = {0};
	CLEANUP(run_policy_clear) struct run_policy nothing = {0};
	CLEANUP(run_policy_clear) struct run_policy one_root = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};

	ck_rc(run_policy_load(&nothing, &none, &pure, &diags, &err), 0, &err);
	ck_assert(nothing.given && nothing.path == NULL && !nothing.rules.fs.enabled);
	ck_assert(!nothing.rules.net.enabled && !nothing.rules.env.enabled);
	ck_assert(!nothing.rules.language.allow_unsafe && !nothing.rules.language.allow_ffi);
	ck_assert_uint_eq(nothing.rules.limits.cpu_ms, 2000);
	ck_rc(run_policy_load(&one_root, &none, &files, &diags, &err), 0, &err);
	ck_assert(one_root.rules.fs.enabled && one_root.rules.fs.write_roots.count == 0);
	ck_assert_uint_eq(one_root.rules.fs.read_roots.count, 1);
	ck_assert_str_eq(one_root.rules.fs.read_roots.items[0], "/fixture");
}
END_TEST

START_TEST(stored_policy_is_written_only_when_it_changes)
{
	AUTO_FREE char *text = template_text("http-client", "", "");
	AUTO_FREE char *path = test_text_file("p/policy.json", text);
	AUTO_FREE char *root = test_path("p");
	const struct run_target target = {
	    .root = root, .folder = root, .policy_path = path, .world = LANG_RUN_OS_SANDBOXED};
	const struct run_policy_options flags = {.allow_hosts = list(one)};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};
	ino_t inodes[3];

	for (size_t i = 0; i < ARRAY_LEN(inodes); i++) {
		CLEANUP(run_policy_clear) struct run_policy policy = {0};
		struct stat st;

		ck_rc(run_policy_load(&policy, &flags, &target, &diags, &err), 0, &err);
		ck_assert_int_eq(stat(policy.path, &st), 0);
		inodes[i] = st.st_ino;
		if (i == 1) {
			int fd = open(policy.path, O_WRONLY | O_APPEND | O_CLOEXEC);

			ck_assert_int_eq(write(fd, " ", 1), 1);
			close(fd);
		}
	}
	ck_assert_uint_eq(inodes[0], inodes[1]);
	ck_assert_uint_ne(inodes[1], inodes[2]);
}
END_TEST

/* The folder of the project may be hostile: a link in it leads nowhere else. */
START_TEST(stored_policy_follows_no_link_out_of_the_project)
{
	AUTO_FREE char *text = template_text("http-client", "", "");
	AUTO_FREE char *path = test_text_file("p/policy.json", text);
	AUTO_FREE char *root = test_path("p");
	AUTO_FREE char *link = test_path("p/.x07");
	AUTO_FREE char *elsewhere = test_path("elsewhere");
	const struct run_target target = {
	    .root = root, .folder = root, .policy_path = path, .world = LANG_RUN_OS_SANDBOXED};
	const struct run_policy_options flags = {.allow_hosts = list(one)};
	CLEANUP(run_policy_clear) struct run_policy policy = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};

	ck_assert_int_eq(mkdir(elsewhere, 0755), 0);
	ck_assert_int_eq(symlink("../elsewhere", link), 0);
	ck_assert_int_lt(run_policy_load(&policy, &flags, &target, &diags, &err), 0);
	ck_assert_uint_eq(test_count_entries(elsewhere), 0);
}
END_TEST

START_TEST(every_flag_goes_where_it_belongs)
{
	AUTO_FREE char *file = test_text_file("p/hosts", "c.example:2 # a comment\n");
	AUTO_FREE char *root = test_path("p");
	static const char *const name[] = {"hosts"};
	const struct run_policy_options flags = {.allow_hosts = list(one),
	    .deny_hosts = list(other),
	    .allow_read_roots = list(in),
	    .allow_write_roots = list(out)};
	const struct run_policy_options allow = {.allow_host_files = list(name)},
					deny = {.deny_host_files = list(name)};
	CLEANUP(policy_overrides_clear) struct policy_overrides all = {0};
	CLEANUP(policy_overrides_clear) struct policy_overrides allowed = {0};
	CLEANUP(policy_overrides_clear) struct policy_overrides denied = {0};
	struct err err = {0};

	ck_rc(run_policy_overrides(&all, &flags, root, &err), 0, &err);
	ck_assert_str_eq(all.allow.items[0].host, "a.example");
	ck_assert_str_eq(all.deny.items[0].host, "b.example");
	ck_assert_str_eq(all.read_roots.items[0], "in");
	ck_assert_str_eq(all.write_roots.items[0], "out");
	ck_assert_uint_eq(all.allow.count + all.deny.count, 2);
	ck_rc(run_policy_overrides(&allowed, &allow, root, &err), 0, &err);
	ck_assert_str_eq(allowed.allow.items[0].host, "c.example");
	ck_assert_uint_eq(allowed.deny.count, 0);
	ck_rc(run_policy_overrides(&denied, &deny, root, &err), 0, &err);
	ck_assert_str_eq(denied.deny.items[0].host, "c.example");
	ck_assert_uint_eq(denied.allow.count, 0);
}
END_TEST

/* A list of denials that cannot be read is not an empty one. */
START_TEST(host_file_that_is_no_file_is_refused)
{
	AUTO_FREE char *pipe = test_path("pipe");
	AUTO_FREE char *missing = test_path("missing");
	const char *const files[] = {pipe, missing};
	const struct run_policy_options flags = {.deny_host_files = {(const char **)&files[_i], 1}};
	CLEANUP(policy_overrides_clear) struct policy_overrides all = {0};
	struct err err = {0};

	ck_assert_int_eq(mkfifo(pipe, 0600), 0);
	ck_rc(run_policy_overrides(&all, &flags, "/", &err), _i == 0 ? ERR_USAGE : ERR_NOT_FOUND,
	    &err);
	ck_assert_msg(strncmp(err.message, "host file", 9) == 0, "%s", err.message);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run/policy");
	TCase *c = tcase_create("policy");

	tcase_add_loop_test(c, policy_is_loaded_derived_or_refused, 0, (int)ARRAY_LEN(loads));
	tcase_add_loop_test(
	    c, relative_root_that_belongs_nowhere_is_refused, 0, (int)ARRAY_LEN(nowhere));
	tcase_add_test(c, world_without_a_policy_has_none);
	tcase_add_test(c, solve_world_is_granted_nothing_but_its_fixture);
	tcase_add_test(c, stored_policy_is_written_only_when_it_changes);
	tcase_add_test(c, stored_policy_follows_no_link_out_of_the_project);
	tcase_add_test(c, every_flag_goes_where_it_belongs);
	tcase_add_loop_test(c, host_file_that_is_no_file_is_refused, 0, 2);
	suite_add_tcase(s, c);
	return test_main(s);
}
