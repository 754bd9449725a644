/* SPDX-License-Identifier: MIT */
/* The branches of if, match and their kin. Part of the checker; see types.h. */
#ifndef LANG_CHECK_ARM_PRIV_H
#define LANG_CHECK_ARM_PRIV_H

#include "lang/check/types.h"

/** Begin a branch: its block, its scope and the mark to go back to. */
void ck_arm_open(struct ck *c, struct ck_arm *a);
/** Evaluate @p e as the end of the branch; its value goes to *result (NULL: a statement). */
int ck_arm_close(struct ck *c, struct ck_arm *a, const struct json *e, ir_local *result);
/** Merge the value of one more branch into @p all. */
int ck_arm_unify(struct ck *c, const struct json *e, struct ck_val *all, const struct ck_val *v);
/** The value of the whole form, in the local that the branches stored to. */
void ck_arm_result(struct ck *c, const struct ck_val *all, ir_local result, struct ck_val *out);

#endif
