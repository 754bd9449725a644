/* SPDX-License-Identifier: MIT */
/* What is left to x07-fetch once it has confined itself; each try in a process of its own. */
#include "base/compat.h"
#include "base/file.h"
#include "base/path.h"
#include "registry/fetch/confine_priv.h"
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *secret, *cache;

static void set_up(void)
{
	struct err err = {0};

	secret = test_text_file("home/secret", "secret");
	cache = test_path("cache");
	ck_rc(file_mkdirs(cache, &err), 0, &err);
}

static void tear_down(void)
{
	base_free_ptr(&secret);
	base_free_ptr(&cache);
}

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

/* 0, or the errno. */
static int try_open(const char *path, int flags)
{
	AUTO_CLOSE int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd < 0 ? errno : 0;
}

static int try_exec(void)
{
	char *const argv[] = {(char[]){"true"}, NULL};

	(void)execv("/bin/true", argv);
	return errno;
}

static int try_socket(void)
{
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(1)};

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ? 0 : errno;
}

/* The number of the first expectation that did not hold; 0 when all did. */
static int in_system(void)
{
	AUTO_FREE char *beside = path_join(cache, "new");
	AUTO_CLOSE int open_before = open(secret, O_RDWR | O_CLOEXEC);
	struct err err = {0};

	(void)setenv("X07_CA_BUNDLE", "/nowhere", 1);
	if (fetch_confine_to_system(&err) < 0)
		return 1;
	if (try_open("/etc/passwd", O_RDONLY) != 0)
		return 2;
	if (try_open(secret, O_RDONLY) != EACCES || try_open(secret, O_WRONLY) != EACCES)
		return 3;
	if (try_open(beside, O_WRONLY | O_CREAT) != EACCES ||
	    try_open("/proc/self/environ", O_RDONLY) != EACCES)
		return 4;
	if (unlink(secret) == 0 || try_exec() != EACCES)
		return 5;
	if (ftruncate(open_before, 0) < 0 || write(open_before, "x", 1) != 1)
		return 6;
	return try_socket() == ECONNREFUSED ? 0 : 7;
}

static int with_bundle(void)
{
	struct err err = {0};

	(void)setenv("X07_CA_BUNDLE", secret, 1);
	if (fetch_confine_to_system(&err) < 0)
		return 1;
	return try_open(secret, O_RDONLY) == 0 && try_open(secret, O_WRONLY) == EACCES ? 0 : 2;
}

static int in_folder(void)
{
	AUTO_FREE char *beside = path_join(cache, "new");
	struct err err = {0};

	if (fetch_confine_to_folder(cache, &err) < 0)
		return 1;
	if (try_open(secret, O_RDONLY) != 0 || try_open(secret, O_WRONLY) != EACCES)
		return 2;
	if (try_open(beside, O_WRONLY | O_CREAT) != 0 || unlink(beside) < 0)
		return 3;
	return unlink(secret) < 0 && try_exec() == EACCES ? 0 : 4;
}

static int (*const inside[])(void) = {in_system, with_bundle, in_folder};

START_TEST(confined_process_has_what_it_needs_and_no_more)
{
	int status = 0;
	pid_t pid;

	/* Without Landlock x07-unpack says that nothing is installed; sanitizers read /proc. */
	if (!has_landlock() || COMPAT_SANITIZED)
		return;
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(inside[_i]());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("registry/fetch_confine");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(
	    t, confined_process_has_what_it_needs_and_no_more, 0, (int)ARRAY_LEN(inside));
	suite_add_tcase(s, t);
	return test_main(s);
}
