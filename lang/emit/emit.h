/* SPDX-License-Identifier: MIT */
/*
 * The emitter: IR in, C text out. The text is the same for libtcc and for `cc -O2`; what differs
 * is the prelude that each of them gets before it (prelude.h).
 *
 * A unit is functions and constants only: no writable data, no #include, no identifier that comes
 * from the user's text.
 */
#ifndef LANG_EMIT_EMIT_H
#define LANG_EMIT_EMIT_H

#include "base/buf.h"
#include "lang/ir/ir.h"

/** Part of the cache key: raise it whenever the same IR gives other text. */
#define EMIT_VERSION 5

/** The emitted text and what it needs from the runtime. */
struct emit_unit {
	struct buf text;       /* owned */
	bool used[HEAD_COUNT]; /* runtime functions that the text calls */
	uint32_t function_count;
	uint32_t extern_count; /* declarations of C functions so far */
};

/**
 * Print a program as C.
 *
 * @param out        text.max is the limit of the caller; text.overflow tells that it was reached.
 * @param program    borrowed, as the checker made it (guarantees: lang/ir/ir.h).
 */
void emit_program(struct emit_unit *out, const struct ir_program *program);

/** Free the text. */
void emit_unit_clear(struct emit_unit *unit);

#endif
