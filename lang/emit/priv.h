/* SPDX-License-Identifier: MIT */
/* What the files of the emitter share. Not for other folders. */
#ifndef LANG_EMIT_PRIV_H
#define LANG_EMIT_PRIV_H

#include "lang/emit/emit.h"

/* How IR_FUEL is printed. */
enum fuel_mode {
	FUEL_CHECKED,   /* subtract and trap below zero */
	FUEL_UNCHECKED, /* subtract only: the loop was entered with enough */
	FUEL_BULK,      /* as UNCHECKED, one charge at the start of a block, less `credit` */
	FUEL_REFUND,    /* `credit` is paid, for the dearest path; a cheaper one gets some back */
};

/** The state of printing one function. */
struct emitter {
	struct buf *out;
	struct emit_unit *unit;
	const struct ir_program *program;
	const struct ir_fn *fn;
	const bool *touches_fuel; /* for each function: reads or writes rt.fuel, directly or not */
	bool has_fuel;            /* this function keeps `fuel` in a local */
	uint32_t optimised_max;   /* statements of the longest function that cc optimises */
	enum fuel_mode mode;
	uint32_t depth;
	uint32_t label; /* next free label of this function */
};

/** Cost of one pass over a block, in units of fuel. */
struct fuel_cost {
	uint64_t most;   /* along the dearest path */
	uint64_t always; /* charged whichever branches are taken */
	bool bounded;    /* no loop, no call, nothing visible from outside */
	bool may_return;
};

/* emit_fuel.c */
struct fuel_cost fuel_cost(const struct ir_block *block);
/** True when a statement of the block, at any depth, writes @p local. */
bool block_assigns(const struct ir_block *block, ir_local local);
/** For each function whether rt.fuel matters to it. @p out has program->fn_count entries. */
void find_fuel_users(bool *out, const struct ir_program *program);
/** Fuel of the statements from @p s up to the next one that ends a run, that one excluded. */
uint64_t fuel_of_run(const struct ir_stmt *s);
/** True for statements that fuel must not be moved across. */
bool ends_fuel_run(const struct ir_stmt *s);

/* emit_stmt.c */
void emit_block(struct emitter *e, const struct ir_block *block, uint64_t credit);
void emit_line(struct emitter *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
void emit_indent(struct emitter *e);
void emit_fuel(struct emitter *e, uint64_t units);
void emit_refund(struct emitter *e, uint64_t units);

/* emit_loop.c */
void emit_for(struct emitter *e, const struct ir_stmt *s);
void emit_while(struct emitter *e, const struct ir_stmt *s);

/* emit_call.c */
void emit_bin(struct emitter *e, const struct ir_stmt *s);
void emit_head(struct emitter *e, const struct ir_stmt *s);
void emit_call(struct emitter *e, const struct ir_stmt *s);
void emit_extern(struct emitter *e, const struct ir_stmt *s);
void emit_drop(struct emitter *e, ir_local local);
/** Statements that make an owned local empty, on one line without indentation. */
void emit_empty(struct emitter *e, ir_local local);

/* emit_text.c */
/** A C string literal: octal escapes for all but plain ASCII, in pieces when long. */
void put_literal(struct buf *out, const char *bytes, size_t len);
/** A name as a comment: characters that could end it or confuse a reader become '_'. */
void put_comment(struct buf *out, struct str name);
/** C type that operand kind @p arg has in the runtime's prototypes. */
const char *arg_c_type(enum lang_arg arg);
/** Prototype of the runtime function of a head, with semicolon and newline. */
void put_head_prototype(struct buf *out, enum lang_head head);

#endif
