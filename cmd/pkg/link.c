/* SPDX-License-Identifier: MIT */
/*
 * Making packages of the store appear in the project, and reading what is installed. Comparing with
 * the lock is pkg_compare.c, removing pkg_prune.c.
 */
#include "cmd/pkg/install_parts.h"

#include "base/compat.h"
#include "base/file.h"
#include "base/path.h"
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
	return rc < 0 ? err_user(err, ERR_PKG, "X07PKG_IO", "%s", inner.message) : 0;
}

/* Where a folder is wanted: a file goes, and a link, whatever it leads to, which stays as it is. */
static int make_room(struct pkg_work *w, int parent, const char *name, struct err *err)
{
	struct stat st;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || S_ISDIR(st.st_mode))
		return 0;
	if (unlinkat(parent, name, 0) < 0 && errno != ENOENT)
		return err_user(err, ERR_PKG, "X07PKG_IO",
		    "%s is in the way and is not a folder: %s; remove it", name, strerror(errno));
	if (!w->o->quiet)
		print_note(w->call, "removed %s, a %s where a folder of " PKG_VENDORED " belongs",
		    name, S_ISLNK(st.st_mode) ? "link" : "file");
	return 0;
}

/* The folders between .x07/deps, which is ours to fill, and the package's own. */
static int make_room_above(struct pkg_work *w, int base, const char *dir, struct err *err)
{
	const char *at = strstr(dir, PKG_VENDORED);
	int rc = 0;

	at = at != NULL ? at + strlen(PKG_VENDORED) : "";
	while (rc == 0 && *at != '\0') {
		size_t len = strcspn(at, "/");
		AUTO_FREE char *above = strndup(dir, (size_t)(at - dir));
		AUTO_FREE char *name = strndup(at, len);
		AUTO_CLOSE int parent = -1;

		rc = open_folder(&parent, base, above, err);
		if (rc == 0 && len > 0)
			rc = make_room(w, parent, name, err);
		at += len + strspn(at + len, "/");
	}
	return rc;
}

static int open_parent(int *out, struct pkg_work *w, const struct pkg_item *item, struct err *err)
{
	AUTO_CLOSE int base = -1;
	AUTO_FREE char *dir = NULL;
	const char *rest = NULL;
	int rc = pkg_place_base(&base, &rest, w->project.m.root, item->path, err);

	if (rc < 0)
		return rc;
	dir = path_dirname(rest);
	rc = make_room_above(w, base, dir, err);
	if (rc == 0)
		rc = open_folder(out, base, dir, err);
	if (rc == 0)
		rc = make_room(w, *out, path_basename(rest), err);
	return rc < 0 ? err_wrap(err, "package %s", item->name) : 0;
}

static void after_link(struct pkg_item *item, struct store_link *link)
{
	memcpy(item->tree_sha, link->tree_sha256, sizeof(item->tree_sha));
	if (item->has_tree)
		pkg_tree_clear(&item->tree);
	item->tree = TAKE(link->list);
	item->has_tree = item->present = true;
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

static int run_links(struct pkg_work *w, struct linking *l, struct store *store, struct err *err)
{
	AUTO_CLOSE int staging = -1;
	struct store_link_options options = {.durable = true};
	struct err inner = {0};
	int rc = open_folder(&staging, w->project.root_fd, PKG_TXN_TMP, err);

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

/* Link what the store has; the rest stays without `present`. */
static int link_items(struct pkg_work *w, struct pkg_item **items, uint32_t count, struct err *err)
{
	CLEANUP(linking_clear) struct linking l = {0};
	struct store *store = NULL;
	int rc = pkg_work_store(&store, w, err);

	l.links = base_calloc(count + 1, sizeof(*l.links));
	l.items = base_calloc(count + 1, sizeof(struct pkg_item *));
	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		struct store_link *link = &l.links[l.count];

		if (items[i]->archive[0] == '\0')
			continue;
		l.items[l.count] = items[i];
		link->archive_sha256 = items[i]->archive;
		link->want_tree_sha256 = items[i]->tree_sha[0] != '\0' ? items[i]->tree_sha : NULL;
		link->name = path_basename(items[i]->path);
		link->parent_fd = -1;
		l.count++;
		rc = open_parent(&link->parent_fd, w, items[i], err);
	}
	return rc == 0 && l.count > 0 ? run_links(w, &l, store, err) : rc;
}

static uint32_t missing(struct pkg_item **out, struct pkg_item *const *items, uint32_t count)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (!items[i]->present)
			out[n++] = items[i];
	}
	return n;
}

/* Twice: the store may have dropped a bad entry, or another process collected garbage. */
static int install_batch(
    struct pkg_work *w, struct pkg_item **items, uint32_t count, struct err *err)
{
	AUTO_FREE struct pkg_item **left = base_calloc(count + 1, sizeof(struct pkg_item *));
	uint32_t n = missing(left, items, count);

	for (int i = 0; n > 0 && i < 3; i++) {
		int rc = link_items(w, left, n, err);

		n = missing(left, left, n);
		if (rc == 0 && n > 0 && i < 2)
			rc = install_fetch(w, left, n, err);
		if (rc < 0)
			return rc;
	}
	if (n > 0)
		return err_user(err, ERR_PKG, "X07PKG_STORE_MISMATCH",
		    "package %s@%s does not stay in the store", left[0]->name, left[0]->version);
	return 0;
}

