/* SPDX-License-Identifier: MIT */
/*
 * Leaving a function: the result fits the signature, a returned view points at a parameter only,
 * contracts are checked and variables dropped. Source: docs/spec/language.md 5.4, 9.
 */
#include "lang/check/leave_priv.h"

#include "lang/check/branch_priv.h"
#include "lang/check/budget_priv.h"
#include "lang/check/call_priv.h"
#include "lang/check/contract_priv.h"
#include "lang/check/diag_priv.h"
#include "lang/check/ir_priv.h"
#include "lang/check/scope_priv.h"

#include <string.h>

/* A returned view must not point into the function that is left. */
static int note_source(struct ck *c, const struct ck_val *v, const struct json *at)
{
	struct ck_fn *fn = c->f.fn;
	struct ck_from all;

	if (v->from.owner != CK_NONE)
		return ck_fail(c, LANG_CODE_ESCAPE, at, "return bytes: copy it with view.to_bytes",
		    "function \"%.*s\" returns bytes_view borrowed from local owned buffer "
		    "\"%.*s\"",
		    CK_STR(fn->name), CK_STR(c->vars[v->from.owner].name));
	if (!ck_from_merge(&all, fn->ret, v->from))
		return 0;
	fn->ret = all;
	if (all.other == CK_NONE)
		return 0;
	return ck_fail(c, LANG_CODE_ESCAPE, at, "return bytes, or always views of one parameter",
	    "function \"%.*s\" returns bytes_view that can borrow from multiple params (%u vs %u)",
	    CK_STR(fn->name), all.param < all.other ? all.param : all.other,
	    all.param < all.other ? all.other : all.param);
}

/*
 * A module vouches for its own brands: "a.b.x" and "a.b" belong to module a.b, whose functions may
 * declare plain bytes to carry them. Nobody else can, short of the cast heads.
 */
static bool owns_brand(const struct ast_module *m, struct str brand)
{
	return brand.len >= m->id.len && memcmp(brand.ptr, m->id.ptr, m->id.len) == 0 &&
	       (brand.len == m->id.len ||
		   (brand.ptr[m->id.len] == '.' &&
		       memchr(brand.ptr + m->id.len + 1, '.', brand.len - m->id.len - 1) == NULL));
}

static int check_result(struct ck *c, const struct ck_val *v, const struct json *at)
{
	struct ck_fn *fn = c->f.fn;

	if (v->type.base != fn->result.base)
		return ck_fail(c, LANG_CODE_RETURN, at, NULL, "%s must evaluate to %s (got %s)",
		    at == fn->body ? "function body" : "return expression",
		    lang_ty_title(fn->result.base), lang_ty_title(v->type.base));
	if (!ck_brand_fits(fn->result, v) &&
	    (v->type.brand.len > 0 || !owns_brand(fn->module, fn->result.brand)))
		return ck_fail(c, LANG_CODE_BRAND, at,
		    "make the value with std.brand.cast_bytes_v1",
		    "E_BRAND_MISMATCH: result of \"%.*s\" expected %s@%.*s", CK_STR(fn->name),
		    lang_ty_title(fn->result.base), CK_STR(fn->result.brand));
	return lang_ty_is_view(v->type.base) ? note_source(c, v, at) : 0;
}

/* Innermost first. The value waits in its local meanwhile: nobody else can reach it. */
static void close_forms(struct ck *c, struct ck_val *v)
{
	for (const struct ck_open_form *f = c->f.open_forms; f != NULL; f = f->outer) {
		if (f->close == HEAD_budget_exit) {
			ck_budget_end(c, f, v);
			continue;
		}
		ck_settle(c);
		ck_emit(c, IR_HEAD, IR_NONE, NULL, 0)->head = f->close;
	}
}

int ck_leave(struct ck *c, struct ck_val *v, const struct json *at, bool last)
{
	ir_local local;
	int rc;

	if (v->type.base == TY_NEVER)
		return 0;
	rc = check_result(c, v, at);
	if (rc < 0)
		return rc;
	close_forms(c, v);
	rc = ck_contract_exit(c, v, at);
	if (rc < 0)
		return rc;
	if (last) {
		rc = ck_scope_close(c, c->f.scope, v, at);
		if (rc < 0)
			return rc;
	} else {
		ck_drop_all(c, lang_ty_is_owned(v->type.base) ? v->var : CK_NONE);
	}
	local = ck_solid(c, v);
	ck_settle(c);
	ck_emit(c, IR_RETURN, IR_NONE, &local, 1);
	ck_consumed(c, v, at);
	c->f.dead = true;
	return 0;
}
