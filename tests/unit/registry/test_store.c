/* SPDX-License-Identifier: MIT */
/* The store: entries come and go whole, bad ones are found, processes do not hurt each other. */
#include "pkg/tree_digest.h"
#include "registry/store/entry.h"
#include "registry/store/gc.h"
#include "registry/store/link.h"
#include "registry/store/store.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 50
#define PROCESSES 8

/** A store and a project beside it. */
struct place {
	char *root, *project;
	int staging_fd, deps_fd;
	struct store *store;
};

static void place_clear(struct place *p)
{
	store_close(p->store);
	base_close_fd(&p->staging_fd);
	base_close_fd(&p->deps_fd);
	free(p->root);
	free(p->project);
}

static int dir_at(const char *parent, const char *name)
{
	char path[4096];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", parent, name);
	(void)mkdir(parent, 0755);
	(void)mkdir(path, 0755);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static struct place place_make(void)
{
	struct place p = {.root = test_path("store"), .project = test_path("project")};
	AUTO_FREE char *keep = test_text_file("keep", "");
	struct err err = {0};

	p.staging_fd = dir_at(p.project, "tmp");
	p.deps_fd = dir_at(p.project, "deps");
	ck_rc(store_open(&p.store, p.root, 0, &err), 0, &err);
	return p;
}

/* The digest that stands for an archive: of its number. */
static void digest_of(char out[SHA256_HEX_SIZE], unsigned n)
{
	sha256_text(out, &n, sizeof(n));
}

static void write_at(int dirfd, const char *path, const void *data, size_t len)
{
	AUTO_CLOSE int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
}

/* What an archive with this number would unpack to. */
static void fill(int dirfd, unsigned n, unsigned files, size_t size)
{
	AUTO_FREE char *data = base_alloc(size + 1);

	memset(data, (int)('a' + n % 26), size);
	ck_assert_int_eq(mkdirat(dirfd, "modules", 0755), 0);
	for (unsigned i = 0; i < files; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "modules/m%u.x07.json", i);
		write_at(dirfd, path, data, size);
	}
	write_at(dirfd, "x07-package.json", &n, sizeof(n));
}

static int put(
    struct store *store, unsigned n, const char *want, char tree[SHA256_HEX_SIZE], struct err *err)
{
	struct store_put one = {.want_tree_sha256 = want};
	char key[SHA256_HEX_SIZE];
	int rc;

	digest_of(key, n);
	one.archive_sha256 = key;
	ck_rc(store_stage_make(&one.stage, store, err), 0, err);
	fill(one.stage.dirfd, n, 3, 100);
	rc = store_put(store, &one, 1, err);
	if (tree)
		memcpy(tree, one.tree_sha256, SHA256_HEX_SIZE);
	return rc;
}

static int link_one(struct place *p, unsigned n, const char *name, bool copy, struct err *err)
{
	const struct store_link_options options = {.staging_fd = p->staging_fd, .copy = copy};
	struct store_link one = {.parent_fd = p->deps_fd, .name = name};
	char key[SHA256_HEX_SIZE];
	int rc;

	digest_of(key, n);
	one.archive_sha256 = key;
	rc = store_link(p->store, &one, 1, &options, err);
	ck_assert(rc == 0 ? one.list.count == one.files && one.list.bytes == one.bytes
			  : one.list.count == 0);
	pkg_tree_clear(&one.list);
	return rc;
}

static void clear_lists(struct store_link *links, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		pkg_tree_clear(&links[i].list);
}

