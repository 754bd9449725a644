/* SPDX-License-Identifier: MIT */
/* Which folder may be offered as a root, and which may not. */
#ifndef POLICY_ROOT_OFFER_PRIV_H
#define POLICY_ROOT_OFFER_PRIV_H

#include "policy/decide.h"

/** A folder that may become a root, or the reason why none may. In the arena of the call. */
struct root_offer {
	const char *folder;   /* text for the policy; NULL: none */
	const char *withheld; /* why not; NULL when `folder` is there */
	bool outside, absent;
};

/**
 * The smallest folder that holds the path of a question, as a run would take it.
 *
 * @param resolved  the path that was decided about (policy_decision.resolved).
 * @param at_place  the root must hold that very place: another root inside decided about it.
 */
void policy_root_offer_find(struct root_offer *out, struct arena *arena,
    const struct policy_question *q, const char *resolved, bool at_place);

#endif
