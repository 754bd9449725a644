/* SPDX-License-Identifier: MIT */
/* Operators, calls of every kind, and drops. */
#ifndef LANG_EMIT_CALL_PRIV_H
#define LANG_EMIT_CALL_PRIV_H

#include "lang/emit/types.h"

/** IR_BIN. */
void emit_bin(struct emit_state *e, const struct ir_stmt *s);
/** IR_HEAD. */
void emit_head(struct emit_state *e, const struct ir_stmt *s);
/** IR_CALL. */
void emit_call(struct emit_state *e, const struct ir_stmt *s);
/** IR_EXTERN. */
void emit_extern(struct emit_state *e, const struct ir_stmt *s);
/** IR_DROP of a local. */
void emit_drop(struct emit_state *e, ir_local local);
/** The same for a copy of the local at `<where>v<local>`, which is not emptied. */
void emit_drop_at(struct emit_state *e, ir_local local, const char *where);
/** A local as an operand; bytes and vec_u8 locals may stand where a view is wanted. */
void emit_operand(struct emit_state *e, ir_local local, enum lang_ty want);
/** Statements that make an owned local empty, on one line without indentation. */
void emit_empty(struct emit_state *e, ir_local local);

#endif
