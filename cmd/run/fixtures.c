/* SPDX-License-Identifier: MIT */
/*
 * Fixtures may come with code that nobody trusts. So the tree is walked without following a link,
 * within bounds, and whatever could lead out of it or block a reader is refused before the sandbox
 * exists. What changes afterwards harms nobody: the guest opens files beneath a read-only mount and
 * follows no link.
 */
#include "cmd/run/fixtures.h"

#include "base/attr.h"
#include "base/compat.h"
#include "base/file.h"
#include "base/path.h"
#include "cmd/run/codes.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
	uint64_t bytes;
	uint32_t entries;
};

static void close_dir(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

static int limit(const char *path, const char *what, unsigned long long max, struct err *err)
{
	return err_code(err, ERR_LIMIT, RUN_CODE(FIXTURE_LIMIT),
	    "fixture %s: more than %llu %s; give the test a smaller tree", path, max, what);
}

static int walk(struct walk *w, int parent, const char *name, const char *path, uint32_t depth,
    struct err *err);

static int look_at(
    struct walk *w, int dir, const char *name, const char *path, uint32_t depth, struct err *err)
{
	struct stat st;

	if (++w->entries > RUN_FIXTURE_ENTRIES_MAX)
		return limit(path, "entries", RUN_FIXTURE_ENTRIES_MAX, err);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, ERR_IO, "fixture %s", path);
	if (S_ISDIR(st.st_mode))
		return walk(w, dir, name, path, depth + 1, err);
	if (!S_ISREG(st.st_mode))
		return err_code(err, ERR_FORMAT, RUN_CODE(FIXTURE_TREE),
		    "fixture %s is a link, a pipe, a socket or a device; a fixture holds files and "
		    "folders only, so put a copy in its place",
		    path);
	w->bytes += (uint64_t)st.st_size;
	if (w->bytes > RUN_FIXTURE_BYTES_MAX)
		return limit(path, "bytes", RUN_FIXTURE_BYTES_MAX, err);
	return 0;
}

/* Recursion is bounded by RUN_FIXTURE_DEPTH_MAX. */
static int walk(
    struct walk *w, int parent, const char *name, const char *path, uint32_t depth, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	CLEANUP(close_dir) DIR *dir = NULL;
	const struct dirent *e;
	int below;

	if (depth > RUN_FIXTURE_DEPTH_MAX)
		return limit(path, "folders in each other", RUN_FIXTURE_DEPTH_MAX, err);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_sys(err, ERR_IO, "fixture %s", path);
	dir = fdopendir(fd);
	if (dir == NULL)
		return err_sys(err, ERR_IO, "fixture %s", path);
	below = take_fd(&fd);
	while ((e = readdir(dir)) != NULL) {
		AUTO_FREE char *child = path_join(path, e->d_name);
		int rc;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		rc = look_at(w, below, e->d_name, child, depth, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static bool has(const char *folder, const char *name, mode_t kind)
{
	AUTO_FREE char *path = path_join(folder, name);
	struct stat st;

	return lstat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

/* A world without fixtures has no use for one, and a world with them means nothing without. */
static int check_wanted(enum lang_world world, const char *path, struct err *err)
{
	if (world == LANG_SOLVE_FS && path == NULL)
		return err_code(err, ERR_USAGE, RUN_CODE(FIXTURE_NONE),
		    "world solve-fs needs the folder with its files: --fixtures DIR");
	if (world != LANG_SOLVE_FS && path != NULL)
		return err_code(err, ERR_USAGE, RUN_CODE(FIXTURE_NONE),
		    "--fixtures is only for world solve-fs, this run is in %s",
		    lang_world_name(world));
	return 0;
}

int run_fixtures_find(char **fs_root, enum lang_world world, const char *path, struct err *err)
{
	AUTO_FREE char *at = NULL;
	struct walk w = {0};
	int rc = check_wanted(world, path, err);

	if (rc < 0 || path == NULL)
		return rc;
	rc = path_absolute(&at, path, err);
	if (rc < 0)
		return rc;
	if (access(at, F_OK) < 0)
		return err_sys(err, ERR_NOT_FOUND, "fixture %s", at);
	rc = walk(&w, AT_FDCWD, at, at, 0, err);
	if (rc < 0)
		return rc;
	if (has(at, "latency.json", S_IFREG))
		return err_set(err, ERR_UNSUPPORTED,
		    "fixture %s/latency.json: latencies of files are not there yet; without the "
		    "file "
		    "every read takes no time",
		    at);
	*fs_root = has(at, "root", S_IFDIR) ? path_join(at, "root") : TAKE(at);
	return 0;
}
