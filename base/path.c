/* SPDX-License-Identifier: MIT */
/*
 * Paths as text, and opening below an untrusted directory. Only path_open_beneath and
 * path_self_dir ask the kernel; nothing here follows a link by itself.
 */
#include "base/path.h"
#include "base/buf.h"
#include "base/compat.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Longer than the kernel takes in one call, so that nothing valid is cut. */
#define PATH_TEXT_MAX ((size_t)1 << 20)
#define OPENAT2_TRIES 64

char *path_join(const char *a, const char *b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);
	size_t at = a_len;
	char *out = NULL;

	if (b[0] == '/' || a_len == 0)
		return base_strdup(b);
	out = base_calloc(1, a_len + b_len + 2);
	memcpy(out, a, a_len); /* NOLINT(bugprone-not-null-terminated-result): b follows */
	if (out[a_len - 1] != '/')
		out[at++] = '/';
	memcpy(out + at, b, b_len + 1);
	return out;
}

char *path_dirname(const char *path)
{
	size_t len = strlen(path);
	char *out = NULL;

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 0)
		return base_strdup(".");
	out = base_alloc(len + 1);
	memcpy(out, path, len);
	out[len] = '\0';
	return out;
}

const char *path_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Append the segments of @p path to the absolute path in @p out ("" stands for the root). */
static void add_segments(struct buf *out, const char *path)
{
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if (len == 2 && path[0] == '.' && path[1] == '.') {
			while (out->len > 0 && out->data[--out->len] != '/')
				continue;
			if (out->data != NULL)
				out->data[out->len] = '\0';
		} else if (len > 0 && !(len == 1 && path[0] == '.')) {
			buf_putc(out, '/');
			buf_add(out, path, len);
		}
		path += len;
		path += strspn(path, "/");
	}
}

int path_absolute(char **out, const char *path, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(PATH_TEXT_MAX);
	char cwd[PATH_MAX];

	if (path[0] == '\0')
		return err_set(err, ERR_NOT_FOUND, "empty path");
	if (path[0] != '/') {
		if (getcwd(cwd, sizeof(cwd)) == NULL)
			return err_sys(err, ERR_IO, "current directory");
		add_segments(&text, cwd);
	}
	add_segments(&text, path);
	if (text.len == 0)
		buf_putc(&text, '/');
	if (text.overflow)
		return err_set(err, ERR_LIMIT, "path longer than %zu bytes", PATH_TEXT_MAX);
	*out = buf_take(&text);
	return 0;
}

bool path_is_safe_relative(const char *path)
{
	static const char reserved[] = ".x07_";

	if (path[0] == '\0' || strchr(path, '\\') != NULL)
		return false;
	for (;;) {
		size_t len = strcspn(path, "/");

		if (len == 0 || (len == 1 && path[0] == '.'))
			return false;
		if (len == 2 && path[0] == '.' && path[1] == '.')
			return false;
		if (strncmp(path, reserved, sizeof(reserved) - 1) == 0)
			return false;
		if (path[len] == '\0')
			return true;
		path += len + 1;
	}
}

bool path_enters_version_control(const char *path, size_t len)
{
	static const char *const folders[] = {".git", ".hg", ".svn", ".bzr", ".jj"};
	size_t at = 0;

	while (at < len) {
		const char *slash = memchr(path + at, '/', len - at);
		size_t segment = slash != NULL ? (size_t)(slash - path) - at : len - at;

		for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
			if (strlen(folders[i]) == segment &&
			    strncasecmp(path + at, folders[i], segment) == 0)
				return true;
		}
		at += segment + 1;
	}
	return false;
}

int path_open_beneath(
    int *out_fd, int dirfd, const char *rel, int flags, unsigned resolve, struct err *err)
{
	struct open_how how = {
	    .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
	    .mode = (flags & O_CREAT) != 0 ? 0666 : 0,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | resolve,
	};
	int fd = -1;

	/* EAGAIN: something was renamed while the kernel looked (openat2(2), RESOLVE_BENEATH). */
	for (int i = 0; i < OPENAT2_TRIES; i++) {
		fd = compat_openat2(dirfd, rel, &how);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	if (fd >= 0) {
		*out_fd = fd;
		return 0;
	}
	if (errno == ENOENT)
		return err_sys(err, ERR_NOT_FOUND, "%s", rel);
	if (errno == ENOSYS)
		return err_sys(err, ERR_UNSUPPORTED, "openat2 (needs Linux 5.6)");
	if (errno == EXDEV)
		return err_sys(err, ERR_IO, "%s: leads out of its directory", rel);
	return err_sys(err, ERR_IO, "%s", rel);
}

/* Each step is opened before the next is made: a link that leads out stops it there. */
int path_mkdirs_beneath(int *out_fd, int dirfd, const char *rel, struct err *err)
{
	AUTO_FREE char *prefix = base_strdup(rel);
	const int flags = O_PATH | O_DIRECTORY;
	AUTO_CLOSE int at_fd = -1;
	char *last = strrchr(prefix, '/');
	size_t at = 0;
	int rc = ERR_NOT_FOUND;

	/* As a rule only the last one is missing. */
	if (last != NULL && last[1] != '\0') {
		*last = '\0';
		at = (size_t)(last - prefix) + 1;
		rc = path_open_beneath(&at_fd, dirfd, prefix, flags, 0, err);
	}
	if (rc == ERR_NOT_FOUND) {
		at = 0;
		rc = path_open_beneath(&at_fd, dirfd, ".", flags, 0, err);
	}
	while (rc == 0 && rel[at] != '\0') {
		size_t len = strcspn(rel + at, "/");

		memcpy(prefix, rel, at + len);
		prefix[at + len] = '\0';
		/* Links are followed only if they stay inside: then the place is there already. */
		if (mkdirat(at_fd, prefix + at, 0777) < 0 && errno != EEXIST)
			return err_sys(err, ERR_IO, "%s", prefix);
		base_close_fd(&at_fd);
		at_fd = -1;
		rc = path_open_beneath(&at_fd, dirfd, prefix, flags, 0, err);
		at += len + strspn(rel + at + len, "/");
	}
	if (rc == 0)
		rc = path_open_beneath(out_fd, at_fd, ".", O_RDONLY | O_DIRECTORY, 0, err);
	return rc;
}

int path_self_dir(char **out, struct err *err)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self));

	if (len < 0)
		return err_sys(err, ERR_IO, "/proc/self/exe");
	if ((size_t)len == sizeof(self))
		return err_set(err, ERR_LIMIT, "/proc/self/exe: path longer than %d", PATH_MAX);
	self[len] = '\0';
	*out = path_dirname(self);
	return 0;
}
