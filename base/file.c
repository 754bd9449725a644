/* SPDX-License-Identifier: MIT */
/*
 * Reading whole files, creating them, and memory files. Replacing one atomically is
 * base/file_replace.c.
 */
#include "base/file.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_CHUNK ((size_t)16 << 10)

static int errno_code(int error)
{
	return error == ENOENT ? ERR_NOT_FOUND : ERR_IO;
}

/* One read that may be interrupted. */
static ssize_t read_some(int fd, void *to, size_t size)
{
	ssize_t n = 0;

	do
		n = read(fd, to, size);
	while (n < 0 && errno == EINTR);
	return n;
}

/* At the maximum: the file must end here. */
static int expect_end(const struct buf *out, int fd, const char *name, struct err *err)
{
	char extra = 0;
	ssize_t n = read_some(fd, &extra, 1);

	if (n < 0)
		return err_sys(err, ERR_IO, "%s", name);
	if (n > 0)
		return err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", name, out->max);
	return 0;
}

static int read_to_end(struct buf *out, int fd, size_t hint, const char *name, struct err *err)
{
	for (;;) {
		size_t room = out->max - out->len;
		size_t want = hint > READ_CHUNK ? hint : READ_CHUNK;
		ssize_t n = 0;
		char *at = NULL;

		if (room == 0)
			return expect_end(out, fd, name, err);
		if (want > room)
			want = room;
		at = buf_reserve(out, want);
		if (at == NULL)
			return err_set(err, ERR_LIMIT, "%s: no room", name);
		n = read_some(fd, at, want);
		if (n < 0)
			return err_sys(err, ERR_IO, "%s", name);
		if (n == 0)
			return 0;
		out->len += (size_t)n;
		hint = 0;
	}
}

void file_expect(uint32_t count)
{
	int low = open("/", O_PATH | O_CLOEXEC);
	int high = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, low + (int)count);

	base_close_fd(&high);
	base_close_fd(&low);
}

int file_lock_dir(int *out, const char *path, struct err *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	do {
		rc = fd < 0 ? -1 : flock(fd, LOCK_EX);
	} while (rc < 0 && errno == EINTR);
	if (rc < 0)
		return err_sys(err, ERR_IO, "%s", path);
	*out = take_fd(&fd);
	return 0;
}

int file_read_fd(struct buf *out, int fd, const char *name, struct err *err)
{
	size_t old = out->len;
	size_t hint = 0;
	struct stat st;
	int rc = 0;

	if (fstat(fd, &st) < 0)
		return err_sys(err, ERR_IO, "%s", name);
	/* A hint only: the size of a file may change, and one byte more saves a read at its end. */
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size < out->max)
		hint = (size_t)st.st_size + 1;
	rc = read_to_end(out, fd, hint, name, err);
	if (rc < 0)
		out->len = old;
	if (out->data != NULL)
		out->data[out->len] = '\0';
	return rc;
}

/* A pipe that nobody writes to is empty; opening it must not wait for somebody. */
static int open_to_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd >= 0 && fcntl(fd, F_SETFL, 0) < 0) {
		base_close_fd(&fd);
		fd = -1;
	}
	return fd;
}

int file_read(struct buf *out, const char *path, struct err *err)
{
	AUTO_CLOSE int fd = open_to_read(path);

	if (fd < 0)
		return err_sys(err, errno_code(errno), "%s", path);
	return file_read_fd(out, fd, path, err);
}

int file_write_all(int fd, const void *data, size_t len, struct err *err)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, "write");
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_create(const char *path, const void *data, size_t len, struct err *err)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int rc = 0;

	if (fd < 0)
		return err_sys(err, errno == EEXIST ? ERR_EXISTS : errno_code(errno), "%s", path);
	rc = file_write_all(fd, data, len, err);
	if (rc == 0)
		return 0;
	(void)unlink(path);
	return err_wrap(err, "%s", path);
}

int file_mkdirs(const char *path, struct err *err)
{
	AUTO_FREE char *prefix = base_strdup(path);
	char *at = prefix + strspn(prefix, "/");

	while (*at != '\0') {
		at += strcspn(at, "/");
		char end = *at;

		*at = '\0';
		/* EEXIST, or EROFS and the like on a parent: what counts is the end of the path. */
		if (mkdir(prefix, 0777) < 0 && !file_is_directory(prefix))
			return err_sys(err, ERR_IO, "%s", prefix);
		*at = end;
		at += strspn(at, "/");
	}
	if (path[0] == '\0')
		return err_set(err, ERR_NOT_FOUND, "empty path");
	return 0;
}

bool file_is_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool file_is_directory(const char *path)
{
	struct stat st;
	int saved = errno;
	bool is = stat(path, &st) == 0 && S_ISDIR(st.st_mode);

	errno = saved;
	return is;
}

const char *file_fault_text(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? "missing" : "not reachable";
	return S_ISDIR(st.st_mode) ? "a directory" : "not a regular file";
}

int file_sealed_memfd(int *out_fd, const char *name, const void *data, size_t len, struct err *err)
{
	const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	AUTO_CLOSE int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int rc = 0;

	if (fd < 0)
		return err_sys(err, ERR_IO, "memory file %s", name);
	rc = file_write_all(fd, data, len, err);
	if (rc < 0)
		return err_wrap(err, "memory file %s", name);
	if (fcntl(fd, F_ADD_SEALS, seals) < 0)
		return err_sys(err, ERR_IO, "memory file %s: seal", name);
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, ERR_IO, "memory file %s", name);
	*out_fd = take_fd(&fd);
	return 0;
}
