/* SPDX-License-Identifier: MIT */
/*
 * Would a policy allow this, which of its lines says so, and what would have to change? Files and
 * variables are decided by lang/rt/decide.h, the code that the program's own runtime applies;
 * destinations by policy/net.h.
 */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

#include "policy/policy.h"

#define POLICY_POINTER_MAX 96
#define POLICY_STEPS_MAX 10

enum policy_op { POLICY_FS_READ, POLICY_FS_WRITE, POLICY_NET, POLICY_ENV, POLICY_EXEC };

/** "fs.read", "fs.write", "net", "env", "exec". */
const char *policy_op_name(enum policy_op op);

/**
 * What a look at the disk says about a path below a root: 0 when it could be opened (or, for
 * writing, made), else an errno: ENOENT, ELOOP (a link on the way), EXDEV (leads out), ...
 */
typedef int policy_probe(void *arg, const char *root, const char *rest, bool write);

/** One question. Everything borrowed. */
struct policy_question {
	enum policy_op op;
	const char *subject; /* path, host, key or program */
	uint16_t port;       /* net */
	bool v1;             /* files: asked by a *_v1 call; else by read_file or write_file */
	const char *cwd;     /* files, v1: working directory of the program; NULL = unknown */
	policy_probe *probe; /* files; NULL: the disk is not looked at */
	void *probe_arg;
};

/** The answer. policy_decision_clear. */
struct policy_decision {
	bool allowed;
	const char *reason;            /* one phrase. Static storage */
	const char *note;              /* what else to know; NULL = nothing. Static storage */
	char rule[POLICY_POINTER_MAX]; /* pointer of the line that decides; "" = no line does */
	char *resolved; /* owned: the path or host:port that was looked up, or NULL */
};

void policy_decision_clear(struct policy_decision *d);
/** Answer a question. Never fails: what cannot be answered is denied. */
void policy_decide(
    struct policy_decision *out, const struct policy *p, const struct policy_question *q);

/** One operation of an RFC 6902 patch. */
struct policy_step {
	const char *op; /* "add", "replace", "remove"; static */
	char path[POLICY_POINTER_MAX];
	char *value; /* owned: JSON text; NULL for remove */
};

/** The smallest change that allows something. policy_grant_clear. */
struct policy_grant {
	struct policy_step steps[POLICY_STEPS_MAX];
	uint32_t count; /* 0: it is allowed already, or no policy can allow it */
	char *flag;     /* owned: "--allow-host HOST:PORT"; NULL when no flag does it */
};

void policy_grant_clear(struct policy_grant *g);
/** @return false when no change of the policy would allow it; then @p out is empty. */
bool policy_grant_find(
    struct policy_grant *out, const struct policy *p, const struct policy_question *q);

/**
 * Whether a string of the policy may be this text: some paths, keys and hosts cannot stand in one.
 * @param field  "fs/read_roots", "env/allow_keys", "net/allow_hosts/[]/host".
 */
bool policy_can_hold(const char *field, const char *text, size_t len);

/** The switches of a policy as the guest gets them: bits of enum rt_gate. */
uint32_t policy_gates(const struct policy *p);

#endif
