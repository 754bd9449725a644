/* SPDX-License-Identifier: MIT */
/* The loops. Part of the checker; see types.h. */
#ifndef LANG_CHECK_LOOP_PRIV_H
#define LANG_CHECK_LOOP_PRIV_H

#include "lang/check/types.h"

/* Each takes the whole form `[head, operand...]`; out == NULL means statement position. */
int ck_for(struct ck *c, const struct json *e, struct ck_val *out);
int ck_while(struct ck *c, const struct json *e, struct ck_val *out);

#endif
