/* SPDX-License-Identifier: MIT */
/* What the two files of the program generator share. */
#ifndef TESTS_FUZZ_PROGEN_PRIV_H
#define TESTS_FUZZ_PROGEN_PRIV_H

#include "base/buf.h"
#include "lang/builtins.h"

#define VARS_MAX 200
#define FNS_MAX 6
#define PARAMS_MAX 4
#define NONE UINT32_MAX
#define SIZE_MAX_BYTES 40000u

struct var {
	enum lang_ty type;
	uint32_t name;
	uint32_t owner; /* views: the variable that must stay; NONE */
	uint32_t locks; /* views on it */
	uint32_t loops; /* around its declaration */
	bool live, fixed, hidden;
	bool is_map;    /* a handle of map_u32: never read as a number */
	uint32_t hides; /* variable of an outer scope with this name; NONE */
};

struct fn {
	enum lang_ty result;
	enum lang_ty params[PARAMS_MAX];
	uint32_t param_count;
};

struct gen {
	struct buf *out;
	uint64_t state;
	struct var vars[VARS_MAX];
	uint32_t count, scope;
	uint32_t next_name;
	uint32_t loops, depth;
	struct fn fns[FNS_MAX];
	uint32_t fn_count;
	enum lang_ty result; /* of the function being written */
};

/** What a branch may leave behind: a variable holds a value only when it does on every path. */
struct live {
	bool on[VARS_MAX];
};

uint32_t gen_draw(struct gen *g, uint32_t below);
bool gen_chance(struct gen *g, uint32_t percent);
void gen_put_name(struct gen *g, uint32_t var);
uint32_t gen_declare(struct gen *g, enum lang_ty type, uint32_t name, uint32_t owner);
uint32_t gen_scope_open(struct gen *g);
void gen_scope_close(struct gen *g, uint32_t outer);
uint32_t gen_pick(
    struct gen *g, bool (*fits)(const struct gen *, const struct var *, int), int arg);
bool gen_can_change(const struct gen *g, const struct var *v, int type);
void gen_live_save(const struct gen *g, struct live *l);
void gen_live_load(struct gen *g, const struct live *l);
void gen_live_and(struct gen *g, const struct live *l);
void gen_assign_expr(struct gen *g, const char *head, enum lang_ty type);
void gen_operands(struct gen *g, enum lang_head h, uint32_t first, uint32_t *owner);
void gen_expr(struct gen *g, enum lang_ty type, uint32_t *owner);
void gen_stmts(struct gen *g, uint32_t count);

#endif
