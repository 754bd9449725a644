/* SPDX-License-Identifier: MIT */
/*
 * The policy that the override flags of `x07 run` derive from a base policy.
 *
 *   policy_overrides_add_* ... -> policy_derive -> the text to write under _generated/
 *
 * Source: docs/spec/run-and-policy.md 7.
 */
#ifndef POLICY_DERIVE_H
#define POLICY_DERIVE_H

#include "policy/overrides.h"

/** A derived policy. */
struct policy_derived {
	struct policy policy; /* of the text below */
	struct buf text;
	char digest8[9];
	char file_name[96]; /* "<base policy_id>.g<digest8>.policy.json" */
};

/** Free what a derived policy holds. */
void policy_derived_clear(struct policy_derived *d);

/**
 * Derive a policy: the same inputs give the same bytes.
 *
 * @param out        written on success only; policy_derived_clear.
 * @param base_path  of the base policy, for `notes` and messages.
 * @param text       the bytes of the base policy; checked here.
 * @param diags      faults of the base policy.
 * @return 0; what policy_parse and policy_merge return.
 */
MUST_CHECK int policy_derive(struct policy_derived *out, const char *base_path, struct str text,
    const struct policy_overrides *o, struct diag_list *diags, struct err *err);

#endif
