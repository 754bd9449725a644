/* SPDX-License-Identifier: MIT */
/*
 * The checker: which functions are reached, and the dispatch of expressions. Forms are in
 * check_form.c, check_loop.c and check_logic.c, other heads in check_head.c and check_call.c.
 * Source: spec language 2-12.
 */
#include "lang/check/check.h"
#include "lang/check/priv.h"

#include <stdlib.h>
#include <string.h>

struct core_form {
	const char *name;
	int (*eval)(struct ck *c, const struct json *e, struct ck_val *out);
	bool quiet; /* costs nothing in statement position */
};

/* Sorted by name. Source: spec language 4. */
/* clang-format off */
static const struct core_form core_forms[] = {
	{"&&", ck_and, false},
	{"begin", ck_begin, true},
	{"bytes.lit", ck_bytes_lit, false},
	{"bytes.view_lit", ck_view_lit, false},
	{"for", ck_for, true},
	{"if", ck_if, true},
	{"let", ck_let, true},
	{"match", ck_match, true},
	{"option_bytes.unwrap_or", ck_option_bytes_default, false},
	{"option_bytes_view.unwrap_or", ck_option_view_default, false},
	{"return", ck_return, true},
	{"set", ck_set, true},
	{"set0", ck_set0, true},
	{"tapp", ck_tapp, false},
	{"try", ck_try, false},
	{"try_doc", ck_try_doc, false},
	{"unsafe", ck_unsafe, false},
	{"while", ck_while, true},
	{"||", ck_or, false},
};

/* Heads that the language has and this implementation does not (yet). */
static const char *const missing_heads[] = {
	"await", "task.", "chan.", "budget.", "std.stream.", "std.rr.", "rr.", "kv.", "fs.",
	"vec_value.", "map_value.", "regex.", "json.jcs.", "jsonschema.", "math.f64.", "os.",
	"std.os.process.join_", "ptr.", "memcpy", "memmove", "memset", "addr_of", "bytes.as_ptr",
	"bytes.as_mut_ptr", "view.as_ptr", "vec_u8.as_ptr", "vec_u8.as_mut_ptr",
};
/* clang-format on */

static int compare_form(const void *key, const void *row)
{
	const struct str *name = key;

	return str_cmp(*name, str_c(((const struct core_form *)row)->name));
}

static const struct core_form *core_form_find(struct str name)
{
	return bsearch(
	    &name, core_forms, ARRAY_LEN(core_forms), sizeof(core_forms[0]), compare_form);
}

struct ck_val ck_never(void)
{
	return (struct ck_val){
	    .type.base = TY_NEVER, .local = IR_NONE, .var = CK_NONE, .from = CK_FROM_NOTHING};
}

static int unknown_head(struct ck *c, const struct json *e)
{
	struct str head = e->items[0].text;

	for (size_t i = 0; i < ARRAY_LEN(missing_heads); i++) {
		size_t len = strlen(missing_heads[i]);

		if (head.len >= len && memcmp(head.ptr, missing_heads[i], len) == 0)
			return ck_fail(c, CK_E_UNSUPPORTED, e,
			    "this head is part of the language but not of this implementation yet",
			    "head not implemented: \"%.*s\"", CK_STR(head));
	}
	return ck_fail(c, CK_E_HEAD, e,
	    "no built-in head and no function of a loaded module has this name; is an import "
	    "missing?",
	    "unsupported head: \"%.*s\"", CK_STR(head));
}

static int eval_list(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct str name = e->items[0].text;
	const struct core_form *form = core_form_find(name);
	const struct ast_fn *fn;
	enum lang_head head;

	if (form != NULL)
		return form->eval(c, e, out);
	if (lang_head_find(&head, name))
		return ck_head(c, head, e, out);
	fn = ast_fn_find(c->program, name);
	if (fn != NULL)
		return ck_call(c, fn, e, out);
	if (ck_is_brand(name))
		return ck_brand(c, e, out);
	if (ck_is_ty(name))
		return ck_ty(c, e, out);
	if (ck_is_nominal(c, name))
		return ck_nominal(c, e, out);
	return unknown_head(c, e);
}

