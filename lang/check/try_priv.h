/* SPDX-License-Identifier: MIT */
/* Early return of a fault. Part of the checker; see types.h. */
#ifndef LANG_CHECK_TRY_PRIV_H
#define LANG_CHECK_TRY_PRIV_H

#include "lang/check/types.h"

/* Each takes the whole form `[head, operand...]`; out == NULL means statement position. */
int ck_try(struct ck *c, const struct json *e, struct ck_val *out);
int ck_try_doc(struct ck *c, const struct json *e, struct ck_val *out);

#endif
