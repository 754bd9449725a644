/* SPDX-License-Identifier: MIT */
/* The functions of the program that are reached. Part of the checker; see types.h. */
#ifndef LANG_CHECK_FN_PRIV_H
#define LANG_CHECK_FN_PRIV_H

#include "lang/check/types.h"

/** Instance of a function for these type arguments, queued for checking. */
int ck_instance(struct ck *c, struct ck_fn **out, const struct ast_fn *ast,
    const struct ck_tyarg *tyargs, const struct json *at);
/** Give a function its index and put it at the end of the queue. */
void ck_fn_enqueue(struct ck *c, struct ck_fn *fn);
/** Check the body of a function and translate it. */
int ck_fn_check(struct ck *c, struct ck_fn *fn);
/** Check an instance now when its result is a view (the source of the view is needed). */
int ck_view_source(struct ck *c, struct ck_fn *fn, const struct json *at);

#endif
