/* SPDX-License-Identifier: MIT */
/*
 * While the program runs: collects what it writes, up to the maxima, keeps the clocks, and reaps.
 * Nothing the program wrote is interpreted here. Messages of the status pipe come from our own
 * child; the program does not have that pipe.
 */
#include "sandbox/pump_priv.h"

#include "sandbox/compat.h"
#include "sandbox/explain_priv.h"
#include "sandbox/limits_priv.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define CHUNK (64u << 10)
#define SETUP_NS (20LL * 1000 * 1000 * 1000) /* a set-up that takes longer hangs */
#define MS 1000000LL

enum { OUT, ERRS, EVENTS, STATUS, CHILD, SLOTS };

struct pump {
	struct sandbox *box;
	struct buf bufs[3];
	bool overflow[3];
	bool ready, failed, exited, timed_out, cpu_exceeded, reaped;
	int go_errno; /* `go` could not be written */
	struct sandbox_msg ready_msg, failure;
	int program_status;
	struct rusage usage;
	int64_t start_ns, end_ns, cpu_base_ns;
	char scratch[CHUNK];
};

static int64_t clock_ns(clockid_t clock)
{
	struct timespec t = {0};

	if (clock_gettime(clock, &t) < 0)
		return 0;
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* The CPU clock of another process. Source: include/linux/posix-timers.h, CPUCLOCK_SCHED. */
static int64_t cpu_ns(const struct pump *r)
{
	return clock_ns((clockid_t)((~(unsigned)r->box->pid << 3) | 2));
}

static void kill_all(const struct pump *r)
{
	(void)syscall(SYS_pidfd_send_signal, r->box->pidfd, SIGKILL, NULL, 0);
	if (r->box->plan->backend == SANDBOX_BACKEND_NONE)
		(void)kill(-r->box->pid, SIGKILL);
}

/* Read what is there once; false at the end or when nothing is there. */
static bool read_stream(struct pump *r, int slot, int *fd)
{
	struct buf *b = &r->bufs[slot];
	size_t room = b->max - b->len;
	char *to = r->scratch;
	ssize_t n = 0;

	if (room > CHUNK)
		room = CHUNK;
	if (room > 0)
		to = buf_reserve(b, room);
	n = read(*fd, to, room > 0 ? room : CHUNK);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		base_close_fd(fd);
		*fd = -1;
		return false;
	}
	if (room == 0) {
		r->overflow[slot] = true;
		return true;
	}
	b->len += (size_t)n;
	b->data[b->len] = '\0';
	return true;
}

static int *stream_fd(struct sandbox *box, int slot)
{
	struct sandbox_pipe *pairs[] = {&box->out, &box->err, &box->events};

	return &pairs[slot]->r;
}

/* The child is ready, so it dies with us from here on: not one word earlier (child.c). */
static void let_go(struct pump *r)
{
	if (write(r->box->go.w, "g", 1) == 1)
		return;
	r->go_errno = errno;
	kill_all(r);
}

static void read_status(struct pump *r)
{
	struct sandbox_msg msg;
	ssize_t n = 0;

	while (r->box->status.r >= 0) {
		n = read(r->box->status.r, &msg, sizeof(msg));
		if (n < 0)
			return;
		if (n != (ssize_t)sizeof(msg)) {
			base_close_fd(&r->box->status.r);
			r->box->status.r = -1;
			return;
		}
		if (msg.kind == SANDBOX_MSG_READY) {
			r->ready = true;
			r->ready_msg = msg;
			r->start_ns = clock_ns(CLOCK_MONOTONIC);
			r->cpu_base_ns = cpu_ns(r);
			let_go(r);
		} else if (msg.kind == SANDBOX_MSG_ERROR) {
			r->failed = true;
			r->failure = msg;
		} else if (msg.kind == SANDBOX_MSG_EXIT) {
			r->exited = true;
			r->program_status = msg.value;
		}
	}
}

static void reap(struct pump *r)
{
	siginfo_t info;
	int status = 0;
	pid_t pid = 0;

	if (r->box->plan->backend == SANDBOX_BACKEND_NONE &&
	    waitid(P_PID, (id_t)r->box->pid, &info, WEXITED | WNOWAIT) == 0)
		(void)kill(-r->box->pid, SIGKILL); /* the zombie still holds the group's number */
	do {
		pid = wait4(r->box->pid, &status, 0, &r->usage);
	} while (pid < 0 && errno == EINTR);
	r->reaped = true;
	r->box->pid = 0;
	r->end_ns = clock_ns(CLOCK_MONOTONIC);
	if (!r->exited)
		r->program_status = status;
}

/* Nanoseconds until a clock may have run out; kills what is over. Negative = no limit. */
static int64_t check_clocks(struct pump *r)
{
	const struct sandbox_limits *l = &r->box->plan->limits;
	int64_t now = clock_ns(CLOCK_MONOTONIC);
	int64_t left = -1, cpu_left = 0;

	if (!r->ready) {
		left = r->start_ns + SETUP_NS - now;
		if (left <= 0)
			kill_all(r);
		return left <= 0 ? -1 : left;
	}
	if (l->wall_ms != 0) {
		left = r->start_ns + (int64_t)l->wall_ms * MS - now;
		r->timed_out = r->timed_out || left <= 0;
	}
	/* Of several processes only RLIMIT_CPU knows, each by itself. */
	if (l->cpu_ms != 0 && !r->box->plan->allow_spawn) {
		cpu_left = (int64_t)l->cpu_ms * MS - (cpu_ns(r) - r->cpu_base_ns);
		r->cpu_exceeded = r->cpu_exceeded || cpu_left <= 0;
		if (left < 0 || cpu_left < left)
			left = cpu_left;
	}
	if (r->timed_out || r->cpu_exceeded) {
		kill_all(r);
		return -1;
	}
	return left;
}

