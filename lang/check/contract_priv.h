/* SPDX-License-Identifier: MIT */
/* The clauses requires, ensures and invariant, checked while the program runs. Part of the checker;
 * see types.h. */
#ifndef LANG_CHECK_CONTRACT_PRIV_H
#define LANG_CHECK_CONTRACT_PRIV_H

#include "lang/check/types.h"

/** Contract checks at the start of the function. */
int ck_contract_entry(struct ck *c);
/** Contract checks before the function is left with @p result. */
int ck_contract_exit(struct ck *c, struct ck_val *result, const struct json *at);

#endif
