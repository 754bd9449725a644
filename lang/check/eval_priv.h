/* SPDX-License-Identifier: MIT */
/* Expressions of every kind. Part of the checker; see types.h. */
#ifndef LANG_CHECK_EVAL_PRIV_H
#define LANG_CHECK_EVAL_PRIV_H

#include "lang/check/types.h"

/** Evaluate an expression. */
int ck_eval(struct ck *c, const struct json *e, struct ck_val *out);
/** As ck_eval, but an owned result may stay in its variable (CK_PLACE). */
int ck_eval_place(struct ck *c, const struct json *e, struct ck_val *out);
/** Evaluate as a statement: the value is not wanted. */
int ck_stmt(struct ck *c, const struct json *e);
/** Evaluate and require a type (never is accepted). @p what completes "... must be i32". */
int ck_eval_as(
    struct ck *c, const struct json *e, enum lang_ty type, const char *what, struct ck_val *out);

#endif
