/* SPDX-License-Identifier: MIT */
/*
 * Faults in the user's documents (program, policy, manifest): many at once, each with a code, a
 * JSON pointer and a place in the text. Faults of ours are base/err.h.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/attr.h"
#include "base/code.h"

#include <stdbool.h>
#include <stdint.h>

enum diag_severity { DIAG_ERROR, DIAG_WARNING, DIAG_INFO, DIAG_HINT };
enum diag_stage {
	DIAG_PARSE,
	DIAG_LINT,
	DIAG_REWRITE,
	DIAG_TYPE,
	DIAG_LOWER,
	DIAG_CODEGEN,
	DIAG_LINK,
	DIAG_RUN
};

/** One fault. All strings are owned by the list. */
struct diag {
	enum diag_severity severity;
	enum diag_stage stage;
	const struct code *what; /* its row of a table of codes, constant; not NULL */
	const char *message;     /* what is wrong, on which object */
	const char *help;        /* what to do; NULL when the message says it */
	const char *file;        /* as the user named it; NULL when not from a file */
	const char *ptr;         /* RFC 6901 pointer; "" = whole document, NULL = unknown */
	uint32_t line, column;   /* 1-based; 0 = unknown */
};

#define DIAG_LIST_MAX 100

/** The faults of one document or compilation, in order of discovery. */
struct diag_list {
	struct diag *items; /* owned, `count` entries */
	uint32_t count;     /* at most DIAG_LIST_MAX; later ones are only counted */
	uint32_t dropped;   /* how many did not fit */
	uint32_t errors;    /* how many have severity error, dropped ones included */
};

/** Free the faults and what they hold. */
void diag_list_clear(struct diag_list *list);

/** Append a copy of @p d (borrowed, its strings too). */
void diag_add(struct diag_list *list, const struct diag *d);

/** Sort by file, line, column, code, message: the order of reports. */
void diag_sort(struct diag_list *list);

/** "error", "warning", "info", "hint" and "parse" ... "run". Static storage. */
const char *diag_severity_name(enum diag_severity severity);
/** The name of a stage in a report: "parse" ... "run". Static storage. */
const char *diag_stage_name(enum diag_stage stage);

#endif
