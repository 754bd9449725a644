/* SPDX-License-Identifier: MIT */
/*
 * Where in the text of a policy a JSON pointer leads. The parsed policy keeps no positions: they
 * are looked up again for the few fields that somebody is told about.
 */
#ifndef POLICY_LOCATE_H
#define POLICY_LOCATE_H

#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

/** A place in a document. Plain value. */
struct policy_spot {
	uint32_t line, column; /* 1-based; 0 = unknown */
	bool exact;            /* the pointer leads to a value; else the nearest one above it */
};

/**
 * The value at an RFC 6901 pointer.
 * @param exact  false when a part is missing; the result is then the deepest value that is there.
 * @return never NULL.
 */
const struct json *policy_value_at(const struct json *root, const char *pointer, bool *exact);

/** Line and column of a pointer; zeros when @p text is no document. */
struct policy_spot policy_locate(const char *text, size_t len, const char *pointer);

#endif
