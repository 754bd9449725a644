/* SPDX-License-Identifier: MIT */
/*
 * The unsandboxed side: starts the child that builds the sandbox, lets it go, cleans up. The
 * child is a copy of this process (copy-on-write), so that compiling goes on meanwhile.
 * What happens while the program runs is pump.c.
 */
#include "sandbox/sandbox.h"

#include "sandbox/cgroup_priv.h"
#include "sandbox/child_priv.h"
#include "sandbox/compat.h"
#include "sandbox/explain_priv.h"
#include "sandbox/limits_priv.h"
#include "sandbox/namespaces_priv.h"
#include "sandbox/plan_priv.h"
#include "sandbox/pump_priv.h"
#include "sandbox/roots_priv.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PIPE_BYTES (1 << 20)

static const char *const layer_names[SANDBOX_LAYER_COUNT] = {
#define LAYER(id, name) [SANDBOX_LAYER_##id] = (name),
#include "sandbox/layers.def"
#undef LAYER
};

const char *sandbox_layer_name(enum sandbox_layer layer)
{
	return (unsigned)layer < SANDBOX_LAYER_COUNT ? layer_names[layer] : "unknown";
}

static int open_pipe(struct sandbox_pipe *p, bool read_nonblocking, struct err *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(err, ERR_SANDBOX, "pipe");
	p->r = fds[0];
	p->w = fds[1];
	if (read_nonblocking && fcntl(p->r, F_SETFL, O_NONBLOCK) < 0)
		return err_sys(err, ERR_SANDBOX, "pipe");
	return 0;
}

static void close_pipe(struct sandbox_pipe *p)
{
	base_close_fd(&p->r);
	base_close_fd(&p->w);
	p->r = p->w = -1;
}

static int open_pipes(struct sandbox *box, struct err *err)
{
	const struct {
		struct sandbox_pipe *pipe;
		bool nonblocking, wanted;
	} pipes[] = {{&box->go, false, true}, {&box->status, true, true}, {&box->out, true, true},
	    {&box->err, true, true}, {&box->events, true, box->plan->events_max > 0}};

	for (size_t i = 0; i < ARRAY_LEN(pipes); i++) {
		int rc = pipes[i].wanted ? open_pipe(pipes[i].pipe, pipes[i].nonblocking, err) : 0;

		if (rc < 0)
			return rc;
	}
	/* fewer wake-ups for large outputs; the default works too */
	(void)fcntl(box->out.r, F_SETPIPE_SZ, PIPE_BYTES);
	return 0;
}

/* Where the program lies, for a read-only view of it; "" for a memory file. */
static int find_exec(struct sandbox *box, struct err *err)
{
	char link[40], real[PATH_MAX];
	struct stat st;
	ssize_t n = 0;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", box->plan->exec_fd);
	n = readlink(link, real, sizeof(real) - 1);
	if (n < 0 || fstat(box->plan->exec_fd, &st) < 0)
		return err_sys(err, ERR_SANDBOX, "the program to run");
	real[n] = '\0';
	box->exec_real = base_strdup(real[0] == '/' ? real : "");
	box->exec_dev = st.st_dev;
	box->exec_ino = st.st_ino;
	return 0;
}

static void look_at_host(struct sandbox *box)
{
	struct stat st;

	for (int i = 0; i < SANDBOX_NS_COUNT; i++)
		box->host_ns[i] = stat(sandbox_ns_paths[i], &st) == 0 ? st.st_ino : 0;
	sandbox_id_maps(box->uid_map, box->gid_map);
}

static uint64_t clone_flags(const struct sandbox *box)
{
	uint64_t flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND;

	if (box->plan->backend == SANDBOX_BACKEND_NONE)
		return flags;
	flags |= CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
		 CLONE_NEWUTS | CLONE_NEWCGROUP;
	/* Without offsets a time namespace isolates nothing: on a kernel without it we go on, and
	 * the report says so. */
	if (box->host_ns[SANDBOX_LAYER_TIME_NS] != 0)
		flags |= CLONE_NEWTIME;
	return flags;
}

static int start_child(struct sandbox *box, struct err *err)
{
	int pidfd = -1;
	struct clone_args args = {.flags = clone_flags(box),
	    .pidfd = (uint64_t)(uintptr_t)&pidfd,
	    .exit_signal = SIGCHLD};
	long pid = sys_clone3(&args);

	if (pid < 0) {
		int saved = errno;

		(void)err_set(err, ERR_SANDBOX, "%s", "");
		return sandbox_explain(err, SANDBOX_STEP_NONE, saved);
	}
	if (pid == 0)
		sandbox_child_main(box);
	box->pid = (pid_t)pid;
	box->pidfd = pidfd;
	return 0;
}

