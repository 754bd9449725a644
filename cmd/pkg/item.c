/* SPDX-License-Identifier: MIT */
/* Items: owned by their list, sorted by name, and as the lock has them. */
#include "cmd/pkg/item.h"

#include "cmd/pkg/project.h"
#include "pkg/place.h"

#include <stdlib.h>
#include <string.h>

void pkg_item_clear(struct pkg_item *item)
{
	if (item->has_tree)
		pkg_tree_clear(&item->tree);
	item->has_tree = false;
	pkg_meta_clear(&item->meta);
}

void pkg_item_take_tree(struct pkg_item *item, struct pkg_tree *tree)
{
	if (item->has_tree)
		pkg_tree_clear(&item->tree);
	item->tree = TAKE(*tree);
	item->has_tree = true;
}

void pkg_items_init(struct pkg_items *out, uint32_t count)
{
	pkg_items_clear(out);
	out->list = base_calloc((size_t)count + 1, sizeof(*out->list));
}

void pkg_items_clear(struct pkg_items *items)
{
	for (uint32_t i = 0; i < items->count; i++)
		pkg_item_clear(&items->list[i]);
	base_free_ptr(&items->list);
	*items = (struct pkg_items){0};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct pkg_item *)a)->name, ((const struct pkg_item *)b)->name);
}

void pkg_items_sort(struct pkg_items *items)
{
	if (items->count > 1)
		qsort(items->list, items->count, sizeof(*items->list), by_name);
}

static int to_name(const void *name, const void *item)
{
	return strcmp(name, ((const struct pkg_item *)item)->name);
}

struct pkg_item *pkg_items_find(const struct pkg_items *items, const char *name)
{
	if (items->count == 0)
		return NULL;
	return bsearch(name, items->list, items->count, sizeof(*items->list), to_name);
}

void pkg_item_from_entry(
    struct pkg_item *out, const struct pkg_project *project, const struct pkg_lock_entry *entry)
{
	*out = (struct pkg_item){.name = entry->name,
	    .version = entry->version,
	    .path = entry->path,
	    .direct = !entry->has_direct || entry->direct,
	    .forced =
		entry->overridden_by != NULL || pkg_project_patch(project, entry->name) != NULL,
	    .local = !pkg_path_is_vendored(entry->path),
	    .old = entry};
}

void pkg_items_from_lock(struct pkg_items *out, const struct pkg_project *project)
{
	uint32_t count = project->has_lock ? project->lock.count : 0;

	pkg_items_init(out, count);
	for (uint32_t i = 0; i < count; i++)
		pkg_item_from_entry(&out->list[i], project, &project->lock.entries[i]);
	out->count = count;
	pkg_items_sort(out);
}
