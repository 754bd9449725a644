/* SPDX-License-Identifier: MIT */
/* Removing trees, one directory below the other and without following links. */

#include "registry/store/remove_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 128

static bool remove_below(int fd, unsigned depth);

static bool remove_one(int dirfd, const char *name, unsigned depth)
{
	int fd;
	bool emptied;

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return false;
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT;
	emptied = remove_below(fd, depth + 1);
	return (unlinkat(dirfd, name, AT_REMOVEDIR) == 0 || errno == ENOENT) && emptied;
}

/* Takes over fd. */
static bool remove_below(int fd, unsigned depth)
{
	DIR *dir = depth < DEPTH_MAX ? fdopendir(fd) : NULL;
	const struct dirent *e;
	bool all = true;

	if (!dir) {
		(void)close(fd);
		return false;
	}
	/* An unwritable directory of ours would keep its files. */
	(void)fchmod(fd, 0700);
	for (e = readdir(dir); e; e = readdir(dir)) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			all = remove_one(fd, e->d_name, depth) && all;
	}
	(void)closedir(dir);
	return all;
}

bool store_remove_tree(int dirfd, const char *name)
{
	return remove_one(dirfd, name, 0);
}
