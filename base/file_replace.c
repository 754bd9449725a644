/* SPDX-License-Identifier: MIT */
/*
 * Replacing a file atomically. A path that is a symbolic link is replaced itself, as rename(2) does
 * it: what it pointed to stays untouched, so that a planted link leads a write nowhere.
 */
#include "base/file_replace.h"

#include "base/file.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMP_TRIES 100
#define TEMP_NAME_MAX 256
/* Room for ".", the process id, a number and ".tmp" within NAME_MAX. */
#define TEMP_STEM_MAX 200

static void temp_name(char temp[TEMP_NAME_MAX], const char *name, int i)
{
	(void)snprintf(
	    temp, TEMP_NAME_MAX, ".%.*s.%ld.%d.tmp", TEMP_STEM_MAX, name, (long)getpid(), i);
}

/* Create the temporary file next to its target; the name is written to @p temp. */
static int open_temp(int dirfd, char temp[TEMP_NAME_MAX], const char *name)
{
	for (int i = 0; i < TEMP_TRIES; i++) {
		int fd = -1;

		temp_name(temp, name, i);
		fd = openat(dirfd, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/*
 * A file without a name: it needs nobody to remove it when we are killed while it is written and
 * flushed. -1 where the file system, or a missing /proc, has no such thing.
 */
static int open_nameless(int dirfd)
{
	if (access("/proc/self/fd", X_OK) < 0)
		return -1;
	return openat(dirfd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
}

static int give_name(int dirfd, int fd, char temp[TEMP_NAME_MAX], const char *name)
{
	char self[40];
	int rc = -1;

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	for (int i = 0; i < TEMP_TRIES; i++) {
		temp_name(temp, name, i);
		rc = linkat(AT_FDCWD, self, dirfd, temp, AT_SYMLINK_FOLLOW);
		if (rc == 0 || errno != EEXIST)
			break;
	}
	return rc;
}

/* The last steps, between which no signal that can be held back ends us: it would leave the name.
 */
static int put_in_place(
    int dirfd, int nameless, char temp[TEMP_NAME_MAX], const char *name, struct err *err)
{
	sigset_t all, before;
	int rc = 0;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	if (nameless >= 0 && give_name(dirfd, nameless, temp, name) < 0) {
		rc = err_sys(err, ERR_IO, "temporary file");
	} else if (renameat(dirfd, temp, dirfd, name) < 0) {
		rc = err_sys(err, ERR_IO, "rename");
		(void)unlinkat(dirfd, temp, 0);
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static int fill_temp(int fd, const struct stat *old, const void *data, size_t len, struct err *err)
{
	int rc = 0;

	if (old != NULL && fchmod(fd, old->st_mode & 07777) < 0)
		return err_sys(err, ERR_IO, "mode");
	rc = file_write_all(fd, data, len, err);
	if (rc < 0)
		return rc;
	if (fsync(fd) < 0)
		return err_sys(err, ERR_IO, "fsync");
	return 0;
}

/* EINVAL: a file system whose directories cannot be flushed (fsync(2)); nothing more to do. */
static int sync_dir(int dirfd, struct err *err)
{
	if (fsync(dirfd) < 0 && errno != EINVAL)
		return err_sys(err, ERR_IO, "fsync of the directory");
	return 0;
}

/*
 * A device, a pipe or a socket is not what somebody meant who gives data to keep, and to root the
 * rename would succeed: /dev/null would be a file from then on. A link to one is as bad.
 */
static int refuse_special(int dirfd, const char *name, struct err *err)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, 0) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return 0;
	return err_set(err, ERR_IO, "not replaced, because it is a %s",
	    S_ISFIFO(st.st_mode)   ? "pipe"
	    : S_ISSOCK(st.st_mode) ? "socket"
				   : "device");
}

int file_replace_at(int dirfd, const char *name, const void *data, size_t len, struct err *err)
{
	char temp[TEMP_NAME_MAX];
	struct stat st;
	int special = refuse_special(dirfd, name, err);
	bool exists = fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
	AUTO_CLOSE int fd = special < 0 ? -1 : open_nameless(dirfd);
	bool nameless = fd >= 0;
	int rc = 0;

	if (special < 0)
		return special;
	if (!nameless)
		fd = open_temp(dirfd, temp, name);
	if (fd < 0)
		return err_sys(err, ERR_IO, "temporary file");
	rc = fill_temp(fd, exists ? &st : NULL, data, len, err);
	if (rc < 0 && !nameless)
		(void)unlinkat(dirfd, temp, 0);
	if (rc < 0)
		return rc;
	rc = put_in_place(dirfd, nameless ? fd : -1, temp, name, err);
	if (rc < 0)
		return rc;
	return sync_dir(dirfd, err);
}

int file_replace(const char *path, const void *data, size_t len, struct err *err)
{
	AUTO_FREE char *dir = path_dirname(path);
	const char *name = path_basename(path);
	AUTO_CLOSE int dirfd = -1;
	int rc = 0;

	if (name[0] == '\0')
		return err_set(err, ERR_IO, "%s: names no file", path);
	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return err_sys(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", path);
	rc = file_replace_at(dirfd, name, data, len, err);
	return rc < 0 ? err_wrap(err, "%s", path) : 0;
}
