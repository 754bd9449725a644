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

/* From the given place of the queue to its end, which moves as calls are found. */
static int check_queue(struct ck *c, uint32_t from)
{
	for (uint32_t i = from; i < c->queue_count; i++) {
		int rc = c->queue[i]->progress == CK_NEW ? ck_fn_check(c, c->queue[i]) : 0;

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* What nobody calls. A generic function has no types to be checked with before somebody does. */
static bool is_left(const struct ck *c, const struct ast_fn *fn)
{
	return fn->module->is_own && fn->type_param_count == 0 && fn->body != NULL &&
	       c->instances[fn->index] == NULL;
}

static int check_left(struct ck *c, const struct ast_fn *fn)
{
	struct ck_fn place = {.module = fn->module, .name = fn->name};
	struct ck_frame outer = c->f;
	uint32_t from = c->queue_count;
	struct ck_fn *ignored;
	int rc;

	c->f.fn = &place; /* a fault of the signature is told as one of the function itself */
	rc = ck_instance(c, &ignored, fn, NULL, fn->decl);
	c->f = outer;
	if (rc == ERR_COMPILE && !c->ended)
		return 0;
	return rc < 0 ? rc : check_queue(c, from);
}

static int check_whole(struct ck *c)
{
	for (uint32_t i = 0; c->options->whole != NULL && i < c->program->fn_count; i++) {
		int rc = is_left(c, c->program->fns[i]) ? check_left(c, c->program->fns[i]) : 0;

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check_all(struct ck *c)
{
	uint32_t max = c->options->max_ast_nodes > 0 ? c->options->max_ast_nodes : 250000;
	uint32_t errors = c->diags->errors;
	struct ck_fn *solve = entry(c);
	uint64_t nodes;
	int rc = check_queue(c, 0);

	if (rc < 0)
		return rc;
	nodes = c->nodes; /* of what a run would compile */
	rc = check_whole(c);
	if (rc < 0)
		return rc;
	if (c->diags->errors > errors)
		return ERR_COMPILE;
	c->f.fn = solve;
	if (nodes > max)
		return ck_fail(c, LANG_CODE_BUDGET, solve->body, NULL,
		    "AST too large: max_ast_nodes=%u got %llu (set X07_MAX_AST_NODES=<n>)", max,
		    (unsigned long long)nodes);
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
