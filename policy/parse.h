/* SPDX-License-Identifier: MIT */
/* Reading and validating a policy. */
#ifndef POLICY_PARSE_H
#define POLICY_PARSE_H

#include "policy/policy.h"

/**
 * Read and validate a policy file. Every fault of the document is reported, not only the first.
 *
 * @param out    written on success only; policy_clear.
 * @param path   borrowed.
 * @param diags  code X07-POLICY-SCHEMA-0001, pointer, line and column, one for each fault.
 * @return 0; ERR_NOT_FOUND, ERR_IO, ERR_LIMIT; ERR_FORMAT (not JSON) or ERR_SCHEMA with at least
 *         one entry in @p diags.
 */
MUST_CHECK int policy_load(
    struct policy *out, const char *path, struct diag_list *diags, struct err *err);

/** As policy_load, from memory; @p file is the name for messages. */
MUST_CHECK int policy_parse(struct policy *out, const char *text, size_t len, const char *file,
    struct diag_list *diags, struct err *err);

/** Free what a policy holds. */
void policy_clear(struct policy *p);

#endif
