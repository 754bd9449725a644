/* SPDX-License-Identifier: MIT */
/*
 * The checker: every function that is reached from the entry expression, in the order in which it
 * is found. One body is fn.c, one expression eval.c. Source: docs/spec/language.md 2-12.
 */
#include "lang/check/check.h"

#include "lang/check/diag_priv.h"
#include "lang/check/fn_priv.h"

#include <string.h>

static struct ck_fn *entry(struct ck *c)
{
	struct ck_fn *fn = arena_alloc(c->arena, sizeof(*fn));

	*fn = (struct ck_fn){.module = c->program->entry,
	    .name = STR("solve"),
	    .body = c->program->entry->solve,
	    .result.base = TY_BYTES};
	ck_fn_enqueue(c, fn);
	return fn;
}

static int check_all(struct ck *c)
{
	uint32_t max = c->options->max_ast_nodes > 0 ? c->options->max_ast_nodes : 250000;
	uint32_t errors = c->diags->errors;
	struct ck_fn *solve = entry(c);
	int rc;

	for (uint32_t i = 0; i < c->queue_count; i++) {
		if (c->queue[i]->progress != CK_NEW)
			continue;
		rc = ck_fn_check(c, c->queue[i]);
		if (rc < 0)
			return rc;
	}
	if (c->diags->errors > errors)
		return ERR_COMPILE;
	c->f.fn = solve;
	if (c->nodes > max)
		return ck_fail(c, LANG_CODE_BUDGET, solve->body, NULL,
		    "AST too large: max_ast_nodes=%u got %llu (set X07_MAX_AST_NODES=<n>)", max,
		    (unsigned long long)c->nodes);
	return 0;
}

int ck_program(struct ir_program **out, struct arena *arena, const struct ast_program *program,
    const struct lang_options *options, struct diag_list *diags, struct err *err)
{
	struct ck *c = arena_alloc(arena, sizeof(*c));
	struct ir_program *p;
	int rc;

	*c = (struct ck){
	    .arena = arena, .program = program, .options = options, .diags = diags, .err = err};
	memset(c->buckets, 0xff, sizeof(c->buckets));
	c->instances = arena_alloc(arena, (program->fn_count + 1) * sizeof(void *));
	rc = check_all(c);
	if (rc < 0)
		return rc;
	p = arena_alloc(arena, sizeof(*p));
	p->fns = arena_alloc(arena, c->queue_count * sizeof(void *));
	p->fn_count = c->queue_count;
	for (uint32_t i = 0; i < c->queue_count; i++)
		p->fns[i] = c->queue[i]->ir;
	*out = p;
	return 0;
}
