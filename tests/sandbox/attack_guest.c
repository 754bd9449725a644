/* SPDX-License-Identifier: MIT */
/*
 * The attacker: a static program that tries the ways out of sandboxes that have worked elsewhere,
 * one line `name=outcome` for each. Outcome: "ok" when the attempt worked, else the name of errno.
 * Which class of hole a line belongs to stands in tests/sandbox/test_attacks.c.
 */
#include "tests/sandbox/attack_guest.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define FD_CODE 4
#define FD_NET 10
#define HIGH 0x100000000UL

struct how { /* of openat2; musl has no kernel headers */
	unsigned long long flags, mode, resolve;
};

static const char *name_of(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {{EPERM, "EPERM"}, {EACCES, "EACCES"}, {ENOENT, "ENOENT"}, {EROFS, "EROFS"},
	    {ENOSYS, "ENOSYS"}, {ESRCH, "ESRCH"}, {EBADF, "EBADF"}, {ELOOP, "ELOOP"},
	    {EAGAIN, "EAGAIN"}, {ENOMEM, "ENOMEM"}, {EMFILE, "EMFILE"}, {ENOTDIR, "ENOTDIR"},
	    {EXDEV, "EXDEV"}, {EINVAL, "EINVAL"}, {EFAULT, "EFAULT"}, {ENOTTY, "ENOTTY"},
	    {ECHILD, "ECHILD"}, {EIO, "EIO"}, {ETXTBSY, "ETXTBSY"}, {ETOOMANYREFS, "ETOOMANYREFS"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].error == error)
			return names[i].name;
	}
	return strerror(error);
}

void say(const char *name, long result)
{
	printf("%s=%s\n", name, result >= 0 ? "ok" : name_of(errno));
	fflush(stdout);
	errno = 0;
}

void say_bool(const char *name, bool worked)
{
	printf("%s=%s\n", name, worked ? "ok" : "no");
	fflush(stdout);
}

long open_close(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd >= 0)
		close(fd);
	return fd;
}

/* CVE-2017-5226, CVE-2019-7303: keys for the terminal of the caller. */
static void terminal(void)
{
	static const unsigned long requests[] = {TIOCSTI, HIGH | TIOCSTI, TIOCLINUX,
	    HIGH | TIOCLINUX, TIOCSCTTY, TIOCSETD, TIOCSPGRP, FIOASYNC};
	char what[32] = {3};
	char name[32];

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		(void)snprintf(name, sizeof(name), "ioctl-%zu", i);
		say(name, syscall(SYS_ioctl, i % 3, requests[i], what));
	}
	say("tty", open_close("/dev/tty", O_RDWR));
	say("console", open_close("/dev/console", O_RDWR));
	say("ptmx", open_close("/dev/ptmx", O_RDWR));
	say_bool("isatty", isatty(0) || isatty(1) || isatty(2));
}

/* CVE-2024-21626, CVE-2016-9962: a descriptor or a working directory of the host. */
static void leaks(void)
{
	char path[160], cwd[512] = "";
	int found = 0;

	for (int fd = 3; fd < 4096; fd++)
		found += fd != FD_CODE && fd != FD_NET && fcntl(fd, F_GETFD) >= 0;
	printf("leaked=%d\n", found);
	say_bool("cwd-unreachable", !getcwd(cwd, sizeof(cwd)) || cwd[0] != '/');
	for (int i = 0; i < 40; i++)
		memcpy(path + 3 * (size_t)i, "../", 3);
	memcpy(path + 120, "etc/hostname", sizeof("etc/hostname"));
	say("cwd-up", open_close(path, O_RDONLY));
	say("proc-cwd", open_close("/proc/self/cwd/../../../../etc/hostname", O_RDONLY));
	say("fd-up", syscall(SYS_openat, 1, "../etc/hostname", O_RDONLY, 0));
	say("oldroot", open_close("/.oldroot", O_RDONLY));
	say("magic-root", open_close("/proc/1/root/etc/hostname", O_RDONLY));
}

