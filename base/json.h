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

/* What is done with values, and the way back to text. */
#include "base/json_tree.h"
#include "base/json_write.h"

#endif