static int install_items(
    struct pkg_work *w, struct pkg_item **items, uint32_t count, struct err *err)
{
	for (uint32_t i = 0; i < count; i += INSTALL_BATCH) {
		uint32_t n = count - i > INSTALL_BATCH ? INSTALL_BATCH : count - i;
		int rc = install_batch(w, items + i, n, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check_meta(const struct pkg_item *item, struct err *err)
{
	const struct pkg_package *p = &item->meta.p;
	struct pkg_requirement wanted;
	struct pkg_version ours;
	struct err inner = {0};

	if (strcmp(p->name, item->name) != 0 ||
	    (strcmp(p->version, item->version) != 0 && !item->forced))
		return err_user(err, ERR_PKG, "X07PKG_MANIFEST_PARSE",
		    "package %s@%s: %s calls itself %s@%s", item->name, item->version, item->path,
		    p->name, p->version);
	if (p->compat == NULL)
		return 0;
	if (pkg_requirement_parse(&wanted, str_c(p->compat), &inner) < 0)
		return err_user(err, ERR_PKG, "X07PKG_X07C_COMPAT_INVALID",
		    "package %s@%s: x07c_compat: %s", item->name, item->version, inner.message);
	if (pkg_version_parse(&ours, STR(PKG_X07C_VERSION), &inner) == 0 &&
	    !pkg_requirement_holds(&wanted, &ours))
		return err_user(err, ERR_PKG, "X07PKG_X07C_INCOMPATIBLE",
		    "package %s@%s wants x07c %s, this is %s; %s", item->name, item->version,
		    p->compat, PKG_X07C_VERSION,
		    item->forced  ? "`patch` in x07.json forces it: name another version there, or "
				    "remove it"
		    : item->local ? "what it wants is yours to change"
				  : "`x07 pkg repair` looks for another version");
	return 0;
}

static int read_meta(struct pkg_item *item, struct pkg_work *w, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct err inner = {0};
	int rc = pkg_project_open_dir(&fd, &w->project, item->path, &inner);

	if (rc == 0)
		rc = pkg_meta_read(&item->meta, fd, item->name, &inner);
	if (rc == ERR_NOT_FOUND && item->local)
		return err_user(err, ERR_PKG,
		    item->forced ? "X07PKG_PATCH_MISSING_DEP" : "X07PKG_LOCAL_MISSING_DEP",
		    "package %s@%s: no %s in %s", item->name, item->version, PKG_PACKAGE_NAME,
		    item->path);
	if (rc < 0) {
		*err = inner;
		return rc;
	}
	return check_meta(item, err);
}

int pkg_items_read_metas(struct pkg_work *w, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < w->count; i++)
		rc = read_meta(&w->items[i], w, err);
	return rc;
}

int pkg_items_install(struct pkg_work *w, struct err *err)
{
	AUTO_FREE struct pkg_item **items = base_calloc(w->count + 1, sizeof(struct pkg_item *));
	uint32_t n = 0;
	int rc;

	for (uint32_t i = 0; i < w->count; i++) {
		if (!w->items[i].local)
			items[n++] = &w->items[i];
	}
	rc = install_items(w, items, n, err);
	return rc < 0 ? rc : pkg_items_read_metas(w, err);
}

/* Verified in the store, and brought there first when it is not; the project is not touched. */
static int read_stored(struct pkg_item *item, struct pkg_work *w, struct err *err)
{
	const struct store_link_options only_verify = {.staging_fd = -1, .only_verify = true};
	struct store *store = NULL;
	AUTO_CLOSE int fd = -1;
	int rc = pkg_work_store(&store, w, err);

	for (int i = 0; rc == 0 && i < 3; i++) {
		struct store_link link = {.archive_sha256 = item->archive,
		    .want_tree_sha256 = item->tree_sha[0] != '\0' ? item->tree_sha : NULL,
		    .parent_fd = -1,
		    .name = "-"};
		struct err inner = {0};

		rc = item->archive[0] == '\0' ? ERR_NOT_FOUND
					      : store_link(store, &link, 1, &only_verify, &inner);
		pkg_tree_clear(&link.list);
		if (rc == 0)
			rc = store_files(&fd, store, item->archive, &inner);
		if (rc == 0)
			return pkg_meta_read(&item->meta, fd, item->name, err);
		if (rc != ERR_NOT_FOUND) {
			*err = link.rc < 0 ? link.err : inner;
			return rc;
		}
		rc = install_fetch(w, &item, 1, err);
	}
	if (rc == 0)
		rc = err_user(err, ERR_PKG, "X07PKG_STORE_MISMATCH",
		    "package %s@%s does not stay in the store", item->name, item->version);
	return rc;
}

int pkg_read_one(struct pkg_item *item, struct pkg_work *w, struct err *err)
{
	struct pkg_item *saved = w->items;
	uint32_t count = w->count;
	int rc;

	if (item->local)
		return read_meta(item, w, err);
	w->items = item;
	w->count = 1;
	rc = pkg_items_scan(w, err);
	w->items = saved;
	w->count = count;
	if (rc < 0)
		return rc;
	if (item->present)
		return read_meta(item, w, err);
	rc = read_stored(item, w, err);
	return rc < 0 ? rc : check_meta(item, err);
}
