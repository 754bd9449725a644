/* SPDX-License-Identifier: MIT */
/*
 * The child between clone3 and execveat: builds the sandbox around itself, reports, waits for the
 * word to start. Nothing here allocates, locks or uses stdio; every failure goes through the
 * status pipe and ends the child, so the program never runs in a half-built sandbox.
 */
#include "sandbox/child_priv.h"

#include "sandbox/child_step_priv.h"
#include "sandbox/compat.h"
#include "sandbox/landlock_priv.h"
#include "sandbox/limits_priv.h"
#include "sandbox/mount_priv.h"
#include "sandbox/namespaces_priv.h"
#include "sandbox/seccomp_priv.h"
#include "sandbox/verify_priv.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* A copy above everything that will be placed; negative stays negative. */
static int lift(struct sandbox_child *c, int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, CHILD_FD_FREE);

	if (high < 0)
		sandbox_child_fail(c, NULL);
	return high;
}

static void place(struct sandbox_child *c, int high, int to)
{
	if (dup2(high, to) < 0)
		sandbox_child_fail(c, NULL);
}

static void place_internal(struct sandbox_child *c, int high, int to)
{
	if (dup3(high, to, O_CLOEXEC) < 0)
		sandbox_child_fail(c, NULL);
}

static bool is_placed(const struct sandbox_plan *plan, int fd)
{
	if (fd < 3 || (plan->events_max > 0 && fd == plan->events_fd))
		return true;
	for (size_t i = 0; i < plan->fd_count; i++) {
		if (plan->fds[i].to == fd)
			return true;
	}
	return fd == CHILD_FD_STATUS || fd == CHILD_FD_GO || fd == CHILD_FD_EXEC ||
	       fd == CHILD_FD_LIFE;
}

/* Close whatever is neither the program's nor ours, wherever the supervisor got it from. */
static void close_others(struct sandbox_child *c)
{
	unsigned first = 3;

	for (unsigned fd = 3; fd <= CHILD_FD_LAST; fd++) {
		if (!is_placed(c->box->plan, (int)fd))
			continue;
		if (fd > first && sys_close_range(first, fd - 1) < 0)
			sandbox_child_fail(c, NULL);
		first = fd + 1;
	}
	if (sys_close_range(first, ~0U) < 0)
		sandbox_child_fail(c, NULL);
}

/* Our scratch numbers lie above CHILD_FD_FREE; the plan's own limit comes later (limits.c). */
static void make_room_for_fds(struct sandbox_child *c)
{
	const rlim_t wanted = CHILD_FD_FREE + 2 * SANDBOX_FDS_MAX + SANDBOX_ROOTS_MAX + 32;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		sandbox_child_fail(c, NULL);
	if (limit.rlim_cur >= wanted || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		sandbox_child_fail(c, NULL);
}

static void arrange_fds(struct sandbox_child *c)
{
	const struct sandbox *box = c->box;
	const struct sandbox_plan *plan = box->plan;
	int exec_fd = lift(c, plan->exec_fd), go = lift(c, box->go.r);
	int life = lift(c, box->life);
	int std[3] = {-1, lift(c, box->out.w), lift(c, box->err.w)};
	int events = plan->events_max > 0 ? lift(c, box->events.w) : -1;
	int high[SANDBOX_FDS_MAX];
	int status = lift(c, box->status.w);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* Every source is lifted before any place is taken: a place may be another one's source. */
	std[0] = null < 0 ? -1 : lift(c, null);
	if (std[0] < 0)
		sandbox_child_fail(c, "/dev/null");
	for (size_t i = 0; i < plan->fd_count; i++)
		high[i] = lift(c, plan->fds[i].from);
	c->status_fd = status;
	place_internal(c, status, CHILD_FD_STATUS);
	c->status_fd = CHILD_FD_STATUS;
	place_internal(c, go, CHILD_FD_GO);
	place_internal(c, exec_fd, CHILD_FD_EXEC);
	place_internal(c, life, CHILD_FD_LIFE);
	for (int i = 0; i < 3; i++)
		place(c, std[i], i);
	for (size_t i = 0; i < plan->fd_count; i++)
		place(c, high[i], plan->fds[i].to);
	if (events >= 0)
		place(c, events, plan->events_fd);
	close_others(c);
}

/*
 * The supervisor may have died before the kernel was told to send us after it, and from a new pid
 * namespace getppid() does not tell. Nobody is left to report to.
 */
static void end_if_orphaned(void)
{
	struct pollfd life = {.fd = CHILD_FD_LIFE, .events = POLLIN};
	int n = poll(&life, 1, 0);

	/* EINVAL: the plan allows no descriptor, so that none may be asked about any more. */
	if (n > 0 || (n < 0 && errno != EINVAL))
		_exit(125);
}

static void start_session(struct sandbox_child *c)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t none;

	sandbox_child_step(c, SANDBOX_STEP_SESSION);
	/* No controlling terminal, so no TIOCSTI; dies with the supervisor. */
	if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		sandbox_child_fail(c, NULL);
	end_if_orphaned();
	for (int sig = 1; sig < NSIG; sig++)
		(void)sigaction(
		    sig, &dfl, NULL); /* SIGKILL, SIGSTOP refuse; ignored ones stay so */
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		sandbox_child_fail(c, NULL);
}

