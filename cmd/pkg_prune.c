/* SPDX-License-Identifier: MIT */
/* What is no longer wanted below .x07/deps, and what a killed process left in .x07/tmp. */
#include "base/path.h"
#include "cmd/pkg_work.h"

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

/* Versions of one package. The folder itself goes when it is empty. */
static void prune_package(const struct pkg_work *w, int deps, const char *name)
{
	int fd = openat(deps, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct dirent *e;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;

	if (d == NULL) {
		base_close_fd(&fd);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] != '.' && !is_wanted(w, name, e->d_name))
			remove_tree(fd, e->d_name, 0);
	}
	(void)closedir(d);
	(void)unlinkat(deps, name, AT_REMOVEDIR);
}

void pkg_prune(struct pkg_work *w)
{
	int fd = -1;
	const struct dirent *e;
	struct err ignored = {0};
	DIR *d;

	if (path_open_beneath(&fd, w->project.root_fd, ".x07/deps", O_RDONLY | O_DIRECTORY,
		RESOLVE_NO_SYMLINKS, &ignored) < 0)
		return;
	d = fdopendir(fd);
	if (d == NULL) {
		base_close_fd(&fd);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] != '.')
			prune_package(w, fd, e->d_name);
	}
	(void)closedir(d);
}

/* What a process left that was killed while it installed; the project is held alone. */
void pkg_sweep(struct pkg_work *w)
{
	int fd = -1;
	const struct dirent *e;
	struct err ignored = {0};
	DIR *d;

	if (path_open_beneath(&fd, w->project.root_fd, PKG_TXN_TMP, O_RDONLY | O_DIRECTORY,
		RESOLVE_NO_SYMLINKS, &ignored) < 0)
		return;
	d = fdopendir(fd);
	if (d == NULL) {
		base_close_fd(&fd);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (strncmp(e->d_name, "link_", 5) == 0)
			remove_tree(fd, e->d_name, 0);
	}
	(void)closedir(d);
}
