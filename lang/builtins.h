/* SPDX-License-Identifier: MIT */
/*
 * The built-in heads (lang/builtins.def): one row fixes signature, ownership of each operand,
 * result, the worlds where it exists and how the runtime function is called. Checker, emitter and
 * runtime all read this table.
 */
#ifndef LANG_BUILTINS_H
#define LANG_BUILTINS_H

#include "base/arena.h"
#include "lang/types.h"

#include <stdbool.h>
#include <stdint.h>

/** How one operand is taken. The marks in parentheses are those of docs/spec/builtins.md 0. */
enum lang_arg {
	A_END = 0,
	A_I32,
	A_F64,
	A_BYTES,         /* (B!) moved */
	A_BYTES_INPLACE, /* (bytes~) as A_BYTES; identifier must not be borrowed, result is the same
			    buffer */
	A_VIEW,          /* (V) bytes or bytes_view, borrowed for the call */
	A_VIEW_ANY,      /* (V+) as A_VIEW, vec_u8 too */
	A_VIEW_STRICT,   /* (v) bytes_view only */
	A_OWNER_BYTES,   /* identifier of type bytes; the resulting view borrows from it */
	A_OWNER_VEC,     /* identifier of type vec_u8; the resulting view borrows from it */
	A_VEC,           /* moved */
	A_VEC_INPLACE,   /* (vec~) identifier updated in place and moved into the result */
	A_VEC_READ,      /* (vec&) read without moving */
	A_OPT_I32,
	A_OPT_BYTES,      /* moved */
	A_OPT_BYTES_READ, /* (T&) */
	A_OPT_VIEW,
	A_RES_I32,
	A_RES_BYTES,
	A_RES_BYTES_READ,
	A_RES_VIEW,
	A_RES_RES,
	A_RES_RES_READ,
	A_IFACE,
	A_READER,      /* bytes (moved), bytes_view or vec_u8 (moved): io.open_read_bytes */
	A_OPT_DEFAULT, /* bytes default of option_bytes.unwrap_or: see docs/spec/builtins.md 5 */
	A_TASK,        /* handle of a task of any kind, or a plain i32 */
	A_TASK_BYTES,
	A_TASK_RES,
	A_SLOT, /* slot of a task scope, of any kind */
	A_SLOT_BYTES,
	A_SLOT_RES,
	A_EVENT, /* event of a select, or a plain i32 */
};

enum lang_head_flag {
	H_SITE = 1, /* the runtime function takes a trailing `const char *site` (" ptr=/...") */
	H_OS = 2,   /* only in the worlds run-os and run-os-sandboxed */
	H_FS = 4,   /* only in worlds with fixture fs */
	H_RR = 8,
	H_KV = 16,
	H_EFFECT = 32,   /* visible from outside: fuel is settled before it */
	H_NORETURN = 64, /* result type never */
	H_INTERNAL =
	    128,        /* only in modules of the standard library, and in what the checker makes */
	H_UNSAFE = 256, /* only inside unsafe */
	H_NOASYNC = 512,   /* not in defasync bodies */
	H_OPERATOR = 1024, /* IR_BIN: the emitter prints an expression, no runtime function */
	H_FROM_ARG = 2048, /* a view result borrows from the owner of operand 0 */
	H_SCOPE = 4096,    /* only in the body of task.scope_v1 */
	H_WAIT = 8192,     /* may let other tasks run: only in solve and defasync */
	H_SUSPEND = H_WAIT | H_EFFECT,
};

#define LANG_HEAD_ARGS_MAX 8

enum lang_head {
#define HEAD(id, spelling, result, flags, ...) HEAD_##id,
#include "lang/builtins.def"
#undef HEAD
	HEAD_COUNT
};

/** One row. */
struct lang_head_row {
	const char *spelling; /* "bytes.get_u8" */
	const char *id;       /* "bytes_get_u8": the runtime function is rt_<id> */
	enum lang_ty result;
	uint32_t flags;
	uint8_t args[LANG_HEAD_ARGS_MAX + 1]; /* enum lang_arg, ends with A_END */
};

extern const struct lang_head_row lang_heads[HEAD_COUNT];

/** Row by spelling (hash look-up). False when there is no such head. */
bool lang_head_find(enum lang_head *out, struct str spelling);
/** Number of operands of a row. */
uint32_t lang_head_arity(enum lang_head h);

#endif
