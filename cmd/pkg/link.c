/* SPDX-License-Identifier: MIT */
/*
 * Making packages of the store appear in the project. What is in the way of a folder that is ours
 * to fill goes, and a note says so; no link is followed on the way.
 */
#include "cmd/pkg/link.h"

#include "base/compat.h"
#include "base/path.h"
#include "pkg/codes.h"
#include "pkg/place.h"
#include "registry/store/link.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Make a folder of the project; no link on the way leads out of it, nor is one followed. */
static int open_folder(int *out, int base, const char *path, struct err *err)
{
	AUTO_CLOSE int made = -1;
	struct err inner = {0};
	int rc = path_mkdirs_beneath(&made, base, path, &inner);

	if (rc == 0)
		rc = path_open_beneath(
		    out, base, path, O_RDONLY | O_DIRECTORY, RESOLVE_NO_SYMLINKS, &inner);
	return rc < 0 ? err_code(err, ERR_PKG, PKG_CODE(IO), "%s", inner.message) : 0;
}

/* Where a folder is wanted: a file goes, and a link, whatever it leads to, which stays as it is. */
static int make_room(const struct notes *notes, int parent, const char *name, struct err *err)
{
	struct stat st;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || S_ISDIR(st.st_mode))
		return 0;
	if (unlinkat(parent, name, 0) < 0 && errno != ENOENT)
		return err_code(err, ERR_PKG, PKG_CODE(IO),
		    "%s is in the way and is not a folder: %s; remove it", name, strerror(errno));
	notes_say(notes, "removed %s, a %s where a folder of " PKG_VENDORED " belongs", name,
	    S_ISLNK(st.st_mode) ? "link" : "file");
	return 0;
}

/* The folders between .x07/deps, which is ours to fill, and the package's own. */
static int make_room_above(const struct notes *notes, int base, const char *dir, struct err *err)
{
	const char *at = strstr(dir, PKG_VENDORED);

	at = at != NULL ? at + strlen(PKG_VENDORED) : "";
	while (*at != '\0') {
		size_t len = strcspn(at, "/");
		AUTO_FREE char *above = strndup(dir, (size_t)(at - dir));
		AUTO_FREE char *name = strndup(at, len);
		AUTO_CLOSE int parent = -1;
		int rc = open_folder(&parent, base, above, err);

		if (rc == 0 && len > 0)
			rc = make_room(notes, parent, name, err);
		if (rc < 0)
			return rc;
		at += len + strspn(at + len, "/");
	}
	return 0;
}

static int open_parent(
    int *out, const struct pkg_project *project, const struct pkg_item *item, struct err *err)
{
	AUTO_CLOSE int base = -1;
	AUTO_FREE char *dir = NULL;
	const char *rest = NULL;
	int rc = pkg_place_base(&base, &rest, project->m.root, item->path, err);

	if (rc < 0)
		return rc;
	dir = path_dirname(rest);
	rc = make_room_above(project->notes, base, dir, err);
	if (rc == 0)
		rc = open_folder(out, base, dir, err);
	if (rc == 0)
		rc = make_room(project->notes, *out, path_basename(rest), err);
	return rc < 0 ? err_wrap(err, "package %s", item->name) : 0;
}

static void after_link(struct pkg_item *item, struct store_link *link)
{
	memcpy(item->tree_sha, link->tree_sha256, sizeof(item->tree_sha));
	pkg_item_take_tree(item, &link->list);
	item->present = true;
}

struct linking {
	struct store_link *links;
	struct pkg_item **items;
	uint32_t count;
};

static void linking_clear(struct linking *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		base_close_fd(&l->links[i].parent_fd);
		pkg_tree_clear(&l->links[i].list);
	}
	base_free_ptr(&l->links);
	base_free_ptr(&l->items);
}

static int run_links(
    const struct pkg_project *project, struct linking *l, struct store *store, struct err *err)
{
	AUTO_CLOSE int staging = -1;
	struct store_link_options options = {.durable = true};
	struct err inner = {0};
	int rc = open_folder(&staging, project->root_fd, PKG_TXN_TMP, err);

	if (rc < 0)
		return rc;
	options.staging_fd = staging;
	rc = store_link(store, l->links, l->count, &options, &inner);
	for (uint32_t i = 0; i < l->count; i++) {
		if (l->links[i].rc == 0) {
			after_link(l->items[i], &l->links[i]);
		} else if (l->links[i].rc != ERR_NOT_FOUND) {
			*err = l->links[i].err;
			return err_wrap(
			    err, "package %s@%s", l->items[i]->name, l->items[i]->version);
		}
	}
	/* The staging folder, or the file system as a whole. */
	if (rc < 0 && rc != ERR_NOT_FOUND) {
		*err = inner;
		return rc;
	}
	return 0;
}

static void add_link(struct linking *l, struct pkg_item *item)
{
	struct store_link *link = &l->links[l->count];

	link->archive_sha256 = item->archive;
	link->want_tree_sha256 = item->tree_sha[0] != '\0' ? item->tree_sha : NULL;
	link->name = path_basename(item->path);
	link->parent_fd = -1;
	l->items[l->count++] = item;
}

int pkg_link(const struct pkg_project *project, struct store *store, struct pkg_item *const *items,
    uint32_t count, struct err *err)
{
	CLEANUP(linking_clear) struct linking l = {0};

	l.links = base_calloc((size_t)count + 1, sizeof(*l.links));
	l.items = base_calloc((size_t)count + 1, sizeof(struct pkg_item *));
	for (uint32_t i = 0; i < count; i++) {
		int rc;

		if (items[i]->archive[0] == '\0')
			continue;
		add_link(&l, items[i]);
		rc = open_parent(&l.links[l.count - 1].parent_fd, project, items[i], err);
		if (rc < 0)
			return rc;
	}
	return l.count > 0 ? run_links(project, &l, store, err) : 0;
}
