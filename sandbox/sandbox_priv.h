/* SPDX-License-Identifier: MIT */
/*
 * What the files of sandbox/ share: the prepared sandbox, the set-up steps, and the message that
 * the child sends through its status pipe.
 */
#ifndef SANDBOX_PRIV_H
#define SANDBOX_PRIV_H

#include "sandbox/probe.h"
#include "sandbox/sandbox.h"

#include <sys/types.h>

#define STEP_O 1u
#define STEP_N 2u
#define STEP_S 4u

enum sandbox_step {
	SANDBOX_STEP_NONE = 0,
#define STEP(id, text, when) SANDBOX_STEP_##id,
#include "sandbox/steps.def"
#undef STEP
	SANDBOX_STEP_COUNT
};

/* Descriptors of the child outside the program's range; all close-on-exec. The number of EXEC is
 * part of the seccomp filter: the plain filter allows execveat() of this descriptor only. */
#define CHILD_FD_STATUS 200
#define CHILD_FD_GO 201
#define CHILD_FD_EXEC 202
#define CHILD_FD_LIFE 203 /* the supervisor's pidfd: readable once it is dead */
#define CHILD_FD_LAST CHILD_FD_LIFE
#define CHILD_FD_FREE 256 /* from here upwards: scratch */

#define INSIDE_ID 65534 /* the only uid and gid inside */
#define ID_MAP_TEXT 40
#define NS_COUNT 8 /* layers USER_NS .. TIME_NS */

/** A root that exists, pinned by the supervisor. */
struct root_pin {
	struct sandbox_root *root; /* borrowed */
	char *path;                /* owned; normalised text of the plan: the place inside */
	char *real; /* owned; the same directory without links: what the child opens */
	int fd;     /* owned; keeps the inode number from being used again */
	dev_t dev;
	ino_t ino;
	bool mounted;     /* otherwise it lies in a bind that already gives what it needs */
	bool in_bind;     /* its mount point is inside another root's bind */
	size_t hold_from; /* bytes of path: folders behind them must not move; 0 = all may */
	int child_fd;     /* used by the child only */
};

enum child_msg_kind { CHILD_READY = 1, CHILD_ERROR, CHILD_EXIT };

/** One message of the status pipe: smaller than PIPE_BUF, so it arrives whole. */
struct child_msg {
	uint32_t kind;
	uint32_t layers; /* READY: bit for each enum sandbox_layer */
	int32_t value;   /* READY: Landlock ABI; ERROR: step; EXIT: wait status of the program */
	struct err err;  /* ERROR */
};

struct cgroup {
	char dirs[2][512]; /* created by us, "" = none: memory (or unified), pids */
	const char *mem;   /* mechanism names for the result, NULL = not used */
	const char *pids;
	pid_t keeper; /* removes the groups if we are killed; 0 = none */
};

struct pipe_pair {
	int r, w; /* -1 = none */
};

struct sandbox {
	struct sandbox_plan *plan;
	struct root_pin *pins; /* owned; sorted by path */
	size_t pin_count;
	char *cwd;       /* owned; normalised */
	char *exec_real; /* owned; path of the program; "" when it has none */
	dev_t exec_dev;
	ino_t exec_ino;
	char uid_map[ID_MAP_TEXT], gid_map[ID_MAP_TEXT];
	ino_t host_ns[NS_COUNT]; /* 0 = the kernel has no such namespace */
	struct pipe_pair status, go, out, err, events;
	struct cgroup cgroup;
	pid_t pid; /* 0 = none, or reaped */
	int pidfd;
	int life; /* owned; our own pidfd, by which the child sees that we are dead */
};

/* plan.c */
MUST_CHECK int plan_check(const struct sandbox_plan *plan, struct err *err);
/* Normalised absolute path, owned; ERR_SANDBOX when it is relative or holds "..". */
MUST_CHECK int plan_path(char **out, const char *path, struct err *err);
bool path_is_below(const char *path, const char *dir); /* or equal */

/* roots.c: roots_look only fills `present` (no sandbox); roots_pin opens, checks and orders the
 * roots; fills pins, pin_count and `present`. */
MUST_CHECK int roots_pin(struct sandbox *box, struct err *err);
void roots_look(const struct sandbox_plan *plan);
void roots_free(struct sandbox *box);

/* cgroup.c: best effort; nothing is created unless the plan may start processes. */
void cgroup_create(struct sandbox *box);
MUST_CHECK int cgroup_attach(struct sandbox *box, struct err *err);
void cgroup_remove(struct sandbox *box);

/* explain.c: put errno and what to change on this host behind the message of a failed step. */
int sandbox_explain(struct err *err, enum sandbox_step step, int sys_errno);
const char *sandbox_step_text(enum sandbox_step step);
unsigned sandbox_step_when(enum sandbox_step step);
enum sandbox_cause namespace_cause(int sys_errno);

/* supervisor.c: our own ids, alone, as INSIDE_ID. */
void sandbox_id_maps(char uid_map[ID_MAP_TEXT], char gid_map[ID_MAP_TEXT]);

/* pump.c */
MUST_CHECK int pump(struct sandbox *box, struct sandbox_result *out, struct err *err);

/* The child: nothing below allocates, locks or uses stdio. */
struct child {
	struct sandbox *box; /* a copy-on-write copy */
	enum sandbox_step step;
	int status_fd;
	uint32_t layers;
	int landlock_abi;
};

NORETURN void child_main(struct sandbox *box);
/* Enter a step; does not return when the plan asks it to fail. */
void child_step(struct child *c, enum sandbox_step step);
/* Report errno with an optional subject and exit. */
NORETURN void child_fail(struct child *c, const char *subject);
void child_open_roots(struct child *c);
void child_mounts(struct child *c);
void child_landlock(struct child *c);
void child_rlimits(struct child *c);
void child_fd_limit(struct child *c);
void child_seccomp(struct child *c);
void child_look_at_namespaces(struct child *c);
void child_drop_caps(struct child *c);
void child_verify(struct child *c);
/* The limits of the result: which mechanism holds what. */
const char *limits_mem_mechanism(const struct sandbox *box);
const char *limits_procs_mechanism(const struct sandbox *box);

/* Paths of the namespace links, in the order of the layers. */
extern const char *const ns_paths[NS_COUNT];

#endif
