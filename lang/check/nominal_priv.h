/* SPDX-License-Identifier: MIT */
/* Records and enums. Part of the checker; see types.h. */
#ifndef LANG_CHECK_NOMINAL_PRIV_H
#define LANG_CHECK_NOMINAL_PRIV_H

#include "lang/check/types.h"

/** Is it a head of a record or an enum of the program? */
bool ck_is_nominal(struct ck *c, struct str head);
/** Such a head. */
int ck_nominal(struct ck *c, const struct json *e, struct ck_val *out);
/** The core form match; out == NULL means statement position. */
int ck_match(struct ck *c, const struct json *e, struct ck_val *out);

#endif
