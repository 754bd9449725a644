/* SPDX-License-Identifier: MIT */
/* What a hostile program finds and can do inside; every attempt of probe_guest.c has its row. */
#include "tests/sandbox/box.h"
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *const expected[] = {"fds=0,1,2,", "env=ONLY=this;", "host=x07", "pid=1",
    "uid=65534", "gid=65534", "read-passwd=ENOENT", "read-dots=ENOENT", "read-proc=ENOENT",
    "read-sys=ENOENT", "dev-null=ok", "dev-urandom=ok", "dev-kvm=ENOENT", "write-root=EROFS",
    "mkdir-root=EROFS", "socket-1=EPERM", "socket-2=EPERM", "socket-10=EPERM", "socket-16=EPERM",
    "socket-17=EPERM", "socket-38=EPERM", "socket-40=EPERM", "socket-44=EPERM", "socket-31=EPERM",
    "socket-dgram=EPERM", "socketpair=EPERM", "socketpair-dgram=EPERM", "connect=EPERM",
    "bind=EPERM", "ptrace=EPERM", "mount=EPERM", "umount=EPERM", "open_tree=EPERM", "fsopen=EPERM",
    "unshare-user=EPERM", "unshare-net=EPERM", "setns=EPERM", "clone-newuser=EPERM",
    "clone3=ENOSYS", "io_uring=EPERM", "keyctl=EPERM", "add_key=EPERM", "memfd_create=EPERM",
    "bpf=EPERM", "userfaultfd=EPERM", "perf=EPERM", "process_vm_readv=EPERM", "pidfd_open=EPERM",
    "pidfd_getfd=EPERM", "open_by_handle_at=EPERM", "name_to_handle_at=EPERM", "chroot=EPERM",
    "pivot_root=EPERM", "personality=EPERM", "seccomp=EPERM", "prctl-dumpable=EPERM",
    "prctl-high-bits=EPERM", "sethostname=EPERM", "reboot=EPERM", "kexec=EPERM", "swapon=EPERM",
    "quotactl=EPERM", "syslog=EPERM", "setuid=EPERM", "setrlimit=EPERM", "tiocsti=EPERM",
    "tiocsti-high-bits=EPERM", "kill-1-host=EPERM", "mknod=EPERM", "execve=EPERM", "execveat=EPERM",
    "fork=EPERM", "shmget=EPERM", "mmap-rw=ok", "mprotect-wx=EPERM", "mprotect-x=EPERM",
    "ro-read=ok", "ro-list=ok", "ro-create=EROFS", "ro-unlink=EROFS", "ro-link-out=ENOENT",
    "ro-tool=EPERM", "ro-map-exec=EPERM", "rw-create=ok", "rw-trunc=ok", "rw-read=EACCES",
    "rw-mkdir=EACCES", "rw-rename=EACCES", "rw-unlink=EACCES", "rw-symlink=EPERM", "rw-fifo=EPERM",
    "outside=ENOENT", "missing=ENOENT", "abstract=EPERM"};

/* Every `name=ok` of the probe that is meant to be ok; anything else that works is a hole. */
static bool is_allowed(const char *line, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		if (strlen(expected[i]) == len && strncmp(expected[i], line, len) == 0)
			return true;
	}
	return false;
}

static int abstract_listener(char *name, size_t size)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(name, size, "x07-test-%ld", (long)getpid());
	memcpy(addr.sun_path + 1, name, strlen(name));
	ck_assert_int_eq(
	    bind(fd, (struct sockaddr *)&addr, (socklen_t)(sizeof(sa_family_t) + 1 + strlen(name))),
	    0);
	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

START_TEST(hostile_program_gets_nothing_that_the_plan_does_not_give)
{
	CLEANUP(box_clear) struct box b;
	char name[64];
	AUTO_CLOSE int leak = open("/etc/passwd", O_RDONLY); /* not close-on-exec on purpose */
	AUTO_CLOSE int listener = abstract_listener(name, sizeof(name));

	box_init(&b, "inside", name);
	box_ok(&b);
	ck_assert_int_eq(b.result.exit_status, 0);
	ck_assert_int_ge(leak, 0);
	ck_assert_int_ge(listener, 0);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		box_has(&b, expected[i]);
	for (char *line = b.result.out.data; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (len > 3 && strncmp(line + len - 3, "=ok", 3) == 0)
			ck_assert_msg(is_allowed(line, len), "worked: %.*s", (int)len, line);
		line += len + (line[len] == '\n');
	}
	ck_assert_int_eq(access("rw/new", F_OK), 0);
}
END_TEST

START_TEST(every_layer_is_reported_as_seen_from_inside)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "exit", "0");
	box_ok(&b);
	for (unsigned i = 0; i < SANDBOX_LAYER_COUNT; i++)
		ck_assert_msg(b.result.layers[i], "%s", sandbox_layer_name((enum sandbox_layer)i));
	ck_assert_int_ge(b.result.landlock_abi, 1);
	ck_assert_str_eq(b.result.procs_mechanism, "seccomp");
	ck_assert_str_eq(b.result.mem_mechanism, "rlimit");
}
END_TEST

struct death {
	const char *what;
	int signal;
};

static const struct death deaths[] = {
    {"trap", SIGILL},
    {"segv", SIGSEGV},
    {"abort", SIGSEGV},
#ifdef __x86_64__
    {"int80", 0}, /* as box_abi_signal says */
    {"x32", 0},
#endif
};

