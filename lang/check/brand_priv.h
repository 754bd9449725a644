/* SPDX-License-Identifier: MIT */
/* The heads std.brand.*. Part of the checker; see types.h. */
#ifndef LANG_CHECK_BRAND_PRIV_H
#define LANG_CHECK_BRAND_PRIV_H

#include "lang/check/types.h"

/** True for a head that ck_brand knows. */
bool ck_is_brand(struct str head);
int ck_brand(struct ck *c, const struct json *e, struct ck_val *out);

#endif
