/* SPDX-License-Identifier: MIT */
/* Walks a document along a JSON pointer. Source: RFC 6901, sections 3 and 4. */
#include "policy/locate.h"

#include "policy/policy.h"

#include <string.h>

#define TOKEN_MAX 4096

/* One reference token, decoded; false when it does not fit. */
static bool next_token(char out[TOKEN_MAX], const char **pointer)
{
	const char *p = *pointer + 1;
	size_t len = 0;

	for (; *p && *p != '/'; p++) {
		char c = *p;

		if (c == '~' && (p[1] == '0' || p[1] == '1'))
			c = *++p == '0' ? '~' : '/';
		if (len + 1 == TOKEN_MAX)
			return false;
		out[len++] = c;
	}
	out[len] = '\0';
	*pointer = p;
	return true;
}

static const struct json *item(const struct json *array, const char *token)
{
	uint32_t i = 0;
	const char *p = token;

	for (; *p >= '0' && *p <= '9' && i < array->count; p++)
		i = i * 10 + (uint32_t)(*p - '0');
	return p != token && !*p && i < array->count ? &array->items[i] : NULL;
}

const struct json *policy_value_at(const struct json *root, const char *pointer, bool *exact)
{
	char token[TOKEN_MAX];

	*exact = false;
	while (*pointer == '/') {
		const struct json *next = NULL;

		if (!next_token(token, &pointer))
			return root;
		if (root->kind == JSON_OBJECT)
			next = json_get(root, token);
		else if (root->kind == JSON_ARRAY)
			next = item(root, token);
		if (!next)
			return root;
		root = next;
	}
	*exact = *pointer == '\0';
	return root;
}

struct policy_spot policy_locate(const char *text, size_t len, const char *pointer)
{
	CLEANUP(arena_clear) struct arena values = {0};
	struct policy_spot spot = {0};
	struct json_fault fault = {0};
	const struct json *v = NULL;

	if (!len || json_parse(&v, &values, text, len, NULL, &fault) < 0)
		return spot;
	v = policy_value_at(v, pointer, &spot.exact);
	json_position(text, len, v->offset, &spot.line, &spot.column);
	return spot;
}