/* `input` is set once, at the start of the function. */
static struct ck_val eval_input(struct ck *c)
{
	struct ck_val v = {.type.base = TY_VIEW, .how = CK_READ, .var = CK_NONE};

	v.from = CK_FROM_NOTHING;
	if (c->f.input == IR_NONE) {
		struct ir_stmt *s = arena_alloc(c->arena, sizeof(*s));
		struct ir_block *b = &c->f.body->ir;

		c->f.input = ck_local(c, TY_VIEW, STR("input"));
		s->op = IR_INPUT;
		s->dst = c->f.input;
		s->next = b->first;
		b->first = s;
		if (b->last == NULL)
			b->last = s;
	}
	v.local = c->f.input;
	return v;
}

static int eval_name(struct ck *c, const struct json *e, struct ck_val *out)
{
	uint32_t var;
	const struct ck_var *v;
	ir_local from;
	int rc;

	if (str_eq_c(e->text, "input")) {
		*out = eval_input(c);
		return 0;
	}
	var = ck_find(c, e->text);
	if (var == CK_NONE)
		return ck_fail(c, CK_E_NAME, e, "bind it with let before its first use",
		    "unknown identifier: \"%.*s\"", CK_STR(e->text));
	v = &c->vars[var];
	rc = ck_usable(c, var, e);
	if (rc != 0)
		return rc;
	if (!lang_ty_is_owned(v->type.base)) {
		*out = (struct ck_val){.type = v->type,
		    .local = v->local,
		    .how = CK_READ,
		    .var = var,
		    .from = v->state.from};
		return 0;
	}
	rc = ck_unborrowed(c, var, "move", e);
	if (rc != 0)
		return rc;
	from = v->local;
	*out = ck_temp(c, v->type);
	ck_emit(c, IR_MOVE, out->local, &from, 1);
	ck_set_moved(c, var, CK_MOVED, e);
	return 0;
}

static int enter(struct ck *c, const struct json *e)
{
	uint64_t most = 64 * (uint64_t)c->program->node_count + 1000000;

	c->nodes++;
	c->walked++;
	c->depth++;
	if (c->depth > CK_DEPTH_MAX)
		return ck_fail(c, CK_E_BUDGET, e, "bind inner expressions with let",
		    "expressions nest too deeply: max_depth=%u", CK_DEPTH_MAX);
	if (c->walked > most)
		return ck_fail(c, CK_E_BUDGET, e, "set views inside loops less often",
		    "loops nest too deeply for the borrow check: more than %llu steps",
		    (unsigned long long)most);
	return 0;
}

int ck_eval_place(struct ck *c, const struct json *e, struct ck_val *out)
{
	int rc = enter(c, e);

	if (rc != 0)
		return rc;
	if (e->kind == JSON_INT) {
		ck_charge(c);
		*out = ck_temp(c, (struct lang_type){.base = TY_I32});
		ck_emit(c, IR_CONST, out->local, NULL, 0)->imm = (int32_t)e->integer;
		out->is_bool = e->integer == 0 || e->integer == 1;
	} else if (e->kind == JSON_STRING) {
		ck_charge(c);
		rc = eval_name(c, e, out);
	} else if (e->kind == JSON_ARRAY && e->count > 0 && e->items[0].kind == JSON_STRING) {
		rc = eval_list(c, e, out);
	} else {
		rc = ck_fail(c, CK_E_ARITY, e, NULL, "unsupported JSON value in expr: %s",
		    json_kind_name(e));
	}
	c->depth--;
	return rc;
}

int ck_eval(struct ck *c, const struct json *e, struct ck_val *out)
{
	struct ck_val placed;
	int rc = ck_eval_place(c, e, out);

	if (rc != 0 || out->how != CK_PLACE)
		return rc;
	placed = *out;
	*out = ck_temp(c, placed.type);
	ck_emit(c, IR_MOVE, out->local, &placed.local, 1);
	return 0;
}

