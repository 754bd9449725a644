/* SPDX-License-Identifier: MIT */
/* Contract clauses of functions. Source: spec language 1.2. */
#include "lang/check_priv.h"

static int refuse(struct ck *c, const struct ast_clauses *list, const char *what)
{
	if (list->count == 0)
		return 0;
	return ck_fail(c, CK_E_UNSUPPORTED, list->items[0].expr, "remove the clause",
		       "contract clause not implemented: %s", what);
}

int ck_contract_entry(struct ck *c)
{
	const struct ast_fn *fn = c->f.fn->ast;
	int rc = 0;

	if (fn == NULL)
		return 0;
	rc = refuse(c, &fn->requires, "requires");
	if (rc == 0)
		rc = refuse(c, &fn->ensures, "ensures");
	return rc < 0 ? rc : refuse(c, &fn->invariant, "invariant");
}

int ck_contract_exit(struct ck *c, struct ck_val *result, const struct json *at)
{
	(void)c;
	(void)result;
	(void)at;
	return 0;
}
