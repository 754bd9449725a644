/* SPDX-License-Identifier: MIT */
/*
 * The checker: names, types, moves and borrows of a loaded program, and its translation into the
 * typed intermediate form. Everything the emitter prints is decided here.
 */
#ifndef LANG_CHECK_CHECK_H
#define LANG_CHECK_CHECK_H

#include "base/diag.h"
#include "base/err.h"
#include "lang/ast/types.h"
#include "lang/ir/ir.h"
#include "lang/options.h"

/**
 * Check everything reachable from the entry expression and translate it.
 *
 * @param out      in @p arena; written on success only.
 * @param program  borrowed; shape already checked by ast_load.
 * @param options  borrowed; world, capabilities and limits (max_ast_nodes, max_locals).
 * @param diags    on failure, every fault that does not follow from another: at most 20 are
 *                 told, the first found first; the rest is counted as dropped.
 * @return 0 or ERR_COMPILE.
 * Source: docs/spec/language.md 2-12.
 */
MUST_CHECK int ck_program(struct ir_program **out, struct arena *arena,
    const struct ast_program *program, const struct lang_options *options, struct diag_list *diags,
    struct err *err);

#endif
