/* SPDX-License-Identifier: MIT */
/*
 * What one policy allows and another does not, field by field. Two policies are the same in effect
 * when there is no difference; policy_id and notes do not count.
 */
#ifndef POLICY_DIFF_H
#define POLICY_DIFF_H

#include "policy/policy.h"

enum policy_change_kind {
	POLICY_GRANT,  /* the second allows more */
	POLICY_REVOKE, /* the second allows less */
	POLICY_REORDER /* the same items in another order, where the order decides */
};

/** One difference. Strings belong to the list. */
struct policy_change {
	enum policy_change_kind kind;
	char pointer[64];   /* of the field, "/net/allow_hosts" */
	const char *before; /* JSON text; NULL: an item that was not there */
	const char *after;  /* JSON text; NULL: an item that is gone */
};

#define POLICY_CHANGES_MAX 65536

/** All differences in the order of the fields. policy_changes_clear. */
struct policy_changes {
	struct policy_change *items; /* owned */
	uint32_t count;
	size_t cap;
	struct arena arena; /* of the strings */
};

/** Free the list of changes. */
void policy_changes_clear(struct policy_changes *c);
/** Compare what two policies allow. */
void policy_diff(
    struct policy_changes *out, const struct policy *before, const struct policy *after);
/** "grant", "revoke", "reorder". */
const char *policy_change_kind_name(enum policy_change_kind kind);

#endif
