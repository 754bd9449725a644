/* SPDX-License-Identifier: MIT */
/*
 * Contract clauses become run-time checks: requires and invariant when the function starts,
 * ensures and invariant whenever it is left. A clause is i32 and pure. Source:
 * docs/spec/language.md 1.2.
 */
#include "lang/check/contract_priv.h"

#include "base/hash.h"
#include "base/json.h"
#include "lang/check/branch_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/eval_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

#include <string.h>

#define WITNESS_MAX 8 /* what always fits: lang/rt/witness.c */

enum clause_kind { REQUIRES, ENSURES, INVARIANT };

static const char *const kind_names[] = {"requires", "ensures", "invariant"};

/* Heads that a clause may use. A dot at the end stands for all heads of that family. */
/* clang-format off */
static const char *const pure_heads[] = {
	"+", "-", "*", "/", "%", "&", "|", "^", "<<u", ">>u", "=", "!=", "<", "<=", ">", ">=", "<u",
	"<=u", ">u", ">=u", "&&", "||", "bytes.lit", "bytes.view_lit", "bytes.view",
	"bytes.subview", "bytes.len", "bytes.get_u8", "bytes.eq", "bytes.cmp_range", "view.len",
	"view.get_u8", "view.slice", "view.to_bytes", "option_i32.", "option_bytes.",
	"option_bytes_view.", "result_i32.", "result_bytes.", "result_bytes_view.",
	"result_result_bytes.", "begin", "let", "if", "f64.of_i32", "f64.to_i32_trunc", "f64.add",
	"f64.sub", "f64.mul", "f64.div",
};
/* clang-format on */

static bool is_pure_head(struct str head)
{
	for (size_t i = 0; i < ARRAY_LEN(pure_heads); i++) {
		size_t len = strlen(pure_heads[i]);

		if (pure_heads[i][len - 1] == '.' ? head.len > len : head.len == len) {
			if (memcmp(head.ptr, pure_heads[i], len) == 0)
				return true;
		}
	}
	return false;
}

