/* SPDX-License-Identifier: MIT */
/* The program x07-unpack: several archives at once, one hostile among them, and what it may not do.
 */
#include "base/file.h"
#include "base/path.h"
#include "registry/unpack/client.h"
#include "registry/unpack/unpack.h"
#include "registry/unpack/wire.h"
#include "tests/support/support.h"
#include "tests/unit/registry/tar.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MANY 60

static struct unpack_client *start(void)
{
	struct unpack_client *u = NULL;
	AUTO_FREE char *program = path_join(getenv("X07_BUILD_DIR"), "lib/x07/x07-unpack");
	struct err err = {0};

	ck_rc(unpack_client_start(&u, program, &err), 0, &err);
	return u;
}

static int make_dir(unsigned n)
{
	AUTO_FREE char *path = test_path("d%u", n);
	int fd;

	ck_assert_int_eq(mkdir(path, 0755), 0);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static int archive(const char *second)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);

	tar_file(&bytes, "modules/a.x07.json", "hello");
	tar_file(&bytes, second, "{}");
	tar_end(&bytes);
	return tar_fd(&bytes);
}

START_TEST(program_unpacks_many_and_refuses_one)
{
	struct unpack_client *u = start();
	struct err err = {0};
	int dirs[MANY];
	unsigned good = 0;

	for (unsigned i = 0; i < MANY; i++) {
		AUTO_CLOSE int fd = archive(i == 7 ? "../escaped" : "x07-package.json");

		dirs[i] = make_dir(i);
		ck_rc(unpack_client_ask(u, i, fd, NULL, dirs[i], &err), 0, &err);
	}
	for (unsigned i = 0; i < MANY; i++) {
		struct unpack_result done = {0};
		uint32_t id = 0;
		int rc = unpack_client_answer(u, &id, &done, &err);

		ck_assert_uint_lt(id, MANY);
		if (rc == 0) {
			ck_assert_uint_eq(done.files, 2);
			ck_assert_int_eq(faccessat(dirs[id], "x07-package.json", F_OK, 0), 0);
			good++;
			continue;
		}
		ck_assert_uint_eq(id, 7);
		ck_assert_str_eq(err_shown(&err), "X07PKG_ARCHIVE_PATH");
	}
	ck_assert_uint_eq(good, MANY - 1);
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_int_eq(close(dirs[i]), 0);
	unpack_client_free(u);
}
END_TEST

START_TEST(answer_without_a_question_is_no_wait)
{
	struct unpack_client *u = start();
	struct unpack_result done = {0};
	struct err err = {0};
	uint32_t id = 0;

	ck_rc(unpack_client_answer(u, &id, &done, &err), ERR_IO, &err);
	ck_assert_uint_eq(id, UINT32_MAX);
	unpack_client_free(u);
}
END_TEST

/* Landlock is what refuses here: the directory that was handed over is not one to write into. */
START_TEST(file_system_outside_of_the_directory_is_closed)
{
	struct unpack_client *u = start();
	AUTO_CLOSE int dir = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int fd = archive("x07-package.json");
	struct unpack_result done = {0};
	struct err err = {0};

	ck_assert_int_lt(unpack_client_run(u, &done, fd, NULL, dir, &err), 0);
	/* It serves on. */
	base_close_fd(&dir);
	dir = make_dir(1);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_rc(unpack_client_run(u, &done, fd, NULL, dir, &err), 0, &err);
	unpack_client_free(u);
}
END_TEST

/* Whoever downloaded it may have hashed something else, or written on. */
START_TEST(other_bytes_than_asked_for_are_not_read)
{
	struct unpack_client *u = start();
	AUTO_CLOSE int fd = archive("x07-package.json");
	AUTO_CLOSE int dir = make_dir(1);
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);
	struct unpack_result done = {0};
	char sha[SHA256_HEX_SIZE];
	struct err err = {0};

	ck_rc(file_read_fd(&bytes, fd, "archive", &err), 0, &err);
	sha256_text(sha, bytes.data, bytes.len);
	ck_assert_int_eq(pwrite(fd, "H", 1, 512), 1);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_rc(unpack_client_run(u, &done, fd, sha, dir, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_ARCHIVE_DIGEST");
	ck_assert_int_lt(faccessat(dir, "modules", F_OK, 0), 0);
	ck_assert_int_eq(pwrite(fd, "h", 1, 512), 1);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_rc(unpack_client_run(u, &done, fd, sha, dir, &err), 0, &err);
	ck_assert_uint_eq(done.files, 2);
	unpack_client_free(u);
}
END_TEST

START_TEST(program_that_is_not_there_is_an_error)
{
	struct unpack_client *u = NULL;
	struct err err = {0};

	ck_rc(unpack_client_start(&u, "/nonexistent/x07-unpack", &err), ERR_IO, &err);
	ck_rc(unpack_client_start(&u, "/bin/true", &err), ERR_IO, &err);
	ck_assert_ptr_null(u);
}
END_TEST

/* This program as x07-unpack, taken over: it answers what nobody asked, or twice. */
static int answer_badly(void)
{
	static const uint32_t ids[] = {7, 7, 100000};
	struct unpack_answer answer = {.id = UNPACK_READY};
	struct unpack_request request;

	(void)!send(UNPACK_WIRE_FD, &answer, sizeof(answer), MSG_NOSIGNAL);
	(void)!recv(UNPACK_WIRE_FD, &request, sizeof(request), 0);
	(void)!recv(UNPACK_WIRE_FD, &request, sizeof(request), 0);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		answer.id = ids[i];
		(void)!send(UNPACK_WIRE_FD, &answer, sizeof(answer), MSG_NOSIGNAL);
	}
	(void)!recv(UNPACK_WIRE_FD, &request, sizeof(request), 0);
	return 0;
}

START_TEST(answer_to_no_question_is_refused)
{
	struct unpack_client *u = NULL;
	struct unpack_result done = {0};
	AUTO_CLOSE int dir = make_dir(0);
	AUTO_CLOSE int fd = archive("x07-package.json");
	struct err err = {0};
	uint32_t id = 0;

	ck_rc(unpack_client_start(&u, "/proc/self/exe", &err), 0, &err);
	ck_rc(unpack_client_ask(u, 7, fd, NULL, dir, &err), 0, &err);
	ck_rc(unpack_client_ask(u, 8, fd, NULL, dir, &err), 0, &err);
	ck_rc(unpack_client_answer(u, &id, &done, &err), 0, &err);
	ck_assert_uint_eq(id, 7);
	for (int i = 0; i < 2; i++) {
		ck_rc(unpack_client_answer(u, &id, &done, &err), ERR_IO, &err);
		ck_assert_uint_eq(id, UINT32_MAX);
	}
	unpack_client_free(u);
}
END_TEST

int main(int argc, char **argv)
{
	if (argc == 1 && strcmp(argv[0], "x07-unpack") == 0)
		return answer_badly();

	Suite *s = suite_create("registry/unpack_program");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 30);
	tcase_add_test(t, program_unpacks_many_and_refuses_one);
	tcase_add_test(t, answer_without_a_question_is_no_wait);
	tcase_add_test(t, file_system_outside_of_the_directory_is_closed);
	tcase_add_test(t, answer_to_no_question_is_refused);
	tcase_add_test(t, other_bytes_than_asked_for_are_not_read);
	tcase_add_test(t, program_that_is_not_there_is_an_error);
	suite_add_tcase(s, t);
	return test_main(s);
}
