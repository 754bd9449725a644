/* SPDX-License-Identifier: MIT */
/*
 * Looks at paths with O_PATH only. A root must be a folder that the sandbox would take
 * (sandbox/roots.c): in the project links may not lead out of it, elsewhere it may not be a link.
 */
#include "cmd/run/look.h"

#include "base/file.h"
#include "base/own.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* @return 0 or errno. */
static int try_open(int dir, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {.flags = (uint64_t)flags | O_PATH | O_CLOEXEC,
	    .resolve = resolve | RESOLVE_NO_MAGICLINKS};
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int look_open(void *arg, const char *root, const char *rest, bool write, bool symlinks)
{
	AUTO_FREE char *path = path_join(arg != NULL ? arg : "", root);
	AUTO_FREE char *parent = path_dirname(rest);
	AUTO_CLOSE int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	uint64_t resolve = RESOLVE_BENEATH | (symlinks ? 0 : RESOLVE_NO_SYMLINKS);
	int failed;

	if (dir < 0)
		return errno;
	failed = try_open(dir, rest, 0, resolve);
	/* a file that is not there may be made when its directory is */
	return failed == ENOENT && write ? try_open(dir, parent, O_DIRECTORY, resolve) : failed;
}

/* An absolute root outside the project. */
static int look_apart(const char *path)
{
	struct stat st;
	int failed = try_open(AT_FDCWD, path, O_DIRECTORY | O_NOFOLLOW, 0);

	if (failed == ENOTDIR && lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		return ELOOP;
	return failed;
}

static int look_root(void *arg, const char *root)
{
	const char *cwd = arg;
	AUTO_CLOSE int base = -1;
	int failed;

	if (root[0] == '/')
		return look_apart(root);
	if (cwd == NULL) /* nobody knows what it belongs to */
		return 0;
	base = open(cwd, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (base < 0)
		return errno;
	failed = try_open(base, root, O_DIRECTORY, RESOLVE_BENEATH);
	return failed == ELOOP ? EXDEV : failed;
}

static char *look_own(void *arg, const char *root)
{
	AUTO_FREE char *path = path_join(arg != NULL ? arg : "", root);
	AUTO_FREE char *real = path[0] == '/' ? realpath(path, NULL) : NULL;

	return real != NULL ? own_folder_fault(real) : NULL;
}

struct policy_disk run_look_at(const char *cwd)
{
	return (struct policy_disk){
	    .open = look_open, .root = look_root, .own = look_own, .arg = (void *)(uintptr_t)cwd};
}
