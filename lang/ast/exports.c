/* SPDX-License-Identifier: MIT */
/* What a file makes visible, and that it names nothing twice. Source: docs/spec/language.md 1.2. */
#include "lang/ast/exports_priv.h"

#include "lang/ast/fault_priv.h"
#include "lang/ast/member_priv.h"
#include "lang/ast/names_priv.h"
#include "lang/ast/program_priv.h"

#include <stdlib.h>

/* A declared name and where it stands. */
struct declared {
	struct str name;
	const struct json *decl; /* NULL for nominals */
};

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct declared *)a)->name, ((const struct declared *)b)->name);
}

int ast_check_unique(
    struct ast_loader *l, struct ast_module *m, uint32_t first_fn, uint32_t first_nominal)
{
	uint32_t count = l->fn_count - first_fn + l->nominal_count - first_nominal;
	AUTO_FREE struct declared *names = base_calloc(count + 1, sizeof(*names));
	uint32_t n = 0;

	for (uint32_t i = first_fn; i < l->fn_count; i++)
		names[n++] = (struct declared){l->fns[i]->name, l->fns[i]->decl};
	for (uint32_t i = first_nominal; i < l->nominal_count; i++)
		names[n++] = (struct declared){l->nominals[i]->name, NULL};
	qsort(names, n, sizeof(*names), by_name);
	for (uint32_t i = 1; i < n; i++) {
		const struct json *at = names[i].decl ? names[i].decl : names[i - 1].decl;

		if (str_eq(names[i - 1].name, names[i].name))
			return ast_fault(l, m, LANG_CODE_SHAPE, at, "duplicate decl name: \"%.*s\"",
			    (int)names[i].name.len, names[i].name.ptr);
	}
	return 0;
}

static bool mark_exported(struct ast_loader *l, uint32_t first_fn, struct str name)
{
	struct ast_fn *fn =
	    ast_fn_search(l->fns ? l->fns + first_fn : NULL, l->fn_count - first_fn, name);

	if (fn != NULL)
		fn->exported = true;
	return fn != NULL;
}

static int apply_names(
    struct ast_loader *l, struct ast_module *m, const struct json *names, uint32_t first_fn)
{
	for (uint32_t i = 0; i < names->count; i++) {
		const struct json *v = &names->items[i];
		int rc = ast_check_name(l, m, AST_NAME_DOTTED, v, "symbol");

		if (rc < 0)
			return rc;
		if (!m->is_entry && !mark_exported(l, first_fn, v->text))
			return ast_fault(l, m, LANG_CODE_SHAPE, v,
			    "export \"%.*s\" is not defined in module \"%.*s\"", (int)v->text.len,
			    v->text.ptr, (int)m->id.len, m->id.ptr);
	}
	return 0;
}

int ast_apply_exports(
    struct ast_loader *l, struct ast_module *m, const struct json *decls, uint32_t first_fn)
{
	bool seen = false;

	ast_fn_sort(l->fns ? l->fns + first_fn : NULL, l->fn_count - first_fn);
	for (uint32_t i = 0; i < decls->count; i++) {
		const struct json *names;
		int rc;

		if (!json_is(json_get(&decls->items[i], "kind"), "export"))
			continue;
		rc = ast_need_member(l, m, &names, &decls->items[i], "names", JSON_ARRAY);
		if (rc < 0)
			return rc;
		if (seen && names->count > 0)
			return ast_fault(
			    l, m, LANG_CODE_SHAPE, &decls->items[i], "duplicate export decl");
		rc = apply_names(l, m, names, first_fn);
		if (rc < 0)
			return rc;
		seen = seen || names->count > 0;
	}
	if (!seen && !m->is_entry)
		return ast_fault(l, m, LANG_CODE_SHAPE, NULL,
		    "module \"%.*s\" is missing an export declaration", (int)m->id.len, m->id.ptr);
	return 0;
}
