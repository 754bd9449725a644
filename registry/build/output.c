/* SPDX-License-Identifier: MIT */
/* Writing below the output folder: each file whole under its name or not at all. */

#include "registry/build/output_priv.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMP_NAME ".x07-registry.tmp"
#define COMPARE_CHUNK 65536

/* mkdir -p of the folders in a path. */
static int make_folders(struct build *b, const char *path, struct err *err)
{
	char dir[sizeof(b->last_dir)];
	const char *slash = strrchr(path, '/');
	size_t len = slash != NULL ? (size_t)(slash - path) : 0;

	if (len >= sizeof(dir))
		return err_set(err, ERR_LIMIT, "%s: too long", path);
	memcpy(dir, path, len);
	dir[len] = '\0';
	if (len == 0 || strcmp(dir, b->last_dir) == 0)
		return 0;
	for (size_t i = 1; i <= len; i++) {
		if (dir[i] != '/' && dir[i] != '\0')
			continue;
		dir[i] = '\0';
		if (mkdirat(b->out_fd, dir, 0755) < 0 && errno != EEXIST)
			return err_sys(err, ERR_IO, "%s", dir);
		dir[i] = path[i];
	}
	memcpy(b->last_dir, path, len);
	b->last_dir[len] = '\0';
	return 0;
}

static bool is_same(struct build *b, const char *path, const void *data, size_t len)
{
	AUTO_CLOSE int fd = openat(b->out_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char chunk[COMPARE_CHUNK];
	struct stat st;
	size_t at = 0;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != len)
		return false;
	while (at < len) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n <= 0 || (size_t)n > len - at ||
		    memcmp(chunk, (const char *)data + at, (size_t)n) != 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

/*
 * Web servers make entity tags of a file's size and its time in whole seconds (nginx, Apache): what
 * replaces a file under its name is later by one at least, also when it is built in the same
 * second.
 */
static int make_later(struct build *b, const char *temporary, const char *path, struct err *err)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {0}};
	struct stat old, new;

	if (fstatat(b->out_fd, path, &old, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(err, ERR_IO, "%s", path);
	if (fstatat(b->out_fd, temporary, &new, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, ERR_IO, "%s", temporary);
	if (new.st_mtim.tv_sec > old.st_mtim.tv_sec)
		return 0;
	times[1].tv_sec = old.st_mtim.tv_sec + 1;
	if (utimensat(b->out_fd, temporary, times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, ERR_IO, "%s: time", temporary);
	return 0;
}

int build_replace(struct build *b, const char *temporary, const char *path, struct err *err)
{
	int rc = make_later(b, temporary, path, err);

	if (rc == 0 && renameat(b->out_fd, temporary, b->out_fd, path) < 0)
		rc = err_sys(err, ERR_IO, "rename");
	if (rc == 0)
		return 0;
	(void)unlinkat(b->out_fd, temporary, 0);
	return err_wrap(err, "%s", path);
}

int build_put(struct build *b, const char *path, const void *data, size_t len, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	int rc = make_folders(b, path, err);

	if (rc < 0 || is_same(b, path, data, len))
		return rc;
	fd = openat(
	    b->out_fd, TEMP_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_sys(err, ERR_IO, "%s: temporary file", path);
	rc = file_write_all(fd, data, len, err);
	if (rc < 0) {
		(void)unlinkat(b->out_fd, TEMP_NAME, 0);
		return err_wrap(err, "%s", path);
	}
	rc = build_replace(b, TEMP_NAME, path, err);
	if (rc == 0)
		b->result.files_written++;
	return rc;
}

static bool is_same_file(struct build *b, const char *path, const char *target)
{
	struct stat a, t;

	return fstatat(b->out_fd, path, &a, AT_SYMLINK_NOFOLLOW) == 0 &&
	       fstatat(b->out_fd, target, &t, AT_SYMLINK_NOFOLLOW) == 0 && a.st_dev == t.st_dev &&
	       a.st_ino == t.st_ino;
}

int build_link(struct build *b, const char *path, const char *target, struct err *err)
{
	int rc = make_folders(b, path, err);

	if (rc < 0 || is_same_file(b, path, target))
		return rc;
	(void)unlinkat(b->out_fd, TEMP_NAME, 0);
	if (linkat(b->out_fd, target, b->out_fd, TEMP_NAME, 0) < 0)
		return err_sys(err, ERR_IO, "%s: link", path);
	rc = build_replace(b, TEMP_NAME, path, err);
	if (rc == 0)
		b->result.files_written++;
	return rc;
}

int build_sync(struct build *b, struct err *err)
{
	return syncfs(b->out_fd) < 0 ? err_sys(err, ERR_IO, "%s: syncfs", b->o->output) : 0;
}
