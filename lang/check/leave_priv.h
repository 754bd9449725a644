/* SPDX-License-Identifier: MIT */
/* Leaving a function. Part of the checker; see types.h. */
#ifndef LANG_CHECK_LEAVE_PRIV_H
#define LANG_CHECK_LEAVE_PRIV_H

#include "lang/check/types.h"

/**
 * Leave the function with a value of its result type; contracts and drops are done here.
 * @p last: this is the end of the body, and the scope of the parameters closes for good.
 */
int ck_leave(struct ck *c, struct ck_val *v, const struct json *at, bool last);

#endif
