/* SPDX-License-Identifier: MIT */
/* Building the intermediate form: locals, statements, blocks and fuel. Part of the checker; see
 * types.h. */
#ifndef LANG_CHECK_IR_PRIV_H
#define LANG_CHECK_IR_PRIV_H

#include "lang/check/types.h"

/** A new local; @p name has len 0 for a temporary. */
ir_local ck_local(struct ck *c, enum lang_ty type, struct str name);
/** Append a statement with room for @p count arguments (copied from @p args when not NULL). */
struct ir_stmt *ck_emit(
    struct ck *c, enum ir_op op, ir_local dst, const ir_local *args, uint32_t count);
/** dst = head(args): for heads that the checker itself uses; no site, no fuel. */
ir_local ck_emit_head(
    struct ck *c, enum lang_head head, enum lang_ty result, ir_local a, ir_local b);
/** A new local with a number. */
ir_local ck_const(struct ck *c, int32_t value);
/** Free what an owned local holds. */
void ck_drop_local(struct ck *c, ir_local local);
/** One unit of fuel more, unless nothing can reach this point. */
void ck_charge(struct ck *c);
/** Emit the fuel used so far. */
void ck_settle(struct ck *c);
/** Settle and switch to building @p block; returns the block to go back to. */
struct ck_block *ck_block_open(struct ck *c, struct ck_block *block);
/** Settle and go back to building @p outer. */
void ck_block_close(struct ck *c, struct ck_block *outer);
/** dst = value, by the cheapest statement for its kind. An owned value counts as moved. */
void ck_store(struct ck *c, ir_local dst, struct ck_val *v);
/** Local that holds the value itself (an alias becomes a view). */
ir_local ck_solid(struct ck *c, struct ck_val *v);
/** Undo the last statement when it is `v = MOVE x`; returns false otherwise. */
bool ck_take_back_move(struct ck *c, const struct ck_val *v, ir_local from);
/** Growing arrays of the compilation: returns @p items or its larger copy. */
void *ck_grow(struct ck *c, void *items, uint32_t *cap, uint32_t count, size_t size);

#endif
