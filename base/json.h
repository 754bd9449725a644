/* SPDX-License-Identifier: MIT */
/*
 * JSON for the whole project: a reader that keeps the byte position of every value, and a writer.
 * One reader serves programs, policies, manifests and locks, so that every fault in them can be
 * reported with line, column and pointer (docs/decisions/0001-one-json-reader.md).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_INT,    /* integer literal that fits int64: `integer` */
	JSON_NUMBER, /* any other number: `text` is the literal as written */
	JSON_STRING, /* `text` is decoded UTF-8, may contain NUL bytes */
	JSON_ARRAY,
	JSON_OBJECT
};

/** A value. Lives in the arena of its document. */
struct json {
	uint8_t kind;
	uint32_t offset;           /* byte position of its first character */
	uint32_t end;              /* byte position behind its last character */
	uint32_t count;            /* array: items; object: members */
	uint32_t index;            /* position in the parent */
	const struct json *parent; /* NULL for the root */
	struct str key;            /* name, when the parent is an object */
	uint32_t key_offset;
	union {
		int64_t integer;
		struct str text;
		const struct json *items; /* `count` values, contiguous, source order */
	};
};

/** What is wrong with a text that is not JSON, and where. */
struct json_fault {
	uint32_t offset;
	char message[64]; /* lower case */
};

#define JSON_DEPTH_MAX 256

/** Options of json_parse; zero means the default. */
struct json_options {
	uint32_t max_depth; /* default JSON_DEPTH_MAX */
	uint32_t max_nodes; /* default 2 million */
};

/**
 * Parse a whole text: RFC 8259, UTF-8 checked, no byte order mark, nothing behind the value.
 *
 * @param out    borrowed from @p arena; written on success only.
 * @param text   borrowed; must live as long as the values. Duplicate members are kept in order.
 * @param fault  filled on failure.
 * @return 0, ERR_FORMAT (not JSON, too deep) or ERR_LIMIT (arena or node maximum).
 * Source: RFC 8259.
 */
MUST_CHECK int json_parse(const struct json **out, struct arena *arena, const char *text,
    size_t len, const struct json_options *options, struct json_fault *fault);

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

struct jsonw jsonw_init(struct buf *out, bool pretty);
void jsonw_object(struct jsonw *w);
void jsonw_end_object(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_end_array(struct jsonw *w);
/** The key of the next value (object only). */
void jsonw_key(struct jsonw *w, const char *key);
void jsonw_string(struct jsonw *w, const char *text); /* NULL writes null */
/** As jsonw_string; bytes that are not UTF-8 become U+FFFD. */
void jsonw_string_n(struct jsonw *w, const char *text, size_t len);
void jsonw_int(struct jsonw *w, int64_t v);
void jsonw_uint(struct jsonw *w, uint64_t v);
void jsonw_bool(struct jsonw *w, bool v);
void jsonw_null(struct jsonw *w);
void jsonw_base64(struct jsonw *w, const void *data, size_t len);
/** Key and value in one call. */
void jsonw_kv_string(struct jsonw *w, const char *key, const char *text);
void jsonw_kv_int(struct jsonw *w, const char *key, int64_t v);
void jsonw_kv_bool(struct jsonw *w, const char *key, bool v);
/** A parsed value as it is, members in source order (or sorted by key bytes when @p sorted). */
void jsonw_value(struct jsonw *w, const struct json *v, bool sorted);

#endif
