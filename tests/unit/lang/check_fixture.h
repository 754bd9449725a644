/* SPDX-License-Identifier: MIT */
/*
 * One-expression programs for the tests of the checker. Texts use ' for ", so that rows stay
 * readable in C.
 */
#ifndef TESTS_UNIT_LANG_CHECK_FIXTURE_H
#define TESTS_UNIT_LANG_CHECK_FIXTURE_H

#include "lang/codes.h"
#include "lang/lang.h"

/** A program: `decls` (NULL = none) and `solve`, and the message wanted ("ok" = it compiles). */
struct check_row {
	const char *decls;
	const char *solve;
	const char *want;
};

/** Wraps declarations: DEFN("f", PARAM("b", "bytes"), "bytes", BODY). Name gets "main." */
#define PARAM(name, ty) "{'name':'" name "','ty':'" ty "'}"
#define DEFN(name, params, result, body)                                                           \
	"{'kind':'defn','name':'main." name "','params':[" params "],'result':'" result            \
	"','body':" body "}"

/**
 * Check a program in the world solve-pure (or @p options, entry_path ignored).
 * @return the message of the error, or "ok" and the IR of all functions; owned.
 */
char *check_program(const char *decls, const char *solve, const struct lang_options *options);

/** As check_program, of a complete entry file (' for ") and module files in @p root. */
char *check_file(const char *entry, const char *root, const struct lang_options *options);

/** As check_file; the row of lang/codes.def that the error has, NULL when the program is accepted.
 */
const struct code *check_code(
    const char *entry, const char *root, const struct lang_options *options);

/** Fail unless the program gives row->want: equal, or its start when it ends in "...". */
void check_row_holds(const struct check_row *row, const struct lang_options *options);

/** Fail unless @p wanted (lines without indentation, in order) stand in the IR of the program. */
void check_ir_has(const char *decls, const char *solve, const char *wanted);

#endif
