/* SPDX-License-Identifier: MIT */
/* A program from its files: the module graph. */
#ifndef LANG_AST_LOAD_H
#define LANG_AST_LOAD_H

#include "base/diag.h"
#include "base/err.h"
#include "lang/ast/types.h"

struct lang_whole;

/** Where modules come from. All strings borrowed. */
struct ast_source {
	const char *entry_path;
	const char *const *module_roots; /* directories, in order */
	size_t root_count;
	const char *std_root; /* directory of the standard library; searched before the roots */
	const struct lang_whole *whole; /* NULL: only what the entry imports */
	bool world_is_os;               /* std.world.* and std.os.* resolve */
};

/**
 * Read the entry and, depth first, every module that it imports.
 *
 * @param out    in @p arena.
 * @param arena  without a maximum: the sizes of the inputs are bounded instead.
 * @param diags  the first fault found: code, file, pointer, line and column. With source->whole the
 *               first of each file.
 * @return 0, ERR_COMPILE with an entry in @p diags, ERR_NOT_FOUND or ERR_IO when the entry
 *         cannot be read.
 * Source: docs/spec/language.md 1, 2, 11, 12.
 */
MUST_CHECK int ast_load(struct ast_program **out, struct arena *arena,
    const struct ast_source *source, struct diag_list *diags, struct err *err);

/**
 * As ast_load, with the text of the entry in memory (copied);
 * source->entry_path is only its name in messages.
 */
MUST_CHECK int ast_load_text(struct ast_program **out, struct arena *arena, struct str text,
    const struct ast_source *source, struct diag_list *diags, struct err *err);

#endif
