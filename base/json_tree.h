/* SPDX-License-Identifier: MIT */
/* Looking things up in a document that has been read. */
#ifndef BASE_JSON_TREE_H
#define BASE_JSON_TREE_H

#include "base/json.h"

/** Member by name, the last one when it is there twice; NULL when absent or not an object. */
const struct json *json_get(const struct json *object, const char *name);

/** True when @p v is a string equal to @p text. */
bool json_is(const struct json *v, const char *text);

/** The RFC 6901 pointer of a value, appended ("" for the root). */
void json_pointer(struct buf *out, const struct json *v);

/** Line and column (1-based, column in bytes) of a byte position. */
void json_position(const char *text, size_t len, uint32_t offset, uint32_t *line, uint32_t *column);

/** "null", "boolean", "integer", "number", "string", "array", "object". */
const char *json_kind_name(const struct json *v);

#endif
