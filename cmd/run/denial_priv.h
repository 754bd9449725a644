/* SPDX-License-Identifier: MIT */
/* Between cmd/run/denial.c (words) and cmd/run/denial_patch.c (what would allow it). */
#ifndef CMD_RUN_DENIAL_PRIV_H
#define CMD_RUN_DENIAL_PRIV_H

#include "cmd/run/types.h"

/** How the value of a patch is made. */
enum denial_value {
	DENIAL_REMOVE, /* no value: the operation is "remove" */
	DENIAL_TRUE,
	DENIAL_FALSE,
	DENIAL_NUMBER,
	DENIAL_FOLDER,  /* the directory of the path */
	DENIAL_SUBJECT, /* the key */
	DENIAL_HOST     /* {"host": ..., "ports": [...]} */
};

struct denial_op {
	enum denial_value value;
	char path[40]; /* JSON pointer into the policy */
	uint64_t number;
};

#define DENIAL_OPS_MAX 8
struct denial_advice {
	const char *why;  /* what decided, in words; static */
	const char *flag; /* of x07 run, NULL when there is none; static */
	char rule[40];    /* JSON pointer to the rule, "" when no rule of the policy decided */
	struct denial_op ops[DENIAL_OPS_MAX];
	size_t count; /* 0: no policy allows it */
};

/** Which rule refused, and what would have to change. */
void denial_advise(
    struct denial_advice *out, const struct policy *policy, const struct run_effect *d);

/** The directory that a root would have to name, owned: relative to @p cwd where it lies below. */
char *denial_folder(const struct run_effect *d, const char *cwd);

/** "host:port" that an entry of net.allow_hosts would have to name, owned. */
char *denial_host(const struct run_effect *d);

#endif