/* Our copies of the child's ends; the reading end of `go` stays, so that writing never raises
 * SIGPIPE. */
static void close_child_ends(struct sandbox *box)
{
	struct sandbox_pipe *pairs[] = {&box->status, &box->out, &box->err, &box->events};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		base_close_fd(&pairs[i]->w);
		pairs[i]->w = -1;
	}
}

/* A limit that nothing on this host can hold is refused, not dropped. */
static int check_limits(const struct sandbox *box, struct err *err)
{
	const struct sandbox_plan *plan = box->plan;

	if (plan->backend != SANDBOX_BACKEND_OS || !plan->allow_spawn || plan->limits.procs == 0)
		return 0;
	if (strcmp(sandbox_limits_procs_mechanism(box), "none") != 0)
		return 0;
	return err_set(err, ERR_SANDBOX,
	    "limit procs: the kernel does not count root's processes and no pids cgroup is "
	    "writable; run as an ordinary user or make a cgroup available");
}

static int find_roots(struct sandbox *box, struct err *err)
{
	if (box->plan->backend == SANDBOX_BACKEND_OS)
		return sandbox_roots_pin(box, err);
	sandbox_roots_look(box->plan);
	return 0;
}

/* Everything that the child takes along. */
static int gather(struct sandbox *box, struct err *err)
{
	int rc = sandbox_plan_check(box->plan, err);

	if (rc < 0)
		return rc;
	rc = sandbox_plan_path(&box->cwd, box->plan->cwd, err);
	if (rc < 0)
		return rc;
	rc = find_exec(box, err);
	if (rc < 0)
		return rc;
	rc = find_roots(box, err);
	if (rc < 0)
		return rc;
	box->life = sys_pidfd_open(getpid());
	if (box->life < 0)
		return err_sys(err, ERR_SANDBOX, "pidfd_open");
	look_at_host(box);
	return open_pipes(box, err);
}

static int build(struct sandbox *box, struct err *err)
{
	int rc = gather(box, err);

	if (rc < 0)
		return rc;
	sandbox_cgroup_create(box);
	rc = check_limits(box, err);
	if (rc < 0)
		return rc;
	rc = start_child(box, err);
	close_child_ends(box);
	return rc < 0 ? rc : sandbox_cgroup_attach(box, err);
}

int sandbox_prepare(struct sandbox **out, struct sandbox_plan *plan, struct err *err)
{
	struct sandbox *box = base_calloc(1, sizeof(*box));
	int rc = 0;

	box->plan = plan;
	box->pidfd = box->life = -1;
	box->status = box->go = box->out = box->err = box->events = (struct sandbox_pipe){-1, -1};
	rc = build(box, err);
	if (rc < 0) {
		sandbox_free(box);
		return err_wrap(err, "sandbox");
	}
	*out = box;
	return 0;
}

int sandbox_run(struct sandbox *box, struct sandbox_result *out, struct err *err)
{
	int rc = 0;

	if (box->pid == 0)
		return err_set(err, ERR_SANDBOX, "sandbox: it has already run");
	rc = sandbox_pump(box, out, err);
	if (rc < 0)
		return err_wrap(err, "sandbox");
	return 0;
}

/* Killing process 1 of the namespace takes everything inside with it, before it can be reaped. */
static void kill_child(struct sandbox *box)
{
	if (box->pid == 0)
		return;
	(void)syscall(SYS_pidfd_send_signal, box->pidfd, SIGKILL, NULL, 0);
	if (box->plan->backend == SANDBOX_BACKEND_NONE)
		(void)kill(-box->pid, SIGKILL);
	while (waitpid(box->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	box->pid = 0;
}

void sandbox_free(struct sandbox *box)
{
	struct sandbox_pipe *pairs[] = {&box->status, &box->go, &box->out, &box->err, &box->events};

	kill_child(box);
	sandbox_cgroup_remove(box);
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		close_pipe(pairs[i]);
	base_close_fd(&box->pidfd);
	base_close_fd(&box->life);
	sandbox_roots_free(box);
	free(box->exec_real);
	free(box->cwd);
	free(box);
}

void sandbox_result_clear(struct sandbox_result *result)
{
	buf_clear(&result->out);
	buf_clear(&result->err);
	buf_clear(&result->events);
}
