/* SPDX-License-Identifier: MIT */
/* What is no longer wanted below .x07/deps, and what a killed process left in .x07/tmp. */
#include "cmd/pkg/prune.h"

#include "base/path.h"
#include "pkg/place.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <unistd.h>

#define PRUNE_PATH_MAX 4096
#define DEPTH_MAX 70

static void remove_tree(int parent, const char *name, int depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct dirent *e;
	DIR *d = fd >= 0 && depth < DEPTH_MAX ? fdopendir(fd) : NULL;

	if (d == NULL) {
		base_close_fd(&fd);
		(void)unlinkat(parent, name, 0);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
		    unlinkat(fd, e->d_name, 0) < 0)
			remove_tree(fd, e->d_name, depth + 1);
	}
	(void)closedir(d);
	(void)unlinkat(parent, name, AT_REMOVEDIR);
}

static bool is_wanted(const struct pkg_items *items, const char *name, const char *version)
{
	CLEANUP(buf_clear) struct buf path = buf_init(PRUNE_PATH_MAX);

	buf_printf(&path, PKG_VENDORED "%s/%s", name, version);
	for (uint32_t i = 0; i < items->count; i++) {
		if (strcmp(items->list[i].path, buf_str(&path)) == 0)
			return true;
	}
	return false;
}

/* Call for each name in a folder but those that begin with a dot; takes the descriptor over. */
static void each_name(int fd, void (*one)(void *ctx, int dir, const char *name), void *ctx)
{
	const struct dirent *e;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;

	if (d == NULL) {
		base_close_fd(&fd);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] != '.')
			one(ctx, fd, e->d_name);
	}
	(void)closedir(d);
}

/* A folder of the project, without following links; -1 when it is none. */
static int open_folder(const struct pkg_project *project, const char *path)
{
	struct err ignored = {0};
	int fd = -1;

	if (path_open_beneath(&fd, project->root_fd, path, O_RDONLY | O_DIRECTORY,
		RESOLVE_NO_SYMLINKS, &ignored) < 0)
		return -1;
	return fd;
}

/* One package below .x07/deps. */
struct pruning {
	const struct pkg_items *items;
	const char *name; /* NULL: all of them */
};

static void prune_version(void *ctx, int dir, const char *version)
{
	const struct pruning *p = ctx;

	if (!is_wanted(p->items, p->name, version))
		remove_tree(dir, version, 0);
}

/* Versions of one package. The folder itself goes when it is empty. */
static void prune_package(void *ctx, int deps, const char *name)
{
	const struct pruning *all = ctx;
	struct pruning p = {all->items, name};
	int fd = openat(deps, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	each_name(fd, prune_version, &p);
	(void)unlinkat(deps, name, AT_REMOVEDIR);
}

void pkg_prune(const struct pkg_project *project, const struct pkg_items *items)
{
	struct pruning all = {.items = items};

	each_name(open_folder(project, ".x07/deps"), prune_package, &all);
}

static void sweep_one(void *ctx, int dir, const char *name)
{
	(void)ctx;
	if (strncmp(name, "link_", 5) == 0)
		remove_tree(dir, name, 0);
}

void pkg_prune_leftovers(const struct pkg_project *project)
{
	each_name(open_folder(project, PKG_TXN_TMP), sweep_one, NULL);
}