static void write_file(struct sandbox_child *c, const char *path, const char *text)
{
	size_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		sandbox_child_fail(c, path);
	close(fd);
}

static void map_ids(struct sandbox_child *c)
{
	sandbox_child_step(c, SANDBOX_STEP_ID_MAP);
	write_file(c, "/proc/self/setgroups", "deny");
	write_file(c, "/proc/self/uid_map", c->box->uid_map);
	write_file(c, "/proc/self/gid_map", c->box->gid_map);
}

static void enter_cwd(struct sandbox_child *c)
{
	sandbox_child_step(c, SANDBOX_STEP_CWD);
	if (chdir(c->box->cwd) < 0)
		sandbox_child_fail(c, c->box->cwd);
}

static void set_hostname(struct sandbox_child *c)
{
	sandbox_child_step(c, SANDBOX_STEP_HOSTNAME);
	if (sethostname("x07", 3) < 0 || setdomainname("", 0) < 0)
		sandbox_child_fail(c, NULL);
}

static void no_new_privs(struct sandbox_child *c)
{
	sandbox_child_step(c, SANDBOX_STEP_NO_NEW_PRIVS);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		sandbox_child_fail(c, NULL);
}

static void build(struct sandbox_child *c)
{
	sandbox_child_namespaces(c);
	map_ids(c);
	sandbox_child_open_roots(c);
	sandbox_child_mounts(c);
	enter_cwd(c);
	set_hostname(c);
	/* Nobody inside may look into init or into the waiting child. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		sandbox_child_fail(c, "dumpable");
	sandbox_child_rlimits(c);
	no_new_privs(c);
	sandbox_child_landlock(c);
	sandbox_child_drop_caps(c);
	sandbox_child_verify(c);
	end_if_orphaned();
	sandbox_child_fd_limit(c); /* what is set up before it opens descriptors itself */
	sandbox_child_seccomp(c);
}

static void build_none(struct sandbox_child *c)
{
	enter_cwd(c);
	sandbox_child_rlimits(c);
	no_new_privs(c);
	end_if_orphaned();
	sandbox_child_fd_limit(c);
	c->layers |= 1u << SANDBOX_LAYER_NO_NEW_PRIVS;
}

static NORETURN void execute(struct sandbox_child *c)
{
	const struct sandbox_plan *plan = c->box->plan;

	sandbox_child_step(c, SANDBOX_STEP_EXEC);
	end_if_orphaned();
	syscall(SYS_execveat, CHILD_FD_EXEC, "", plan->argv, plan->envp, AT_EMPTY_PATH);
	sandbox_child_fail(c, plan->argv[0]);
}

/* Process 1 of a sandbox with processes: reaps, and ends everything when the program ends. */
static NORETURN void init(struct sandbox_child *c)
{
	struct sandbox_msg msg = {.kind = SANDBOX_MSG_EXIT};
	pid_t program = 0, pid = 0;
	int status = 0;

	sandbox_child_step(c, SANDBOX_STEP_INIT);
	program = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (program < 0)
		sandbox_child_fail(c, NULL);
	if (program == 0)
		execute(c);
	(void)sys_close_range(0, CHILD_FD_STATUS - 1);
	(void)sys_close_range(CHILD_FD_STATUS + 1, ~0U);
	do {
		pid = (pid_t)syscall(SYS_wait4, -1, &status, 0, NULL);
	} while (pid != program && (pid > 0 || errno == EINTR));
	msg.value = status;
	sandbox_child_send(c, &msg);
	_exit(0);
}

/*
 * The supervisor says `go` only after it has read that we are ready: so it lived when the death
 * signal was set, and its death from then on is ours. The pipe alone does not tell that it is gone:
 * whatever it forked meanwhile may hold the other end.
 */
static void wait_for_go(void)
{
	struct pollfd fds[] = {
	    {.fd = CHILD_FD_GO, .events = POLLIN}, {.fd = CHILD_FD_LIFE, .events = POLLIN}};
	char word = 0;
	int n = 0;

	do {
		n = poll(fds, ARRAY_LEN(fds), -1);
	} while (n < 0 && errno == EINTR);
	/* EINVAL: the plan allows fewer than two descriptors. */
	if ((n < 0 && errno != EINVAL) || fds[1].revents != 0 || read(CHILD_FD_GO, &word, 1) != 1)
		_exit(125);
}

void sandbox_child_main(struct sandbox *box)
{
	struct sandbox_child c = {.box = box, .status_fd = box->status.w};
	struct sandbox_msg ready = {.kind = SANDBOX_MSG_READY};
	bool isolated = box->plan->backend == SANDBOX_BACKEND_OS;

	sandbox_child_step(&c, SANDBOX_STEP_FDS);
	make_room_for_fds(&c);
	arrange_fds(&c);
	start_session(&c);
	if (isolated)
		build(&c);
	else
		build_none(&c);
	ready.layers = c.layers;
	ready.value = c.landlock_abi;
	sandbox_child_send(&c, &ready);
	wait_for_go();
	if (isolated && box->plan->allow_spawn)
		init(&c);
	execute(&c);
}
