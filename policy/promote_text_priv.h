/* SPDX-License-Identifier: MIT */
/* The textual edit behind policy_promote. */
#ifndef POLICY_PROMOTE_TEXT_PRIV_H
#define POLICY_PROMOTE_TEXT_PRIV_H

#include "policy/fields_priv.h"
#include "policy/policy.h"

/**
 * Give one field of a document the value that it has in @p want.
 *
 * @param out      appended to: the whole new document.
 * @param text     a JSON object.
 * @param row      of a field that is no object; its parents are inserted with all the members that
 *                 @p present has when the document lacks them.
 * @param present  policy whose present bits say which members an inserted object gets.
 * @return 0, ERR_FORMAT (no JSON object), ERR_LIMIT.
 */
MUST_CHECK int policy_edit_field(struct buf *out, struct str text, size_t row,
    const struct policy *want, const struct policy *present, struct err *err);

#endif
