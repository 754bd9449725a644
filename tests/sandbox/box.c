/* SPDX-License-Identifier: MIT */
/* The fixture of the sandbox tests; see box.h. */
#include "tests/sandbox/box.h"

#include "base/file.h"
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEST_UID 4242

static const char *const env[] = {"ONLY=this", NULL};

/* The test's own copy of the probe: an ordinary user may not be let into the build folder. */
static char probe[PATH_MAX];

static int copy_tool(const char *to, const char *from, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(16u << 20);
	int rc = file_read(&text, from, err);

	if (rc == 0)
		rc = file_create(to, text.data, text.len, err);
	if (rc == 0 && chmod(to, 0755) < 0)
		rc = err_sys(err, ERR_IO, "%s", to);
	return rc;
}

/* Before rights are given up. */
static bool take_probe(void)
{
	struct err err = {0};
	char here[PATH_MAX - 16];

	if (getcwd(here, sizeof(here)) == NULL)
		return false;
	(void)snprintf(probe, sizeof(probe), "%s/probe", here);
	if (copy_tool(probe, PROBE_GUEST, &err) == 0)
		return true;
	(void)fprintf(stderr, "%s\n", err.message);
	return false;
}

void box_file(const char *path, const char *text)
{
	struct err err = {0};

	ck_rc(file_create(path, text, strlen(text), &err), 0, &err);
}

/* A folder of its own for every box, which becomes the working directory. */
static void make_tree(struct box *b)
{
	char name[] = "box.XXXXXX";
	struct err err = {0};

	ck_assert_ptr_nonnull(mkdtemp(name));
	ck_assert_int_eq(chdir(name), 0);
	ck_assert_ptr_nonnull(getcwd(b->dir, sizeof(b->dir)));
	(void)snprintf(b->ro, sizeof(b->ro), "%s/ro", b->dir);
	(void)snprintf(b->rw, sizeof(b->rw), "%s/rw", b->dir);
	ck_assert_int_eq(mkdir("ro", 0755), 0);
	ck_assert_int_eq(mkdir("rw", 0755), 0);
	ck_assert_int_eq(mkdir("other", 0755), 0);
	box_file("ro/file", "inside");
	box_file("other/file", "outside");
	ck_assert_int_eq(symlink("/etc/passwd", "ro/link"), 0);
	ck_rc(copy_tool("ro/tool", probe, &err), 0, &err);
}

void box_init(struct box *b, const char *what, const char *arg)
{
	*b = (struct box){.argv = {"probe", what, arg}};
	make_tree(b);
	b->roots[0] = (struct sandbox_root){.path = b->ro};
	b->roots[1] = (struct sandbox_root){.path = b->rw, .writable = true, .write_only = true};
	b->plan = (struct sandbox_plan){.backend = SANDBOX_BACKEND_OS,
	    .roots = b->roots,
	    .root_count = 2,
	    .cwd = b->dir,
	    .exec_fd = open(probe, O_PATH | O_CLOEXEC),
	    .argv = b->argv,
	    .envp = env,
	    .limits = {.cpu_ms = 20000,
		.wall_ms = 20000,
		.mem_bytes = 256u << 20,
		.fds = 64,
		.procs = 16,
		.stdout_max = 1u << 20,
		.stderr_max = 1u << 16}};
	ck_assert_int_ge(b->plan.exec_fd, 0);
}

int box_run(struct box *b)
{
	struct sandbox *box = NULL;
	int rc = sandbox_prepare(&box, &b->plan, &b->err);

	if (rc < 0)
		return rc;
	rc = sandbox_run(box, &b->result, &b->err);
	sandbox_free(box);
	return rc;
}

void box_ok(struct box *b)
{
	ck_rc(box_run(b), 0, &b->err);
}

/* Start of the line, or NULL. */
static const char *find_line(const struct box *b, const char *start)
{
	size_t len = strlen(start);

	for (const char *p = b->result.out.data; p != NULL && *p != '\0';) {
		if (strncmp(p, start, len) == 0)
			return p;
		p = strchr(p, '\n');
		p = p == NULL ? NULL : p + 1;
	}
	return NULL;
}

void box_has(const struct box *b, const char *line)
{
	const char *p = find_line(b, line);

	ck_assert_msg(p != NULL && p[strlen(line)] == '\n', "no line '%s' in:\n%s", line,
	    b->result.out.data == NULL ? "" : b->result.out.data);
}

void box_has_not(const struct box *b, const char *start)
{
	ck_assert_msg(find_line(b, start) == NULL, "line '%s' in:\n%s", start, b->result.out.data);
}

void box_clear(struct box *b)
{
	sandbox_result_clear(&b->result);
	close(b->plan.exec_fd);
}

int box_abi_signal(const char *what)
{
	int status = 0;
	pid_t pid = 0;

	if (strcmp(what, "int80") != 0)
		return SIGSYS;
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		/* A sanitizer handles faults itself. */
		(void)signal(SIGSEGV, SIG_DFL);
#ifdef __x86_64__
		long result = 20; /* getpid */

		__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
#endif
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : SIGSYS;
}

bool file_grows(const char *path)
{
	struct stat before = {0}, after = {0};

	(void)stat(path, &before);
	(void)usleep(150000);
	(void)stat(path, &after);
	return after.st_size != before.st_size;
}

static bool have_namespaces(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) == 0 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static int become_user(void)
{
	if (geteuid() != 0)
		return 0;
	if (chown(".", TEST_UID, TEST_UID) < 0 || setgroups(0, NULL) < 0 ||
	    setresgid(TEST_UID, TEST_UID, TEST_UID) < 0 ||
	    setresuid(TEST_UID, TEST_UID, TEST_UID) < 0)
		return -1;
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* our own /proc/self again */
}

int box_main(int argc, char **argv, Suite *suite)
{
	if (!take_probe())
		return 1;
	if (argc > 1 && strcmp(argv[1], "user") == 0 && become_user() < 0)
		return 1;
	return have_namespaces() ? test_main(suite) : 77;
}
