/* SPDX-License-Identifier: MIT */
#include "pkg/transaction.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/path.h"
#include "tests/support/support.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *project(void)
{
	AUTO_FREE char *manifest = test_text_file("p/x07.json", "old manifest");
	AUTO_FREE char *lock = test_text_file("p/x07.lock.json", "old lock");

	return test_path("p");
}

static void check_file(const char *root, const char *name, const char *want)
{
	AUTO_FREE char *path = path_join(root, name);
	AUTO_FREE char *text = test_read(path);

	ck_assert_str_eq(text, want);
}

static void check_absent(const char *root, const char *name)
{
	AUTO_FREE char *path = path_join(root, name);

	ck_assert_int_lt(access(path, F_OK), 0);
}

static struct pkg_txn *begin(const char *root, enum pkg_txn_mode mode)
{
	const struct pkg_txn_options o = {.root = root, .command = "test", .mode = mode};
	struct pkg_txn *txn = NULL;
	struct err err = {0};

	ck_rc(pkg_txn_begin(&txn, &o, &err), 0, &err);
	return txn;
}

static void put(struct pkg_txn *txn, const char *path, const char *text)
{
	struct err err = {0};

	ck_rc(pkg_txn_put(txn, path, text, strlen(text), &err), 0, &err);
}

START_TEST(transaction_writes_all_files_and_leaves_no_journal)
{
	AUTO_FREE char *root = project();
	CLEANUP(pkg_txn_end_ptr) struct pkg_txn *txn = begin(root, PKG_TXN_WRITE);
	struct err err = {0};
	bool changed = false;

	put(txn, "x07.json", "new manifest");
	put(txn, "x07.lock.json", "new lock");
	check_file(root, "x07.json", "old manifest");
	ck_rc(pkg_txn_commit(&changed, txn, &err), 0, &err);
	ck_assert(changed);
	check_file(root, "x07.json", "new manifest");
	check_file(root, "x07.lock.json", "new lock");
	ck_assert(!pkg_txn_is_pending(root));
	put(txn, "x07.json", "new manifest");
	ck_rc(pkg_txn_commit(&changed, txn, &err), 0, &err);
	ck_assert(!changed);
}
END_TEST

START_TEST(transaction_keeps_the_mode_of_a_file)
{
	AUTO_FREE char *root = project();
	AUTO_FREE char *path = path_join(root, "x07.json");
	CLEANUP(pkg_txn_end_ptr) struct pkg_txn *txn = begin(root, PKG_TXN_WRITE);
	struct err err = {0};
	struct stat st;

	ck_assert_int_eq(chmod(path, 0640), 0);
	put(txn, "x07.json", "new");
	ck_rc(pkg_txn_commit(NULL, txn, &err), 0, &err);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
}
END_TEST

START_TEST(transaction_that_is_not_committed_changes_nothing)
{
	AUTO_FREE char *root = project();
	struct pkg_txn *txn = begin(root, PKG_TXN_WRITE);

	put(txn, "x07.json", "new");
	pkg_txn_end(txn);
	check_file(root, "x07.json", "old manifest");
}
END_TEST

/* A journal as a killed process leaves it. */
static void leave_journal(const char *root, const char *old_text, const char *new_text,
    const char *staged, const char *path)
{
	char old[SHA256_HEX_SIZE], new[SHA256_HEX_SIZE];
	CLEANUP(buf_clear) struct buf text = buf_init(4096);

	old[0] = '\0';
	if (old_text != NULL)
		sha256_text(old, old_text, strlen(old_text));
	sha256_text(new, new_text, strlen(new_text));
	buf_printf(&text,
	    "{\"schema_version\":\"x07.pkg.journal@0.1.0\",\"files\":[{\"staged\":0,\"path\":"
	    "\"%s\",\"old\":\"%s\",\"new\":\"%s\"}]}",
	    path, old, new);
	(void)root;
	base_free_ptr(&(char *){test_text_file("p/.x07/tmp/journal", text.data)});
	if (staged != NULL)
		base_free_ptr(&(char *){test_text_file("p/.x07/tmp/staged.0", staged)});
	base_free_ptr(&(char *){test_text_file("p/.x07/tmp/pkg.lock", "")});
}

START_TEST(journal_of_a_dead_process_is_finished_by_reader_and_writer)
{
	AUTO_FREE char *root = project();
	struct pkg_txn *txn;

	leave_journal(root, "old lock", "new lock", "new lock", "x07.lock.json");
	ck_assert(pkg_txn_is_pending(root));
	txn = begin(root, _i == 0 ? PKG_TXN_READ : PKG_TXN_WRITE);
	check_file(root, "x07.lock.json", "new lock");
	ck_assert(!pkg_txn_is_pending(root));
	check_absent(root, ".x07/tmp/staged.0");
	pkg_txn_end(txn);
}
END_TEST

