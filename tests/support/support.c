/* SPDX-License-Identifier: MIT */
/* The helpers of tests/support/support.h. */
#include "tests/support/support.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "base/path.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEST_FILE_MAX ((size_t)64 << 20)

int test_main(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int ran = 0;
	int failed = 0;

	srunner_run_all(runner, CK_ENV);
	ran = srunner_ntests_run(runner);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (ran == 0)
		(void)fprintf(stderr, "no test ran\n");
	return ran == 0 || failed > 0;
}

/* A folder for each process: Check forks for every test, so tests do not see each other's files. */
static char *own_folder(void)
{
	const char *parent = getenv("TEST_TMP");
	char name[32];
	AUTO_FREE char *dir = NULL;
	struct err err = {0};

	ck_assert_msg(parent != NULL, "TEST_TMP is not set: run through tests/support/in_tmp.sh");
	(void)snprintf(name, sizeof(name), "t%ld", (long)getpid());
	dir = path_join(parent, name);
	ck_rc(file_mkdirs(dir, &err), 0, &err);
	return TAKE(dir);
}

char *test_path(const char *fmt, ...)
{
	AUTO_FREE char *dir = own_folder();
	AUTO_FREE char *name = NULL;
	va_list args;

	va_start(args, fmt);
	ck_assert_int_ge(vasprintf(&name, fmt, args), 0);
	va_end(args);
	return path_join(dir, name);
}

char *test_file(const char *name, const void *data, size_t len)
{
	char *path = test_path("%s", name);
	AUTO_FREE char *dir = path_dirname(path);
	struct err err = {0};

	ck_rc(file_mkdirs(dir, &err), 0, &err);
	ck_rc(file_replace(path, data, len, &err), 0, &err);
	return path;
}

char *test_text_file(const char *name, const char *text)
{
	return test_file(name, text, strlen(text));
}

char *test_read(const char *path)
{
	struct buf text = buf_init(TEST_FILE_MAX);
	struct err err = {0};

	ck_rc(file_read(&text, path, &err), 0, &err);
	return buf_take(&text);
}

size_t test_count_entries(const char *dir)
{
	DIR *d = opendir(dir);
	size_t count = 0;

	ck_assert_ptr_nonnull(d);
	for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d))
		count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return count;
}
