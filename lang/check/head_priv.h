/* SPDX-License-Identifier: MIT */
/* Built-in heads, by their row of lang/builtins.def. Part of the checker; see types.h. */
#ifndef LANG_CHECK_HEAD_PRIV_H
#define LANG_CHECK_HEAD_PRIV_H

#include "lang/check/types.h"

int ck_head(struct ck *c, enum lang_head head, const struct json *e, struct ck_val *out);
/** Operand @p item of @p e as the operand of kind A_VIEW of @p head. */
int ck_take_view(
    struct ck *c, enum lang_head head, const struct json *e, uint32_t item, struct ck_val *out);
/** True for an integer or a name: evaluating it changes nothing. */
bool ck_is_simple(const struct json *e);

#endif