static void wait_events(struct pump *r)
{
	struct pollfd fds[SLOTS];
	int64_t left = check_clocks(r);
	struct timespec t = {.tv_sec = left / 1000000000LL, .tv_nsec = left % 1000000000LL};

	for (int i = 0; i < 3; i++)
		fds[i] = (struct pollfd){.fd = *stream_fd(r->box, i), .events = POLLIN};
	fds[STATUS] = (struct pollfd){.fd = r->box->status.r, .events = POLLIN};
	fds[CHILD] = (struct pollfd){.fd = r->box->pidfd, .events = POLLIN};
	if (ppoll(fds, SLOTS, left < 0 ? NULL : &t, NULL) <= 0)
		return;
	for (int i = 0; i < 3; i++) {
		if (fds[i].revents != 0)
			(void)read_stream(r, i, stream_fd(r->box, i));
	}
	if (fds[STATUS].revents != 0)
		read_status(r);
	if (r->failed)
		kill_all(r);
	if (fds[CHILD].revents != 0)
		reap(r);
}

/* All writers are dead (or, without namespaces, beyond us): take what is left and no more. */
static void drain(struct pump *r)
{
	for (int i = 0; i < 3; i++) {
		for (size_t total = 0; total < (4u << 20) && *stream_fd(r->box, i) >= 0;
		     total += CHUNK) {
			if (!read_stream(r, i, stream_fd(r->box, i)))
				break;
		}
	}
	read_status(r);
}

static int64_t tv_ns(struct timeval t)
{
	return t.tv_sec * 1000000000LL + t.tv_usec * 1000LL;
}

/* Nobody but the kernel sends SIGKILL to a program that has used its time. */
static bool ended_by_rlimit(const struct pump *r, const struct sandbox_result *res)
{
	int64_t limit = (int64_t)r->box->plan->limits.cpu_ms * MS;

	return limit != 0 && res->signal == SIGKILL && !res->timed_out &&
	       res->cpu_ns >= limit / 5 * 4;
}

static void fill_result(struct pump *r, struct sandbox_result *out)
{
	struct sandbox_result res = {0};
	int status = r->program_status;

	if (r->box->plan->allow_spawn && r->box->plan->backend == SANDBOX_BACKEND_OS && !r->exited)
		status = SIGKILL; /* init was killed, and the program with it */
	res.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	res.exit_status = res.signal != 0 ? 128 + res.signal : WEXITSTATUS(status);
	res.timed_out = r->timed_out;
	res.stdout_overflow = r->overflow[OUT];
	res.stderr_overflow = r->overflow[ERRS];
	res.events_overflow = r->overflow[EVENTS];
	res.out = TAKE(r->bufs[OUT]);
	res.err = TAKE(r->bufs[ERRS]);
	res.events = TAKE(r->bufs[EVENTS]);
	for (unsigned i = 0; i < SANDBOX_LAYER_COUNT; i++)
		res.layers[i] = (r->ready_msg.layers >> i) & 1;
	res.landlock_abi = r->ready_msg.value;
	res.mem_mechanism = sandbox_limits_mem_mechanism(r->box);
	res.procs_mechanism = sandbox_limits_procs_mechanism(r->box);
	res.wall_ns = r->end_ns - r->start_ns;
	res.cpu_ns = tv_ns(r->usage.ru_utime) + tv_ns(r->usage.ru_stime) - r->cpu_base_ns;
	if (res.cpu_ns < 0)
		res.cpu_ns = 0;
	res.cpu_exceeded = r->cpu_exceeded || ended_by_rlimit(r, &res);
	res.peak_rss_bytes = (uint64_t)r->usage.ru_maxrss * 1024;
	*out = res;
}

static void pump_free(struct pump **r)
{
	for (int i = 0; i < 3; i++)
		buf_clear(&(*r)->bufs[i]);
	base_free_ptr(r);
}

int sandbox_pump(struct sandbox *box, struct sandbox_result *out, struct err *err)
{
	const struct sandbox_plan *plan = box->plan;
	CLEANUP(pump_free) struct pump *r = base_calloc(1, sizeof(*r));

	r->box = box;
	r->bufs[OUT] = buf_init(plan->limits.stdout_max);
	r->bufs[ERRS] = buf_init(plan->limits.stderr_max);
	r->bufs[EVENTS] = buf_init(plan->events_max);
	r->start_ns = clock_ns(CLOCK_MONOTONIC);
	read_status(r); /* usually it is ready by now */
	while (!r->reaped)
		wait_events(r);
	drain(r);
	if (r->failed) {
		if (err != NULL)
			*err = r->failure.err;
		return sandbox_explain(
		    err, (enum sandbox_step)r->failure.value, r->failure.err.sys_errno);
	}
	if (r->go_errno != 0) {
		errno = r->go_errno;
		return err_sys(err, ERR_SANDBOX, "starting the program");
	}
	if (!r->ready)
		return err_set(err, ERR_SANDBOX,
		    "the child ended while it built the sandbox (wait status 0x%x)",
		    (unsigned)r->program_status);
	fill_result(r, out);
	return 0;
}
