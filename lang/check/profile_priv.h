/* SPDX-License-Identifier: MIT */
/* Budget profiles: descriptors that a project keeps in files. Part of the checker; see types.h. */
#ifndef LANG_CHECK_PROFILE_PRIV_H
#define LANG_CHECK_PROFILE_PRIV_H

#include "lang/check/budget_priv.h"

/** The profile @p id of the project, else the built-in one of that name; @p e wants it. */
int ck_budget_profile(struct ck *c, struct ck_budget_cfg *out, struct str id, const struct json *e);

#endif
