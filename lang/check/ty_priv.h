/* SPDX-License-Identifier: MIT */
/* The intrinsics ty.*, whose meaning depends on a type argument. Part of the checker; see types.h.
 */
#ifndef LANG_CHECK_TY_PRIV_H
#define LANG_CHECK_TY_PRIV_H

#include "lang/check/types.h"

/** True for a head that ck_ty answers for. */
bool ck_is_ty(struct str head);
int ck_ty(struct ck *c, const struct json *e, struct ck_val *out);

#endif
