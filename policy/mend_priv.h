/* SPDX-License-Identifier: MIT */
/* One step of a grant: the line that refused is mended in a copy of the policy. */
#ifndef POLICY_MEND_PRIV_H
#define POLICY_MEND_PRIV_H

#include "policy/grant.h"

/** A policy that is being mended. */
struct mend {
	struct policy policy; /* shares its texts with the caller's; its arena is not used */
	struct policy_question question; /* a copy: what has been mended is no longer `seen` */
	const struct policy_overrides *overrides; /* borrowed; NULL: none */
	struct arena arena;
	struct policy_grant *grant;
	const char *folder;   /* the root that was added; NULL: none */
	const char *withheld; /* why nothing may be offered; NULL: no line can be mended */
};

/**
 * Mend the line that refused.
 *
 * @param d  the refusal, of the policy with its overrides.
 * @return false when nothing may be offered.
 */
bool policy_mend(struct mend *m, const struct policy_decision *d);

#endif
