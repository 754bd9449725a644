/* SPDX-License-Identifier: MIT */
/*
 * A JSON document of the user that is being checked: collects its faults as diagnostics with
 * pointer, line and column. What is right and wrong in it is the caller's business.
 */
#ifndef BASE_JSONDOC_H
#define BASE_JSONDOC_H

#include "base/diag.h"
#include "base/json.h"

#include <stdarg.h>

/** A document and the list of its faults. Plain value; nothing to free. */
struct jsondoc {
	const char *text; /* borrowed */
	size_t len;
	const char *file;        /* as the user named it; NULL when not from a file */
	const struct code *what; /* code of every diagnostic */
	struct diag_list *diags; /* borrowed */
	uint32_t faults;         /* errors added so far */
};

/** Where in the document a fault is. Zero members mean: not known. */
struct jsondoc_at {
	const struct json *value; /* pointer and position; NULL = the whole document */
	bool at_key;              /* position of the member's name instead of its value */
};

/**
 * Parse the text; what is not JSON becomes one diagnostic with its position.
 *
 * @param root   borrowed from @p arena; written on success only.
 * @param doc    its `text` must live as long as the values.
 * @param arena  takes the values.
 * @return 0, ERR_FORMAT (not JSON, empty, too deep) or ERR_LIMIT (too many values); the message
 *         of @p err holds file, line and column.
 */
MUST_CHECK int jsondoc_parse(const struct json **root, struct jsondoc *doc, struct arena *arena,
    const struct json_options *options, struct err *err);

/**
 * Add one fault of severity error and stage parse.
 * @param help  what is allowed; NULL when the message says it. Borrowed.
 */
void jsondoc_fault(struct jsondoc *doc, struct jsondoc_at at, const char *help, const char *fmt,
    ...) PRINTF_LIKE(4, 5);

/** As jsondoc_fault with severity warning; not counted in `faults`. */
void jsondoc_warning(struct jsondoc *doc, struct jsondoc_at at, const char *help, const char *fmt,
    ...) PRINTF_LIKE(4, 5);

/**
 * The faults of a document as one failure, for who sees no diagnostics: "@p what FILE: 2 faults:
 * 3:5: ...; 4:1: ...". At most JSONDOC_SUMMARY_MAX of them are told.
 * @return ERR_FORMAT, with @p doc->code of the caller's as the code for the user.
 */
int jsondoc_refuse(const struct jsondoc *doc, const char *what, struct err *err);
#define JSONDOC_SUMMARY_MAX 5

#define JSONDOC_QUOTED_SIZE 88

/**
 * Text of the document for a message: in double quotes, control characters escaped, cut with
 * "..." so that it fits.
 * @return @p out.
 */
const char *jsondoc_quote(char out[JSONDOC_QUOTED_SIZE], struct str text);

#endif
