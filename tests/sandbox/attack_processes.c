/* SPDX-License-Identifier: MIT */
/* The attacker's other half: what becomes possible to try when a program may start others. */
#include "tests/sandbox/attack_guest.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

static volatile long secret = 42;

/* Another process of the same sandbox and user, as a victim. */
static pid_t start_victim(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			pause();
	}
	return pid;
}

static void siblings(void)
{
	pid_t pid = start_victim();
	long got = 0;
	struct iovec mine = {&got, sizeof(got)}, theirs = {(void *)&secret, sizeof(secret)};
	char path[64];

	say("ptrace-attach", ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	say("vm-read", process_vm_readv(pid, &mine, 1, &theirs, 1, 0));
	say("vm-write", process_vm_writev(pid, &mine, 1, &theirs, 1, 0));
	say("pidfd", syscall(434, pid, 0));
	say("pidfd-getfd", syscall(438, 3, 0, 0));
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	say("mem-of-sibling", open_close(path, O_RDWR));
	say("kill-victim", kill(pid, SIGKILL));
	(void)waitpid(pid, NULL, 0);
}

/* Everything that the masked /proc must not give. */
static void proc(void)
{
	static const char *const writes[] = {"/proc/self/mem", "/proc/self/exe",
	    "/proc/self/uid_map", "/proc/self/gid_map", "/proc/self/setgroups",
	    "/proc/self/oom_score_adj", "/proc/self/timens_offsets", "/proc/self/coredump_filter",
	    "/proc/self/clear_refs", "/proc/self/attr/current", "/proc/self/loginuid",
	    "/proc/self/comm"};
	static const char *const reads[] = {"/proc/1/mem", "/proc/1/maps", "/proc/1/root/",
	    "/proc/1/cwd/", "/proc/1/fd/0", "/proc/1/ns/net", "/proc/sys/kernel/hostname",
	    "/proc/sysrq-trigger", "/proc/kcore", "/proc/kallsyms", "/proc/keys", "/proc/mounts",
	    "/proc/net/unix", "/proc/cpuinfo", "/proc/thread-self/root/../etc/hostname"};
	char name[80];
	int fd = -1;

	for (size_t i = 0; i < sizeof(writes) / sizeof(*writes); i++) {
		(void)snprintf(name, sizeof(name), "write-%s", writes[i] + 11);
		say(name, open_close(writes[i], O_WRONLY));
	}
	for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
		(void)snprintf(name, sizeof(name), "read-%zu", i);
		say(name, open_close(reads[i], O_RDONLY));
	}
	/* a descriptor for reading, opened again for writing */
	fd = open("ro/file", O_RDONLY);
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	say("reopen-ro", open_close(name, O_RDWR));
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d/../../other/file", fd);
	say("fd-parent", open_close(name, O_RDONLY));
	say("exec-exe", access("/proc/self/exe", W_OK));
}

/*
 * CVE-2019-5736: the program that was started is kept by a descriptor, replaced by another one, and
 * then, as nobody runs it any more, opened for writing.
 */
static void overwrite(void)
{
	char number[16];
	int fd = open("/proc/self/exe", O_PATH);
	char *args[] = {"tool", "reopen", number, NULL};

	(void)snprintf(number, sizeof(number), "%d", fd);
	say("kept", fd);
	execve("ro/tool", args, NULL);
	say("exec", -1);
}

static void reopen(const char *number)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%s", number);
	say("reopened", open_close(path, O_PATH));
	say("overwritten", open_close(path, O_WRONLY));
	say("truncated", open_close(path, O_WRONLY | O_TRUNC));
	say("truncated-by-path", truncate(path, 0));
	say("chmod", chmod(path, 0777));
}

/* Locks and signals that other users of the same file would feel. */
static void file_games(void)
{
	int fd = open("ro/file", O_RDONLY);
	int fds[2] = {-1, -1};

	say("lease", fcntl(fd, F_SETLEASE, F_RDLCK));
	say("notify", fcntl(fd, 1026 /* F_NOTIFY */, 1));
	say("owner", fcntl(fd, F_SETOWN, 1));
	say("signal", fcntl(fd, 10 /* F_SETSIG */, SIGKILL));
	say("pipe", pipe(fds));
	say("large-pipe", fcntl(fds[0], 1031 /* F_SETPIPE_SZ */, 1 << 20));
	say("splice", syscall(SYS_splice, fd, NULL, fds[1], NULL, 4, 0));
	say("dup", fcntl(fd, F_DUPFD, 20));
	say("dup-high-bits", syscall(SYS_fcntl, fd, 0x100000000UL | F_SETLEASE, F_RDLCK));
}

