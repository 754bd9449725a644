/* SPDX-License-Identifier: MIT */
/* vec_value and map_value where their heads depend on types. Part of the checker; see types.h. */
#ifndef LANG_CHECK_VALUE_PRIV_H
#define LANG_CHECK_VALUE_PRIV_H

#include "lang/check/types.h"

/** True for a callee of tapp that stands for the heads of vec_value or map_value. */
bool ck_is_value_callee(struct str name);
/** A tapp with such a callee. */
int ck_value_tapp(struct ck *c, const struct json *e, struct ck_val *out);
/** True for a head that would give out an element of type bytes_view. */
bool ck_is_value_view(struct str head);
/** Such a head: always a fault. */
int ck_value_view(struct ck *c, const struct json *e, struct ck_val *out);

#endif