START_TEST(journal_that_is_half_done_is_finished)
{
	AUTO_FREE char *root = project();

	leave_journal(root, "older", "old lock", NULL, "x07.lock.json");
	pkg_txn_end(begin(root, PKG_TXN_WRITE));
	check_file(root, "x07.lock.json", "old lock");
	ck_assert(!pkg_txn_is_pending(root));
}
END_TEST

START_TEST(journal_never_overwrites_what_was_edited_since)
{
	AUTO_FREE char *root = project();

	leave_journal(root, "another", "new lock", "new lock", "x07.lock.json");
	pkg_txn_end(begin(root, PKG_TXN_WRITE));
	check_file(root, "x07.lock.json", "old lock");
	ck_assert(!pkg_txn_is_pending(root));
	check_absent(root, ".x07/tmp/staged.0");
}
END_TEST

START_TEST(journal_with_a_damaged_staged_file_is_dropped)
{
	AUTO_FREE char *root = project();

	leave_journal(root, "old lock", "new lock", "new l", "x07.lock.json");
	pkg_txn_end(begin(root, PKG_TXN_WRITE));
	check_file(root, "x07.lock.json", "old lock");
	ck_assert(!pkg_txn_is_pending(root));
}
END_TEST

START_TEST(journal_that_leads_out_of_the_project_changes_nothing)
{
	AUTO_FREE char *root = project();
	AUTO_FREE char *outside = test_text_file("victim", "safe");
	const struct pkg_txn_options o = {.root = root, .command = "t", .mode = PKG_TXN_WRITE};
	struct pkg_txn *txn = NULL;
	struct err err = {0};

	leave_journal(root, "safe", "new lock", "new lock", "../victim");
	ck_rc(pkg_txn_begin(&txn, &o, &err), 0, &err);
	pkg_txn_end(txn);
	ck_assert(!pkg_txn_is_pending(root));
	{
		AUTO_FREE char *text = test_read(outside);

		ck_assert_str_eq(text, "safe");
	}
}
END_TEST

/* A repository may hold a journal: what it says must not become a hook of the clone. */
START_TEST(journal_that_leads_into_version_control_changes_nothing)
{
	static const char *const paths[] = {
	    ".git/hooks/post-checkout", "sub/.GIT/config", "./.git/config", "hooks/post-checkout"};
	AUTO_FREE char *root = project();
	AUTO_FREE char *link = path_join(root, "hooks");
	AUTO_FREE char *sample = test_text_file("p/.git/hooks/sample", "");
	AUTO_FREE char *other = test_text_file("p/sub/.GIT/sample", "");
	AUTO_FREE char *target = path_join(root, ".git/hooks");
	const struct pkg_txn_options o = {
	    .root = root, .command = "t", .mode = _i < 4 ? PKG_TXN_WRITE : PKG_TXN_READ};
	struct pkg_txn *txn = NULL;
	struct err err = {0};

	ck_assert_int_eq(symlink(".git/hooks", link), 0);
	leave_journal(root, NULL, "#!/bin/sh", "#!/bin/sh", paths[_i % 4]);
	if (pkg_txn_begin(&txn, &o, &err) == 0)
		pkg_txn_end(txn);
	check_absent(root, paths[_i % 4]);
	ck_assert_uint_eq(test_count_entries(target), 1);
}
END_TEST

START_TEST(journal_that_is_garbage_is_dropped)
{
	AUTO_FREE char *root = project();

	base_free_ptr(&(char *){test_text_file("p/.x07/tmp/journal", "{\"files\":")});
	pkg_txn_end(begin(root, PKG_TXN_WRITE));
	ck_assert(!pkg_txn_is_pending(root));
	check_file(root, "x07.json", "old manifest");
}
END_TEST

START_TEST(transaction_refuses_paths_that_leave_the_project)
{
	static const char *const bad[] = {
	    "", "/etc/passwd", "../x", "a/../../x", "a/", ".git/x", "a/.Git/hooks/x"};
	AUTO_FREE char *root = project();
	CLEANUP(pkg_txn_end_ptr) struct pkg_txn *txn = begin(root, PKG_TXN_WRITE);
	struct err err = {0};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_rc(pkg_txn_put(txn, bad[i], "", 0, &err), ERR_USAGE, &err);
	for (int i = 0; i < PKG_TXN_FILES_MAX; i++)
		put(txn, "x07.json", "");
	ck_rc(pkg_txn_put(txn, "x07.json", "", 0, &err), ERR_LIMIT, &err);
}
END_TEST

static void note_wait(void *ctx, const char *holder)
{
	(void)snprintf(ctx, PKG_TXN_HOLDER_MAX, "%s", holder);
}

