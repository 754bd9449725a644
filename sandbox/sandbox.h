/* SPDX-License-Identifier: MIT */
/*
 * Runs one program under a plan. The plan is plain data: what exists inside, what is limited,
 * which descriptors survive. Building the sandbox and starting the program are two calls, so that
 * the sandbox is built while the program still compiles.
 *
 *   sandbox_prepare -> (compile) -> sandbox_run -> sandbox_free
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How much is between the program and the host. */
enum sandbox_backend {
	SANDBOX_BACKEND_NONE, /* rlimits, descriptors and environment only */
	SANDBOX_BACKEND_OS    /* namespaces, seccomp, Landlock; fails closed */
};

#define SANDBOX_ROOTS_MAX 256
#define SANDBOX_FDS_MAX 16
#define SANDBOX_FD_CODE 4    /* without allow_spawn code is mapped from this descriptor only */
#define SANDBOX_FD_TO_MAX 99 /* largest number inside that a plan may ask for */

/** A directory that the program sees, at the same path as on the host. */
struct sandbox_root {
	const char *path; /* absolute, borrowed */
	bool writable;    /* read and write; otherwise read-only */
	bool write_only;  /* a writable root whose files are read only if another root says so */
	bool mkdir, remove, rename; /* Landlock rights of a writable root */
	bool nosymfollow;           /* the kernel follows no symbolic link below this root */
	bool present; /* filled by sandbox_prepare: false = was not there, not bound */
};

/** A descriptor handed to the program. */
struct sandbox_fd {
	int from; /* borrowed */
	int to;   /* number inside, 3..SANDBOX_FD_TO_MAX */
};

/** What the program may use at most. */
struct sandbox_limits {
	uint64_t cpu_ms;    /* 0 = none */
	uint64_t wall_ms;   /* 0 = none; at its end the whole pid namespace is killed */
	uint64_t mem_bytes; /* 0 = none */
	uint32_t fds;       /* 0 = none, unless no_fds */
	bool no_fds;        /* the program may open nothing: fds is 0 and a limit */
	uint32_t procs;     /* 0 = none */
	bool core_dumps;
	size_t stdout_max; /* bytes kept; more is drained and reported */
	size_t stderr_max;
};

/** Everything about one run. Strings and arrays borrowed until sandbox_free. */
struct sandbox_plan {
	enum sandbox_backend backend;
	struct sandbox_root *roots;
	size_t root_count;
	const char *cwd;         /* absolute; same path inside */
	bool allow_spawn;        /* processes: /proc (masked) and exec from read roots */
	int exec_fd;             /* the static guest program, borrowed, O_PATH or readable */
	const char *const *argv; /* NULL-terminated */
	const char *const *envp; /* NULL-terminated; nothing else is in the environment */
	const struct sandbox_fd *fds;
	size_t fd_count;
	struct sandbox_limits limits;
	bool broker_io;    /* send and receive on the handed sockets; never socket() or connect() */
	int events_fd;     /* number inside of the event pipe, >= 3; only with events_max */
	size_t events_max; /* bytes kept of the event pipe; 0 = no such pipe */
	int fail_step; /* for tests: the set-up step that must fail (sandbox/steps.def), 0 = none */
};

/** How one protection came out, as seen from inside just before the program started. */
enum sandbox_layer {
	SANDBOX_LAYER_USER_NS,
	SANDBOX_LAYER_MOUNT_NS,
	SANDBOX_LAYER_PID_NS,
	SANDBOX_LAYER_NET_NS,
	SANDBOX_LAYER_IPC_NS,
	SANDBOX_LAYER_UTS_NS,
	SANDBOX_LAYER_CGROUP_NS,
	SANDBOX_LAYER_TIME_NS,
	SANDBOX_LAYER_TMPFS_ROOT,
	SANDBOX_LAYER_CAPS_DROPPED,
	SANDBOX_LAYER_NO_NEW_PRIVS,
	SANDBOX_LAYER_LANDLOCK,
	SANDBOX_LAYER_SECCOMP,
	SANDBOX_LAYER_COUNT
};

/** How the run ended. sandbox_result_clear. */
struct sandbox_result {
	int exit_status; /* exit code, or 128 + signal */
	int signal;      /* 0 when it exited */
	bool timed_out;  /* wall_ms reached */
	bool stdout_overflow, stderr_overflow;
	bool events_overflow;
	bool cpu_exceeded;   /* killed because cpu_ms was used up */
	struct buf out, err; /* what the program wrote, at most the maxima */
	struct buf events;   /* what it wrote into the event pipe; unparsed */
	bool layers[SANDBOX_LAYER_COUNT];
	int landlock_abi;            /* 0 when not used */
	const char *mem_mechanism;   /* "cgroup-v2", "cgroup-v1", "rlimit", "none"; static */
	const char *procs_mechanism; /* as above, or "seccomp": the program cannot start any */
	int64_t wall_ns, cpu_ns;
	uint64_t peak_rss_bytes;
};

/** A prepared sandbox; opaque. */
struct sandbox;

/**
 * Start building a sandbox: checks the plan, opens the roots, starts the child.
 *
 * @param out   owned; sandbox_free.
 * @param plan  borrowed until sandbox_free; `roots[].present` is filled.
 * @return 0, or ERR_SANDBOX naming the layer and what to change on this host. Most set-up errors
 *         of the child are reported by sandbox_run.
 */
MUST_CHECK int sandbox_prepare(struct sandbox **out, struct sandbox_plan *plan, struct err *err);

/**
 * Let the program start, collect its output, wait for the end of everything inside.
 *
 * @param out  owned; sandbox_result_clear. Written on success only.
 * @return 0 (also when the program failed), or ERR_SANDBOX: then the program did not start.
 */
MUST_CHECK int sandbox_run(struct sandbox *box, struct sandbox_result *out, struct err *err);

/** Kill whatever is left inside and free. */
void sandbox_free(struct sandbox *box);

/** Free what the program wrote. */
void sandbox_result_clear(struct sandbox_result *result);

/** Name in reports: "user_ns", "landlock". Static storage. */
const char *sandbox_layer_name(enum sandbox_layer layer);

#endif
