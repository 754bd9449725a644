/* SPDX-License-Identifier: MIT */
/* A list of paths that grows: module roots, in the order in which they are searched. */
#include "cmd/run/paths.h"

void run_paths_add(struct run_paths *paths, char *path)
{
	paths->items = base_realloc(paths->items, (paths->count + 1) * sizeof(*paths->items));
	paths->items[paths->count++] = path;
}

void run_paths_clear(struct run_paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		base_free_ptr(&paths->items[i]);
	base_free_ptr(&paths->items);
	*paths = (struct run_paths){0};
}
