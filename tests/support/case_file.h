/* SPDX-License-Identifier: MIT */
/*
 * A `.case` file of the compiler: directives, one behind each `@` at the start of a line, and what
 * they make of a program. Running the program is case_runner.c.
 */
#ifndef TESTS_SUPPORT_CASE_FILE_H
#define TESTS_SUPPORT_CASE_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define CASE_MAX_BYTES (1u << 20)
#define CASE_ARGS_MAX 16

enum case_want { CASE_WANT_OUTPUT, CASE_WANT_TRAP, CASE_WANT_ERROR };

/** One case. Strings live in `arena`. */
struct program_case {
	struct arena arena;
	struct buf entry;    /* text of the entry file */
	struct buf expected; /* output: one line for each row, or the escaped text */
	struct buf input;
	enum case_want want;
	bool prefix; /* the expected text ended in "...": only its beginning counts */
	const char *args[CASE_ARGS_MAX + 1]; /* for the runner, NULL-terminated */
	const char *world;
};

void case_clear(struct program_case *c);

/**
 * Read a case and write its modules below the working directory (folder "modules").
 *
 * @param out   owned; case_clear.
 * @param path  borrowed.
 * @return 0, ERR_IO, or ERR_FORMAT for a directive that is unknown or out of place.
 * Source: docs/TESTING.md, "cases"; the table in case_file.c.
 */
MUST_CHECK int case_load(struct program_case *out, const char *path, struct err *err);

/** Printable ASCII as it is, `\\`, `\n` and `\xNN` for the rest, appended. */
void case_escape(struct buf *out, const char *data, size_t len);

#endif
