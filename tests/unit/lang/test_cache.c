/* SPDX-License-Identifier: MIT */
/* The image cache and the public calls around it. */
#include "base/file.h"
#include "lang/image/cache.h"
#include "lang/image/cache_prune.h"
#include "lang/image/cc.h"
#include "lang/lang.h"
#include "lang/rt/abi.h"
#include "tests/support/support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNUSED __attribute__((unused)) /* the directory is wanted, not its descriptor */
#define KEY "ab00000000000000000000000000000000000000000000000000000000000001"
#define KEY2 "cd00000000000000000000000000000000000000000000000000000000000002"

static int open_cache(void)
{
	AUTO_FREE char *dir = test_path("cache/images");
	int fd;

	ck_assert_int_eq(setenv("X07_NATIVE_CACHE_DIR", dir, 1), 0);
	fd = image_cache_open();
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void store(int fd, const char *key, size_t size, char fill)
{
	CLEANUP(image_bytes_clear) struct image_bytes image = {.data = buf_init(1u << 20)};
	struct err err = {0};

	image.entry = RT_UNIT_BASE;
	for (size_t i = 0; i < size; i++)
		buf_putc(&image.data, fill);
	ck_rc(image_cache_store(fd, key, &image, &err), 0, &err);
}

static bool is_there(int fd, const char *key)
{
	CLEANUP(image_bytes_clear) struct image_bytes image = {0};

	return image_cache_load(&image, fd, key);
}

START_TEST(what_is_stored_comes_back)
{
	CLEANUP(image_bytes_clear) struct image_bytes image = {0};
	AUTO_CLOSE int fd = open_cache();

	ck_assert(!is_there(fd, KEY));
	store(fd, KEY, 1000, 'x');
	ck_assert(image_cache_load(&image, fd, KEY));
	ck_assert_uint_eq(image.data.len, 1000);
	ck_assert_uint_eq(image.entry, RT_UNIT_BASE);
	ck_assert(!is_there(fd, KEY2));
}
END_TEST

/* Every byte of the file counts, its length too. */
START_TEST(a_damaged_entry_is_refused_and_removed)
{
	AUTO_CLOSE int fd = open_cache();
	AUTO_FREE char *path = test_path("cache/images/ab/" KEY);
	struct stat st;

	for (off_t at = 0; at < 130; at += 3) {
		AUTO_CLOSE int file = -1;
		char byte;

		store(fd, KEY, 10, 'x');
		file = open(path, O_RDWR);
		ck_assert_int_eq(pread(file, &byte, 1, at), 1);
		byte = (char)(byte ^ 0x40);
		ck_assert_int_eq(pwrite(file, &byte, 1, at), 1);
		ck_assert_msg(!is_there(fd, KEY), "byte %ld", (long)at);
		ck_assert_int_lt(stat(path, &st), 0);
	}
	store(fd, KEY, 10, 'x');
	ck_assert_int_eq(truncate(path, 125), 0);
	ck_assert(!is_there(fd, KEY));
	store(fd, KEY, 10, 'x');
	ck_assert_int_eq(truncate(path, 0), 0);
	ck_assert(!is_there(fd, KEY));
}
END_TEST

START_TEST(an_entry_under_another_key_is_refused)
{
	AUTO_CLOSE int fd = open_cache();
	AUTO_FREE char *from = test_path("cache/images/ab/" KEY);
	AUTO_FREE char *to = test_path("cache/images/cd/" KEY2);

	store(fd, KEY, 10, 'x');
	store(fd, KEY2, 10, 'y');
	ck_assert_int_eq(rename(from, to), 0);
	ck_assert(!is_there(fd, KEY2));
}
END_TEST

START_TEST(a_link_in_place_of_an_entry_is_not_followed)
{
	AUTO_CLOSE int fd = open_cache();
	AUTO_FREE char *entry = test_path("cache/images/ab/" KEY);
	AUTO_FREE char *elsewhere = test_path("elsewhere");

	store(fd, KEY, 10, 'x');
	ck_assert_int_eq(rename(entry, elsewhere), 0);
	ck_assert_int_eq(symlink(elsewhere, entry), 0);
	ck_assert(!is_there(fd, KEY));
}
END_TEST

START_TEST(a_directory_that_others_can_write_is_not_used)
{
	AUTO_CLOSE UNUSED int fd = open_cache();
	AUTO_FREE char *dir = test_path("cache/images");
	struct stat st;

	ck_assert_int_eq(stat(dir, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0700);
	ck_assert_int_eq(chmod(dir, 0777), 0);
	ck_assert_int_lt(image_cache_open(), 0);
}
END_TEST

static void write_often(int fd, char fill)
{
	for (int k = 0; k < 50; k++)
		store(fd, KEY, 20000, fill);
	_exit(0);
}

static void read_often(int fd)
{
	for (int i = 0; i < 500; i++) {
		CLEANUP(image_bytes_clear) struct image_bytes image = {0};

		ck_assert(
		    !image_cache_load(&image, fd, KEY) ||
		    (image.data.len == 20000 && image.data.data[0] == image.data.data[19999]));
	}
}

START_TEST(many_writers_leave_one_whole_entry)
{
	AUTO_CLOSE int fd = open_cache();
	AUTO_FREE char *dir = test_path("cache/images/ab");

	for (int i = 0; i < 8; i++) {
		if (fork() == 0)
			write_often(fd, (char)('a' + i));
	}
	read_often(fd);
	for (int i = 0; i < 8; i++) {
		int status = -1;

		ck_assert(wait(&status) > 0 && status == 0);
	}
	ck_assert(is_there(fd, KEY));
	ck_assert_uint_eq(test_count_entries(dir), 1);
}
END_TEST

START_TEST(one_builder_has_the_lock)
{
	AUTO_CLOSE int fd = open_cache();
	int first = image_cache_lock(fd, KEY);
	AUTO_CLOSE int other = image_cache_lock(fd, KEY2);

	ck_assert_int_ge(first, 0);
	ck_assert_int_ge(other, 0);
	ck_assert_int_lt(image_cache_lock(fd, KEY), 0);
	image_cache_unlock(fd, KEY, first);
	first = image_cache_lock(fd, KEY);
	ck_assert_int_ge(first, 0);
	image_cache_unlock(fd, KEY, first);
}
END_TEST

static void make_old(const char *path, time_t seconds)
{
	struct timespec times[2] = {
	    {.tv_sec = time(NULL) - seconds}, {.tv_sec = time(NULL) - seconds}};

	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

START_TEST(pruning_removes_the_oldest_and_what_dead_writers_left)
{
	AUTO_CLOSE int fd = open_cache();
	AUTO_FREE char *old = test_path("cache/images/ab/" KEY);
	AUTO_FREE char *left = test_text_file("cache/images/ab/x.1.tmp", "half");
	AUTO_FREE char *fresh = test_text_file("cache/images/ab/y.2.tmp", "half");

	store(fd, KEY, 5000, 'x');
	store(fd, KEY2, 5000, 'y');
	make_old(old, 100);
	make_old(left, 100000);
	image_cache_prune(fd, 1u << 20);
	ck_assert(!file_is_regular(left));
	ck_assert(file_is_regular(fresh) && file_is_regular(old));
	image_cache_prune(fd, 6000);
	ck_assert(!file_is_regular(old));
	ck_assert(is_there(fd, KEY2));
}
END_TEST

/* lang.h from end to end. */
static const char program_text[] =
    "{\"schema_version\":\"x07.x07ast@0.4.0\",\"kind\":\"entry\",\"module_id\":\"main\","
    "\"imports\":[],\"decls\":[],\"solve\":[\"view.to_bytes\",\"input\"]}";

static struct lang_program *load(enum lang_world world)
{
	AUTO_FREE char *entry = test_text_file("app.x07.json", program_text);
	static char guest_dir[4096];
	static char path[4096];
	struct lang_options options = {.entry_path = path, .rt_dir = guest_dir, .world = world};
	struct lang_program *program = NULL;
	struct diag_list diags = {0};
	struct err err = {0};

	(void)snprintf(path, sizeof(path), "%s", entry);
	(void)snprintf(guest_dir, sizeof(guest_dir), "%s/lib/x07/rt", getenv("X07_BUILD_DIR"));
	ck_rc(lang_load(&program, &options, &diags, &err), 0, &err);
	ck_rc(lang_translate(program, &diags, &err), 0, &err);
	ck_rc(lang_translate(program, &diags, &err), 0, &err);
	return program;
}

START_TEST(a_full_image_is_found_again)
{
	CLEANUP(lang_image_clear) struct lang_image built = {.fd = -1};
	CLEANUP(lang_image_clear) struct lang_image found = {.fd = -1};
	AUTO_CLOSE UNUSED int fd = open_cache();
	struct lang_program *p = load(LANG_RUN_OS);
	struct err err = {0};

	ck_assert(!lang_cache_find(&found, p));
	ck_rc(lang_image_full(&built, p, &err), 0, &err);
	ck_assert(built.full && !built.from_cache);
	ck_assert(lang_cache_find(&found, p));
	ck_assert(found.full && found.from_cache);
	ck_assert(found.size == built.size && found.entry == built.entry);
	lang_program_free(p);
}
END_TEST

START_TEST(another_world_is_another_image)
{
	CLEANUP(lang_image_clear) struct lang_image image = {.fd = -1};
	AUTO_CLOSE UNUSED int fd = open_cache();
	struct lang_program *p = load(LANG_RUN_OS);
	struct lang_program *other = load(LANG_SOLVE_PURE);
	struct err err = {0};

	ck_assert_str_ne(lang_cache_key(p), lang_cache_key(other));
	ck_rc(lang_image_full(&image, p, &err), 0, &err);
	lang_image_clear(&image);
	ck_assert(!lang_cache_find(&image, other));
	lang_program_free(p);
	lang_program_free(other);
}
END_TEST

START_TEST(statistics_are_counted)
{
	struct lang_program *p = load(LANG_RUN_OS);
	struct lang_stats stats;

	lang_stats_get(&stats, p);
	ck_assert_uint_eq(stats.modules, 1);
	ck_assert_uint_eq(stats.functions, 1);
	ck_assert_uint_gt(stats.c_bytes, 0);
	lang_program_free(p);
}
END_TEST

START_TEST(the_background_build_fills_the_cache)
{
	CLEANUP(lang_image_clear) struct lang_image found = {.fd = -1};
	AUTO_CLOSE UNUSED int fd = open_cache();
	struct lang_program *p = load(LANG_RUN_OS);
	struct timespec pause = {.tv_nsec = 20000000};

	for (int i = 0; i < 5; i++)
		lang_image_full_in_background(p);
	for (int i = 0; i < 1000 && !lang_cache_find(&found, p); i++)
		(void)nanosleep(&pause, NULL);
	ck_assert(found.from_cache);
	lang_program_free(p);
}
END_TEST

START_TEST(worlds_have_names)
{
	enum lang_world w;

	for (int i = 0; i <= LANG_RUN_OS_SANDBOXED; i++) {
		ck_assert(lang_world_parse(&w, lang_world_name((enum lang_world)i)));
		ck_assert_int_eq(w, i);
	}
	ck_assert(!lang_world_parse(&w, "solve-everything"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cache");
	TCase *t = tcase_create("cache");

	tcase_set_timeout(t, 40);
	tcase_add_test(t, what_is_stored_comes_back);
	tcase_add_test(t, a_damaged_entry_is_refused_and_removed);
	tcase_add_test(t, an_entry_under_another_key_is_refused);
	tcase_add_test(t, a_link_in_place_of_an_entry_is_not_followed);
	tcase_add_test(t, a_directory_that_others_can_write_is_not_used);
	tcase_add_test(t, many_writers_leave_one_whole_entry);
	tcase_add_test(t, one_builder_has_the_lock);
	tcase_add_test(t, pruning_removes_the_oldest_and_what_dead_writers_left);
	tcase_add_test(t, a_full_image_is_found_again);
	tcase_add_test(t, another_world_is_another_image);
	tcase_add_test(t, statistics_are_counted);
	tcase_add_test(t, the_background_build_fills_the_cache);
	tcase_add_test(t, worlds_have_names);
	suite_add_tcase(s, t);
	return test_main(s);
}
