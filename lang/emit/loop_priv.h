/* SPDX-License-Identifier: MIT */
/* Loops. */
#ifndef LANG_EMIT_LOOP_PRIV_H
#define LANG_EMIT_LOOP_PRIV_H

#include "lang/emit/types.h"

/** IR_FOR. */
void emit_for(struct emit_state *e, const struct ir_stmt *s);
/** IR_WHILE. */
void emit_while(struct emit_state *e, const struct ir_stmt *s);

#endif
