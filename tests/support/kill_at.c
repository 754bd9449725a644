/* SPDX-License-Identifier: MIT */
/*
 * kill_at N COMMAND ARGS..: runs a command and kills it and all its children with SIGKILL when they
 * are about to make their N-th system call that changes something (N from 1; with KILL_AT_ALL=1 in
 * the environment every call counts). Exit status 137 when it came to that, else the command's own.
 */
#include "base/attr.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIDS_MAX 4096
#define KILLED 137
#define BROKEN 125

/* What leaves a trace in files, locks or another process. */
static const long changing[] = {
#ifdef SYS_open
    SYS_open, SYS_creat, SYS_rename, SYS_unlink, SYS_mkdir, SYS_rmdir, SYS_link, SYS_symlink,
    SYS_chmod,
#endif
#ifdef SYS_renameat
    SYS_renameat,
#endif
    SYS_openat, SYS_openat2, SYS_write, SYS_pwrite64, SYS_writev, SYS_renameat2, SYS_unlinkat,
    SYS_mkdirat, SYS_linkat, SYS_symlinkat, SYS_fchmod, SYS_fchmodat, SYS_utimensat, SYS_ftruncate,
    SYS_fallocate, SYS_fsync, SYS_fdatasync, SYS_syncfs, SYS_flock, SYS_fcntl, SYS_ioctl,
    SYS_copy_file_range, SYS_sendfile, SYS_sendmsg, SYS_execve, SYS_exit_group};

struct run {
	pid_t pids[PIDS_MAX];
	size_t count;
	pid_t first;
	uint64_t left; /* calls until the kill */
	bool all;
	int status; /* of the first process */
};

static void remember(struct run *r, pid_t pid)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->pids[i] == pid)
			return;
	}
	if (r->count < PIDS_MAX)
		r->pids[r->count++] = pid;
}

static void forget(struct run *r, pid_t pid)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->pids[i] == pid) {
			r->pids[i] = r->pids[--r->count];
			return;
		}
	}
}

static bool counts(const struct run *r, pid_t pid)
{
	struct __ptrace_syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) < 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	for (size_t i = 0; !r->all && i < ARRAY_LEN(changing); i++) {
		if ((uint64_t)changing[i] == info.entry.nr)
			return true;
	}
	return r->all;
}

static void kill_all(struct run *r)
{
	for (size_t i = 0; i < r->count; i++)
		(void)kill(r->pids[i], SIGKILL);
	while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
		continue;
}

/* One stop of one process. @return true when everything has been killed. */
static bool stopped(struct run *r, pid_t pid, int status)
{
	int sig = WSTOPSIG(status);

	remember(r, pid);
	if (sig == (SIGTRAP | 0x80)) {
		sig = 0;
		if (counts(r, pid) && --r->left == 0) {
			kill_all(r);
			return true;
		}
	} else if (sig == SIGTRAP || sig == SIGSTOP) {
		sig = 0; /* exec, fork, or the first stop of a new child */
	}
	(void)ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)sig);
	return false;
}

static int watch(struct run *r)
{
	int status = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid <= 0)
			continue;
		if (WIFSTOPPED(status)) {
			if (stopped(r, pid, status))
				return KILLED;
			continue;
		}
		forget(r, pid);
		if (pid == r->first)
			r->status = WIFEXITED(status) ? WEXITSTATUS(status) : BROKEN;
	}
	return r->status;
}

static NORETURN void child(char **argv)
{
	/* A sanitized program looks for leaks with ptrace, and fails when it is traced already. */
	(void)setenv("ASAN_OPTIONS", "detect_leaks=0", 0);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 && raise(SIGSTOP) == 0)
		(void)execvp(argv[0], argv);
	_exit(BROKEN);
}

int main(int argc, char **argv)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
	struct run r = {.all = getenv("KILL_AT_ALL") != NULL};
	int status = 0;

	if (argc < 3 || (r.left = strtoull(argv[1], NULL, 10)) == 0)
		return BROKEN;
	r.first = fork();
	if (r.first == 0)
		child(argv + 2);
	if (r.first < 0 || waitpid(r.first, &status, 0) != r.first || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, r.first, NULL, (void *)options) < 0 ||
	    ptrace(PTRACE_SYSCALL, r.first, NULL, NULL) < 0)
		return BROKEN;
	remember(&r, r.first);
	return watch(&r);
}
