/* SPDX-License-Identifier: MIT */
/* Marks, undo and merge of the state of variables. Part of the checker; see types.h. */
#ifndef LANG_CHECK_BRANCH_PRIV_H
#define LANG_CHECK_BRANCH_PRIV_H

#include "lang/check/types.h"

/** Mark the state of all variables: what changes from here on is logged. */
struct ck_mark ck_mark(struct ck *c);
/** What changed since the mark. */
struct ck_changes ck_changes(struct ck *c, struct ck_mark mark);
/** As ck_changes, and the state is as it was at the mark again, which is gone. */
struct ck_changes ck_undo(struct ck *c, struct ck_mark mark);
/** State after a branch: one of @p a and @p b has happened. */
int ck_merge(
    struct ck *c, const struct ck_changes *a, const struct ck_changes *b, const struct json *at);
/** Merge where a view may come from; false when two owners differ. */
bool ck_from_merge(struct ck_from *out, struct ck_from a, struct ck_from b);

#endif
