/* SPDX-License-Identifier: MIT */
/* Finding the manifest of the project that a directory belongs to. */
#include "pkg/discover.h"

#include "pkg/manifest.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".x07project.json"

static void close_dir(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

static bool has_suffix(const char *name)
{
	size_t len = strlen(name);

	return len > strlen(SUFFIX) && strcmp(name + len - strlen(SUFFIX), SUFFIX) == 0;
}

/* Names of the candidates other than x07.json; an unreadable directory has none. */
static size_t candidates(const char *dir, char **first)
{
	CLEANUP(close_dir) DIR *d = opendir(dir);
	const struct dirent *e;
	size_t count = 0;

	while (d && (e = readdir(d)) != NULL) {
		AUTO_FREE char *path = has_suffix(e->d_name) ? path_join(dir, e->d_name) : NULL;

		if (!path || !file_is_regular(path))
			continue;
		if (count++ == 0)
			*first = TAKE(path);
	}
	return count;
}

/* In /tmp anybody may put a project above that of whoever works below it. */
static int check_owner(const char *dir, const char *file, struct err *err)
{
	struct stat folder, st;

	if (stat(dir, &folder) < 0 || stat(file, &st) < 0)
		return err_sys(err, ERR_NOT_FOUND, "%s", file);
	if ((folder.st_mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH) || st.st_uid == geteuid())
		return 1;
	return err_set(err, ERR_USAGE,
	    "%s is another user's, in a folder that everybody may write to; if it is meant, choose "
	    "it with --project",
	    file);
}

/* 1 when @p dir holds a manifest, 0 when not. */
static int look(char **out, const char *dir, struct err *err)
{
	AUTO_FREE char *named = path_join(dir, "x07.json");
	AUTO_FREE char *other = NULL;
	size_t count;

	if (file_is_regular(named)) {
		int rc = check_owner(dir, named, err);

		if (rc == 1)
			*out = TAKE(named);
		return rc;
	}
	count = candidates(dir, &other);
	if (count > 1)
		return err_set(err, ERR_USAGE,
		    "%s holds %zu files *" SUFFIX "; choose one with --project", dir, count);
	if (count == 1) {
		int rc = check_owner(dir, other, err);

		if (rc == 1)
			*out = TAKE(other);
		return rc;
	}
	return 0;
}

int pkg_manifest_discover(char **out, const char *dir, struct err *err)
{
	AUTO_FREE char *at = NULL;
	int rc = path_absolute(&at, dir, err);

	if (rc < 0)
		return rc;
	for (;;) {
		char *up;

		rc = look(out, at, err);
		if (rc != 0)
			return rc < 0 ? rc : 0;
		if (strcmp(at, "/") == 0)
			break;
		up = path_dirname(at);
		base_free_ptr(&at);
		at = up;
	}
	return err_set(
	    err, ERR_NOT_FOUND, "no x07.json in %s or above it; `x07 init` creates a project", dir);
}
