/* SPDX-License-Identifier: MIT */
/* The state of one parse, shared by json.c (structure) and json_scalar.c (strings, numbers). */
#ifndef BASE_JSON_SCALAR_PRIV_H
#define BASE_JSON_SCALAR_PRIV_H

#include "base/json.h"

struct json_reader {
	const char *start, *at, *end; /* borrowed text */
	struct arena *arena;
	struct json *stack; /* owned: open containers and the values behind them */
	size_t top, cap;
	uint32_t open; /* innermost open container on the stack */
	uint32_t depth, max_depth;
	uint32_t nodes, max_nodes;
	struct str key; /* name of the value that comes next */
	uint32_t key_offset;
	struct json_fault fault;
};

/** A number as read: its value when it is an integer that fits. */
struct json_number {
	bool is_int;
	int64_t integer;
};

/** Note a fault at @p at; returns ERR_FORMAT. */
int json_fail(struct json_reader *r, const char *at, const char *message);
/** Note a limit reached where the reader stands; returns ERR_LIMIT. */
int json_limit(struct json_reader *r, const char *message);
/** Read the string whose opening quote is at r->at; stops behind the closing one. */
MUST_CHECK int json_read_string(struct json_reader *r, struct str *out);
/** Read the number that starts at r->at; stops behind its last character. */
MUST_CHECK int json_read_number(struct json_reader *r, struct json_number *out);

#endif
