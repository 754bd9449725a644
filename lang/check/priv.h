/* SPDX-License-Identifier: MIT */
/*
 * What the files of the checker share: check*.c. Not for other folders.
 *
 * One walk over each reachable function does everything: types, moves, borrows and the IR. The
 * state of a variable (moved? borrowed from whom?) is changed through a log, so that a branch can
 * be undone and two branches merged at the price of what they changed.
 */
#ifndef LANG_CHECK_PRIV_H
#define LANG_CHECK_PRIV_H

#include "base/diag.h"
#include "base/err.h"
#include "lang/ast/ast.h"
#include "lang/ir/ir.h"
#include "lang/lang.h"

#define CK_NONE UINT32_MAX
#define CK_BUCKETS 1024u
/* Nested expressions and nested analyses together; each level costs under 1 KiB of C stack. */
#define CK_DEPTH_MAX 2000u
/* A unit of C has at most max_c_bytes, and no statement prints to fewer than some 20 bytes. */
#define CK_STMTS_MAX (1u << 20)

/** The faults of the checker: kind in the message, stable code (table in check_diag.c). */
enum ck_fault {
	CK_E_ARITY,
	CK_E_TYPE,
	CK_E_CALL,
	CK_E_RETURN,
	CK_E_IF,
	CK_E_SET,
	CK_E_NAME,
	CK_E_LET,
	CK_E_TRY,
	CK_E_MOVE,
	CK_E_OWNER,
	CK_E_ESCAPE,
	CK_E_BORROW,
	CK_E_BRAND,
	CK_E_MATCH,
	CK_E_CONTRACT,
	CK_E_COMPARE,
	CK_E_HEAD,
	CK_E_INTERNAL_HEAD,
	CK_E_IMPORT,
	CK_E_WORLD_OS,
	CK_E_UNSAFE,
	CK_E_UNSUPPORTED,
	CK_E_BUDGET,
	CK_E_TAPP_CALLEE,
	CK_E_TY_INTRINSIC,
	CK_E_TY_HEAD,
	CK_E_TY_BOUND_NAME,
	CK_E_TY_BOUND,
	CK_E_TAPP_ARITY,
	CK_E_TAPP_COUNT,
	CK_E_TY_VAR,
	CK_E_TAPP_NEEDED,
	CK_E_TY_DEPTH,
};

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
	uint32_t local_cap;
	ir_local input;
	uint32_t contract_result; /* variable of __result, CK_NONE outside ensures */
	bool in_contract;
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
	struct ir_stmt sink; /* where statements of dead code go */
	ir_local sink_args[LANG_HEAD_ARGS_MAX + 1];
};

/* check_diag.c */
/** Report the one error, as `return ck_fail(...)`. @p help may be NULL. */
void ck_report(struct ck *c, enum ck_fault fault, const struct json *at, const char *help,
    const char *fmt, ...) PRINTF_LIKE(5, 6);
#define ck_fail(...) (ck_report(__VA_ARGS__), ERR_COMPILE)
/** JSON pointer of a value, in the arena. */
const char *ck_pointer(struct ck *c, const struct json *v);
/** `<head> expects N arg(s)` unless @p e has @p count operands. */
int ck_arity(struct ck *c, const struct json *e, uint32_t count);
#define CK_STR(s) (int)(s).len, (s).ptr
/* Longest pointer or message kept. */
#define CK_TEXT_MAX 65536u

/* check_ir.c */
ir_local ck_local(struct ck *c, enum lang_ty type, struct str name);
/** Append a statement with room for @p count arguments (copied from @p args when not NULL). */
struct ir_stmt *ck_emit(
    struct ck *c, enum ir_op op, ir_local dst, const ir_local *args, uint32_t count);
/** dst = head(args): for heads that the checker itself uses; no site, no fuel. */
ir_local ck_emit_head(
    struct ck *c, enum lang_head head, enum lang_ty result, ir_local a, ir_local b);
ir_local ck_const(struct ck *c, int32_t value);
void ck_drop_local(struct ck *c, ir_local local);
void ck_charge(struct ck *c);
/** Emit the fuel used so far. */
void ck_settle(struct ck *c);
/** Settle and switch to building @p block; returns the block to go back to. */
struct ck_block *ck_block_open(struct ck *c, struct ck_block *block);
void ck_block_close(struct ck *c, struct ck_block *outer);
/** dst = value, by the cheapest statement for its kind. An owned value counts as moved. */
void ck_store(struct ck *c, ir_local dst, struct ck_val *v);
/** Local that holds the value itself (an alias becomes a view). */
ir_local ck_solid(struct ck *c, struct ck_val *v);
/** Undo the last statement when it is `v = MOVE x`; returns false otherwise. */
bool ck_take_back_move(struct ck *c, const struct ck_val *v, ir_local from);
/** Growing arrays of the compilation: returns @p items or its larger copy. */
void *ck_grow(struct ck *c, void *items, uint32_t *cap, uint32_t count, size_t size);

