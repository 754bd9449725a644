/* SPDX-License-Identifier: MIT */
/* What ast_decl.c, ast_contract.c and ast_export.c share. */
#ifndef LANG_AST_DECL_PRIV_H
#define LANG_AST_DECL_PRIV_H

#include "lang/ast/priv.h"

/** The `name` of a declaration; @p prefixed = it must start with the module id and a dot. */
int decl_name(struct loader *l, struct ast_module *m, struct str *out, const struct json *decl,
    bool prefixed);
/** requires, ensures, invariant, decreases, loop_contracts, protocol, with their schema gates. */
int parse_contracts(struct loader *l, struct ast_module *m, struct ast_fn *fn);
/** defrecord or defenum. */
int parse_nominal(struct loader *l, struct ast_module *m, const struct json *decl, bool is_enum);
/** No name twice among the functions and nominals of this file. */
int check_unique(struct loader *l, struct ast_module *m, uint32_t first_fn, uint32_t first_nominal);
/** Mark the exported functions of this file, whose functions start at @p first_fn. */
int apply_exports(
    struct loader *l, struct ast_module *m, const struct json *decls, uint32_t first_fn);

#endif
