/* SPDX-License-Identifier: MIT */
/* The document that tells the guest its limits and what the policy allows. */
#ifndef CMD_RUN_GUEST_CONFIG_H
#define CMD_RUN_GUEST_CONFIG_H

#include "cmd/run/types.h"

/** What the document holds, beside the policy. */
struct run_guest_facts {
	const struct run_target *target;
	const struct run_policy *policy;
	const struct lang_image *image;
	bool observed; /* count what is used, too */
};

/**
 * The document of lang/rt/config.h for a run.
 * @param out  appended to.
 * @return 0 or ERR_LIMIT.
 */
MUST_CHECK int run_guest_config_build(
    struct buf *out, const struct run_guest_facts *facts, struct err *err);

#endif
