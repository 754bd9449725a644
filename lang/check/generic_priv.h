/* SPDX-License-Identifier: MIT */
/* Generic functions: type arguments and the form tapp. Part of the checker; see types.h. */
#ifndef LANG_CHECK_GENERIC_PRIV_H
#define LANG_CHECK_GENERIC_PRIV_H

#include "lang/check/types.h"

/* Each takes the whole form `[head, operand...]`; out == NULL means statement position. */
int ck_tapp(struct ck *c, const struct json *e, struct ck_val *out);

/** Concrete type of a reference under the type arguments of @p fn. */
int ck_type(struct ck *c, struct lang_type *out, const struct ast_type *t, const struct ck_fn *fn,
    const struct json *at);
/** The type argument that @p t says, under those of the function being checked. */
int ck_tyarg(struct ck *c, struct ck_tyarg *out, const struct json *t, const struct json *at);

#endif
