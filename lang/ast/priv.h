/* SPDX-License-Identifier: MIT */
/* What the files of the loader share: ast_*.c and modules.c. Not for other folders. */
#ifndef LANG_AST_PRIV_H
#define LANG_AST_PRIV_H

#include "base/diag.h"
#include "base/err.h"
#include "lang/ast/ast.h"

enum lang_code {
#define LANG_CODE(name, code, kind, stage) CODE_##name,
#include "lang/diag_codes.def"
#undef LANG_CODE
};

#define MODULES_MAX 2048u            /* files of one program */
#define SOURCE_TOTAL_MAX (32u << 20) /* bytes of all files */
#define IMPORTS_MAX 1024u
#define FIELDS_MAX 1024u
#define TYPE_PARAMS_MAX 64u
#define PARAMS_MAX 127u /* what C promises; libtcc has room for some 500 operands */

/** A file that is being loaded: the chain back to the entry, for cycle detection. */
struct loading {
	struct str id;
	const struct loading *outer;
};

/** The state of one ast_load. */
struct loader {
	struct arena *arena;
	const struct ast_source *source;
	struct diag_list *diags;
	struct err *err;
	struct ast_module **modules; /* finished, in order */
	uint32_t module_count;
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

/**
 * Report the first fault and return ERR_COMPILE.
 * @param module  the file; NULL when there is none.
 * @param at      the value at fault, NULL for the whole file; its pointer ends the message.
 */
int fault(struct loader *l, const struct ast_module *module, enum lang_code code,
    const struct json *at, const char *fmt, ...) PRINTF_LIKE(5, 6);

/** As fault with CODE_NOT_JSON, for a text that is no JSON. */
int fault_json(struct loader *l, const struct ast_module *module, const struct json_fault *f);

/**
 * Append one item of @p size bytes to an arena vector of @p count items; the caller counts.
 * @return the vector, moved when it had to grow.
 */
void *vec_grow(struct arena *a, void *items, uint32_t count, size_t size);

/** Value of kind string; faults with `what must be a string`. */
int need_string(struct loader *l, const struct ast_module *m, struct str *out, const struct json *v,
    const char *what);
/** Member @p name of @p object, of kind array or object; faults when missing or of other kind. */
int need_member(struct loader *l, const struct ast_module *m, const struct json **out,
    const struct json *object, const char *name, enum json_kind kind);

/** Sort functions by name, and find one by binary search; NULL when there is none. */
void fn_sort(struct ast_fn **fns, uint32_t count);
struct ast_fn *fn_search(struct ast_fn *const *fns, uint32_t count, struct str name);

/* ast_names.c */
enum name_rule { NAME_DOTTED, NAME_LOCAL, NAME_TYPE };
/** @param what  "module_id", "symbol", "brand", "local name", "type name" in messages. */
int check_name(struct loader *l, const struct ast_module *m, enum name_rule rule,
    const struct json *v, const char *what);
bool has_whitespace(struct str s);
struct str trimmed(struct str s);

/* ast_expr.c */
/** Shape of one expression and everything below it; counts nodes. */
int check_expr(struct loader *l, const struct ast_module *m, const struct json *e);

/* ast_type.c */
/** Type reference; @p brand may be NULL. */
int parse_type(struct loader *l, const struct ast_module *m, struct ast_type *out,
    const struct json *v, const struct json *brand);

/* ast_decl.c */
int parse_decls(struct loader *l, struct ast_module *m, const struct json *decls);

/* ast_file.c */
/** Parse one file into @p m (id, path and text are set) without its imports. */
int parse_file(struct loader *l, struct ast_module *m);

#endif
