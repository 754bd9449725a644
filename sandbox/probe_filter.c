/* SPDX-License-Identifier: MIT */
/*
 * Tries seccomp: a filter that refuses one call, and one whose supervisor answers it. The call is
 * getppid, which nothing else here needs. How a probe says that it failed stands here too, because
 * probe.c is above this file.
 */
#include "sandbox/probe_filter_priv.h"

#include "sandbox/compat.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define MARK 4242

bool sandbox_probe_failed(struct sandbox_probed *p, const char *what)
{
	p->ok = false;
	p->what = what;
	p->sys_errno = errno;
	return false;
}

/* @return what seccomp(2) returns: with a listener its descriptor. */
static long load(unsigned action, unsigned flags)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, action),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

void sandbox_probe_seccomp(struct sandbox_probed *p)
{
	if (load(SECCOMP_RET_ERRNO | EDOM, 0) < 0) {
		(void)sandbox_probe_failed(p, "loading a filter");
		return;
	}
	errno = 0;
	p->ok = syscall(SYS_getppid) < 0 && errno == EDOM;
	p->what = p->ok ? NULL : "a filter was loaded and has no effect";
}

static bool answer(int listener)
{
	struct seccomp_notif asked = {0};
	struct seccomp_notif_resp reply = {0};

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0)
		return false;
	reply.id = asked.id;
	reply.val = MARK;
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply) == 0;
}

void sandbox_probe_notify(struct sandbox_probed *p)
{
	int status = 0;
	long listener = load(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	long pid;

	if (listener < 0) {
		(void)sandbox_probe_failed(p, "a filter with a listener");
		return;
	}
	pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		syscall(SYS_exit_group, syscall(SYS_getppid) == MARK ? 0 : 1);
	if (pid < 0 || !answer((int)listener)) {
		(void)sandbox_probe_failed(p, "answering a call");
		if (pid > 0)
			(void)kill((pid_t)pid, SIGKILL);
	}
	while (pid > 0 && waitpid((pid_t)pid, &status, 0) < 0 && errno == EINTR)
		continue;
	p->ok = p->what == NULL && status == 0;
	if (p->what == NULL && status != 0)
		p->what = "an answered call did not return the answer";
}