START_TEST(second_writer_waits_and_is_told_who_holds_the_project)
{
	AUTO_FREE char *root = project();
	CLEANUP(pkg_txn_end_ptr) struct pkg_txn *txn = begin(root, PKG_TXN_WRITE);
	char seen[PKG_TXN_HOLDER_MAX] = "", want[64];
	const struct pkg_txn_options o = {.root = root,
	    .command = "x07 pkg add",
	    .mode = _i == 0 ? PKG_TXN_WRITE : PKG_TXN_READ,
	    .wait_ms = 30,
	    .waiting = note_wait,
	    .ctx = seen};
	struct pkg_txn *second = NULL;
	struct err err = {0};

	ck_rc(pkg_txn_begin(&second, &o, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_PROJECT_BUSY");
	(void)snprintf(want, sizeof(want), "process %ld (test)", (long)getpid());
	ck_assert_str_eq(seen, want);
	ck_assert_ptr_nonnull(strstr(err.message, want));
}
END_TEST

START_TEST(lock_goes_with_a_killed_holder)
{
	AUTO_FREE char *root = project();
	int ready[2];
	char byte = 0;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		(void)begin(root, PKG_TXN_WRITE);
		(void)!write(ready[1], "x", 1);
		(void)pause();
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	pkg_txn_end(begin(root, PKG_TXN_WRITE));
}
END_TEST

START_TEST(lock_that_is_a_pipe_is_refused)
{
	AUTO_FREE char *root = project();
	AUTO_FREE char *beside = test_text_file("p/.x07/tmp/x", "");
	AUTO_FREE char *lock = path_join(root, ".x07/tmp/pkg.lock");
	const struct pkg_txn_options o = {
	    .root = root, .command = "t", .mode = _i == 0 ? PKG_TXN_READ : PKG_TXN_WRITE};
	struct pkg_txn *txn = NULL;
	struct err err = {0};

	ck_assert_int_eq(mkfifo(lock, 0600), 0);
	ck_rc(pkg_txn_begin(&txn, &o, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_IO");
}
END_TEST

START_TEST(readers_share_and_create_nothing)
{
	AUTO_FREE char *root = project();
	CLEANUP(pkg_txn_end_ptr) struct pkg_txn *a = begin(root, PKG_TXN_READ);
	CLEANUP(pkg_txn_end_ptr) struct pkg_txn *b = begin(root, PKG_TXN_READ);

	check_absent(root, ".x07");
}
END_TEST

START_TEST(link_out_of_the_project_is_refused)
{
	AUTO_FREE char *root = project();
	AUTO_FREE char *link = path_join(root, ".x07");
	AUTO_FREE char *elsewhere = test_path("elsewhere/tmp");
	AUTO_FREE char *target = test_path("elsewhere");
	const struct pkg_txn_options o = {.root = root, .command = "t", .mode = PKG_TXN_WRITE};
	struct pkg_txn *txn = NULL;
	struct err err = {0};

	ck_rc(file_mkdirs(elsewhere, &err), 0, &err);
	ck_assert_int_eq(symlink(target, link), 0);
	ck_rc(pkg_txn_begin(&txn, &o, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_IO");
	ck_assert_uint_eq(test_count_entries(elsewhere), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("transaction");
	TCase *t = tcase_create("transaction");

	tcase_add_test(t, transaction_writes_all_files_and_leaves_no_journal);
	tcase_add_test(t, transaction_keeps_the_mode_of_a_file);
	tcase_add_test(t, transaction_that_is_not_committed_changes_nothing);
	tcase_add_loop_test(t, journal_of_a_dead_process_is_finished_by_reader_and_writer, 0, 2);
	tcase_add_test(t, journal_that_is_half_done_is_finished);
	tcase_add_test(t, journal_never_overwrites_what_was_edited_since);
	tcase_add_test(t, journal_with_a_damaged_staged_file_is_dropped);
	tcase_add_test(t, journal_that_leads_out_of_the_project_changes_nothing);
	tcase_add_loop_test(t, journal_that_leads_into_version_control_changes_nothing, 0, 8);
	tcase_add_test(t, journal_that_is_garbage_is_dropped);
	tcase_add_test(t, transaction_refuses_paths_that_leave_the_project);
	tcase_add_loop_test(t, second_writer_waits_and_is_told_who_holds_the_project, 0, 2);
	tcase_add_test(t, lock_goes_with_a_killed_holder);
	tcase_add_loop_test(t, lock_that_is_a_pipe_is_refused, 0, 2);
	tcase_add_test(t, readers_share_and_create_nothing);
	tcase_add_test(t, link_out_of_the_project_is_refused);
	suite_add_tcase(s, t);
	return test_main(s);
}