int ck_stmt(struct ck *c, const struct json *e)
{
	const struct core_form *form = NULL;
	struct ck_val unused;
	int rc;

	if (e->kind == JSON_ARRAY && e->count > 0 && e->items[0].kind == JSON_STRING)
		form = core_form_find(e->items[0].text);
	if (form == NULL || !form->quiet)
		return ck_eval(c, e, &unused);
	rc = enter(c, e);
	if (rc == 0)
		rc = form->eval(c, e, NULL);
	c->depth--;
	return rc;
}

int ck_eval_as(
    struct ck *c, const struct json *e, enum lang_ty type, const char *what, struct ck_val *out)
{
	int rc = ck_eval(c, e, out);

	if (rc != 0 || out->type.base == type || out->type.base == TY_NEVER)
		return rc;
	return ck_fail(c, CK_E_TYPE, e, NULL, "%s must be %s (got %s)", what, lang_ty_name(type),
	    lang_ty_title(out->type.base));
}

static bool same_tyargs(const struct ck_fn *fn, const struct ck_tyarg *args)
{
	for (uint32_t i = 0; i < fn->tyarg_count; i++) {
		if (fn->tyargs[i].type.base != args[i].type.base ||
		    fn->tyargs[i].is_u32 != args[i].is_u32)
			return false;
	}
	return true;
}

static void enqueue(struct ck *c, struct ck_fn *fn)
{
	c->queue = ck_grow(c, c->queue, &c->queue_cap, c->queue_count, sizeof(void *));
	fn->index = c->queue_count;
	fn->ret = CK_FROM_NOTHING;
	c->queue[c->queue_count++] = fn;
}

static int signature(struct ck *c, struct ck_fn *fn, const struct json *at)
{
	const struct ast_fn *ast = fn->ast;
	int rc = ck_type(c, &fn->result, &ast->result, fn, at);
	bool ptr = rc == 0 && lang_ty_is_ptr(fn->result.base);

	fn->params = arena_alloc(c->arena, (ast->param_count + 1) * sizeof(*fn->params));
	for (uint32_t i = 0; rc == 0 && i < ast->param_count; i++) {
		rc = ck_type(c, &fn->params[i], &ast->params[i].type, fn, at);
		ptr = ptr || (rc == 0 && lang_ty_is_ptr(fn->params[i].base));
	}
	if (rc == 0 && ptr && !c->options->allow_unsafe)
		rc = ck_fail(c, CK_E_UNSAFE, at, "allow it in the policy's language section",
		    "raw pointer types require unsafe capability: \"%.*s\"", CK_STR(fn->name));
	return rc;
}

int ck_instance(struct ck *c, struct ck_fn **out, const struct ast_fn *ast,
    const struct ck_tyarg *tyargs, const struct json *at)
{
	struct ck_fn *fn = c->instances[ast->index];
	size_t size = ast->type_param_count * sizeof(*tyargs);
	int rc;

	while (fn != NULL && !same_tyargs(fn, tyargs))
		fn = fn->next;
	if (fn != NULL) {
		*out = fn;
		return 0;
	}
	if (ast->type_param_count > 0 && ++c->specialisations > 4096)
		return ck_fail(c, CK_E_TAPP_COUNT, at, NULL, "more than 4096 specialisations");
	fn = arena_alloc(c->arena, sizeof(*fn));
	*fn =
	    (struct ck_fn){.ast = ast, .module = ast->module, .name = ast->name, .body = ast->body};
	if (size > 0) {
		fn->tyargs = arena_alloc(c->arena, size);
		memcpy(fn->tyargs, tyargs, size);
		fn->tyarg_count = ast->type_param_count;
	}
	rc = signature(c, fn, at);
	if (rc != 0)
		return rc;
	fn->next = c->instances[ast->index];
	c->instances[ast->index] = fn;
	enqueue(c, fn);
	*out = fn;
	return 0;
}

static void declare_params(struct ck *c, struct ck_fn *fn)
{
	for (uint32_t i = 0; fn->ast != NULL && i < fn->ast->param_count; i++) {
		struct str name = fn->ast->params[i].name;
		ir_local local = ck_local(c, fn->params[i].base, name);
		uint32_t var = ck_declare(c, name, fn->params[i], local);

		if (lang_ty_is_view(fn->params[i].base))
			c->vars[var].state.from.param = i;
		fn->ir->param_count++;
	}
}

