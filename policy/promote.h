/* SPDX-License-Identifier: MIT */
/*
 * Moves what a derived policy allows into the base policy that it came from. The text of the base
 * is edited, not printed anew: order of keys, indentation and everything that did not change stay
 * as they are, byte for byte.
 */
#ifndef POLICY_PROMOTE_H
#define POLICY_PROMOTE_H

#include "policy/diff.h"
#include "policy/policy.h"

#define POLICY_ONLY_MAX 64

/** What to do. Everything borrowed. */
struct policy_promotion {
	const char *base_file; /* name for messages */
	struct str text;       /* the document of `base` */
	const struct policy *base, *derived;
	/*
	 * Pointers of what to take: a section ("/fs"), a field ("/fs/write_roots"), or an item of
	 * the derived policy ("/net/allow_hosts/0"). None: everything.
	 */
	const char *const *only;
	size_t only_count;
};

/** The base policy that a derived policy names in its notes; owned, NULL when it names none. */
char *policy_base_of(const struct policy *derived);

/**
 * The new text of the base policy.
 *
 * @param out      appended to; equal to `text` when there is nothing to do.
 * @param changes  what the new text allows and the old did not, and the other way round.
 * @param diags    faults of the new text, with ERR_SCHEMA.
 * @return 0; ERR_USAGE: an `only` that leads to no difference; ERR_LIMIT: the text grows over
 *         POLICY_MAX_BYTES; ERR_SCHEMA: what was chosen does not stand alone.
 */
MUST_CHECK int policy_promote(struct buf *out, struct policy_changes *changes,
    const struct policy_promotion *what, struct diag_list *diags, struct err *err);

#endif