static int check_pure(struct ck *c, const struct json *e)
{
	int rc = 0;

	if (e->kind != JSON_ARRAY)
		return 0;
	if (e->count == 0 || e->items[0].kind != JSON_STRING || !is_pure_head(e->items[0].text))
		return ck_fail(c, LANG_CODE_CONTRACT, e, "use only pure heads in a clause",
		    "contract expression is not pure");
	for (uint32_t i = 1; i < e->count; i++) {
		rc = check_pure(c, &e->items[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Identity of a clause without one: the start of the digest of its expression as written. */
static void put_id(struct jsonw *w, const struct ck_fn *fn, const struct ast_clause *clause)
{
	char hex[SHA256_HEX_SIZE];
	const struct json *e = clause->expr;

	jsonw_key(w, "clause_id");
	if (clause->id.len > 0) {
		jsonw_string_n(w, clause->id.ptr, clause->id.len);
		return;
	}
	sha256_text(hex, fn->module->text + e->offset, e->end - e->offset);
	jsonw_string_n(w, hex, 16);
}

/* X07T_CONTRACT_V1 {...}; with a witness up to the values, which are there at run time only. */
static struct str trap_text(
    struct ck *c, const struct ast_clause *clause, enum clause_kind kind, uint32_t index)
{
	CLEANUP(buf_clear) struct buf text = buf_init(CK_TEXT_MAX);
	struct jsonw w = jsonw_init(&text, false);
	const struct ck_fn *fn = c->f.fn;

	buf_puts(&text, "X07T_CONTRACT_V1 ");
	jsonw_object(&w);
	jsonw_kv_string(&w, "contract_kind", kind_names[kind]);
	jsonw_key(&w, "fn");
	jsonw_string_n(&w, fn->name.ptr, fn->name.len);
	put_id(&w, fn, clause);
	jsonw_kv_int(&w, "clause_index", index);
	jsonw_kv_string(&w, "clause_ptr", ck_pointer(c, clause->expr));
	jsonw_key(&w, "witness");
	buf_puts(&text, clause->witness != NULL && clause->witness->count > 0 ? "[" : "[]}");
	return (struct str){arena_strndup(c->arena, text.data, text.len), (uint32_t)text.len};
}

/* A variable is shown where it stands: nothing is moved for a message. */
static int eval_witness(struct ck *c, const struct json *e, struct ck_val *v)
{
	uint32_t var = e->kind == JSON_STRING ? ck_find(c, e->text) : CK_NONE;
	int rc = check_pure(c, e);

	if (rc < 0)
		return rc;
	if (var == CK_NONE || c->vars[var].type.base != TY_BYTES)
		return ck_eval(c, e, v);
	*v = (struct ck_val){.type = c->vars[var].type, .local = c->vars[var].local};
	return ck_usable(c, var, e);
}

static int check_witness(struct ck *c, const struct json *witness, ir_local *out)
{
	for (uint32_t i = 0; i < witness->count; i++) {
		const struct json *e = &witness->items[i];
		struct ck_val v;
		int rc = eval_witness(c, e, &v);

		if (rc < 0)
			return rc;
		if (v.type.base != TY_I32 && v.type.base != TY_BYTES && v.type.base != TY_VIEW)
			return ck_fail(c, LANG_CODE_CONTRACT, e, NULL,
			    "a contract witness must be i32, bytes or bytes_view");
		out[i] = v.local;
	}
	return 0;
}

/* Evaluated only when the clause failed; what happens there changes nothing for what follows. */
static int check_failure(
    struct ck *c, const struct ast_clause *clause, enum clause_kind kind, uint32_t index)
{
	const struct json *witness = clause->witness;
	uint32_t count = witness != NULL ? witness->count : 0;
	struct ck_mark mark = ck_mark(c);
	uint32_t scope = ck_scope_open(c);
	ir_local values[WITNESS_MAX];
	int rc = 0;

	if (count > WITNESS_MAX)
		return ck_fail(c, LANG_CODE_CONTRACT, witness, NULL,
		    "a contract clause shows at most %d witness values", WITNESS_MAX);
	if (count > 0)
		rc = check_witness(c, witness, values);
	if (rc < 0)
		return rc;
	ck_emit(c, IR_TRAP, IR_NONE, values, count)->text = trap_text(c, clause, kind, index);
	rc = ck_scope_close(c, scope, NULL, clause->expr);
	(void)ck_undo(c, mark);
	return rc;
}

/* if (clause) {} else trap */
static int check_clause(
    struct ck *c, const struct ast_clause *clause, enum clause_kind kind, uint32_t index)
{
	struct ck_block empty;
	struct ck_block fail;
	struct ck_block *outer;
	uint32_t scope = ck_scope_open(c);
	struct ck_val v;
	struct ir_stmt *s;
	int rc = check_pure(c, clause->expr);

	if (rc < 0)
		return rc;
	rc = ck_eval_as(c, clause->expr, TY_I32, "contract clause", &v);
	if (rc < 0)
		return rc;
	rc = ck_scope_close(c, scope, &v, clause->expr);
	if (rc < 0)
		return rc;
	outer = ck_block_open(c, &empty);
	ck_block_close(c, outer);
	outer = ck_block_open(c, &fail);
	rc = check_failure(c, clause, kind, index);
	ck_block_close(c, outer);
	if (rc < 0)
		return rc;
	s = ck_emit(c, IR_IF, IR_NONE, &v.local, 1);
	s->block[0] = empty.ir;
	s->block[1] = fail.ir;
	return 0;
}

static int check_list(struct ck *c, const struct ast_clauses *list, enum clause_kind kind)
{
	int rc = 0;

	for (uint32_t i = 0; i < list->count; i++) {
		rc = check_clause(c, &list->items[i], kind, i);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int ck_contract_entry(struct ck *c)
{
	const struct ast_fn *fn = c->f.fn->ast;
	int rc;

	if (fn == NULL)
		return 0;
	rc = check_list(c, &fn->requires, REQUIRES);
	return rc < 0 ? rc : check_list(c, &fn->invariant, INVARIANT);
}

/* `__result` names the value that is about to be returned: readable, not movable. */
static int check_ensures(struct ck *c, struct ck_val *result, const struct json *at)
{
	uint32_t scope = ck_scope_open(c);
	uint32_t var = ck_declare(c, STR("__result"), result->type, ck_solid(c, result));
	int rc;

	ck_set_from(c, var, result->from, at);
	ck_hold_var(c, var);
	rc = check_list(c, &c->f.fn->ast->ensures, ENSURES);
	if (rc < 0)
		return rc;
	ck_release_var(c, var);
	ck_set_moved(c, var, CK_MOVED, at); /* the caller owns it, not this scope */
	return ck_scope_close(c, scope, NULL, at);
}

int ck_contract_exit(struct ck *c, struct ck_val *result, const struct json *at)
{
	const struct ast_fn *fn = c->f.fn->ast;
	int rc = 0;

	if (fn == NULL || c->f.dead)
		return 0;
	if (fn->ensures.count > 0)
		rc = check_ensures(c, result, at);
	return rc < 0 ? rc : check_list(c, &fn->invariant, INVARIANT);
}