/* Families that no namespace holds, or that have been the way to kernel bugs. */
static void sockets(void)
{
	static const int families[] = {
	    1, 2, 10, 9, 15, 16, 17, 21, 26, 29, 31, 33, 38, 39, 40, 41, 42, 43, 44};
	struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = "\0x"};
	struct ucred cred;
	char name[48];
	int pair[2], value = 0;
	socklen_t len;

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		for (int type = 1; type <= 3; type++) {
			(void)snprintf(name, sizeof(name), "socket-%d-%d", families[i], type);
			say(name, socket(families[i], type, 0));
		}
	}
	say("socket-high-bits", syscall(SYS_socket, HIGH | AF_INET, SOCK_STREAM, 0));
	say("pair-inet", socketpair(AF_INET, SOCK_STREAM, 0, pair));
	say("pair-dgram", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	say("pair-seqpacket", socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
	say("net-connect", connect(FD_NET, (struct sockaddr *)&addr, 4));
	say("net-bind", bind(FD_NET, (struct sockaddr *)&addr, 4));
	say("net-listen", listen(FD_NET, 1));
	say("net-sendto",
	    sendto(FD_NET, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&addr, sizeof(addr)));
	say("net-sendmmsg", syscall(SYS_sendmmsg, FD_NET, NULL, 0, 0));
	say("net-passcred", setsockopt(FD_NET, SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)));
	say("net-mark", setsockopt(FD_NET, SOL_SOCKET, SO_MARK, &(int){1}, sizeof(int)));
	say("net-bindtodevice", setsockopt(FD_NET, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2));
	say("net-filter", setsockopt(FD_NET, SOL_SOCKET, SO_ATTACH_FILTER, NULL, 0));
	len = sizeof(value);
	say("net-peerpidfd", getsockopt(FD_NET, SOL_SOCKET, 77 /* SO_PEERPIDFD */, &value, &len));
	len = sizeof(cred);
	say("net-peercred", getsockopt(FD_NET, SOL_SOCKET, SO_PEERCRED, &cred, &len));
	len = sizeof(cred);
	say("net-peersec", getsockopt(FD_NET, SOL_SOCKET, 31 /* SO_PEERSEC */, &cred, &len));
	len = sizeof(value);
	say("net-error", getsockopt(FD_NET, SOL_SOCKET, SO_ERROR, &value, &len));
	say("net-ulp", setsockopt(FD_NET, 6, 31 /* TCP_ULP */, "tls", 3));
}

struct call {
	const char *name;
	long nr, args[6];
};

static char zeros[256];
#define Z ((long)zeros)

