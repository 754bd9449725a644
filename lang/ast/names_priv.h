/* SPDX-License-Identifier: MIT */
/* The rules of names. */
#ifndef LANG_AST_NAMES_PRIV_H
#define LANG_AST_NAMES_PRIV_H

#include "lang/ast/loader_priv.h"

/** Which characters a name may have. */
enum ast_name_rule { AST_NAME_DOTTED, AST_NAME_LOCAL, AST_NAME_TYPE };

/**
 * Fault unless @p v is a string that follows the rule.
 * @param what  "module_id", "symbol", "brand", "local name", "type name" in messages.
 */
int ast_check_name(struct ast_loader *l, const struct ast_module *m, enum ast_name_rule rule,
    const struct json *v, const char *what);
/** True when a code point of it is white space. */
bool ast_has_whitespace(struct str s);
/** Without blanks, tabs and line ends on both sides. */
struct str ast_trimmed(struct str s);

/** The `name` of a declaration; @p prefixed = it must start with the module id and a dot. */
int ast_decl_name(struct ast_loader *l, struct ast_module *m, struct str *out,
    const struct json *decl, bool prefixed);

#endif
