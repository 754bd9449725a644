/* SPDX-License-Identifier: MIT */
/* What each C compiler gets before the emitted text. */
#ifndef LANG_EMIT_PRELUDE_H
#define LANG_EMIT_PRELUDE_H

#include "base/buf.h"
#include "lang/emit/emit.h"

/* More than the layouts, the hot functions and the prototypes of all heads take. */
#define EMIT_PRELUDE_MAX (1u << 20)

/** Which compiler reads the text. */
enum emit_target { EMIT_TCC, EMIT_CC };

/**
 * Append what has to stand before the text: the layouts of lang/rt/abi.h, for cc the hot
 * functions of lang/rt/inline.h, and prototypes of the other functions that the unit uses.
 */
void emit_prelude(struct buf *out, const struct emit_unit *unit, enum emit_target target);

#endif