/* A file of an entry, writable for a moment: what a disk error or a careless editor does. */
static void damage(struct place *p, unsigned n, const char *file, off_t at)
{
	AUTO_FREE char *path = NULL;
	char key[SHA256_HEX_SIZE];
	struct timespec times[2];
	struct stat st;
	unsigned char byte;
	int fd;

	digest_of(key, n);
	ck_assert_int_ge(asprintf(&path, "%s/sha256/%.2s/%s/%s", p->root, key, key, file), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	ck_assert_int_eq(chmod(path, 0644), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
	ck_assert_int_eq(futimens(fd, times), 0);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(chmod(path, 0444), 0);
}

START_TEST(package_goes_through_the_store_into_a_project)
{
	CLEANUP(place_clear) struct place p = place_make();
	CLEANUP(pkg_tree_clear) struct pkg_tree tree = {0};
	AUTO_CLOSE int installed = -1;
	char tree_sha256[SHA256_HEX_SIZE], again[SHA256_HEX_SIZE];
	struct err err = {0};
	struct stat st;

	ck_rc(link_one(&p, 1, "demo", false, &err), ERR_NOT_FOUND, &err);
	ck_rc(put(p.store, 1, NULL, tree_sha256, &err), 0, &err);
	ck_rc(link_one(&p, 1, "demo", _i == 1, &err), 0, &err);
	installed = openat(p.deps_fd, "demo", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_rc(pkg_tree_scan(&tree, installed, &err), 0, &err);
	pkg_tree_digest(again, &tree);
	ck_assert_str_eq(again, tree_sha256);
	ck_assert_int_eq(fstatat(installed, "x07-package.json", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0444);
	if (_i == 1)
		ck_assert_uint_eq(st.st_nlink, 1);
	ck_assert_uint_eq(test_count_entries(p.project), 2);
}
END_TEST

START_TEST(package_that_is_there_is_replaced_whole)
{
	CLEANUP(place_clear) struct place p = place_make();
	AUTO_FREE char *tmp = test_path("project/tmp");
	AUTO_FREE char *old = test_text_file("project/deps/demo/left-over", "old");
	AUTO_FREE char *new = test_path("project/deps/demo/x07-package.json");
	struct err err = {0};

	ck_rc(put(p.store, 1, NULL, NULL, &err), 0, &err);
	ck_rc(link_one(&p, 1, "demo", false, &err), 0, &err);
	ck_assert_int_ne(access(old, F_OK), 0);
	ck_assert_int_eq(access(new, F_OK), 0);
	ck_assert_uint_eq(test_count_entries(tmp), 0);
}
END_TEST

START_TEST(same_archive_twice_is_one_entry)
{
	CLEANUP(place_clear) struct place p = place_make();
	AUTO_FREE char *tmp = test_path("store/tmp");
	struct err err = {0};

	ck_rc(put(p.store, 1, NULL, NULL, &err), 0, &err);
	ck_rc(put(p.store, 1, NULL, NULL, &err), 0, &err);
	ck_assert_uint_eq(test_count_entries(tmp), 0);
}
END_TEST

START_TEST(tree_that_is_not_the_wanted_one_is_refused)
{
	CLEANUP(place_clear) struct place p = place_make();
	const struct store_link_options options = {.staging_fd = p.staging_fd};
	struct store_link one = {.parent_fd = p.deps_fd, .name = "demo"};
	AUTO_FREE char *tmp = test_path("store/tmp");
	char key[SHA256_HEX_SIZE], other[SHA256_HEX_SIZE];
	struct err err = {0};

	digest_of(other, 99);
	digest_of(key, 1);
	ck_rc(put(p.store, 1, other, NULL, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_STORE_MISMATCH");
	ck_assert(!store_has(p.store, key));
	ck_assert_uint_eq(test_count_entries(tmp), 0);
	ck_rc(put(p.store, 1, NULL, NULL, &err), 0, &err);
	one.archive_sha256 = key;
	one.want_tree_sha256 = other;
	ck_rc(store_link(p.store, &one, 1, &options, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_STORE_MISMATCH");
	ck_assert(store_has(p.store, key));
}
END_TEST

/* clang-format off */
static const struct {
	const char *file;
	off_t at;
} damages[] = {
	{ "files/modules/m1.x07.json", 50 }, { "files/x07-package.json", 0 },
	{ "list", 0 }, { "list", 30 }, { "list", 100 }, { "list", 170 }, { "list", 230 },
};
/* clang-format on */

START_TEST(damaged_entry_is_dropped_and_can_come_back)
{
	CLEANUP(place_clear) struct place p = place_make();
	AUTO_FREE char *deps = test_path("project/deps");
	char key[SHA256_HEX_SIZE];
	struct err err = {0};

	digest_of(key, 1);
	ck_rc(put(p.store, 1, NULL, NULL, &err), 0, &err);
	damage(&p, 1, damages[_i].file, damages[_i].at);
	ck_rc(link_one(&p, 1, "demo", false, &err), ERR_NOT_FOUND, &err);
	ck_assert_uint_eq(test_count_entries(deps), 0);
	ck_assert(!store_has(p.store, key));
	ck_rc(put(p.store, 1, NULL, NULL, &err), 0, &err);
	ck_rc(link_one(&p, 1, "demo", false, &err), 0, &err);
}
END_TEST

START_TEST(extra_and_missing_files_of_an_entry_are_damage)
{
	CLEANUP(place_clear) struct place p = place_make();
	AUTO_FREE char *path = NULL;
	char key[SHA256_HEX_SIZE];
	struct err err = {0};

	digest_of(key, 1);
	ck_rc(put(p.store, 1, NULL, NULL, &err), 0, &err);
	ck_assert_int_ge(asprintf(&path, "%s/sha256/%.2s/%s/files/%s", p.root, key, key,
			     _i == 2 ? "modules/m0.x07.json" : "extra"),
	    0);
	if (_i == 0)
		ck_assert_int_eq(mkfifo(path, 0600), 0);
	else if (_i == 1)
		ck_assert_int_eq(symlink("/etc/passwd", path), 0);
	else
		ck_assert_int_eq(unlink(path), 0);
	ck_rc(link_one(&p, 1, "demo", false, &err), ERR_NOT_FOUND, &err);
	ck_assert(!store_has(p.store, key));
}
END_TEST

START_TEST(what_is_no_package_is_not_put)
{
	CLEANUP(place_clear) struct place p = place_make();
	AUTO_FREE char *tmp = test_path("store/tmp");
	struct store_put one = {0};
	char key[SHA256_HEX_SIZE];
	struct err err = {0};

	digest_of(key, 1);
	one.archive_sha256 = _i == 0 ? key : "../../../etc";
	ck_rc(store_stage_make(&one.stage, p.store, &err), 0, &err);
	fill(one.stage.dirfd, 1, 1, 10);
	if (_i == 0)
		ck_assert_int_eq(symlinkat("/etc/passwd", one.stage.dirfd, "link"), 0);
	ck_rc(store_put(p.store, &one, 1, &err), ERR_FORMAT, &err);
	ck_assert_uint_eq(test_count_entries(tmp), 0);
}
END_TEST

START_TEST(store_of_another_format_is_refused)
{
	AUTO_FREE char *format = test_text_file("store/format", "x07.store@9\n");
	AUTO_FREE char *root = test_path("store");
	struct store *store = NULL;
	struct err err = {0};

	ck_rc(store_open(&store, root, 0, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_STORE_FORMAT");
	ck_assert_ptr_null(store);
	(void)format;
}
END_TEST

START_TEST(leftovers_of_the_dead_are_swept_and_those_of_the_living_not)
{
	CLEANUP(place_clear) struct place p = place_make();
	AUTO_FREE char *tmp = test_path("store/tmp");
	struct store_stage stage;
	struct store *other = NULL;
	struct err err = {0};

	ck_rc(store_stage_make(&stage, p.store, &err), 0, &err);
	fill(stage.dirfd, 1, 2, 10);
	ck_rc(store_open(&other, p.root, 0, &err), 0, &err);
	ck_assert_uint_eq(test_count_entries(tmp), 1);
	store_close(other);
	store_close(TAKE(p.store));
	ck_rc(store_open(&p.store, p.root, 0, &err), 0, &err);
	ck_assert_uint_eq(test_count_entries(tmp), 0);
	ck_assert_int_eq(close(stage.dirfd), 0);
}
END_TEST

START_TEST(collection_takes_old_and_bad_entries)
{
	CLEANUP(place_clear) struct place p = place_make();
	struct store_gc_options options = {.now_s = time(NULL), .max_age_s = 3600};
	struct store_gc_result result = {0};
	struct err err = {0};

	for (unsigned n = 1; n <= 4; n++)
		ck_rc(put(p.store, n, NULL, NULL, &err), 0, &err);
	ck_rc(store_gc(p.root, &options, &result, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_STORE_BUSY");
	damage(&p, 2, "files/x07-package.json", 0);
	damage(&p, 3, "list", 20);
	store_close(TAKE(p.store));
	/* Only what shows without hashing; nothing is removed. */
	options.dry_run = true;
	ck_rc(store_gc(p.root, &options, &result, &err), 0, &err);
	ck_assert_uint_eq(result.removed, 1);
	ck_rc(store_gc(p.root, &options, &result, &err), 0, &err);
	ck_assert_uint_eq(result.removed, 1);
	options.dry_run = false;
	options.verify = true;
	ck_rc(store_gc(p.root, &options, &result, &err), 0, &err);
	ck_assert_uint_eq(result.bad, 2);
	ck_assert_uint_eq(result.kept, 2);
	options.now_s += 7200;
	ck_rc(store_gc(p.root, &options, &result, &err), 0, &err);
	ck_assert_uint_eq(result.removed, 2);
	ck_assert_uint_eq(result.kept, 0);
}
END_TEST

/* What one of several processes does: put, link, damage, link, collect, in its own project. */
static void churn(const char *root, unsigned who)
{
	struct place p = {.root = base_strdup(root), .project = test_path("project")};
	struct err err = {0};
	unsigned seed = who;

	p.staging_fd = dir_at(p.project, "tmp");
	p.deps_fd = dir_at(p.project, "deps");
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned n = (unsigned)rand_r(&seed) % 5;
		int rc = store_open(&p.store, root, 10000, &err);

		ck_rc(rc, 0, &err);
		for (unsigned tries = 0; tries < 100; tries++) {
			rc = link_one(&p, n, "demo", false, &err);
			if (rc != ERR_NOT_FOUND)
				break;
			ck_rc(put(p.store, n, NULL, NULL, &err), 0, &err);
		}
		ck_rc(rc, 0, &err);
		if (round % 7 == who % 7) {
			char key[SHA256_HEX_SIZE];

			digest_of(key, n);
			ck_rc(store_drop(p.store, key, &err), 0, &err);
		}
		store_close(TAKE(p.store));
	}
	ck_assert_uint_eq(test_count_entries(p.project), 2);
	place_clear(&p);
}

START_TEST(eight_processes_share_a_store)
{
	AUTO_FREE char *keep = test_text_file("keep", "");
	AUTO_FREE char *root = test_path("store");
	AUTO_FREE char *tmp = test_path("store/tmp");
	struct store *store = NULL;
	pid_t pids[PROCESSES];
	struct err err = {0};

	for (unsigned i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			churn(root, i);
			_exit(0);
		}
	}
	for (unsigned i = 0; i < PROCESSES; i++) {
		int status = 0;

		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	ck_rc(store_open(&store, root, 0, &err), 0, &err);
	ck_assert_uint_eq(test_count_entries(tmp), 0);
	store_close(store);
	(void)keep;
}
END_TEST

/* Killed at a random moment; whoever comes next finds whole entries and no leftovers. */
START_TEST(killed_process_leaves_nothing_bad)
{
	CLEANUP(place_clear) struct place p = place_make();
	AUTO_FREE char *tmp = test_path("store/tmp");
	unsigned seed = 7;

	store_close(TAKE(p.store));
	for (unsigned round = 0; round < 60; round++) {
		struct store_gc_options options = {
		    .now_s = time(NULL), .max_age_s = 3600, .verify = true};
		struct store_gc_result result = {0};
		const struct timespec moment = {.tv_nsec = rand_r(&seed) % 6000000};
		struct err err = {0};
		pid_t pid = fork();

		if (pid == 0) {
			(void)!store_open(&p.store, p.root, 0, &err);
			for (unsigned n = 0;; n = (n + 1) % 8) {
				char key[SHA256_HEX_SIZE];

				digest_of(key, n);
				(void)!put(p.store, n, NULL, NULL, &err);
				(void)!link_one(&p, n, "demo", false, &err);
				(void)!store_drop(p.store, key, &err);
			}
		}
		(void)nanosleep(&moment, NULL);
		ck_assert_int_eq(kill(pid, SIGKILL), 0);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		ck_rc(store_gc(p.root, &options, &result, &err), 0, &err);
		ck_assert_uint_eq(result.bad, 0);
		ck_assert_uint_eq(test_count_entries(tmp), 0);
	}
}
END_TEST

static double ms_since(const struct timespec *from)
{
	struct timespec to;

	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	return (double)(to.tv_sec - from->tv_sec) * 1e3 +
	       (double)(to.tv_nsec - from->tv_nsec) / 1e6;
}

/* 100 packages of 12 files of 8 KiB; the bounds are ten times what it takes on a small machine. */
START_TEST(hundred_packages_are_put_verified_and_linked)
{
	CLEANUP(place_clear) struct place p = place_make();
	struct store_link_options options = {.staging_fd = p.staging_fd};
	static struct store_link links[100];
	static struct store_put puts[100];
	static char keys[100][SHA256_HEX_SIZE], names[100][16];
	struct timespec start;
	struct err err = {0};
	double put_ms, verify_ms, link_ms;

	for (unsigned n = 0; n < 100; n++) {
		digest_of(keys[n], n);
		(void)snprintf(names[n], sizeof(names[n]), "p%u", n);
		ck_rc(store_stage_make(&puts[n].stage, p.store, &err), 0, &err);
		fill(puts[n].stage.dirfd, n, 12, 8192);
		puts[n].archive_sha256 = keys[n];
		links[n] = (struct store_link){
		    .archive_sha256 = keys[n], .parent_fd = p.deps_fd, .name = names[n]};
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	ck_rc(store_put(p.store, puts, 100, &err), 0, &err);
	put_ms = ms_since(&start);
	options.only_verify = true;
	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	ck_rc(store_link(p.store, links, 100, &options, &err), 0, &err);
	verify_ms = ms_since(&start);
	clear_lists(links, 100);
	options.only_verify = false;
	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	ck_rc(store_link(p.store, links, 100, &options, &err), 0, &err);
	link_ms = ms_since(&start);
	clear_lists(links, 100);
	(void)fprintf(stderr, "put %.1f ms, verify %.1f ms, verify and link %.1f ms\n", put_ms,
	    verify_ms, link_ms);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("registry/store");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, package_goes_through_the_store_into_a_project, 0, 2);
	tcase_add_test(t, package_that_is_there_is_replaced_whole);
	tcase_add_test(t, same_archive_twice_is_one_entry);
	tcase_add_test(t, tree_that_is_not_the_wanted_one_is_refused);
	tcase_add_loop_test(
	    t, damaged_entry_is_dropped_and_can_come_back, 0, (int)ARRAY_LEN(damages));
	tcase_add_loop_test(t, extra_and_missing_files_of_an_entry_are_damage, 0, 3);
	tcase_add_loop_test(t, what_is_no_package_is_not_put, 0, 2);
	tcase_add_test(t, store_of_another_format_is_refused);
	tcase_add_test(t, leftovers_of_the_dead_are_swept_and_those_of_the_living_not);
	tcase_add_test(t, collection_takes_old_and_bad_entries);
	tcase_add_test(t, eight_processes_share_a_store);
	tcase_add_test(t, killed_process_leaves_nothing_bad);
	tcase_add_test(t, hundred_packages_are_put_verified_and_linked);
	suite_add_tcase(s, t);
	return test_main(s);
}
