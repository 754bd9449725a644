/* SPDX-License-Identifier: MIT */
/* Roots: what may be one, what is refused by name, nesting, links and missing ones. */
#include "sandbox/roots.h"
#include "tests/sandbox/box.h"
#include "tests/support/support.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void refused(struct box *b, const char *path, const char *why)
{
	b->roots[0].path = path;
	ck_rc(box_run(b), ERR_SANDBOX, &b->err);
	ck_assert_msg(strstr(b->err.message, why) != NULL, "%s", b->err.message);
}

static const char *const kernel_dirs[] = {"/", "//", "/.", "/proc", "/proc/self", "/sys/kernel",
    "/dev", "/dev/shm", "relative", "", "/tmp/../etc"};

START_TEST(root_over_the_whole_system_or_the_kernel_is_refused)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "exit", "0");
	refused(&b, kernel_dirs[_i], "");
}
END_TEST

START_TEST(missing_roots_are_listed_absent_and_the_run_goes_on)
{
	CLEANUP(box_clear) struct box b;
	char missing[600];

	box_init(&b, "touch", "missing/x");
	(void)snprintf(missing, sizeof(missing), "%s/missing", b.dir);
	b.roots[1].path = missing;
	b.roots[2] = (struct sandbox_root){.path = "/no/such/read/root"};
	b.plan.root_count = 3;
	box_ok(&b);
	box_has(&b, "touch=ENOENT");
	ck_assert(b.roots[0].present);
	ck_assert(!b.roots[1].present);
	ck_assert(!b.roots[2].present);
	ck_assert_int_lt(access("missing", F_OK), 0);
}
END_TEST

START_TEST(link_out_of_the_working_directory_is_refused_by_name)
{
	CLEANUP(box_clear) struct box b;
	char path[600];

	box_init(&b, "exit", "0");
	ck_assert_int_eq(symlink("/etc", "escape"), 0);
	(void)snprintf(path, sizeof(path), "%s/escape", b.dir);
	refused(&b, path, "/escape' -> '/etc'");
	(void)snprintf(path, sizeof(path), "%s/escape/ssl", b.dir);
	refused(&b, path, "/escape' -> '/etc'");
}
END_TEST

START_TEST(link_within_the_working_directory_is_a_root)
{
	CLEANUP(box_clear) struct box b;
	char path[600];

	box_init(&b, "read", "alias/file");
	ck_assert_int_eq(symlink("ro", "alias"), 0);
	(void)snprintf(path, sizeof(path), "%s/alias", b.dir);
	b.roots[0].path = path;
	box_ok(&b);
	box_has(&b, "read=ok");
}
END_TEST

START_TEST(absolute_root_that_is_a_link_is_refused_but_links_above_it_work)
{
	CLEANUP(box_clear) struct box b;
	char outer[600], cwd[700], root[800], link[700];

	/* outer/way -> outer/real; the working directory is outer/way/project */
	box_init(&b, "read", "data/file");
	(void)snprintf(outer, sizeof(outer), "%s/outer", b.dir);
	ck_assert_int_eq(mkdir("outer", 0755), 0);
	ck_assert_int_eq(mkdir("outer/real", 0755), 0);
	ck_assert_int_eq(mkdir("outer/real/project", 0755), 0);
	ck_assert_int_eq(mkdir("outer/real/project/data", 0755), 0);
	box_file("outer/real/project/data/file", "x");
	ck_assert_int_eq(symlink("real", "outer/way"), 0);
	(void)snprintf(cwd, sizeof(cwd), "%s/way/project", outer);
	(void)snprintf(root, sizeof(root), "%s/data", cwd);
	(void)snprintf(link, sizeof(link), "%s/way", outer);
	b.plan.cwd = cwd;
	b.roots[0].path = root;
	b.plan.root_count = 1;
	box_ok(&b);
	box_has(&b, "read=ok");
	refused(&b, link, "is a link");
}
END_TEST

START_TEST(root_that_is_a_file_is_refused)
{
	CLEANUP(box_clear) struct box b;
	char path[700];

	box_init(&b, "exit", "0");
	(void)snprintf(path, sizeof(path), "%s/file", b.ro);
	refused(&b, path, "file");
}
END_TEST

struct nesting {
	const char *write, *try_write, *outcome;
};

/* Read roots are the project itself and its `ro`: the more specific of nested roots decides. */
static const struct nesting nestings[] = {{"rw", "rw/new", "touch=ok"},
    {"rw", "ro/new", "touch=EROFS"}, {"rw", "new", "touch=EROFS"}, {".", "ro/new", "touch=EROFS"},
    {".", "rw/new", "touch=ok"}, {".", "new", "touch=ok"}, {"ro", "ro/new", "touch=ok"},
    {"ro/in", "ro/in/new", "touch=ok"}, {"ro/in", "ro/new", "touch=EROFS"},
    {"ro", "rw/new", "touch=EROFS"}};

