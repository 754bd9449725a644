/* SPDX-License-Identifier: MIT */
/*
 * The JSON writer: appends to a buffer. Commas, quoting and indentation are its business; the order
 * of keys is the caller's.
 */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include "base/json.h"

/** Nesting that the writer can hold: the deepest default document and the report around it. */
#define JSONW_DEPTH_MAX (JSON_DEPTH_MAX + 64)

/**
 * A writer that appends to a buffer. Commas, quoting and indentation are its business; the order
 * of keys is the caller's. `pretty` = two spaces of indentation, ": " behind keys.
 */
struct jsonw {
	struct buf *out;
	bool pretty;
	bool for_terminal;           /* set after init: what utf8_is_control names is escaped */
	uint32_t depth;              /* nesting over JSONW_DEPTH_MAX sets out->overflow */
	bool first[JSONW_DEPTH_MAX]; /* nothing written yet at this depth */
	bool after_key;
};

/** A writer at the start of a document. @param out  borrowed. */
struct jsonw jsonw_init(struct buf *out, bool pretty);

/** Start an object. */
void jsonw_object(struct jsonw *w);

/** End the innermost object. */
void jsonw_end_object(struct jsonw *w);

/** Start an array. */
void jsonw_array(struct jsonw *w);

/** End the innermost array. */
void jsonw_end_array(struct jsonw *w);

/** The key of the next value (object only). */
void jsonw_key(struct jsonw *w, const char *key);

/** A string; NULL writes null. */
void jsonw_string(struct jsonw *w, const char *text);

/** As jsonw_string; bytes that are not UTF-8 become U+FFFD. */
void jsonw_string_n(struct jsonw *w, const char *text, size_t len);

/** A number. */
void jsonw_int(struct jsonw *w, int64_t v);

/** A number. */
void jsonw_uint(struct jsonw *w, uint64_t v);

/** true or false. */
void jsonw_bool(struct jsonw *w, bool v);

/** null. */
void jsonw_null(struct jsonw *w);

/** Bytes as a string of base64. */
void jsonw_base64(struct jsonw *w, const void *data, size_t len);

/** Key and value in one call. */
void jsonw_kv_string(struct jsonw *w, const char *key, const char *text);

/** Key and number. */
void jsonw_kv_int(struct jsonw *w, const char *key, int64_t v);

/** Key and true or false. */
void jsonw_kv_bool(struct jsonw *w, const char *key, bool v);

/** A parsed value as it is, members in source order (or sorted by key bytes when @p sorted). */
void jsonw_value(struct jsonw *w, const struct json *v, bool sorted);

#endif
