/* SPDX-License-Identifier: MIT */
/* What blocks cost in fuel. */
#ifndef LANG_EMIT_FUEL_PRIV_H
#define LANG_EMIT_FUEL_PRIV_H

#include "lang/emit/types.h"

/** Cost of one pass over a block. */
struct emit_cost emit_cost(const struct ir_block *block);
/** True when a statement of the block, at any depth, writes @p local. */
bool emit_block_assigns(const struct ir_block *block, ir_local local);
/** For each function whether rt.fuel matters to it. @p out has program->fn_count entries. */
void emit_find_fuel_users(bool *out, const struct ir_program *program);
/** Fuel of the statements from @p s up to the next one that ends a run, that one excluded. */
uint64_t emit_fuel_of_run(const struct ir_stmt *s);
/** True for statements that fuel must not be moved across. */
bool emit_ends_fuel_run(const struct ir_stmt *s);

#endif
