/* SPDX-License-Identifier: MIT */
/* Faults of a source file. */
#ifndef LANG_AST_FAULT_PRIV_H
#define LANG_AST_FAULT_PRIV_H

#include "lang/ast/loader_priv.h"
#include "lang/codes.h"

/**
 * Report the first fault and return ERR_COMPILE.
 * @param module  the file; NULL when there is none.
 * @param at      the value at fault, NULL for the whole file; its pointer ends the message.
 */
int ast_fault(struct ast_loader *l, const struct ast_module *module, enum lang_code_id code,
    const struct json *at, const char *fmt, ...) PRINTF_LIKE(5, 6);

/** As ast_fault with LANG_CODE_NOT_JSON, for a text that is no JSON. */
int ast_fault_json(
    struct ast_loader *l, const struct ast_module *module, const struct json_fault *f);

#endif
