/* SPDX-License-Identifier: MIT */
/* Parts of declarations that depend on the schema version. */
#ifndef LANG_AST_CONTRACT_PRIV_H
#define LANG_AST_CONTRACT_PRIV_H

#include "lang/ast/loader_priv.h"

/** requires, ensures, invariant, decreases, loop_contracts, protocol, with their schema gates. */
int ast_parse_contracts(struct ast_loader *l, struct ast_module *m, struct ast_fn *fn);
/** defrecord or defenum. */
int ast_parse_nominal(
    struct ast_loader *l, struct ast_module *m, const struct json *decl, bool is_enum);

#endif
