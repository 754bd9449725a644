/* SPDX-License-Identifier: MIT */
/*
 * A program after parsing and name resolution of modules: declarations are typed records,
 * expressions stay the JSON values that they are written as (`struct json`: integer, string,
 * array), already checked for shape. A value knows its parent, so that its pointer is computed
 * when a message needs it and costs nothing otherwise.
 */
#ifndef LANG_AST_TYPES_H
#define LANG_AST_TYPES_H

#include "base/json.h"
#include "lang/types.h"

#include <stdbool.h>
#include <stdint.h>

struct ast_module;

/** A type as written: concrete, or a reference to a type parameter / an application of one. */
struct ast_type {
	struct lang_type concrete; /* valid when `expr` is NULL */
	const struct json *expr;   /* ["t", NAME] or [HEAD, T...] that needs type arguments */
};

struct ast_param {
	struct str name;
	struct ast_type type;
};

struct ast_type_param {
	struct str name;
	struct str bound; /* len 0 = any */
};

/** A contract clause: requires, ensures, invariant, decreases. */
struct ast_clause {
	const struct json *expr;
	struct str id;              /* len 0 when not given */
	const struct json *witness; /* array, or NULL */
};

struct ast_clauses {
	struct ast_clause *items;
	uint32_t count;
};

enum ast_fn_kind { AST_DEFN, AST_DEFASYNC, AST_EXTERN };

/** A function declaration. Lives in the arena of the program. */
struct ast_fn {
	enum ast_fn_kind kind;
	struct str name; /* full symbol: "app.solve" */
	struct ast_param *params;
	uint32_t param_count;
	struct ast_type result;
	bool result_void; /* extern with result "void" */
	struct ast_type_param *type_params;
	uint32_t type_param_count;
	const struct json *body; /* NULL for extern */
	struct str link_name;    /* extern */
	struct ast_clauses requires, ensures, invariant, decreases;
	bool exported;
	const struct ast_module *module;
	const struct json *decl; /* the declaration itself */
	uint32_t index;          /* position in ast_program.fns */
};

/** defrecord and defenum (schema 0.9.0). */
struct ast_field {
	struct str name;
	bool has_payload; /* enum variant with an i32 payload; always true for record fields */
};
struct ast_nominal {
	bool is_enum;
	struct str name;
	struct ast_field *fields;
	uint32_t field_count;
	const struct ast_module *module;
};

/** One file. */
struct ast_module {
	struct str id;    /* "main" for the entry */
	const char *path; /* as opened */
	const char *text; /* whole file */
	uint32_t text_len;
	bool is_entry;
	bool is_own;           /* the entry, or in one of the roots that are the project's own */
	bool is_found;         /* nobody imports it: it is here because the folder has it */
	bool is_std;           /* from the standard library: internal heads are allowed */
	uint32_t schema_minor; /* 3..9 for x07.x07ast@0.N.0 */
	struct str *imports;
	uint32_t import_count;
	const struct json *root;
	const struct json *solve; /* entry only */
	const struct json *meta;  /* object, or NULL */
};

/** The whole module graph: entry last, every import before its importer. */
struct ast_program {
	struct ast_module **modules;
	uint32_t module_count;
	const struct ast_module *entry;
	struct ast_fn **fns; /* of all modules, sorted by name */
	uint32_t fn_count;
	struct ast_nominal **nominals;
	uint32_t nominal_count;
	uint32_t node_count;   /* expression nodes of all modules */
	bool uses_net;         /* some module has a head os.net.* */
	char graph_digest[65]; /* SHA-256 over the bytes of all files, in module order, hex */
};

#endif
