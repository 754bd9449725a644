/* SPDX-License-Identifier: MIT */
/*
 * The typed intermediate form between checker and emitter: functions of locals and structured
 * statements. Every value stands in a local; evaluation order, moves, drops and fuel are spelled
 * out, so that the emitter only prints.
 *
 * Guarantees of the checker: a local is assigned before it is read; an owned local is dropped or
 * moved on every path; an owned local that was moved from is empty (IR_MOVE empties its source),
 * and dropping an empty value is a no-op. IR_HEAD and IR_CALL empty the owned operands that they
 * take over (the default of option_bytes.unwrap_or only when it became the result).
 */
#ifndef LANG_IR_IR_H
#define LANG_IR_IR_H

#include "base/arena.h"
#include "lang/builtins.h"
#include "lang/types.h"

#include <stdbool.h>
#include <stdint.h>

/** Index into ir_fn.locals; IR_NONE = no result wanted or none there. */
typedef uint32_t ir_local;
#define IR_NONE UINT32_MAX

enum ir_op {
	IR_CONST, /* dst = imm */
	IR_TEXT,  /* dst (bytes_view) = static bytes `text` */
	IR_INPUT, /* dst (bytes_view) = the program input */
	IR_COPY,  /* dst = args[0]; bits only: copyable and view types */
	IR_MOVE,  /* dst = args[0], then args[0] = empty: owned types */
	IR_BIN,   /* dst = args[0] <head> args[1]; head is an operator row */
	IR_HEAD,  /* dst = head(args...); bytes and vec_u8 locals may stand for views (read only) */
	IR_CALL,  /* dst = functions[callee](args...); same conversion for view parameters */
	IR_SPAWN, /* dst (handle) = task of functions[callee](args...); conversions as IR_CALL */
	IR_EXTERN, /* dst = C function `text`(args...) */
	IR_DROP,   /* free args[0] unless empty, leave it empty */
	IR_IF,     /* if args[0] != 0: block[0], else block[1] */
	IR_FOR,    /* while args[0] <u args[1]: block[0], then args[0] += 1. args[1] is not assigned
		    * inside; args[0] may be */
	IR_WHILE,  /* loop: block[0] (computes args[0]); if args[0] == 0 leave; block[1] */
	IR_RETURN, /* leave the function with args[0]; everything else is dropped already */
	IR_FUEL,   /* take imm units; trap "fuel exhausted" when fewer are left */
	IR_TRAP,   /* print `text` and abort; with args `text`, their values and "]}" */
};

struct ir_stmt;

/** A run of statements, in order. */
struct ir_block {
	struct ir_stmt *first;
	struct ir_stmt *last;
};

/** One statement. Lives in the arena of the compilation. */
struct ir_stmt {
	enum ir_op op;
	struct ir_stmt *next;
	ir_local dst; /* IR_NONE: the value, if any, is not wanted (never for owned results) */
	ir_local *args;
	uint32_t arg_count;
	int32_t imm;
	enum lang_head head;
	uint32_t callee;  /* index into ir_program.fns */
	bool prepaid;     /* IR_CALL: takes `imm` units for the callee, which takes none itself */
	struct str text;  /* IR_TEXT, IR_TRAP, IR_EXTERN */
	const char *site; /* JSON pointer of the expression, for traps; NULL when not needed */
	struct ir_block block[2];
};

struct ir_var {
	enum lang_ty type;
	struct str name; /* of the source, len 0 for temporaries; for readable C only */
};

/** A function; the first `param_count` locals are its parameters, in order. */
struct ir_fn {
	struct str name; /* symbol, or "solve" for the entry expression */
	struct ir_var *locals;
	uint32_t local_count;
	uint32_t param_count;
	enum lang_ty result;
	bool is_async; /* a defasync: runs as a task, IR_SPAWN starts it, IR_CALL never names it */
	bool prepaid;  /* callers pay `price` units; set by ir_settle_fuel (fuel.h) */
	uint32_t price;
	struct ir_block body; /* every path ends in IR_RETURN, IR_TRAP or a never head */
};

/** All functions reachable from the entry expression. */
struct ir_program {
	struct ir_fn **fns;
	uint32_t fn_count;
	uint32_t solve; /* index of the entry: no parameters, result bytes */
};

#endif
