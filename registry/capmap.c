/* SPDX-License-Identifier: MIT */
/*
 * The capability map looked up by words and by modules. Reading and checking it is capmap_read.c.
 */
#include "registry/capmap.h"

#include <stdlib.h>
#include <string.h>

#define WORD_MAX 64
#define NEAR 2

void registry_capmap_clear(struct registry_capmap *map)
{
	arena_clear(&map->arena);
	memset(map, 0, sizeof(*map));
}

static int by_id(const void *word, const void *item)
{
	return strcmp(word, ((const struct registry_capability *)item)->id);
}

static int by_alias(const void *word, const void *item)
{
	return strcmp(word, ((const struct registry_alias *)item)->alias);
}

const struct registry_capability *registry_capmap_find(
    const struct registry_capmap *map, const char *word)
{
	const struct registry_alias *alias =
	    bsearch(word, map->aliases, map->alias_count, sizeof(*map->aliases), by_alias);

	return bsearch(
	    alias ? alias->id : word, map->items, map->count, sizeof(*map->items), by_id);
}

const struct registry_capability *registry_capmap_provider(
    const struct registry_capmap *map, const char *module_id)
{
	for (uint32_t i = 0; i < map->count; i++) {
		for (uint32_t k = 0; k < map->items[i].module_count; k++) {
			if (strcmp(map->items[i].modules[k], module_id) == 0)
				return &map->items[i];
		}
	}
	return NULL;
}

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/* Insertions, deletions and replacements from one word to the other; both at most WORD_MAX long. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[WORD_MAX + 1];
	size_t width = strlen(b);

	for (size_t k = 0; k <= width; k++)
		row[k] = (unsigned)k;
	for (size_t i = 1; a[i - 1]; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i;
		for (size_t k = 1; k <= width; k++) {
			unsigned above = row[k];

			row[k] =
			    smallest(above + 1, row[k - 1] + 1, corner + (a[i - 1] != b[k - 1]));
			corner = above;
		}
	}
	return row[width];
}

static void consider(const char **best, unsigned *least, const char *word, const char *candidate)
{
	unsigned d = distance(word, candidate);

	if (d < *least) {
		*least = d;
		*best = candidate;
	}
}

const char *registry_capmap_suggest(const struct registry_capmap *map, const char *word)
{
	const char *best = NULL;
	unsigned least = NEAR + 1;

	if (strlen(word) > WORD_MAX)
		return NULL;
	for (uint32_t i = 0; i < map->count; i++)
		consider(&best, &least, word, map->items[i].id);
	for (uint32_t i = 0; i < map->alias_count; i++)
		consider(&best, &least, word, map->aliases[i].alias);
	return best;
}
