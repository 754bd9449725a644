/* SPDX-License-Identifier: MIT */
/* Tasks: frames, starts, and leaving a cancelled function. */
#ifndef LANG_EMIT_ASYNC_PRIV_H
#define LANG_EMIT_ASYNC_PRIV_H

#include "lang/emit/types.h"

/** For each defasync its frame and the function that the runtime calls with it. */
void emit_async_frames(struct emit_state *e);
/** IR_SPAWN. */
void emit_spawn(struct emit_state *e, const struct ir_stmt *s);
/** Behind a head that may have let others run: leave when the task was cancelled meanwhile. */
void emit_cancel_check(struct emit_state *e);
/** The end of a function with such checks: drop everything, return an empty result. */
void emit_cancel_exit(struct emit_state *e);

#endif