START_TEST(the_more_specific_of_nested_roots_decides)
{
	CLEANUP(box_clear) struct box b;
	char write[700];

	box_init(&b, "touch", nestings[_i].try_write);
	ck_assert_int_eq(mkdir("ro/in", 0755), 0);
	(void)snprintf(write, sizeof(write), "%s/%s", b.dir, nestings[_i].write);
	b.roots[0].path = b.dir;
	b.roots[1].path = write;
	b.roots[2] = (struct sandbox_root){.path = b.ro};
	b.plan.root_count = 3;
	box_ok(&b);
	box_has(&b, nestings[_i].outcome);
	ck_assert_int_eq(access(nestings[_i].try_write, F_OK) == 0,
	    strcmp(nestings[_i].outcome, "touch=ok") == 0);
}
END_TEST

/* rw is writable with every right, rw/way/kept is for reading, rw/way/kept/back for writing. */
static void nest(struct box *b, char paths[3][700])
{
	static const char *const names[] = {"rw/way/kept", "rw/way/kept/back", "rw/way/also"};

	ck_assert_int_eq(mkdir("rw/way", 0755), 0);
	ck_assert_int_eq(mkdir("rw/empty", 0755), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(mkdir(names[i], 0755), 0);
		(void)snprintf(paths[i], 700, "%s/%s", b->dir, names[i]);
	}
	box_file("rw/way/kept/file", "kept");
	box_file("rw/mine", "mine");
	b->roots[0] = (struct sandbox_root){.path = paths[0]};
	b->roots[1].mkdir = b->roots[1].rename = b->roots[1].remove = true;
	b->roots[2] = b->roots[1];
	b->roots[2].path = paths[1];
	b->plan.root_count = 3;
}

START_TEST(read_root_in_a_write_root_holds_against_every_way_to_write)
{
	CLEANUP(box_clear) struct box b;
	static const char *const lines[] = {"kept-create=EROFS", "kept-write=EROFS",
	    "kept-truncate=EPERM", "kept-remove=EROFS", "kept-mkdir=EROFS", "kept-chmod=EPERM",
	    "kept-out=EXDEV", "kept-in=EXDEV", "kept-move=EBUSY", "kept-over=EXDEV",
	    "way-move=EBUSY", "way-swap=EBUSY", "way-remove=EBUSY", "way-write=ok", "back-write=ok",
	    "kept-read=ok", "free-write=ok"};
	char paths[3][700];
	struct stat st;

	box_init(&b, "around", NULL);
	nest(&b, paths);
	box_ok(&b);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		box_has(&b, lines[i]);
	box_has_not(&b, "kept-link=ok");
	ck_assert_int_eq(stat("rw/way/kept/file", &st), 0);
	ck_assert_int_eq(st.st_size, 4);
	ck_assert_int_eq(access("rw/way/kept/back/new", F_OK), 0);
	ck_assert_int_lt(access("rw/way/kept/new", F_OK), 0);
}
END_TEST

START_TEST(many_read_roots_on_one_way_all_hold)
{
	CLEANUP(box_clear) struct box b;
	char paths[3][700];

	box_init(&b, "touch", "rw/way/also/new");
	nest(&b, paths);
	b.roots[3] = (struct sandbox_root){.path = paths[2]};
	b.plan.root_count = 4;
	box_ok(&b);
	box_has(&b, "touch=EROFS");
	sandbox_result_clear(&b.result);
	b.argv[2] = "rw/way/kept/new";
	box_ok(&b);
	box_has(&b, "touch=EROFS");
	sandbox_result_clear(&b.result);
	b.argv[2] = "rw/way/new";
	box_ok(&b);
	box_has(&b, "touch=ok");
}
END_TEST

START_TEST(read_root_that_the_program_could_make_is_refused)
{
	CLEANUP(box_clear) struct box b;
	char absent[700];

	box_init(&b, "exit", "0");
	(void)snprintf(absent, sizeof(absent), "%s/absent/in", b.rw);
	refused(&b, absent, "could make it");
	ck_rc(sandbox_roots_check(&b.plan, &b.err), ERR_SANDBOX, &b.err);
	/* as write root too it is what the policy wants */
	b.roots[2] = b.roots[1];
	b.roots[2].path = absent;
	b.plan.root_count = 3;
	box_ok(&b);
	/* and where the write root is not there either, nothing can be made */
	b.plan.root_count = 2;
	ck_assert_int_eq(rename("rw", "elsewhere"), 0);
	ck_rc(sandbox_roots_check(&b.plan, &b.err), 0, &b.err);
}
END_TEST

