/* SPDX-License-Identifier: MIT */
/* Short-circuit forms, literals of bytes, and the lazy defaults of options. Part of the checker;
 * see types.h. */
#ifndef LANG_CHECK_LOGIC_PRIV_H
#define LANG_CHECK_LOGIC_PRIV_H

#include "lang/check/types.h"

/* Each takes the whole form `[head, operand...]`; out == NULL means statement position. */
int ck_and(struct ck *c, const struct json *e, struct ck_val *out);
int ck_or(struct ck *c, const struct json *e, struct ck_val *out);
int ck_bytes_lit(struct ck *c, const struct json *e, struct ck_val *out);
int ck_view_lit(struct ck *c, const struct json *e, struct ck_val *out);
int ck_option_bytes_default(struct ck *c, const struct json *e, struct ck_val *out);
int ck_option_view_default(struct ck *c, const struct json *e, struct ck_val *out);

#endif
