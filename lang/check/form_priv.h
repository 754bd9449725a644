/* SPDX-License-Identifier: MIT */
/* Core forms that bind, assign, choose and return. Part of the checker; see types.h. */
#ifndef LANG_CHECK_FORM_PRIV_H
#define LANG_CHECK_FORM_PRIV_H

#include "lang/check/types.h"

/* Each takes the whole form `[head, operand...]`; out == NULL means statement position. */
int ck_begin(struct ck *c, const struct json *e, struct ck_val *out);
int ck_unsafe(struct ck *c, const struct json *e, struct ck_val *out);
int ck_let(struct ck *c, const struct json *e, struct ck_val *out);
int ck_set(struct ck *c, const struct json *e, struct ck_val *out);
int ck_set0(struct ck *c, const struct json *e, struct ck_val *out);
int ck_if(struct ck *c, const struct json *e, struct ck_val *out);
int ck_return(struct ck *c, const struct json *e, struct ck_val *out);

#endif
