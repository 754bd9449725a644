/* SPDX-License-Identifier: MIT */
/* task.scope.select_v1 and select_try_v1. */
#ifndef LANG_CHECK_SELECT_PRIV_H
#define LANG_CHECK_SELECT_PRIV_H

#include "lang/check/types.h"

/** Both forms. */
int ck_select(struct ck *c, const struct json *e, struct ck_val *out);

#endif
