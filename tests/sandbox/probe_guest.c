/* SPDX-License-Identifier: MIT */
/*
 * The hostile guest: a static program that tries, from inside, what a sandbox must not allow, and
 * prints one line `name=outcome` for each attempt. The tests compare the outcomes.
 * Outcomes: "ok" or the name of errno.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static const char *name_of(int error)
{
	switch (error) {
	case EPERM:
		return "EPERM";
	case EACCES:
		return "EACCES";
	case ENOENT:
		return "ENOENT";
	case EROFS:
		return "EROFS";
	case ENOSYS:
		return "ENOSYS";
	case ESRCH:
		return "ESRCH";
	case EBADF:
		return "EBADF";
	case ELOOP:
		return "ELOOP";
	case EAGAIN:
		return "EAGAIN";
	case ENOMEM:
		return "ENOMEM";
	case EMFILE:
		return "EMFILE";
	case ENOTDIR:
		return "ENOTDIR";
	case EBUSY:
		return "EBUSY";
	case EXDEV:
		return "EXDEV";
	default:
		return strerror(error);
	}
}

static void say(const char *name, long result)
{
	printf("%s=%s\n", name, result >= 0 ? "ok" : name_of(errno));
	errno = 0;
}

static long open_close(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd >= 0)
		close(fd);
	return fd;
}

static void list_fds(void)
{
	struct stat st;

	printf("fds=");
	for (int fd = 0; fd < 1024; fd++) {
		if (fstat(fd, &st) == 0)
			printf("%d,", fd);
	}
	printf("\nenv=");
	for (char **e = environ; *e != NULL; e++)
		printf("%s;", *e);
	printf("\n");
}

static void look_around(void)
{
	struct utsname host;
	struct statfs fs;
	char cwd[512] = "";
	DIR *d = opendir("/");

	say("statfs", statfs("/", &fs));
	uname(&host);
	printf("host=%s\npid=%d\nuid=%d\ngid=%d\ncwd=%s\n", host.nodename, getpid(), getuid(),
	    getgid(), getcwd(cwd, sizeof(cwd)));
	say("list-root", d == NULL ? -1 : 0);
	say("read-passwd", open_close("/etc/passwd", O_RDONLY));
	say("read-dots", open_close("../../../../../../../../etc/passwd", O_RDONLY));
	say("read-proc", open_close("/proc/self/status", O_RDONLY));
	say("read-sys", open_close("/sys/kernel", O_RDONLY));
	say("dev-null", open_close("/dev/null", O_WRONLY));
	say("dev-urandom", open_close("/dev/urandom", O_RDONLY));
	say("dev-kvm", open_close("/dev/kvm", O_RDWR));
	say("write-root", open_close("/newfile", O_CREAT | O_WRONLY));
	say("mkdir-root", mkdir("/newdir", 0755));
}

static void try_sockets(void)
{
	static const int families[] = {AF_UNIX, AF_INET, AF_INET6, 16 /* NETLINK */,
	    17 /* PACKET */, 38 /* ALG */, 40 /* VSOCK */, 44 /* XDP */, 31 /* BLUETOOTH */};
	char name[32];
	int pair[2];

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		(void)snprintf(name, sizeof(name), "socket-%d", families[i]);
		say(name, socket(families[i], SOCK_STREAM, 0));
	}
	say("socket-dgram", socket(AF_INET, SOCK_DGRAM, 0));
	say("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	say("socketpair-dgram", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	say("connect", connect(0, NULL, 0));
	say("bind", bind(0, NULL, 0));
}

