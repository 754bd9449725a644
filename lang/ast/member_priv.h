/* SPDX-License-Identifier: MIT */
/* Members of JSON objects of the kind that is needed. */
#ifndef LANG_AST_MEMBER_PRIV_H
#define LANG_AST_MEMBER_PRIV_H

#include "lang/ast/loader_priv.h"

/** Value of kind string; faults with `what must be a string`. */
int ast_need_string(struct ast_loader *l, const struct ast_module *m, struct str *out,
    const struct json *v, const char *what);
/** Member @p name of @p object, of kind array or object; faults when missing or of other kind. */
int ast_need_member(struct ast_loader *l, const struct ast_module *m, const struct json **out,
    const struct json *object, const char *name, enum json_kind kind);

#endif