/* check_scope.c */
uint32_t ck_scope_open(struct ck *c);
/** Release views, drop owned variables in order of their names; @p result survives. */
int ck_scope_close(struct ck *c, uint32_t outer, struct ck_val *result, const struct json *at);
/** Innermost variable of this function by name; CK_NONE. */
uint32_t ck_find(struct ck *c, struct str name);
/** True when @p var belongs to the innermost scope. */
bool ck_in_scope(const struct ck *c, uint32_t var);
uint32_t ck_declare(struct ck *c, struct str name, struct lang_type type, ir_local local);
/** A fresh temporary of @p type; an owned one is dropped by the scope unless moved. */
struct ck_val ck_temp(struct ck *c, struct lang_type type);
/** A value that stands in @p local already. */
struct ck_val ck_temp_in(struct ck *c, struct lang_type type, ir_local local);
void ck_set_from(struct ck *c, uint32_t var, struct ck_from from, const struct json *at);
void ck_set_moved(struct ck *c, uint32_t var, enum ck_moved moved, const struct json *at);
/** The owned value was handed on: its temporary is empty. */
void ck_consumed(struct ck *c, const struct ck_val *v, const struct json *at);
/** Fault unless the variable holds a value. */
int ck_usable(struct ck *c, uint32_t var, const struct json *at);
/** Fault when views rely on the variable: `<what> while borrowed: "x"`. */
int ck_unborrowed(struct ck *c, uint32_t var, const char *what, const struct json *at);
/** A write to the variable follows: pending reads get their copy. */
void ck_before_write(struct ck *c, uint32_t var);
/** Drops for leaving the function; @p except keeps its value. */
void ck_drop_all(struct ck *c, uint32_t except);

/* A value must survive the evaluation of what follows. @p v stays where it is until the release. */
void ck_hold(struct ck *c, struct ck_val *v);
void ck_hold_var(struct ck *c, uint32_t var);
void ck_release(struct ck *c, const struct ck_val *v);
void ck_release_var(struct ck *c, uint32_t var);

/* check_branch.c */
struct ck_mark {
	uint32_t log, vars, outer_vars;
	bool dead;
};
struct ck_change {
	uint32_t var;
	struct ck_state state;
};
struct ck_changes {
	struct ck_change *items;
	uint32_t count;
	bool dead;
};
struct ck_mark ck_mark(struct ck *c);
/** What changed since the mark. */
struct ck_changes ck_changes(struct ck *c, struct ck_mark mark);
/** As ck_changes, and the state is as it was at the mark again, which is gone. */
struct ck_changes ck_undo(struct ck *c, struct ck_mark mark);
void ck_set_state(struct ck *c, uint32_t var, struct ck_state state);
/** State after a branch: one of @p a and @p b has happened. */
int ck_merge(
    struct ck *c, const struct ck_changes *a, const struct ck_changes *b, const struct json *at);
/** Merge where a view may come from; false when two owners differ. */
bool ck_from_merge(struct ck_from *out, struct ck_from a, struct ck_from b);

/** One branch: its block, its value and what it changed. */
struct ck_arm {
	struct ck_block block;
	struct ck_val v;
	struct ck_changes changes;
	struct ck_mark mark;
	struct ck_block *outer;
	uint32_t scope;
};
void ck_arm_open(struct ck *c, struct ck_arm *a);
/** Evaluate @p e as the end of the branch; its value goes to *result (NULL: a statement). */
int ck_arm_close(struct ck *c, struct ck_arm *a, const struct json *e, ir_local *result);
/** Merge the value of one more branch into @p all. */
int ck_arm_unify(struct ck *c, const struct json *e, struct ck_val *all, const struct ck_val *v);
/** The value of the whole form, in the local that the branches stored to. */
void ck_arm_result(struct ck *c, const struct ck_val *all, ir_local result, struct ck_val *out);

