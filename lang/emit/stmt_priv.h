/* SPDX-License-Identifier: MIT */
/* Statements, blocks, and the charging of fuel. */
#ifndef LANG_EMIT_STMT_PRIV_H
#define LANG_EMIT_STMT_PRIV_H

#include "lang/emit/types.h"

/**
 * A block, one level deeper than what stands around it.
 * @param credit  units of its cost that are charged already (EMIT_FUEL_BULK, EMIT_FUEL_REFUND).
 */
void emit_block(struct emit_state *e, const struct ir_block *block, uint64_t credit);
/** Take units of fuel as the mode says; nothing for 0. */
void emit_fuel(struct emit_state *e, uint64_t units);
/** Give units of fuel back; nothing for 0. */
void emit_refund(struct emit_state *e, uint64_t units);

#endif
