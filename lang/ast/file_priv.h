/* SPDX-License-Identifier: MIT */
/* One source file. */
#ifndef LANG_AST_FILE_PRIV_H
#define LANG_AST_FILE_PRIV_H

#include "lang/ast/loader_priv.h"

/** Parse one file into @p m (id, path and text are set) without its imports. */
int ast_parse_file(struct ast_loader *l, struct ast_module *m);

#endif