static void try_kernel(void)
{
	char buf[128] = {0};
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	say("ptrace", syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0));
	say("mount", mount("x", "/", "tmpfs", 0, NULL));
	say("umount", umount2("/", MNT_DETACH));
	say("open_tree", syscall(428, AT_FDCWD, "/", 1));
	say("fsopen", syscall(430, "tmpfs", 0));
	say("unshare-user", unshare(CLONE_NEWUSER));
	say("unshare-net", unshare(CLONE_NEWNET));
	say("setns", syscall(SYS_setns, 0, 0));
	say("clone-newuser", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
	say("clone3", syscall(435, buf, 64));
	say("io_uring", syscall(425, 4, buf));
	say("keyctl", syscall(SYS_keyctl, 0, -3, 0));
	say("add_key", syscall(SYS_add_key, "user", "x", "y", 1, -2));
	say("memfd_create", syscall(SYS_memfd_create, "x", 0));
	say("bpf", syscall(SYS_bpf, 5, buf, sizeof(buf)));
	say("userfaultfd", syscall(SYS_userfaultfd, 1));
	say("perf", syscall(SYS_perf_event_open, buf, 0, -1, -1, 0));
	say("process_vm_readv", syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0));
	say("pidfd_open", syscall(434, 1, 0));
	say("pidfd_getfd", syscall(438, 0, 0, 0));
	say("open_by_handle_at", syscall(SYS_open_by_handle_at, fd, buf, 0));
	say("name_to_handle_at", syscall(SYS_name_to_handle_at, fd, ".", buf, buf, 0));
	say("chroot", chroot("/"));
	say("pivot_root", syscall(SYS_pivot_root, "/", "/"));
	say("personality", syscall(SYS_personality, 0x0400000));
	say("seccomp", syscall(SYS_seccomp, 0, 0, NULL));
	say("prctl-dumpable", syscall(SYS_prctl, 4, 1, 0, 0, 0));
	say("prctl-high-bits", syscall(SYS_prctl, 0x100000000UL | 4, 1, 0, 0, 0));
	say("sethostname", sethostname("x", 1));
	say("reboot", syscall(SYS_reboot, 0, 0, 0, 0));
	say("kexec", syscall(SYS_kexec_load, 0, 0, NULL, 0));
	say("swapon", syscall(SYS_swapon, "/x", 0));
	say("quotactl", syscall(SYS_quotactl, 0, NULL, 0, NULL));
	say("syslog", syscall(SYS_syslog, 3, buf, sizeof(buf)));
	say("setuid", syscall(SYS_setuid, 0));
	say("setrlimit", syscall(SYS_prlimit64, 0, 7, buf, NULL));
	say("tiocsti", ioctl(0, TIOCSTI, "x"));
	say("tiocsti-high-bits", syscall(SYS_ioctl, 0, 0x100000000UL | TIOCSTI, "x"));
	say("kill-1-host", syscall(SYS_kill, 1, 0));
	say("mknod", syscall(SYS_mknodat, AT_FDCWD, "/dev/x", S_IFCHR | 0600, 0));
	say("execve", syscall(SYS_execve, "/dev/null", NULL, NULL));
	say("execveat", syscall(SYS_execveat, 0, "", NULL, NULL, 0x1000));
	say("fork", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
	say("shmget", syscall(SYS_shmget, 0, 4096, 0600 | 01000));
}

