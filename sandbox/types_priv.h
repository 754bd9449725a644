/* SPDX-License-Identifier: MIT */
/*
 * The types that the files of sandbox/ share: the prepared sandbox, the child that builds it around
 * itself, and the message that the child sends through its status pipe.
 */
#ifndef SANDBOX_TYPES_PRIV_H
#define SANDBOX_TYPES_PRIV_H

#include "sandbox/sandbox.h"

#include <sys/types.h>

/* Under which plans a step happens: see steps.def. */
#define STEP_O 1u
#define STEP_N 2u
#define STEP_S 4u

/** The set-up steps of the child, in their order. */
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

#define SANDBOX_INSIDE_ID 65534 /* the only uid and gid inside */
#define SANDBOX_ID_MAP_TEXT 40
#define SANDBOX_NS_COUNT 8 /* layers USER_NS .. TIME_NS */

/** A root that exists, pinned by the supervisor. */
struct sandbox_pin {
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

/** What a message of the child says. */
enum sandbox_msg_kind { SANDBOX_MSG_READY = 1, SANDBOX_MSG_ERROR, SANDBOX_MSG_EXIT };

/** One message of the status pipe: smaller than PIPE_BUF, so it arrives whole. */
struct sandbox_msg {
	uint32_t kind;
	uint32_t layers; /* READY: bit for each enum sandbox_layer */
	int32_t value;   /* READY: Landlock ABI; ERROR: step; EXIT: wait status of the program */
	struct err err;  /* ERROR */
};

/** The groups of one run. */
struct sandbox_cgroup {
	char dirs[2][512]; /* created by us, "" = none: memory (or unified), pids */
	const char *mem;   /* mechanism names for the result, NULL = not used */
	const char *pids;
	pid_t keeper; /* removes the groups if we are killed; 0 = none */
};

/** Both ends of a pipe. */
struct sandbox_pipe {
	int r, w; /* -1 = none */
};

/** A prepared sandbox. */
struct sandbox {
	struct sandbox_plan *plan;
	struct sandbox_pin *pins; /* owned; sorted by path */
	size_t pin_count;
	char *cwd;       /* owned; normalised */
	char *exec_real; /* owned; path of the program; "" when it has none */
	dev_t exec_dev;
	ino_t exec_ino;
	char uid_map[SANDBOX_ID_MAP_TEXT], gid_map[SANDBOX_ID_MAP_TEXT];
	ino_t host_ns[SANDBOX_NS_COUNT]; /* 0 = the kernel has no such namespace */
	struct sandbox_pipe status, go, out, err, events;
	struct sandbox_cgroup cgroup;
	pid_t pid; /* 0 = none, or reaped */
	int pidfd;
	int life; /* owned; our own pidfd, by which the child sees that we are dead */
};

/** The child between clone3 and execveat. Nothing that it calls allocates, locks or uses stdio. */
struct sandbox_child {
	struct sandbox *box; /* a copy-on-write copy */
	enum sandbox_step step;
	int status_fd;
	uint32_t layers;
	int landlock_abi;
};

#endif