/* Nobody above may be reached, and process 1 does not fall to its children. */
static void signals(void)
{
	(void)signal(SIGTERM, SIG_IGN);
	say("kill-all", kill(-1, SIGTERM));
	say("kill-1", kill(1, SIGKILL));
	say("kill-group-0", kill(0, 0));
	say("kill-stop-1", kill(1, SIGSTOP));
	say_bool("init-lives", kill(1, 0) == 0 && getppid() == 1);
	say("sigqueue", syscall(SYS_rt_sigqueueinfo, 1, SIGTERM, NULL));
}

/* As many descriptors in flight as the kernel takes. */
static void in_flight(void)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec io = {"x", 1};
	struct msghdr msg = {.msg_iov = &io,
	    .msg_iovlen = 1,
	    .msg_control = control.room,
	    .msg_controllen = sizeof(control.room)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int pair[2], n = 0;

	say("pair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &pair[0], sizeof(int));
	while (n < 5000 && sendmsg(pair[0], &msg, MSG_DONTWAIT) > 0)
		n++;
	printf("in-flight=%d\n", n);
	say_bool("flight-bounded", n < 1000);
}

static void append(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);

	if (fd >= 0 && write(fd, "x", 1) < 0)
		_exit(1);
	close(fd);
}

/* Forks in every process, sessions of their own, deaf to what can be ignored. Ends with its box. */
static int bomb(const char *path)
{
	for (int sig = 1; sig < 32; sig++)
		(void)signal(sig, SIG_IGN);
	for (;;) {
		if (fork() == 0)
			(void)setsid();
		append(path);
		(void)usleep(1000);
	}
}

/* Threads count as processes. */
static int idle(void *arg)
{
	(void)arg;
	for (;;)
		pause();
}

static void threads(void)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
	int n = 0;

	while (n < 500) {
		char *stack = malloc(16384);

		if (stack == NULL || clone(idle, stack + 16384, flags | CLONE_SYSVSEM, NULL) < 0)
			break;
		n++;
	}
	printf("threads=%d\n", n);
}

/* Children that each take what one process may have. */
static void memory(void)
{
	int fd[2];
	char byte = 0;
	int n = 0;

	if (pipe(fd) < 0)
		return;
	for (int i = 0; i < 6; i++) {
		if (fork() == 0) {
			size_t want = 48u << 20;
			volatile char *p = malloc(want);

			for (size_t at = 0; p != NULL && at < want; at += 4096)
				p[at] = 1;
			(void)!write(fd[1], p != NULL ? "y" : "n", 1);
			close(fd[1]);
			pause();
			_exit(0);
		}
	}
	close(fd[1]);
	for (int i = 0; i < 6 && read(fd[0], &byte, 1) == 1; i++)
		n += byte == 'y';
	while (waitpid(-1, NULL, WNOHANG) > 0) /* killed for what another one took */
		n--;
	printf("hogs=%d\n", n);
}

/* A program made here must not become one that runs. */
static void exec_what_was_written(void)
{
	char text[65536];
	int in = open("ro/tool", O_RDONLY), out = open("rw/tool", O_CREAT | O_WRONLY, 0755);
	char *args[] = {"tool", NULL};
	ssize_t n = 0;

	while ((n = read(in, text, sizeof(text))) > 0) {
		if (write(out, text, (size_t)n) != n)
			break;
	}
	close(out);
	say("exec-written", execve("rw/tool", args, NULL));
	say("exec-proc-fd", execve("/proc/self/fd/0", args, NULL));
	say("exec-dev", execve("/dev/zero", args, NULL));
}

/* What a root that was replaced while the box was built would show. */
static void race(void)
{
	say("stolen", open_close("ro/passwd", O_RDONLY));
	say("deep-stolen", open_close("mid/data/passwd", O_RDONLY));
	say("planted", open_close("rw/planted", O_CREAT | O_WRONLY));
}

int attack_processes(const char *what, const char *arg)
{
	if (strcmp(what, "bomb") == 0)
		return bomb(arg);
	if (strcmp(what, "siblings") == 0)
		siblings();
	else if (strcmp(what, "proc") == 0)
		proc();
	else if (strcmp(what, "signals") == 0)
		signals();
	else if (strcmp(what, "in-flight") == 0)
		in_flight();
	else if (strcmp(what, "threads") == 0)
		threads();
	else if (strcmp(what, "memory") == 0)
		memory();
	else if (strcmp(what, "exec") == 0)
		exec_what_was_written();
	else if (strcmp(what, "overwrite") == 0)
		overwrite();
	else if (strcmp(what, "reopen") == 0)
		reopen(arg);
	else if (strcmp(what, "file-games") == 0)
		file_games();
	else if (strcmp(what, "stop") == 0)
		(void)kill(getpid(), SIGSTOP);
	else if (strcmp(what, "race") == 0)
		race();
	else
		return 99;
	printf("end\n");
	fflush(stdout);
	return 0;
}
