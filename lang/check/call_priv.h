/* SPDX-License-Identifier: MIT */
/* Calls of functions of the program. Part of the checker; see types.h. */
#ifndef LANG_CHECK_CALL_PRIV_H
#define LANG_CHECK_CALL_PRIV_H

#include "lang/check/types.h"

/** A call `[name, argument...]` of @p ast. */
int ck_call(struct ck *c, const struct ast_fn *ast, const struct json *e, struct ck_val *out);
/** Arguments from @p first on, then the call. */
int ck_call_instance(
    struct ck *c, struct ck_fn *fn, const struct json *e, uint32_t first, struct ck_val *out);
/** The call itself, of operands that are there already. */
void ck_emit_call(struct ck *c, const struct ck_fn *fn, const ir_local *args, struct ck_val *out);
/** Fault unless the function being checked may name @p fn: same module, or imported and exported.
 */
int ck_visible(struct ck *c, const struct ast_fn *fn, const struct json *e);
/** Brands: may a value go where @p want is expected? */
bool ck_brand_fits(struct lang_type want, const struct ck_val *v);

#endif
