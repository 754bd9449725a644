/* SPDX-License-Identifier: MIT */
/* IR written by hand, for the tests of the emitter. */
#ifndef TESTS_LANG_IR_BUILD_H
#define TESTS_LANG_IR_BUILD_H

#include "lang/ir/ir.h"

/** A program of one function, the entry, that is being written. */
struct ir_build {
	struct arena arena;
	struct ir_program program;
	struct ir_fn *fns[4];
	struct ir_fn solve;
	struct ir_var locals[32];
};

void ir_build_init(struct ir_build *b);
void ir_build_clear(struct ir_build *b);
/** A local of the entry. */
ir_local ir_build_local(struct ir_build *b, enum lang_ty type, const char *name);
/** Append a statement with up to two arguments (IR_NONE = absent). */
struct ir_stmt *ir_build_add(struct ir_build *b, struct ir_block *block, enum ir_op op,
    ir_local dst, ir_local a0, ir_local a1);
/** The usual statements. */
void ir_build_const(struct ir_build *b, struct ir_block *block, ir_local dst, int32_t value);
void ir_build_fuel(struct ir_build *b, struct ir_block *block, int32_t units);
struct ir_stmt *ir_build_head(struct ir_build *b, struct ir_block *block, enum lang_head head,
    ir_local dst, ir_local a0, ir_local a1);

/**
 * The sum of the input's bytes as four bytes:
 * `for i 0 len: s = s + input[i]`, 5 units for each byte.
 */
void ir_build_sum(struct ir_build *b);
/** Returns `text` as bytes. */
void ir_build_text(struct ir_build *b, const char *text, size_t len);

#endif
