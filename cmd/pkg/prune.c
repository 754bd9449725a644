/* SPDX-License-Identifier: MIT */
/* What is no longer wanted below .x07/deps, and what a killed process left in .x07/tmp. */
#include "base/path.h"
#include "cmd/pkg/work.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <unistd.h>

static void remove_tree(int parent, const char *name, int depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct dirent *e;
	DIR *d = fd >= 0 && depth < 70 ? fdopendir(fd) : NULL;

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

static bool is_wanted(const struct pkg_work *w, const char *name, const char *version)
{
	CLEANUP(buf_clear) struct buf path = buf_init(4096);

	buf_printf(&path, PKG_VENDORED "%s/%s", name, version);
	for (uint32_t i = 0; i < w->count; i++) {
		if (path.data != NULL && strcmp(w->items[i].path, path.data) == 0)
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
static int open_folder(const struct pkg_work *w, const char *path)
{
	struct err ignored = {0};
	int fd = -1;

	if (path_open_beneath(&fd, w->project.root_fd, path, O_RDONLY | O_DIRECTORY,
		RESOLVE_NO_SYMLINKS, &ignored) < 0)
		return -1;
	return fd;
}

/** One package below .x07/deps. */
struct package {
	const struct pkg_work *w;
	const char *name;
};

static void prune_version(void *ctx, int dir, const char *version)
{
	const struct package *p = ctx;

	if (!is_wanted(p->w, p->name, version))
		remove_tree(dir, version, 0);
}

/* Versions of one package. The folder itself goes when it is empty. */
static void prune_package(void *ctx, int deps, const char *name)
{
	struct package p = {ctx, name};
	int fd = openat(deps, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	each_name(fd, prune_version, &p);
	(void)unlinkat(deps, name, AT_REMOVEDIR);
}

void pkg_prune(struct pkg_work *w)
{
	each_name(open_folder(w, ".x07/deps"), prune_package, w);
}

static void sweep_one(void *ctx, int dir, const char *name)
{
	(void)ctx;
	if (strncmp(name, "link_", 5) == 0)
		remove_tree(dir, name, 0);
}

/* What a process left that was killed while it installed; the project is held alone. */
void pkg_sweep(struct pkg_work *w)
{
	each_name(open_folder(w, PKG_TXN_TMP), sweep_one, NULL);
}