START_TEST(read_root_behind_a_link_that_the_program_could_replace_is_refused)
{
	CLEANUP(box_clear) struct box b;
	char path[700];

	box_init(&b, "exit", "0");
	ck_assert_int_eq(mkdir("rw/real", 0755), 0);
	ck_assert_int_eq(mkdir("rw/real/kept", 0755), 0);
	ck_assert_int_eq(symlink("real", "rw/way"), 0);
	(void)snprintf(path, sizeof(path), "%s/rw/way/kept", b.dir);
	refused(&b, path, "/rw/real/kept'");
	(void)snprintf(path, sizeof(path), "%s/rw/real/kept", b.dir);
	ck_rc(sandbox_roots_check(&b.plan, &b.err), 0, &b.err);
}
END_TEST

START_TEST(read_root_that_another_way_makes_writable_is_refused)
{
	CLEANUP(box_clear) struct box b;
	char path[700];

	box_init(&b, "exit", "0");
	ck_assert_int_eq(mkdir("rw/kept", 0755), 0);
	ck_assert_int_eq(symlink("rw", "alias"), 0);
	(void)snprintf(path, sizeof(path), "%s/alias/kept", b.dir);
	refused(&b, path, "makes writable");
}
END_TEST

START_TEST(write_only_root_is_readable_only_below_a_read_root)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "read", "rw/file");
	box_file("rw/file", "x");
	b.roots[0].path = _i == 1 ? b.dir : b.ro;
	b.roots[1].write_only = _i < 2;
	box_ok(&b);
	box_has(&b, _i == 0 ? "read=EACCES" : "read=ok");
}
END_TEST

START_TEST(granted_directory_rights_work)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "inside", "none");
	b.roots[1].mkdir = b.roots[1].rename = b.roots[1].remove = true;
	box_ok(&b);
	box_has(&b, "rw-mkdir=ok");
	box_has(&b, "rw-rename=ok");
	box_has(&b, "rw-symlink=EPERM");
	ck_assert_int_eq(access("rw/new2", F_OK), 0);
}
END_TEST

START_TEST(no_link_is_followed_where_the_plan_says_so)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "read", "ro/inner");
	ck_assert_int_eq(symlink("file", "ro/inner"), 0);
	b.roots[0].nosymfollow = _i == 1;
	box_ok(&b);
	box_has(&b, _i == 1 ? "read=ELOOP" : "read=ok");
}
END_TEST

START_TEST(root_replaced_after_prepare_does_not_lead_elsewhere)
{
	CLEANUP(box_clear) struct box b;
	struct sandbox *box = NULL;
	int rc = 0;

	box_init(&b, "read", "ro/passwd");
	ck_rc(sandbox_prepare(&box, &b.plan, &b.err), 0, &b.err);
	ck_assert_int_eq(rename("ro", "old"), 0);
	ck_assert_int_eq(symlink("/etc", "ro"), 0);
	rc = sandbox_run(box, &b.result, &b.err);
	sandbox_free(box);
	if (rc == 0) /* the child was quicker: it has the directory that was checked */
		box_has(&b, "read=ENOENT");
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("sandbox roots");
	TCase *t = tcase_create("roots");

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(
	    t, root_over_the_whole_system_or_the_kernel_is_refused, 0, (int)ARRAY_LEN(kernel_dirs));
	tcase_add_test(t, missing_roots_are_listed_absent_and_the_run_goes_on);
	tcase_add_test(t, link_out_of_the_working_directory_is_refused_by_name);
	tcase_add_test(t, link_within_the_working_directory_is_a_root);
	tcase_add_test(t, absolute_root_that_is_a_link_is_refused_but_links_above_it_work);
	tcase_add_test(t, root_that_is_a_file_is_refused);
	tcase_add_loop_test(
	    t, the_more_specific_of_nested_roots_decides, 0, (int)ARRAY_LEN(nestings));
	tcase_add_test(t, read_root_in_a_write_root_holds_against_every_way_to_write);
	tcase_add_test(t, many_read_roots_on_one_way_all_hold);
	tcase_add_test(t, read_root_that_the_program_could_make_is_refused);
	tcase_add_test(t, read_root_behind_a_link_that_the_program_could_replace_is_refused);
	tcase_add_test(t, read_root_that_another_way_makes_writable_is_refused);
	tcase_add_loop_test(t, write_only_root_is_readable_only_below_a_read_root, 0, 3);
	tcase_add_test(t, granted_directory_rights_work);
	tcase_add_loop_test(t, no_link_is_followed_where_the_plan_says_so, 0, 2);
	tcase_add_test(t, root_replaced_after_prepare_does_not_lead_elsewhere);
	suite_add_tcase(s, t);
	return box_main(argc, argv, s);
}
