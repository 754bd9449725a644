/* SPDX-License-Identifier: MIT */
/* Budget scopes. Part of the checker; see types.h. */
#ifndef LANG_CHECK_BUDGET_PRIV_H
#define LANG_CHECK_BUDGET_PRIV_H

#include "lang/check/types.h"

#define CK_BUDGET_CAPS 6u

/** What a descriptor says. All zero: nothing yet. */
struct ck_budget_cfg {
	uint32_t mode; /* how the scope ends, see budget.c */
	int32_t cap[CK_BUDGET_CAPS];
	bool has_cap[CK_BUDGET_CAPS];
	bool has_mode, has_label;
};

/** The number of a cap by its name ("alloc_bytes"). @return 0, or -1 when there is none. */
int ck_budget_cap_find(uint32_t *out, struct str name);
/** Take the mode of a descriptor by its name; @p e is where a fault is told. */
int ck_budget_mode(struct ck *c, struct ck_budget_cfg *out, struct str name, const struct json *e);

/* Each takes the whole form `[head, operand...]`; out == NULL means statement position. */
int ck_budget_scope(struct ck *c, const struct json *e, struct ck_val *out);
int ck_budget_scope_from_arch(struct ck *c, const struct json *e, struct ck_val *out);
/** A descriptor where a value should stand: always a fault. */
int ck_budget_cfg(struct ck *c, const struct json *e, struct ck_val *out);
/** End the scope, with @p v as its value or as that of the function that is left. */
void ck_budget_end(struct ck *c, const struct ck_open_form *scope, struct ck_val *v);

#endif
