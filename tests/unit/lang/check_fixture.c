/* SPDX-License-Identifier: MIT */
/* Programs from text to message or IR. */
#include "tests/unit/lang/check_fixture.h"

#include "lang/ast/load.h"
#include "lang/check/check.h"
#include "lang/ir/print.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

static char *quoted(const char *text)
{
	char *copy = base_strdup(text);

	for (char *p = copy; *p != '\0'; p++) {
		if (*p == '\'')
			*p = '"';
	}
	return copy;
}

static char *outcome(const struct code **what, const char *path, const char *root,
    const struct lang_options *options)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct buf text = buf_init(1u << 24);
	struct err err = {0};
	struct ast_program *program;
	struct ir_program *ir;
	const struct ast_source source = {.entry_path = path,
	    .module_roots = &root,
	    .root_count = root != NULL,
	    .world_is_os = options->world >= LANG_RUN_OS};
	int rc;

	*what = NULL;
	arena_init(&arena, 0);
	rc = ast_load(&program, &arena, &source, &diags, &err);
	if (rc == 0)
		rc = ck_program(&ir, &arena, program, options, &diags, &err);
	if (rc == 0) {
		buf_puts(&text, "ok\n");
		ir_print(&text, ir);
		return buf_take(&text);
	}
	ck_assert_msg(diags.count > 0, "%u diagnostics; %s", diags.count, err.message);
	ck_assert_int_eq(rc, ERR_COMPILE);
	*what = diags.items[0].what;
	ck_assert_ptr_nonnull(*what);
	ck_assert_int_eq((*what)->err, ERR_COMPILE);
	ck_assert_ptr_nonnull(diags.items[0].file);
	ck_assert_uint_gt(diags.items[0].line, 0);
	ck_assert_int_eq(
	    diags.items[0].stage, lang_code_stage((enum lang_code_id)(*what - lang_codes)));
	buf_puts(&text, diags.items[0].message);
	return buf_take(&text);
}

char *check_file(const char *entry, const char *root, const struct lang_options *options)
{
	static const struct lang_options pure;
	AUTO_FREE char *json = quoted(entry);
	AUTO_FREE char *path = test_text_file("main.x07.json", json);
	const struct code *unused;

	return outcome(&unused, path, root, options != NULL ? options : &pure);
}

const struct code *check_code(
    const char *entry, const char *root, const struct lang_options *options)
{
	AUTO_FREE char *json = quoted(entry);
	AUTO_FREE char *path = test_text_file("main.x07.json", json);
	const struct code *what;

	free(outcome(&what, path, root, options));
	return what;
}

char *check_program(const char *decls, const char *solve, const struct lang_options *options)
{
	CLEANUP(buf_clear) struct buf entry = buf_init(1u << 24);

	buf_printf(&entry,
	    "{'schema_version':'x07.x07ast@0.9.0','kind':'entry','module_id':'main',"
	    "'imports':[],'decls':[%s],\n'solve':%s}",
	    decls != NULL ? decls : "", solve);
	return check_file(entry.data, NULL, options);
}

static bool holds(const char *got, const char *want)
{
	size_t len = strlen(want);

	if (strcmp(want, "ok") == 0)
		return strncmp(got, "ok\n", 3) == 0;
	if (len > 3 && strcmp(want + len - 3, "...") == 0)
		return strncmp(got, want, len - 3) == 0;
	return strcmp(got, want) == 0;
}

void check_row_holds(const struct check_row *row, const struct lang_options *options)
{
	AUTO_FREE char *got = check_program(row->decls, row->solve, options);
	AUTO_FREE char *want = quoted(row->want);

	ck_assert_msg(holds(got, want), "%.1500s\n%.1500s\n got: %.1500s\nwant: %.1500s",
	    row->decls != NULL ? row->decls : "", row->solve, got, want);
}

void check_ir_has(const char *decls, const char *solve, const char *wanted)
{
	AUTO_FREE char *got = check_program(decls, solve, NULL);
	AUTO_FREE char *lines = base_strdup(wanted);
	const char *at = got;
	char *rest = lines;
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		const char *found = strstr(at, line);

		ck_assert_msg(found != NULL, "%s\nmissing: %s\nin:\n%s", solve, line, got);
		at = found + strlen(line);
	}
}