/* Process 1 ignores signals it has no handler for; faults and the filter still end it. */
START_TEST(program_as_process_1_dies_of_faults_and_foreign_abis)
{
	CLEANUP(box_clear) struct box b;
	int wanted = deaths[_i].signal != 0 ? deaths[_i].signal : box_abi_signal(deaths[_i].what);

	box_init(&b, deaths[_i].what, NULL);
	box_ok(&b);
	ck_assert_int_eq(b.result.signal, wanted);
	ck_assert_int_eq(b.result.exit_status, 128 + wanted);
	box_has_not(&b, "int80");
	box_has_not(&b, "x32=ok");
}
END_TEST

START_TEST(exit_status_of_the_program_is_the_result)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "exit", "42");
	b.plan.allow_spawn = _i == 1;
	b.plan.backend = _i == 2 ? SANDBOX_BACKEND_NONE : SANDBOX_BACKEND_OS;
	box_ok(&b);
	ck_assert_int_eq(b.result.exit_status, 42);
	ck_assert_int_eq(b.result.signal, 0);
}
END_TEST

START_TEST(allowed_processes_stay_in_the_sandbox)
{
	static const char *const lines[] = {"proc-self=ok", "proc-1-fd=ENOENT",
	    "proc-1-environ=ENOENT", "proc-sys=ENOENT", "proc-kallsyms=ENOENT", "kill-init=ok",
	    "clone-newuser=EPERM", "unshare-user=EPERM", "socket=EPERM", "mount=EPERM", "ppid=1",
	    "tool=7", "mprotect-wx=EPERM"};
	CLEANUP(box_clear) struct box b;

	box_init(&b, "processes", NULL);
	b.plan.allow_spawn = true;
	box_ok(&b);
	ck_assert_int_eq(b.result.exit_status, 0);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		box_has(&b, lines[i]);
	box_has_not(&b, "mmap-wx=ok");
	box_has_not(&b, "exe-write=ok");
}
END_TEST

START_TEST(handed_descriptors_arrive_under_their_numbers_even_when_they_cross)
{
	CLEANUP(box_clear) struct box b;
	AUTO_CLOSE int x = open("/dev/null", O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int y = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	struct sandbox_fd fds[] = {{.from = x, .to = y}, {.from = y, .to = x}};
	char want[64];

	box_init(&b, "inside", "none");
	b.plan.fds = fds;
	b.plan.fd_count = 2;
	(void)snprintf(want, sizeof(want), "fds=0,1,2,%d,%d,", x < y ? x : y, x < y ? y : x);
	box_ok(&b);
	box_has(&b, want);
}
END_TEST

START_TEST(broker_socket_can_talk_but_not_address)
{
	CLEANUP(box_clear) struct box b;
	int pair[2];
	struct sandbox_fd fds[1];
	char got[8] = "";

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	fds[0] = (struct sandbox_fd){.from = pair[1], .to = 10};
	box_init(&b, "net-io", NULL);
	b.plan.fds = fds;
	b.plan.fd_count = 1;
	b.plan.broker_io = true;
	box_ok(&b);
	box_has(&b, "send=ok");
	box_has(&b, "sendto-address=EPERM");
	box_has(&b, "fastopen=EPERM");
	box_has(&b, "socket=EPERM");
	box_has(&b, "connect=EPERM");
	ck_assert_int_eq(read(pair[0], got, sizeof(got)), 4);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

START_TEST(without_broker_io_a_handed_socket_cannot_send)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "net-io", NULL);
	box_ok(&b);
	box_has(&b, "send=EPERM");
}
END_TEST

START_TEST(event_pipe_comes_back_apart_from_the_output)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "event", NULL);
	b.plan.events_fd = 6;
	b.plan.events_max = _i == 0 ? 100 : 3;
	box_ok(&b);
	ck_assert_int_eq(b.result.exit_status, 0);
	ck_assert_uint_eq(b.result.events.len, _i == 0 ? 6 : 3);
	ck_assert_int_eq(memcmp(b.result.events.data, "denied", b.result.events.len), 0);
	ck_assert_int_eq(b.result.events_overflow, _i != 0);
	ck_assert_uint_eq(b.result.out.len, 0);
}
END_TEST

START_TEST(backend_none_has_limits_environment_and_descriptors_only)
{
	CLEANUP(box_clear) struct box b;

	box_init(&b, "inside", "none");
	b.plan.backend = SANDBOX_BACKEND_NONE;
	b.argv[1] = "open-many";
	box_ok(&b);
	box_has(&b, "opened=61 EMFILE");
	ck_assert(!b.result.layers[SANDBOX_LAYER_SECCOMP]);
	ck_assert(!b.result.layers[SANDBOX_LAYER_USER_NS]);
	ck_assert(b.result.layers[SANDBOX_LAYER_NO_NEW_PRIVS]);
	ck_assert(b.roots[0].present);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("sandbox inside");
	TCase *t = tcase_create("inside");

	tcase_set_timeout(t, 30);
	tcase_add_test(t, hostile_program_gets_nothing_that_the_plan_does_not_give);
	tcase_add_test(t, every_layer_is_reported_as_seen_from_inside);
	tcase_add_loop_test(
	    t, program_as_process_1_dies_of_faults_and_foreign_abis, 0, (int)ARRAY_LEN(deaths));
	tcase_add_loop_test(t, exit_status_of_the_program_is_the_result, 0, 3);
	tcase_add_test(t, allowed_processes_stay_in_the_sandbox);
	tcase_add_test(t, handed_descriptors_arrive_under_their_numbers_even_when_they_cross);
	tcase_add_test(t, broker_socket_can_talk_but_not_address);
	tcase_add_test(t, without_broker_io_a_handed_socket_cannot_send);
	tcase_add_loop_test(t, event_pipe_comes_back_apart_from_the_output, 0, 2);
	tcase_add_test(t, backend_none_has_limits_environment_and_descriptors_only);
	suite_add_tcase(s, t);
	return box_main(argc, argv, s);
}
