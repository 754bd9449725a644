/* SPDX-License-Identifier: MIT */
/* Nearness is the Levenshtein distance between the bytes of two texts. */
#include "base/near.h"

#include <string.h>

bool near_is_choice(const char *choices, const char *text)
{
	size_t len = strlen(text);

	for (const char *at = choices; len > 0; at++) {
		size_t word = strcspn(at, "|");

		if (word == len && memcmp(at, text, len) == 0)
			return true;
		at += word;
		if (*at == '\0')
			break;
	}
	return false;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein distance; texts longer than NEAR_TEXT_MAX are never near. */
static size_t distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	size_t row[NEAR_TEXT_MAX + 1];

	if (la > NEAR_TEXT_MAX || lb > NEAR_TEXT_MAX)
		return NEAR_TEXT_MAX;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t above = row[j];

			row[j] =
			    min3(row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[lb];
}

const char *near_find(const char *text, const char *const *names, size_t count)
{
	size_t len = strlen(text);
	size_t best = len > 6 ? 4 : 3; /* one more than the distance that still counts */
	const char *found = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t d = distance(text, names[i]);

		/* `rnu` may mean `run`; of `foo` little is left in `info`. */
		if (len <= 3 && d > 1 && names[i][0] != text[0])
			continue;
		if (d < best) {
			best = d;
			found = names[i];
		}
	}
	return found;
}
