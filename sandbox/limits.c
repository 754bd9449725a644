/* SPDX-License-Identifier: MIT */
/*
 * Resource limits of the child, soft = hard, and the names of what holds each limit.
 *
 * Memory: RLIMIT_AS, because it is the only limit that also counts shared and file mappings. It is
 * mem_bytes plus AS_HEADROOM for what the policy does not mean: text, unit image, stack, vdso. A
 * plain program is one process that cannot fork, so this bounds the run; with allow_spawn it is
 * per process and cgroup.c adds a bound over all of them where the user may have one.
 */
#include "sandbox/limits_priv.h"

#include "sandbox/child_step_priv.h"
#include "sandbox/compat.h"

#include <sys/resource.h>

#define AS_HEADROOM (24ULL << 20)
#define STACK_BYTES (8ULL << 20)

static void set(struct sandbox_child *c, __rlimit_resource_t what, uint64_t value, const char *name)
{
	struct rlimit now, limit = {value, value};

	if (getrlimit(what, &now) < 0)
		sandbox_child_fail(c, name);
	if (now.rlim_max < limit.rlim_max) /* a limit is never raised */
		limit.rlim_cur = limit.rlim_max = now.rlim_max;
	if (setrlimit(what, &limit) < 0)
		sandbox_child_fail(c, name);
}

/*
 * The kernel holds RLIMIT_CPU against ticks, which it counts whole for whoever runs when one comes:
 * it fires up to a fifth before the time has really been used. Where the supervisor holds the limit
 * by the scheduler's own clock (pump.c), the kernel's is the second line, far enough behind; of
 * several processes only the kernel knows.
 */
static uint64_t cpu_seconds(const struct sandbox_plan *plan)
{
	uint64_t ms = plan->limits.cpu_ms;

	return plan->allow_spawn ? (ms + 999) / 1000 : (ms + ms / 4 + 999) / 1000 + 1;
}

void sandbox_child_rlimits(struct sandbox_child *c)
{
	const struct sandbox_limits *l = &c->box->plan->limits;

	sandbox_child_step(c, SANDBOX_STEP_RLIMITS);
	if (!l->core_dumps)
		set(c, RLIMIT_CORE, 0, "core_dumps");
	set(c, RLIMIT_STACK, STACK_BYTES, "stack");
	set(c, RLIMIT_MEMLOCK, 0, "memlock");
	set(c, RLIMIT_MSGQUEUE, 0, "msgqueue");
	if (l->mem_bytes != 0)
		set(c, RLIMIT_AS, l->mem_bytes + AS_HEADROOM, "mem_bytes");
	if (l->cpu_ms != 0)
		set(c, RLIMIT_CPU, cpu_seconds(c->box->plan), "cpu_ms");
	/* Counted within the new user namespace (Linux 5.14), where init is the first. */
	if (c->box->plan->allow_spawn && l->procs != 0)
		set(c, RLIMIT_NPROC, l->procs + 1ULL, "procs");
}

void sandbox_child_fd_limit(struct sandbox_child *c)
{
	const struct sandbox_limits *l = &c->box->plan->limits;

	sandbox_child_step(c, SANDBOX_STEP_FD_LIMIT);
	if (l->fds != 0 || l->no_fds)
		set(c, RLIMIT_NOFILE, l->fds, "fds");
}

const char *sandbox_limits_mem_mechanism(const struct sandbox *box)
{
	if (box->plan->limits.mem_bytes == 0)
		return "none";
	return box->cgroup.mem != NULL ? box->cgroup.mem : "rlimit";
}

/* The kernel exempts host root from RLIMIT_NPROC, inside a user namespace too. */
const char *sandbox_limits_procs_mechanism(const struct sandbox *box)
{
	if (box->plan->backend == SANDBOX_BACKEND_OS && !box->plan->allow_spawn)
		return "seccomp";
	if (box->plan->limits.procs == 0)
		return "none";
	if (box->cgroup.pids != NULL)
		return box->cgroup.pids;
	return box->plan->allow_spawn && geteuid() != 0 ? "rlimit" : "none";
}
