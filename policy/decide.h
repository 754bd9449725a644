/* SPDX-License-Identifier: MIT */
/*
 * Would a policy allow this, and which of its lines says so? Files and variables are decided by
 * lang/rt/decide.h, the code that the program's own runtime applies; destinations by policy/net.h.
 * What would change the answer is policy/grant.h.
 */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

#include "policy/net.h"
#include "policy/policy.h"

#define POLICY_POINTER_MAX 96

enum policy_op {
	POLICY_FS_READ,
	POLICY_FS_WRITE,
	POLICY_NET,
	POLICY_ENV,
	POLICY_TIME,
	POLICY_EXIT,
	POLICY_EXEC
};

/** What the disk says. Roots are texts of a policy, relative ones belong to the project. */
struct policy_disk {
	/**
	 * A path below a root: 0 when it could be opened (or, for writing, made), else an errno:
	 * ENOENT, ELOOP (a link on the way, and @p symlinks is false), EXDEV (leads out), ...
	 */
	int (*open)(void *arg, const char *root, const char *rest, bool write, bool symlinks);
	/**
	 * A folder that is to become a root: 0 when a run would take it, ENOENT when it is not
	 * there, ENOTDIR for a file, ELOOP for a link, EXDEV when links lead out of the project,
	 * else another errno.
	 */
	int (*root)(void *arg, const char *root);
	/**
	 * Why a run would not take a folder as a write root although it is one, owned: it touches
	 * a folder of x07's own. NULL: it takes it. The member may be NULL: nobody looks.
	 */
	char *(*own)(void *arg, const char *root);
	void *arg;
};

/** One question. Everything borrowed. */
struct policy_question {
	enum policy_op op;
	const char *subject;             /* path, host, key, program, or what of the clock */
	uint16_t port;                   /* net */
	enum policy_transport transport; /* net */
	const char *address; /* net: where the name led to, when that is the question; NULL */
	bool v1;             /* files: asked by a *_v1 call; else by read_file or write_file */
	uint32_t gates;      /* files, time, exit: switches that it needs (bits of enum rt_gate) */
	uint32_t limit;      /* bound that it needs more of (enum rt_limit); 0 = none */
	uint64_t amount;     /* how much that is; 0 = more than the policy gives now */
	int seen;            /* files: errno that a run got from the disk; 0 = none */
	const char *cwd;     /* files: absolute folder of the project; NULL = unknown */
	const struct policy_disk *disk; /* files; NULL: the disk is not looked at */
};

/** The answer. policy_decision_clear. */
struct policy_decision {
	bool allowed;
	bool by_address;               /* net: the name may, the address that it led to may not */
	const char *reason;            /* one phrase. Static storage */
	const char *note;              /* what else to know; NULL = nothing. Static storage */
	char rule[POLICY_POINTER_MAX]; /* pointer of the line that decides; "" = no line does */
	char *resolved; /* owned: the path or host:port that was looked up, or NULL */
};

/** Free what a decision holds. */
void policy_decision_clear(struct policy_decision *d);
/** Answer a question. Never fails: what cannot be answered is denied. */
void policy_decide(
    struct policy_decision *out, const struct policy *p, const struct policy_question *q);

#endif
