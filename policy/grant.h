/* SPDX-License-Identifier: MIT */
/*
 * What would have to change so that something is allowed: the one answer that `x07 run` (report and
 * standard error), `x07 policy explain` and `x07 policy observe` give. Only what a run will accept
 * is offered, and only what is needed; a patch comes with a word on what else it opens, and where
 * nothing may be offered stands why.
 * Source: docs/decisions/one-grant.md.
 */
#ifndef POLICY_GRANT_H
#define POLICY_GRANT_H

#include "policy/decide.h"
#include "policy/overrides.h"

#define POLICY_STEPS_MAX 16

/** The policy that a patch is for. Everything borrowed. */
struct policy_basis {
	const struct policy *policy; /* the file that a person edits */
	/* flags that apply to it on top, each time; NULL: none. They never become part of a patch
	 */
	const struct policy_overrides *overrides;
	const char *derived_from; /* base of a derived file; NULL: a person edits it */
};

/** One operation of an RFC 6902 patch. */
struct policy_step {
	const char *op; /* "add", "replace", "remove"; static */
	char path[POLICY_POINTER_MAX];
	char *value; /* owned: JSON text; NULL for remove */
};

/** What a person must know before a patch is applied; bits of policy_grant.marks. */
enum policy_mark {
	POLICY_MARK_HIDDEN = 1u << 0,    /* switches deny_hidden off, for all roots */
	POLICY_MARK_OUTSIDE = 1u << 1,   /* a root outside the project, which the program chose */
	POLICY_MARK_PRIVATE = 1u << 2,   /* an address of this host or of its networks */
	POLICY_MARK_PROJECT = 1u << 3,   /* the whole project becomes writable */
	POLICY_MARK_DENY_LIST = 1u << 4, /* takes a line out of a list of denials */
	POLICY_MARK_ABSENT = 1u << 5     /* the root is not there: somebody must make it first */
};
#define POLICY_MARK_COUNT 6

/** The smallest change that allows something. policy_grant_clear. */
struct policy_grant {
	struct policy_step steps[POLICY_STEPS_MAX];
	uint32_t count; /* 0: it is allowed already, or nothing is offered: `withheld` */
	uint32_t marks; /* of enum policy_mark */
	char *flag;     /* owned: "--allow-host HOST:PORT"; NULL when no flag does it */
	char *withheld; /* owned: why nothing is offered; NULL when a patch is, or none is needed */
};

/** Free what an answer holds. */
void policy_grant_clear(struct policy_grant *g);

/**
 * Find the change.
 *
 * @param out  policy_grant_clear; always filled.
 * @return false when nothing is offered; then `withheld` says why.
 */
bool policy_grant_find(
    struct policy_grant *out, const struct policy_basis *basis, const struct policy_question *q);

/** What a bit of `marks` means, as one phrase. Static storage; NULL for no bit. */
const char *policy_mark_text(uint32_t mark);

struct jsonw;
/** The patch as an array of operations; null when nothing is offered or needed. */
void policy_grant_patch_json(struct jsonw *w, const struct policy_grant *g);
/** The phrases of `marks` as an array. */
void policy_grant_opens_json(struct jsonw *w, const struct policy_grant *g);

#endif
