/* SPDX-License-Identifier: MIT */
/*
 * What the files of the checker share; no other room needs it.
 *
 * One walk over each reachable function does everything: types, moves, borrows and the IR. The
 * state of a variable (moved? borrowed from whom?) is changed through a log, so that a branch can
 * be undone and two branches merged at the price of what they changed.
 */
#ifndef LANG_CHECK_TYPES_H
#define LANG_CHECK_TYPES_H

#include "base/diag.h"
#include "base/err.h"
#include "lang/ast/types.h"
#include "lang/ir/ir.h"
#include "lang/options.h"

#define CK_NONE UINT32_MAX
#define CK_BUCKETS 1024u
/* Nested expressions and nested analyses together; each level costs under 1 KiB of C stack. */
#define CK_DEPTH_MAX 2000u
/* A unit of C has at most max_c_bytes, and no statement prints to fewer than some 20 bytes. */
#define CK_STMTS_MAX (1u << 20)

/** Where a view may point: an owned variable, or a view parameter of the function. */
struct ck_from {
	uint32_t owner; /* variable that must stay put while the view lives; CK_NONE */
	uint32_t param; /* view parameter that it was made from; CK_NONE */
	uint32_t other; /* a second such parameter: may not be returned; CK_NONE */
};

#define CK_FROM_NOTHING ((struct ck_from){CK_NONE, CK_NONE, CK_NONE})

enum ck_moved { CK_LIVE, CK_MAYBE, CK_MOVED };

/** What branches can change about a variable. */
struct ck_state {
	enum ck_moved moved;
	const struct json *moved_at;  /* NULL: several places */
	struct ck_from from;          /* view types */
	const struct json *borrow_at; /* the expression that made the view */
};

/** A named variable, or (name.len 0) an owned temporary that its scope drops. */
struct ck_var {
	struct str name;
	struct lang_type type;
	ir_local local;
	uint32_t next; /* in the hash bucket */
	uint32_t bucket;
	uint32_t borrows;     /* views and pending reads that rely on it */
	uint32_t pending;     /* entries of ck.pends */
	uint32_t stamp, slot; /* ck_merge */
	struct ck_state state;
};

struct ck_log {
	uint32_t var;
	struct ck_state old;
};

/** How the value of an expression is held. */
enum ck_how {
	CK_TEMP,  /* in a local of its own */
	CK_READ,  /* in the local of a variable that may still change: see ck_hold */
	CK_ALIAS, /* a view: the local of the bytes or vec_u8 variable that it borrows from */
	CK_PLACE, /* an owned value still in the local of `var`, which counts as moved */
};

struct ck_val {
	struct lang_type type;
	ir_local local;
	enum ck_how how;
	uint32_t var; /* CK_READ, CK_PLACE: the variable; owned CK_TEMP: its entry; CK_NONE */
	struct ck_from from;
	bool wild_brand; /* carries no payload (err, none): fits every brand */
	bool is_bool;    /* known to be 0 or 1 */
};

/** A read of a variable that was not copied; a write to it inserts the copy after the fact. */
struct ck_pend {
	uint32_t var;
	struct ck_block *block;
	struct ir_stmt *after; /* NULL: at the start of the block */
	ir_local *slot;
};

/** A block under construction. */
struct ck_block {
	struct ir_block ir;
	struct ir_stmt *before_last; /* NULL: unknown or none */
};

/** One type argument of a generic function: u32 and i32 differ only here. */
struct ck_tyarg {
	struct lang_type type;
	bool is_u32;
};

enum ck_progress { CK_NEW, CK_BUSY, CK_DONE };

/** A function to be checked: a declaration with its type arguments, or the entry expression. */
struct ck_fn {
	const struct ast_fn *ast; /* NULL for the entry expression */
	const struct ast_module *module;
	struct str name;
	const struct json *body;
	struct ck_fn *next; /* other type arguments */
	struct ck_tyarg *tyargs;
	uint32_t tyarg_count;
	struct lang_type *params;
	struct lang_type result;
	enum ck_progress progress;
	struct ck_from ret; /* where a returned view comes from; `param` is an index */
	uint32_t index;     /* in ir_program.fns */
	struct ir_fn *ir;
};

/** A form that is open and must be closed by whoever leaves the function from inside of it. */
struct ck_open_form {
	struct ck_open_form *outer;
	enum lang_head close; /* HEAD_budget_exit, or a head without operands */
	uint32_t budget_mode; /* how a budget scope ends, see budget.c */
};

/** The part of the state that belongs to the function being checked. */
struct ck_frame {
	struct ck_fn *fn;
	struct ck_block *block;
	struct ck_block *body;
	uint32_t fuel;      /* used since it was last settled */
	bool dead;          /* nothing can reach this point */
	uint32_t base;      /* first variable of the function */
	uint32_t scope;     /* first variable of the innermost scope */
	uint32_t mark_vars; /* older variables are logged when they change */
	uint32_t unsafe_depth;
	uint32_t task_scopes;            /* bodies of task.scope_v1 around this point */
	struct ck_open_form *open_forms; /* innermost first */
	uint32_t local_cap;
	ir_local input;
	uint32_t contract_result; /* variable of __result, CK_NONE outside ensures */
	bool in_contract;
	bool broken;   /* a fault was met: ownership is not known any more */
	bool unknowns; /* some variables have no known type */
};

struct ck {
	struct arena *arena;
	const struct ast_program *program;
	const struct lang_options *options;
	struct diag_list *diags;
	struct err *err;
	struct ck_fn **instances; /* by ast_fn.index: list of instances */
	struct ck_fn **queue;     /* in order of ir index */
	uint32_t queue_count, queue_cap;
	struct ck_frame f;
	struct ck_var *vars;
	uint32_t var_count, var_cap;
	uint32_t buckets[CK_BUCKETS];
	struct ck_log *log;
	uint32_t log_count, log_cap;
	struct ck_pend *pends;
	uint32_t pend_count, pend_cap;
	uint32_t stamp;
	uint32_t depth;
	uint32_t specialisations;
	uint64_t nodes;  /* of reachable code, once each */
	uint64_t walked; /* nodes, repeated loop bodies included */
	uint64_t stmts;
	bool too_many_locals;
	const struct json **faults; /* where the faults are that were met, each once */
	uint32_t fault_count, fault_cap;
	uint32_t told;
	bool ended;          /* the last fault ends the check */
	struct ir_stmt sink; /* where statements of dead code go */
	ir_local sink_args[LANG_HEAD_ARGS_MAX + 1];
};

/** Where a branch began: the state of variables can go back there. */
struct ck_mark {
	uint32_t log, vars, outer_vars;
	bool dead;
};

/** A variable that a branch changed, and how it is then. */
struct ck_change {
	uint32_t var;
	struct ck_state state;
};

/** Everything that a branch changed. Lives in the arena. */
struct ck_changes {
	struct ck_change *items;
	uint32_t count;
	bool dead;
};

/** One branch: its block, its value and what it changed. */
struct ck_arm {
	struct ck_block block;
	struct ck_val v;
	struct ck_changes changes;
	struct ck_mark mark;
	struct ck_block *outer;
	uint32_t scope;
};

/** Arguments of a `%.*s` for a struct str. */
#define CK_STR(s) (int)(s).len, (s).ptr

#endif
