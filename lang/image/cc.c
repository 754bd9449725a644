/* SPDX-License-Identifier: MIT */
/*
 * The thorough way: the host's C compiler builds the unit as a static program at RT_UNIT_BASE,
 * with the guest's symbols for what it calls. The compiler runs without a shell, with bounds on
 * time, memory and file size.
 */
#include "lang/image/cc.h"

#include "base/file.h"
#include "base/path.h"
#include "base/tie.h"
#include "lang/emit/prelude.h"
#include "lang/image/elf.h"
#include "lang/rt/abi.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CC_WALL_MS 120000
#define CC_CPU_S 90
#define CC_MEMORY (4ull << 30)
#define CC_ARGS_MAX 128
#define CC_COMPLAINT_MAX 600

/*
 * -fno-stack-protector: the unit has no arrays on its stack, all indexing is checked against
 *   lengths, and a canary would need thread storage.
 * -fstack-clash-protection: a frame must not step over the guard page of the stack.
 * -ffreestanding: no function is known by its name; loops may still become memset and memcpy,
 *   which the guest has.
 * -fno-tree-slp-vectorize: GCC 12 keeps `len` and `cap` of a vector in one SSE register and pays
 *   for it at every push (measured: a run-length encoder takes 1.5 times as long).
 * -fno-optimize-sibling-calls: a call takes stack, as with libtcc, or a recursion without end would
 *   stop for another reason.
 * -ffp-contract=off: the same numbers as libtcc. -w: the text is ours, the user cannot mend it.
 * noseparate-code: one read-execute segment, as the guest maps it.
 */
static const char *const flags[] = {
    "-O2",
    "-std=gnu11",
    "-ffreestanding",
    "-fno-tree-slp-vectorize",
    "-fno-optimize-sibling-calls",
    "-fno-pic",
    "-fno-pie",
    "-mcmodel=small",
    "-fno-asynchronous-unwind-tables",
    "-fno-unwind-tables",
    "-fno-stack-protector",
    "-fstack-clash-protection",
    "-fno-ident",
    "-ffp-contract=off",
    "-w",
    "-pipe",
    "-nostdlib",
    "-static",
    "-no-pie",
    "-Wl,-e,x07_solve",
    "-Wl,--build-id=none",
    "-Wl,-z,noseparate-code",
    "-Wl,-z,noexecstack",
};

const char *image_cc_flags(void)
{
	return "-O2 freestanding static noseparate-code 3";
}

static bool is_program(const char *path, struct image_cc *out)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || access(path, X_OK) < 0)
		return false;
	out->path = realpath(path, NULL);
	out->size = (uint64_t)st.st_size;
	out->mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	return out->path != NULL;
}

/* Only absolute directories of PATH: a compiler in the current directory is nobody's wish. */
static bool search_path(const char *name, struct image_cc *out)
{
	const char *at = getenv("PATH");

	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, ":");
		char path[4096];

		if (len > 0 && at[0] == '/' && len + strlen(name) + 2 < sizeof(path)) {
			(void)snprintf(path, sizeof(path), "%.*s/%s", (int)len, at, name);
			if (is_program(path, out))
				return true;
		}
		at += len + (at[len] == ':');
	}
	return false;
}

bool image_cc_find(struct image_cc *out)
{
	const char *name = getenv("X07_CC");

	*out = (struct image_cc){.args = getenv("X07_CC_ARGS")};
	if (name == NULL || *name == '\0')
		name = "cc";
	if (strchr(name, '/') != NULL)
		return is_program(name, out);
	return search_path(name, out);
}

void image_cc_clear(struct image_cc *cc)
{
	free(cc->path);
	*cc = (struct image_cc){0};
}

/* What the child needs; all prepared before the fork. */
struct cc_run {
	char *argv[CC_ARGS_MAX];
	size_t argc;
	char **envp; /* the strings are borrowed, but for the two set here */
	char *tmp_setting;
	int text_fd;
	int complaint_fd;
};

static void add_arg(struct cc_run *run, const char *arg)
{
	if (run->argc + 1 < CC_ARGS_MAX)
		run->argv[run->argc++] = base_strdup(arg);
}

static void add_split(struct cc_run *run, const char *args)
{
	while (args != NULL && *args != '\0') {
		size_t len = strcspn(args, " \t\n");
		char word[1024];

		if (len > 0 && len < sizeof(word)) {
			(void)snprintf(word, sizeof(word), "%.*s", (int)len, args);
			add_arg(run, word);
		}
		args += len + (args[len] != '\0');
	}
}

static void cc_run_clear(struct cc_run *run)
{
	for (size_t i = 0; i < run->argc; i++)
		free(run->argv[i]);
	free(run->envp);
	free(run->tmp_setting);
	base_close_fd(&run->text_fd);
	base_close_fd(&run->complaint_fd);
}

static void set_limit(int resource, rlim_t value)
{
	struct rlimit limit = {value, value};

	(void)setrlimit((__rlimit_resource_t)resource, &limit);
}

/* The user's environment (a wrapped compiler may need it) with our TMPDIR and messages in English.
 */