/* Numbers that asm-generic and x86-64 share from 424 on; the others come from the headers. */
static const struct call calls[] = {
    {"io_uring_setup", 425, {4, Z}},
    {"io_uring_enter", 426, {0}},
    {"io_uring_register", 427, {0}},
    {"clone3-userns", 435, {Z, 88}},
    {"clone-userns", SYS_clone, {CLONE_NEWUSER | SIGCHLD}},
    {"clone-netns", SYS_clone, {CLONE_NEWNET | SIGCHLD}},
    {"clone-all", SYS_clone, {0x7e020000 | SIGCHLD}},
    {"clone-high-bits", SYS_clone, {HIGH | CLONE_NEWUSER | SIGCHLD}},
    {"unshare-user", SYS_unshare, {CLONE_NEWUSER}},
    {"unshare-mount", SYS_unshare, {CLONE_NEWNS}},
    {"setns", SYS_setns, {1, 0}},
    {"ptrace-me", SYS_ptrace, {0}},
    {"ptrace-seize", SYS_ptrace, {0x4206, 1}},
    {"process_vm_readv", SYS_process_vm_readv, {1, Z, 1, Z, 1}},
    {"process_vm_writev", SYS_process_vm_writev, {1, Z, 1, Z, 1}},
    {"process_madvise", 440, {1, Z, 1, 8}},
    {"pidfd_open", 434, {1}},
    {"pidfd_getfd", 438, {1, 0}},
    {"pidfd_send_signal", 424, {1, 0}},
    {"kcmp", SYS_kcmp, {1, 1, 0}},
    {"keyctl-session", SYS_keyctl, {1, 0}},
    {"keyctl-read", SYS_keyctl, {11, -4, Z, 256}},
    {"keyctl-persistent", SYS_keyctl, {22, -1, -1}},
    {"add_key", SYS_add_key, {Z, Z, Z, 1, -4}},
    {"request_key", SYS_request_key, {Z, Z, Z, -4}},
    {"personality-norandom", SYS_personality, {0x0040000}},
    {"personality-exec", SYS_personality, {0x0400000}},
    {"memfd_create", SYS_memfd_create, {Z}},
    {"memfd_secret", 447, {0}},
    {"execveat-fd", SYS_execveat, {1, Z, 0, 0, 0x1000}},
    {"bpf", SYS_bpf, {5, Z, 128}},
    {"perf", SYS_perf_event_open, {Z, 0, -1, -1}},
    {"userfaultfd", SYS_userfaultfd, {1}},
    {"mount", SYS_mount, {Z, Z, Z}},
    {"umount", SYS_umount2, {Z, 2}},
    {"open_tree", 428, {-100, (long)"/", 1}},
    {"move_mount", 429, {-100, Z, -100, Z}},
    {"fsopen", 430, {(long)"proc"}},
    {"fspick", 433, {-100, (long)"/"}},
    {"mount_setattr", 442, {-100, (long)"/", 0, Z, 32}},
    {"pivot_root", SYS_pivot_root, {(long)"/", (long)"/"}},
    {"chroot", SYS_chroot, {(long)"/"}},
    {"open_by_handle_at", SYS_open_by_handle_at, {1, Z}},
    {"name_to_handle_at", SYS_name_to_handle_at, {-100, (long)"/", Z, Z}},
    {"mknodat", SYS_mknodat, {-100, (long)"rw/dev", S_IFBLK | 0600, 0x800}},
    {"seccomp-notify", SYS_seccomp, {1, 8, Z}},
    {"prctl-dumpable", SYS_prctl, {4, 1}},
    {"prctl-mm", SYS_prctl, {35, 13, 1}},
    {"prctl-keepcaps", SYS_prctl, {8, 1}},
    {"prctl-subreaper", SYS_prctl, {36, 1}},
    {"prctl-ptracer", SYS_prctl, {0x59616d61, -1}},
    {"prctl-timing", SYS_prctl, {14, 1}},
    {"capset", SYS_capset, {Z, Z}},
    {"setuid", SYS_setuid, {0}},
    {"setresuid", SYS_setresuid, {0, 0, 0}},
    {"setgroups", SYS_setgroups, {0, 0}},
    {"setrlimit", SYS_setrlimit, {7, Z}},
    {"prlimit-set", SYS_prlimit64, {0, 7, Z, 0}},
    {"prlimit-set-1", SYS_prlimit64, {1, 7, Z, 0}},
    {"setpriority", SYS_setpriority, {0, 0, -20}},
    {"sched_setscheduler", SYS_sched_setscheduler, {0, 1, Z}},
    {"ioprio_set", SYS_ioprio_set, {1, 0, 0}},
    {"mlockall", SYS_mlockall, {3}},
    {"migrate_pages", SYS_migrate_pages, {0, 1, Z, Z}},
    {"move_pages", SYS_move_pages, {0, 0, Z, Z, Z, 0}},
    {"mbind", SYS_mbind, {Z, 0, 0, Z, 0, 0}},
    {"fanotify", SYS_fanotify_init, {0, 0}},
    {"inotify", SYS_inotify_init1, {0}},
    {"quotactl", SYS_quotactl, {0}},
    {"syslog", SYS_syslog, {3, Z, 128}},
    {"acct", SYS_acct, {0}},
    {"swapon", SYS_swapon, {Z, 0}},
    {"reboot", SYS_reboot, {0}},
    {"kexec", SYS_kexec_load, {0}},
    {"init_module", SYS_init_module, {Z, 0, Z}},
    {"settime", SYS_clock_settime, {0, Z}},
    {"adjtimex", SYS_adjtimex, {Z}},
    {"sethostname", SYS_sethostname, {(long)"x", 1}},
    {"shmget", SYS_shmget, {0, 4096, 01600}},
    {"msgget", SYS_msgget, {0, 01600}},
    {"semget", SYS_semget, {0, 1, 01600}},
    {"mq_open", SYS_mq_open, {(long)"x", 0102, 0600, 0}},
    {"setxattr", SYS_setxattr, {(long)"rw/new", (long)"user.x", Z, 1}},
    {"landlock", 444, {0, 0, 1}},
    {"lookup_dcookie", SYS_lookup_dcookie, {0, Z, 1}},
    {"vmsplice", SYS_vmsplice, {1, Z, 0, 0}},
    {"remap_file_pages", SYS_remap_file_pages, {0}},
    {"pkey_alloc", SYS_pkey_alloc, {0, 0}},
    {"quotactl_fd", 443, {0}},
    {"process_mrelease", 448, {0}},
    {"nr-hole", 1000, {0}},
#ifdef __x86_64__
    {"modify_ldt", SYS_modify_ldt, {1, Z, 16}},
    {"iopl", SYS_iopl, {3}},
    {"ioperm", SYS_ioperm, {0, 1, 1}},
    {"vhangup", SYS_vhangup, {0}},
    {"uselib", SYS_uselib, {Z}},
    {"ustat", SYS_ustat, {0, Z}},
#endif
};