static int limits(struct ck *c, const struct ck_fn *fn)
{
	if (c->too_many_locals)
		return ck_fail(c, CK_E_BUDGET, fn->body, "split the function",
		    "too many locals: max_locals=%u (set X07_MAX_LOCALS=<n>)",
		    c->options->max_locals > 0 ? c->options->max_locals : 20000);
	if (c->stmts >= CK_STMTS_MAX)
		return ck_fail(c, CK_E_BUDGET, fn->body, "split the program",
		    "generated code too large: max_statements=%u", CK_STMTS_MAX);
	return 0;
}

static int check_body(struct ck *c, struct ck_fn *fn)
{
	struct ck_val v;
	int rc;

	declare_params(c, fn);
	rc = ck_contract_entry(c);
	if (rc == 0)
		rc = ck_eval(c, fn->body, &v);
	if (rc == 0)
		rc = ck_leave(c, &v, fn->body, true);
	if (rc == 0)
		rc = ck_scope_close(c, c->f.scope, NULL, fn->body);
	return rc != 0 ? rc : limits(c, fn);
}

static int check_fn(struct ck *c, struct ck_fn *fn)
{
	struct ck_frame outer = c->f;
	struct ck_block body = {0};
	int rc;

	fn->progress = CK_BUSY;
	fn->ir = arena_alloc(c->arena, sizeof(*fn->ir));
	*fn->ir = (struct ir_fn){.name = fn->name, .result = fn->result.base};
	c->f = (struct ck_frame){.fn = fn,
	    .block = &body,
	    .body = &body,
	    .base = c->var_count,
	    .scope = c->var_count,
	    .input = IR_NONE,
	    .contract_result = CK_NONE};
	rc = check_body(c, fn);
	fn->ir->body = body.ir;
	fn->progress = CK_DONE;
	c->f = outer;
	return rc;
}

int ck_view_source(struct ck *c, struct ck_fn *fn, const struct json *at)
{
	if (fn->progress == CK_DONE || !lang_ty_is_view(fn->result.base))
		return 0;
	if (fn->progress == CK_BUSY)
		return ck_fail(c, CK_E_OWNER, at, "return a copy (bytes) instead of a view",
		    "recursive bytes_view return borrow analysis: \"%.*s\"", CK_STR(fn->name));
	return check_fn(c, fn);
}

static struct ck_fn *entry(struct ck *c)
{
	struct ck_fn *fn = arena_alloc(c->arena, sizeof(*fn));

	*fn = (struct ck_fn){.module = c->program->entry,
	    .name = STR("solve"),
	    .body = c->program->entry->solve,
	    .result.base = TY_BYTES};
	enqueue(c, fn);
	return fn;
}

static int check_all(struct ck *c)
{
	uint32_t max = c->options->max_ast_nodes > 0 ? c->options->max_ast_nodes : 250000;
	struct ck_fn *solve = entry(c);
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < c->queue_count; i++) {
		if (c->queue[i]->progress == CK_NEW)
			rc = check_fn(c, c->queue[i]);
	}
	c->f.fn = solve;
	if (rc == 0 && c->nodes > max)
		rc = ck_fail(c, CK_E_BUDGET, solve->body, NULL,
		    "AST too large: max_ast_nodes=%u got %llu (set X07_MAX_AST_NODES=<n>)", max,
		    (unsigned long long)c->nodes);
	return rc;
}

int lang_check(struct ir_program **out, struct arena *arena, const struct ast_program *program,
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
	if (rc != 0)
		return rc;
	p = arena_alloc(arena, sizeof(*p));
	p->fns = arena_alloc(arena, c->queue_count * sizeof(void *));
	p->fn_count = c->queue_count;
	for (uint32_t i = 0; i < c->queue_count; i++)
		p->fns[i] = c->queue[i]->ir;
	*out = p;
	return 0;
}