static void set_environment(struct cc_run *run, const char *tmp_dir)
{
	static char locale[] = "LC_ALL=C";
	size_t count = 0;
	size_t kept = 0;

	while (environ[count] != NULL)
		count++;
	run->envp = base_calloc(count + 3, sizeof(*run->envp));
	for (size_t i = 0; i < count; i++) {
		if (strncmp(environ[i], "TMPDIR=", 7) != 0 &&
		    strncmp(environ[i], "LC_ALL=", 7) != 0)
			run->envp[kept++] = environ[i];
	}
	if (asprintf(&run->tmp_setting, "TMPDIR=%s", tmp_dir) < 0)
		run->tmp_setting = NULL;
	run->envp[kept++] = locale;
	run->envp[kept] = run->tmp_setting;
}

/* Async-signal-safe calls only; nothing is allocated once the limits are set. */
static void run_child(const struct cc_run *run)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)setpgid(0, 0);
	if (dup2(run->text_fd, 0) < 0 || dup2(null, 1) < 0 || dup2(run->complaint_fd, 2) < 0)
		_exit(127);
	(void)syscall(SYS_close_range, 3u, ~0u, 0u);
	set_limit(RLIMIT_CPU, CC_CPU_S);
	set_limit(RLIMIT_AS, CC_MEMORY);
	set_limit(RLIMIT_FSIZE, RT_UNIT_MAX * 2);
	set_limit(RLIMIT_CORE, 0);
	execve(run->argv[0], run->argv, run->envp);
	_exit(127);
}

/* 0 when it ended with status 0 in time; the group is dead in any case. */
static int wait_child(pid_t pid, struct err *err)
{
	AUTO_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = {pidfd, POLLIN, 0};
	int ready = pidfd < 0 ? -1 : poll(&p, 1, CC_WALL_MS);
	int status = 0;

	if (ready <= 0)
		(void)kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (ready == 0)
		return err_set(
		    err, ERR_TOOLCHAIN, "the C compiler took more than %d s", CC_WALL_MS / 1000);
	if (ready < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(err, ERR_TOOLCHAIN, "the C compiler failed");
	return 0;
}

static int add_complaint(struct err *err, int fd)
{
	char text[CC_COMPLAINT_MAX + 1];
	ssize_t len = pread(fd, text, CC_COMPLAINT_MAX, 0);

	if (len <= 0)
		return err->code;
	text[len] = '\0';
	for (ssize_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < ' ')
			text[i] = ' ';
	}
	return err_set(err, ERR_TOOLCHAIN, "the C compiler failed: %s", text);
}

static int run_cc(const struct cc_run *run, struct err *err)
{
	pid_t pid = tie_fork();
	int rc;

	if (pid < 0)
		return err_sys(err, ERR_TOOLCHAIN, "cannot start the C compiler");
	if (pid == 0)
		run_child(run);
	rc = wait_child(pid, err);
	return rc < 0 ? add_complaint(err, run->complaint_fd) : 0;
}

static int write_text(int *out_fd, const struct emit_unit *unit, struct err *err)
{
	CLEANUP(buf_clear) struct buf prelude = buf_init(EMIT_PRELUDE_MAX);
	AUTO_CLOSE int fd = memfd_create("x07-unit", MFD_CLOEXEC);
	int rc;

	if (fd < 0)
		return err_sys(err, ERR_IO, "cannot make a memory file");
	emit_prelude(&prelude, unit, EMIT_CC);
	rc = file_write_all(fd, prelude.data, prelude.len, err);
	if (rc < 0)
		return rc;
	rc = file_write_all(fd, unit->text.data, unit->text.len, err);
	if (rc < 0)
		return rc;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, ERR_IO, "cannot rewind a memory file");
	*out_fd = take_fd(&fd);
	return 0;
}

static void add_args(
    struct cc_run *run, const struct image_cc *cc, const char *rt_dir, const char *out)
{
	char option[4200];

	add_arg(run, cc->path);
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		add_arg(run, flags[i]);
	(void)snprintf(option, sizeof(option), "-Wl,-Ttext-segment=0x%lx", RT_UNIT_BASE);
	add_arg(run, option);
	(void)snprintf(option, sizeof(option), "-Wl,--just-symbols=%s/x07-guest", rt_dir);
	add_arg(run, option);
	add_split(run, cc->args);
	add_arg(run, "-o");
	add_arg(run, out);
	add_arg(run, "-x");
	add_arg(run, "c");
	add_arg(run, "-");
}

int image_cc_build(struct image_bytes *out, const struct emit_unit *unit, const struct image_cc *cc,
    const char *rt_dir, const char *tmp_dir, struct err *err)
{
	CLEANUP(cc_run_clear) struct cc_run run = {.text_fd = -1, .complaint_fd = -1};
	CLEANUP(buf_clear) struct buf elf = buf_init(RT_UNIT_MAX);
	AUTO_FREE char *product = path_join(tmp_dir, "unit");
	int rc;

	if (cc->path == NULL)
		return err_set(err, ERR_TOOLCHAIN, "no C compiler: set X07_CC or install cc");
	rc = write_text(&run.text_fd, unit, err);
	if (rc < 0)
		return rc;
	run.complaint_fd = memfd_create("x07-cc", MFD_CLOEXEC);
	if (run.complaint_fd < 0)
		return err_sys(err, ERR_IO, "cannot make a memory file");
	add_args(&run, cc, rt_dir, product);
	set_environment(&run, tmp_dir);
	rc = run_cc(&run, err);
	if (rc < 0)
		return err_wrap(err, "%s", cc->path);
	rc = file_read(&elf, product, err);
	if (rc < 0)
		return err_wrap(err, "%s", cc->path);
	return image_from_elf(out, elf.data, elf.len, err);
}