/* A call that would make another process is given up there at once. */
static void kernel(void)
{
	pid_t self = getpid();

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		const struct call *c = &calls[i];
		long r = syscall(
		    c->nr, c->args[0], c->args[1], c->args[2], c->args[3], c->args[4], c->args[5]);

		if (getpid() != self)
			_exit(0);
		say(c->name, r);
	}
}

/* Memory that is written and then run, and files under the number of the program's code. */
static void code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = -1;

	say("mprotect-wx", mprotect(p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
	say("pkey_mprotect", syscall(SYS_pkey_mprotect, p, 4096, PROT_EXEC, -1));
	p = mmap(
	    NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	say("mmap-wx", p == MAP_FAILED ? -1 : 0);
	close(FD_CODE);
	while (fd < FD_CODE && (fd = open("ro/tool", O_RDONLY)) >= 0)
		continue;
	say_bool("code-number", fd == FD_CODE);
	p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	say("code-reopened", p == MAP_FAILED ? -1 : 0);
	p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, FD_CODE, 0);
	say("code-anonymous", p == MAP_FAILED ? -1 : 0);
}

/* What would be left on the host: a program that runs with its owner's rights, a link, a device. */
static void files(void)
{
	struct how how = {.flags = O_CREAT | O_RDWR | O_EXCL, .mode = 06755};
	struct stat st = {0};
	int fd = open("rw/suid-open", O_CREAT | O_RDWR | O_EXCL, 06755);

	say("suid-open", fd < 0 ? -1 : 0);
	fd = (int)syscall(437, AT_FDCWD, "rw/suid-openat2", &how, sizeof(how));
	if (fd < 0 || fstat(fd, &st) < 0 || (st.st_mode & 06000) == 0)
		st.st_mode = 0;
	say("suid-fallocate", fallocate(fd, 0, 0, 4096));
	say("suid-write", write(fd, "#!", 2));
	say_bool(
	    "suid-content", fstat(fd, &st) == 0 && st.st_size > 0 && (st.st_mode & 06000) != 0);
	say("suid-chmod", chmod("rw/new", 06755));
	say("suid-fchmod", fchmod(fd, 06755));
	say("suid-mkdir", mkdir("rw/sdir", 06755));
	say("link-out", link("ro/file", "rw/link"));
	say("symlink", symlink("/etc/passwd", "rw/sym"));
	say("rename-out", rename("ro/file", "rw/stolen"));
	say("exchange", syscall(SYS_renameat2, AT_FDCWD, "ro/file", AT_FDCWD, "rw/new", 2));
	(void)open_close("rw/white", O_CREAT | O_RDWR);
	say("whiteout", syscall(SYS_renameat2, AT_FDCWD, "rw/white", AT_FDCWD, "rw/moved", 4));
	say("write-ro", open_close("ro/file", O_WRONLY));
	say("trunc-ro", truncate("ro/file", 0));
	say("shm", open_close("/dev/shm/x", O_CREAT | O_RDWR));
	say("tmp", open_close("/tmp/x", O_CREAT | O_RDWR));
	say("tmpfile", open_close("/", O_TMPFILE | O_RDWR));
	say("dev-zero-write", open_close("/dev/zero", O_WRONLY));
	say("dev-mem", open_close("/dev/mem", O_RDONLY));
	say("dev-vsock", open_close("/dev/vsock", O_RDONLY));
	say("dev-kmsg", open_close("/dev/kmsg", O_RDONLY));
	say("dev-fuse", open_close("/dev/fuse", O_RDWR));
	say("dev-fd", open_close("/dev/fd/1", O_RDWR));
	say("sys", open_close("/sys/kernel/uevent_helper", O_WRONLY));
	say("core-pattern", open_close("/proc/sys/kernel/core_pattern", O_WRONLY));
}

static void abi(const char *which)
{
	long r = -1;

#ifdef __x86_64__
	if (strcmp(which, "x32") == 0)
		r = syscall(0x40000000 | 39);
	else
		__asm__ volatile("int $0x80"
				 : "=a"(r)
				 : "a"(20L)
				 : "memory", "r8", "r9", "r10", "r11");
#endif
	say(which, r);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *arg = argc > 2 ? argv[2] : "";

	(void)setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	(void)signal(SIGCHLD, SIG_DFL);
	if (strcmp(what, "x32") == 0 || strcmp(what, "int80") == 0) {
		abi(what);
	} else if (strcmp(what, "all") == 0) {
		terminal();
		leaks();
		sockets();
		files();
		kernel();
		code();
		printf("end\n");
	} else {
		return attack_processes(what, arg);
	}
	return 0;
}