/* check.c */
int ck_eval(struct ck *c, const struct json *e, struct ck_val *out);
/** As ck_eval, but an owned result may stay in its variable (CK_PLACE). */
int ck_eval_place(struct ck *c, const struct json *e, struct ck_val *out);
int ck_stmt(struct ck *c, const struct json *e);
/** Evaluate and require a type (never is accepted). @p what completes "... must be i32". */
int ck_eval_as(
    struct ck *c, const struct json *e, enum lang_ty type, const char *what, struct ck_val *out);
/** Instance of a function for these type arguments, queued for checking. */
int ck_instance(struct ck *c, struct ck_fn **out, const struct ast_fn *ast,
    const struct ck_tyarg *tyargs, const struct json *at);
/** Check an instance now when its result is a view (the source of the view is needed). */
int ck_view_source(struct ck *c, struct ck_fn *fn, const struct json *at);
struct ck_val ck_never(void);

/* Core forms: out == NULL = statement position. */
int ck_begin(struct ck *c, const struct json *e, struct ck_val *out);
int ck_unsafe(struct ck *c, const struct json *e, struct ck_val *out);
int ck_let(struct ck *c, const struct json *e, struct ck_val *out);
int ck_set(struct ck *c, const struct json *e, struct ck_val *out);
int ck_set0(struct ck *c, const struct json *e, struct ck_val *out);
int ck_if(struct ck *c, const struct json *e, struct ck_val *out);
int ck_for(struct ck *c, const struct json *e, struct ck_val *out);
int ck_while(struct ck *c, const struct json *e, struct ck_val *out);
int ck_return(struct ck *c, const struct json *e, struct ck_val *out);
int ck_and(struct ck *c, const struct json *e, struct ck_val *out);
int ck_or(struct ck *c, const struct json *e, struct ck_val *out);
int ck_match(struct ck *c, const struct json *e, struct ck_val *out);
int ck_try(struct ck *c, const struct json *e, struct ck_val *out);
int ck_try_doc(struct ck *c, const struct json *e, struct ck_val *out);
int ck_bytes_lit(struct ck *c, const struct json *e, struct ck_val *out);
int ck_view_lit(struct ck *c, const struct json *e, struct ck_val *out);
int ck_option_bytes_default(struct ck *c, const struct json *e, struct ck_val *out);
int ck_option_view_default(struct ck *c, const struct json *e, struct ck_val *out);
int ck_tapp(struct ck *c, const struct json *e, struct ck_val *out);

/**
 * Leave the function with a value of its result type; contracts and drops are done here.
 * @p last: this is the end of the body, and the scope of the parameters closes for good.
 */
int ck_leave(struct ck *c, struct ck_val *v, const struct json *at, bool last);

/* Other heads. */
bool ck_is_simple(const struct json *e);
/** Operand @p item of @p e as the operand of kind A_VIEW of @p head. */
int ck_take_view(
    struct ck *c, enum lang_head head, const struct json *e, uint32_t item, struct ck_val *out);
int ck_head(struct ck *c, enum lang_head head, const struct json *e, struct ck_val *out);
int ck_call(struct ck *c, const struct ast_fn *ast, const struct json *e, struct ck_val *out);
/** The call itself, of operands that are there already. */
void ck_emit_call(struct ck *c, const struct ck_fn *fn, const ir_local *args, struct ck_val *out);
/** Arguments from @p first on, then the call. */
int ck_call_instance(
    struct ck *c, struct ck_fn *fn, const struct json *e, uint32_t first, struct ck_val *out);
int ck_visible(struct ck *c, const struct ast_fn *fn, const struct json *e);
/** Brands: may a value go where @p want is expected? */
bool ck_brand_fits(struct lang_type want, const struct ck_val *v);
/** Heads of records and enums; false when @p e is not one. */
bool ck_is_nominal(struct ck *c, struct str head);
int ck_nominal(struct ck *c, const struct json *e, struct ck_val *out);
bool ck_is_brand(struct str head);
int ck_brand(struct ck *c, const struct json *e, struct ck_val *out);
bool ck_is_ty(struct str head);
int ck_ty(struct ck *c, const struct json *e, struct ck_val *out);
/** Concrete type of a reference under the type arguments of @p fn. */
int ck_type(struct ck *c, struct lang_type *out, const struct ast_type *t, const struct ck_fn *fn,
    const struct json *at);
int ck_tyarg(struct ck *c, struct ck_tyarg *out, const struct json *t, const struct json *at);
/** Contract checks at the start of the function, and before it is left. */
int ck_contract_entry(struct ck *c);
int ck_contract_exit(struct ck *c, struct ck_val *result, const struct json *at);

#endif
