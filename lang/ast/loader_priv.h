/* SPDX-License-Identifier: MIT */
/* What the files of the loader share. */
#ifndef LANG_AST_LOADER_PRIV_H
#define LANG_AST_LOADER_PRIV_H

#include "base/diag.h"
#include "base/err.h"
#include "lang/ast/load.h"

/** The state of one ast_load. */
struct ast_loader {
	struct arena *arena;
	const struct ast_source *source;
	struct diag_list *diags;
	struct err *err;
	struct ast_module **modules; /* finished, in order */
	uint32_t module_count;
	struct str *failed; /* modules with a fault that was told; of a whole project only */
	uint32_t failed_count;
	struct ast_fn **fns;
	uint32_t fn_count;
	struct ast_nominal **nominals;
	uint32_t nominal_count;
	uint32_t node_count;
	uint32_t opened; /* files, the entry not counted */
	uint64_t total_bytes;
	bool needs_u32, needs_hash; /* ty.* heads of the current file that import silently */
	bool uses_net;              /* any file has a head os.net.* */
};

#endif
