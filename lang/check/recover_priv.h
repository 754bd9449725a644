/* SPDX-License-Identifier: MIT */
/* Going on after a fault. Part of the checker; see types.h. */
#ifndef LANG_CHECK_RECOVER_PRIV_H
#define LANG_CHECK_RECOVER_PRIV_H

#include "lang/check/types.h"
#include "lang/codes.h"

/** Where the checker goes on when a statement has a fault. Plain value. */
struct ck_point {
	struct ck_frame frame;
	uint32_t vars, pends, depth;
};

/** The state before a statement or a function. */
struct ck_point ck_point(const struct ck *c);

/**
 * Go on behind a statement that had a fault: what it would have bound has an unknown type.
 *
 * @param e   the statement; NULL when a whole function is given up.
 * @param rc  what the statement returned, negative.
 * @return 0, or @p rc when the fault ends the check (limits, too many faults).
 */
int ck_recover(struct ck *c, const struct ck_point *point, const struct json *e, int rc);

/** Is a fault at @p at only a consequence of one that was told? */
bool ck_is_follow_up(struct ck *c, enum lang_code_id code, const struct json *at);

/** Is there room to tell one more fault? Otherwise it is counted. */
bool ck_may_tell(struct ck *c);

#endif
