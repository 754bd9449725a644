/* SPDX-License-Identifier: MIT */
/* `$workspace` paths: the kernel decides what lies below the workspace, not the text. */
#include "pkg/place.h"

#include "base/path.h"
#include "pkg/codes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORD "$workspace"
#define WORD_LEN (sizeof(WORD) - 1)

bool pkg_path_is_workspace(const char *path)
{
	return strncmp(path, WORD, WORD_LEN) == 0 &&
	       (path[WORD_LEN] == '\0' || path[WORD_LEN] == '/');
}

bool pkg_path_is_vendored(const char *path)
{
	if (strncmp(path, PKG_VENDORED, strlen(PKG_VENDORED)) == 0)
		return true;
	return pkg_path_is_workspace(path) && strstr(path, "/" PKG_VENDORED) != NULL;
}

static char *find_git(const char *root)
{
	AUTO_FREE char *dir = base_strdup(root);

	for (;;) {
		AUTO_FREE char *git = path_join(dir, ".git");
		AUTO_FREE char *parent = path_dirname(dir);

		if (access(git, F_OK) == 0)
			return TAKE(dir);
		if (strcmp(parent, dir) == 0)
			return NULL;
		base_free_ptr(&dir);
		dir = TAKE(parent);
	}
}

int pkg_workspace_root(char **out, const char *root, struct err *err)
{
	const char *given = getenv("X07_WORKSPACE_ROOT");
	AUTO_FREE char *found = NULL;
	char *real;

	if (given != NULL && given[0] == '\0')
		return err_code(err, ERR_LOCKED, PKG_CODE(WORKSPACE),
		    "X07_WORKSPACE_ROOT is empty: it names the folder that `$workspace` means");
	if (given == NULL) {
		found = find_git(root);
		given = found;
	}
	if (given == NULL)
		return err_code(err, ERR_LOCKED, PKG_CODE(WORKSPACE),
		    "no workspace: no folder above %s has a .git; X07_WORKSPACE_ROOT names one",
		    root);
	real = realpath(given, NULL);
	if (real == NULL)
		return err_code(err, ERR_LOCKED, PKG_CODE(WORKSPACE), "workspace %s: %s", given,
		    strerror(errno));
	*out = real;
	return 0;
}

int pkg_place_base(int *out, const char **rest, const char *root, const char *path, struct err *err)
{
	bool shared = pkg_path_is_workspace(path);
	AUTO_FREE char *base = NULL;
	int rc = shared ? pkg_workspace_root(&base, root, err) : 0;
	int fd;

	if (rc < 0)
		return rc;
	fd = open(base != NULL ? base : root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, ERR_IO, "%s", base != NULL ? base : root);
	*rest = shared ? path + WORD_LEN : path;
	*rest += strspn(*rest, shared ? "/" : "");
	if (**rest == '\0')
		*rest = ".";
	*out = fd;
	return 0;
}

/* What a descriptor is the place of, without links. */
static int path_of(char **out, int fd, struct err *err)
{
	char link[64], text[PATH_MAX];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, text, sizeof(text));
	if (n < 0 || (size_t)n >= sizeof(text))
		return err_sys(err, ERR_IO, "%s", link);
	*out = strndup(text, (size_t)n);
	return 0;
}

int pkg_place_path(char **out, const char *root, const char *path, struct err *err)
{
	AUTO_FREE char *base = NULL;
	const char *rest = NULL;
	struct err inner = {0};
	AUTO_CLOSE int base_fd = -1;
	AUTO_CLOSE int fd = -1;
	int rc;

	if (!pkg_path_is_workspace(path)) {
		*out = path_join(root, path);
		return 0;
	}
	rc = pkg_place_base(&base_fd, &rest, root, path, err);
	if (rc == 0)
		rc = path_of(&base, base_fd, err);
	if (rc < 0)
		return rc;
	rc = path_open_beneath(&fd, base_fd, rest, O_PATH, 0, &inner);
	if (rc == 0)
		return path_of(out, fd, err);
	if (rc != ERR_NOT_FOUND)
		return err_code(
		    err, ERR_LOCKED, PKG_CODE(WORKSPACE), "%s: %s", path, inner.message);
	*out = path_join(base, rest);
	return 0;
}