static void try_memory(void)
{
	size_t page = 4096;
	void *p = mmap(
	    NULL, page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	say("mmap-wx", p == MAP_FAILED ? -1 : 0);
	p = mmap(NULL, page, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	say("mmap-anon-x", p == MAP_FAILED ? -1 : 0);
	p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	say("mmap-rw", p == MAP_FAILED ? -1 : 0);
	say("mprotect-wx", mprotect(p, page, PROT_READ | PROT_WRITE | PROT_EXEC));
	say("mprotect-x", mprotect(p, page, PROT_READ | PROT_EXEC));
}

/* Relative to the working directory: ro/ and rw/ are roots, and the links the test planted. */
static void try_files(void)
{
	int fd = -1;
	void *p = NULL;

	say("ro-read", open_close("ro/file", O_RDONLY));
	say("ro-list", open_close("ro", O_RDONLY | O_DIRECTORY));
	say("ro-write", open_close("ro/file", O_WRONLY));
	say("ro-create", open_close("ro/new", O_CREAT | O_WRONLY));
	say("ro-unlink", unlink("ro/file"));
	say("ro-link-out", open_close("ro/link", O_RDONLY));
	say("ro-tool", execve("ro/tool", (char *[]){"x", NULL}, environ));
	fd = open("ro/tool", O_RDONLY);
	p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	say("ro-map-exec", p == MAP_FAILED ? -1 : 0);
	say("rw-create", open_close("rw/new", O_CREAT | O_WRONLY));
	say("rw-trunc", open_close("rw/new", O_TRUNC | O_WRONLY));
	say("rw-read", open_close("rw/new", O_RDONLY));
	say("rw-mkdir", mkdir("rw/dir", 0755));
	say("rw-rename", rename("rw/new", "rw/new2"));
	say("rw-unlink", unlink("rw/new"));
	say("rw-symlink", symlink("/etc/passwd", "rw/sym"));
	say("rw-fifo", mkfifo("rw/fifo", 0600));
	say("outside", open_close("other/file", O_RDONLY));
	say("missing", open_close("missing/x", O_CREAT | O_WRONLY));
}

static void try_abstract_socket(const char *name)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(addr.sun_path + 1, name, strlen(name));
	say("abstract", connect(fd, (struct sockaddr *)&addr,
			    (socklen_t)(sizeof(sa_family_t) + 1 + strlen(name))));
}

static void inside(const char *abstract)
{
	list_fds();
	look_around();
	try_sockets();
	try_abstract_socket(abstract);
	try_kernel();
	try_memory();
	try_files();
}

/* Fork until it fails; the children stay. */
static void fork_many(void)
{
	int n = 0;

	for (; n < 500; n++) {
		pid_t pid = fork();

		if (pid == 0) {
			pause();
			_exit(0);
		}
		if (pid < 0)
			break;
	}
	printf("forked=%d %s\n", n, name_of(errno));
}

static void rest(void)
{
	for (;;)
		(void)pause();
}

static void grow(const char *path, int times)
{
	for (int i = 0; i < times; i++) {
		int fd = open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);

		if (fd >= 0 && write(fd, "x", 1) < 0)
			_exit(1);
		close(fd);
		usleep(10000);
	}
}

/* A grandchild in a session of its own that outlives everybody unless the namespace dies. */
static void orphan(const char *path)
{
	if (fork() == 0) {
		if (fork() == 0) {
			setsid();
			grow(path, 3000);
		}
		_exit(0);
	}
	wait(NULL);
}

