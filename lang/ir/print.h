/* SPDX-License-Identifier: MIT */
/* The intermediate form as text, for tests and for looking at what the checker made. */
#ifndef LANG_IR_PRINT_H
#define LANG_IR_PRINT_H

#include "base/buf.h"
#include "lang/ir/ir.h"

/**
 * Append a function: one statement a line, two spaces of indentation for each block. A local is
 * `name.index`, or `%index` for a temporary.
 *
 * @param program  borrowed; names the functions that are called.
 */
void ir_print_fn(struct buf *out, const struct ir_program *program, const struct ir_fn *fn);

/** All functions, in order. */
void ir_print(struct buf *out, const struct ir_program *program);

#endif