static void in_processes(void)
{
	char path[64];

	say("proc-self", open_close("/proc/self/status", O_RDONLY));
	say("proc-1-fd", open_close("/proc/1/fd", O_RDONLY | O_DIRECTORY));
	say("proc-1-environ", open_close("/proc/1/environ", O_RDONLY));
	say("proc-sys", open_close("/proc/sys/kernel/hostname", O_RDONLY));
	say("proc-kallsyms", open_close("/proc/kallsyms", O_RDONLY));
	say("proc-net", open_close("/proc/self/net/dev", O_RDONLY));
	say("exe-write", open_close("/proc/self/exe", O_WRONLY));
	say("kill-init", kill(1, SIGKILL));
	say("clone-newuser", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
	say("unshare-user", unshare(CLONE_NEWUSER));
	say("socket", socket(AF_UNIX, SOCK_STREAM, 0));
	say("mount", mount("x", "/", "tmpfs", 0, NULL));
	(void)snprintf(path, sizeof(path), "/proc/%d/status", getppid());
	printf("ppid=%d\n", getppid());
	if (fork() == 0) {
		execl("ro/tool", "tool", "exit", "7", NULL);
		_exit(99);
	}
	int status = 0;

	wait(&status);
	printf("tool=%d\n", WEXITSTATUS(status));
	try_memory();
}

static void int80(void)
{
#ifdef __x86_64__
	long r = 0;

	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
	printf("int80=%ld\n", r);
#endif
}

static void flood(unsigned long n)
{
	static char block[65536];

	memset(block, 'a', sizeof(block));
	while (n > 0) {
		ssize_t w = write(1, block, n < sizeof(block) ? n : sizeof(block));

		if (w <= 0)
			exit(9);
		n -= (unsigned long)w;
	}
}

static void allocate(unsigned long mib)
{
	unsigned long got = 0;

	for (; got < mib; got++) {
		char *p =
		    mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			break;
		memset(p, 1, 1 << 20);
	}
	printf("mib=%lu\n", got);
}

static void open_many(void)
{
	int n = 0;

	while (open("/dev/null", O_RDONLY) >= 0)
		n++;
	printf("opened=%d %s\n", n, name_of(errno));
}

/*
 * Every way to write at rw/way/kept, which is for reading: into it, over it, and by moving it or
 * what is above it away, so that something of our own can stand there.
 */
static void around(void)
{
	say("kept-create", open_close("rw/way/kept/new", O_CREAT | O_WRONLY));
	say("kept-write", open_close("rw/way/kept/file", O_WRONLY));
	say("kept-truncate", truncate("rw/way/kept/file", 0));
	say("kept-remove", unlink("rw/way/kept/file"));
	say("kept-mkdir", mkdir("rw/way/kept/dir", 0700));
	say("kept-chmod", chmod("rw/way/kept/file", 0777));
	say("kept-out", rename("rw/way/kept/file", "rw/stolen"));
	say("kept-in", rename("rw/mine", "rw/way/kept/mine"));
	say("kept-link", link("rw/way/kept/file", "rw/linked"));
	say("kept-move", rename("rw/way/kept", "rw/way/gone"));
	say("kept-over", rename("rw/empty", "rw/way/kept"));
	say("way-move", rename("rw/way", "rw/gone"));
	say("way-swap", syscall(SYS_renameat2, AT_FDCWD, "rw/way", AT_FDCWD, "rw/empty", 2));
	say("way-remove", rmdir("rw/way"));
	say("way-write", open_close("rw/way/new", O_CREAT | O_WRONLY));
	say("back-write", open_close("rw/way/kept/back/new", O_CREAT | O_WRONLY));
	say("kept-read", open_close("rw/way/kept/file", O_RDONLY));
	say("free-write", open_close("rw/free", O_CREAT | O_WRONLY));
}

static void net_io(void)
{
	char buf[8] = "ping";
	struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = "/x"};

	say("send", send(10, buf, 4, MSG_NOSIGNAL));
	say("sendto-address", sendto(10, buf, 4, 0, (struct sockaddr *)&addr, sizeof(addr)));
	say("fastopen", send(10, buf, 4, 0x20000000));
	say("socket", socket(AF_INET, SOCK_STREAM, 0));
	say("connect", connect(10, (struct sockaddr *)&addr, sizeof(addr)));
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *arg = argc > 2 ? argv[2] : "";

	(void)setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	if (strcmp(what, "inside") == 0)
		inside(arg);
	else if (strcmp(what, "processes") == 0)
		in_processes();
	else if (strcmp(what, "forks") == 0)
		fork_many();
	else if (strcmp(what, "orphan") == 0)
		orphan(arg);
	else if (strcmp(what, "orphan-hang") == 0)
		orphan(arg), pause();
	else if (strcmp(what, "int80") == 0)
		int80();
	else if (strcmp(what, "x32") == 0)
		say("x32", syscall(0x40000000 | 39));
	else if (strcmp(what, "trap") == 0)
		__builtin_trap();
	else if (strcmp(what, "abort") == 0)
		abort();
	else if (strcmp(what, "segv") == 0)
		*(volatile int *)1 = 1;
	else if (strcmp(what, "raise") == 0)
		raise(SIGTERM);
	else if (strcmp(what, "spin") == 0)
		for (volatile long i = 0;; i++)
			continue;
	else if (strcmp(what, "pause") == 0)
		sleep(1000);
	else if (strcmp(what, "flood") == 0)
		flood(strtoul(arg, NULL, 10));
	else if (strcmp(what, "alloc") == 0)
		allocate(strtoul(arg, NULL, 10));
	else if (strcmp(what, "open-many") == 0)
		open_many();
	else if (strcmp(what, "net-io") == 0)
		net_io();
	else if (strcmp(what, "event") == 0)
		return write(6, "denied", 6) == 6 ? 0 : 1;
	else if (strcmp(what, "around") == 0)
		around();
	else if (strcmp(what, "touch") == 0)
		say("touch", open_close(arg, O_CREAT | O_WRONLY));
	else if (strcmp(what, "read") == 0)
		say("read", open_close(arg, O_RDONLY));
	else if (strcmp(what, "exit") == 0)
		return (int)strtol(arg, NULL, 10);
	else if (strcmp(what, "rest") == 0)
		rest();
	else if (strcmp(what, "touch-forever") == 0)
		grow(arg, 3000);
	return 0;
}
