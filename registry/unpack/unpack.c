/* SPDX-License-Identifier: MIT */
/*
 * Taking an archive apart with libarchive: one entry after the other, each checked before anything
 * is made for it. Which paths an archive may hold together is names.c.
 */
#include "registry/unpack/unpack.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "registry/codes.h"
#include "registry/pack.h"
#include "registry/unpack/names.h"
#include "registry/unpack/scan.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** One archive under way. */
struct unpack {
	struct archive *a;
	struct unpack_names names;
	struct unpack_result done;
	uint32_t entries;
	int dirfd;
	int parent; /* owned: the directory that was made last, for its other files; -1 */
	char parent_path[PKG_TREE_PATH_MAX + 2];
	struct err *err;
};

static void free_archive(struct archive **a)
{
	(void)archive_read_free(*a);
}

static void clear(struct unpack *u)
{
	unpack_names_clear(&u->names);
	base_close_fd(&u->parent);
}

static int refuse(struct unpack *u, const struct code *code, const char *path, const char *why)
{
	return err_code(u->err, ERR_PKG, code, "%.200s: %s", path, why);
}

/* libarchive quotes what it read; that text stays inside of a message. */
static int broken(struct unpack *u)
{
	const char *why = archive_error_string(u->a);

	return err_code(u->err, ERR_PKG, REGISTRY_CODE(ARCHIVE_FORMAT),
	    "not a plain tar archive: %.200s", why ? why : "cut short");
}

/* Anything but a file and a directory. Source: docs/format/x07pkg.md, "reading". */
static const char *type_fault(struct archive_entry *e)
{
	if (archive_entry_hardlink(e))
		return "a hard link";
	if (archive_entry_symlink(e) || archive_entry_filetype(e) == AE_IFLNK)
		return "a symbolic link";
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
		return archive_entry_sparse_count(e) > 0 ? "a sparse file" : NULL;
	case AE_IFDIR:
		return NULL;
	case AE_IFIFO:
		return "a fifo";
	case AE_IFCHR:
	case AE_IFBLK:
		return "a device";
	case AE_IFSOCK:
		return "a socket";
	default:
		return "an entry of unknown type";
	}
}

static int write_file(struct unpack *u, int fd, const char *path, uint64_t size)
{
	uint64_t written = 0;

	for (;;) {
		const void *data = NULL;
		size_t len = 0;
		int64_t offset = 0;
		int rc = archive_read_data_block(u->a, &data, &len, &offset);

		if (rc == ARCHIVE_EOF)
			break;
		if (rc != ARCHIVE_OK)
			return broken(u);
		if (offset < 0 || (uint64_t)offset != written)
			return refuse(u, REGISTRY_CODE(ARCHIVE_TYPE), path, "a sparse file");
		written += len;
		if (written > size)
			return refuse(
			    u, REGISTRY_CODE(ARCHIVE_FORMAT), path, "longer than it says");
		rc = file_write_all(fd, data, len, u->err);
		if (rc < 0)
			return rc;
	}
	if (written != size)
		return refuse(u, REGISTRY_CODE(ARCHIVE_FORMAT), path, "shorter than it says");
	u->done.files++;
	u->done.bytes += written;
	return 0;
}

static int clash(struct unpack *u, const char *path)
{
	if (errno == EEXIST || errno == ENOTDIR || errno == EISDIR)
		return refuse(
		    u, REGISTRY_CODE(ARCHIVE_DUPLICATE), path, "is both file and directory");
	return err_sys(u->err, ERR_IO, "%.200s", path);
}

/*
 * Make the directories that lead to the last segment (or all of them) and open the last one. Every
 * step is one segment that is not followed if it is a link, and we make no links.
 */
static int walk_parent(struct unpack *u, int *out, const char *path)
{
	AUTO_CLOSE int at = fcntl(u->dirfd, F_DUPFD_CLOEXEC, 0);
	char segment[PKG_TREE_PATH_MAX + 1];

	if (at < 0)
		return err_sys(u->err, ERR_IO, "%.200s", path);
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(path, '/')) {
		size_t len = (size_t)(slash - path);
		int next;

		memcpy(segment, path, len);
		segment[len] = '\0';
		if (mkdirat(at, segment, 0755) < 0 && errno != EEXIST)
			return err_sys(u->err, ERR_IO, "%.200s", path);
		next = openat(at, segment, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return clash(u, path);
		(void)close(at);
		at = next;
		path = slash + 1;
	}
	*out = take_fd(&at);
	return 0;
}

/* The directory of a path, borrowed; mostly it is that of the entry before. */
static int open_parent(struct unpack *u, int *out, const char *path, const char **last)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	if (u->parent < 0 || strlen(u->parent_path) != len ||
	    memcmp(u->parent_path, path, len) != 0) {
		int fd = -1;
		int rc = walk_parent(u, &fd, path);

		if (rc < 0)
			return rc;
		base_close_fd(&u->parent);
		u->parent = fd;
		memcpy(u->parent_path, path, len);
		u->parent_path[len] = '\0';
	}
	*last = slash ? slash + 1 : path;
	*out = u->parent;
	return 0;
}

static int make_file(struct unpack *u, const char *path, uint64_t size)
{
	AUTO_CLOSE int fd = -1;
	const char *name = path;
	int parent = -1;
	int rc = open_parent(u, &parent, path, &name);

	if (rc < 0)
		return rc;
	fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
	if (fd < 0)
		return clash(u, path);
	return write_file(u, fd, path, size);
}

static int make_dir(struct unpack *u, const char *path)
{
	const char *name = path;
	int parent = -1;
	int rc = open_parent(u, &parent, path, &name);

	if (rc < 0)
		return rc;
	if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
		return err_sys(u->err, ERR_IO, "%.200s", path);
	return 0;
}

static int check_size(struct unpack *u, const char *path, int64_t size)
{
	if (size < 0)
		return refuse(u, REGISTRY_CODE(ARCHIVE_FORMAT), path, "negative size");
	if ((uint64_t)size > PKG_TREE_FILE_MAX)
		return refuse(u, REGISTRY_CODE(ARCHIVE_LIMIT), path, "larger than 16 MiB");
	if (u->done.bytes + (uint64_t)size > PKG_TREE_BYTES_MAX)
		return refuse(u, REGISTRY_CODE(ARCHIVE_LIMIT), path, "more than 64 MiB together");
	return 0;
}

static int unpack_entry(struct unpack *u, struct archive_entry *e)
{
	const char *path = archive_entry_pathname(e);
	bool is_dir = archive_entry_filetype(e) == AE_IFDIR;
	char clean[PKG_TREE_PATH_MAX + 2];
	const char *fault;
	int rc;

	if (!path)
		return refuse(
		    u, REGISTRY_CODE(ARCHIVE_PATH), "an entry", "has a name that is not UTF-8");
	fault = type_fault(e);
	if (fault)
		return refuse(u, REGISTRY_CODE(ARCHIVE_TYPE), path, fault);
	rc = unpack_name_check(clean, path, is_dir, u->err);
	if (rc < 0)
		return rc;
	rc = unpack_names_add(&u->names, clean, is_dir, u->err);
	if (rc < 0)
		return rc;
	if (is_dir)
		return make_dir(u, clean);
	rc = check_size(u, clean, archive_entry_size(e));
	return rc < 0 ? rc : make_file(u, clean, (uint64_t)archive_entry_size(e));
}

static int unpack_all(struct unpack *u)
{
	for (;;) {
		struct archive_entry *e = NULL;
		int rc = archive_read_next_header(u->a, &e);

		if (rc == ARCHIVE_EOF)
			break;
		/* A warning is, for instance, a name that cannot be converted: no package has any.
		 */
		if (rc != ARCHIVE_OK)
			return broken(u);
		if (++u->entries > PKG_TREE_FILES_MAX)
			return refuse(
			    u, REGISTRY_CODE(ARCHIVE_LIMIT), "archive", "more than 10000 entries");
		rc = unpack_entry(u, e);
		if (rc < 0)
			return rc;
	}
	if (u->done.files == 0)
		return refuse(u, REGISTRY_CODE(ARCHIVE_FORMAT), "archive", "holds no file");
	return 0;
}

/*
 * Into memory of this process: who wrote the file may still have it open, and what is hashed has to
 * be what is looked at and what is unpacked.
 */
static int read_archive(struct buf *out, int fd, const char *want, struct err *err)
{
	char got[SHA256_HEX_SIZE];
	int rc = file_read_fd(out, fd, "archive", err);

	if (rc == ERR_LIMIT)
		return err_code(
		    err, ERR_PKG, REGISTRY_CODE(ARCHIVE_LIMIT), "archive: larger than 64 MiB");
	if (rc < 0 || want == NULL)
		return rc;
	sha256_text(got, buf_str(out), out->len);
	if (strcmp(got, want) == 0)
		return 0;
	return err_code(err, ERR_PKG, REGISTRY_CODE(ARCHIVE_DIGEST),
	    "archive: expected sha256 %s, got %s", want, got);
}

int unpack_archive(
    struct unpack_result *out, int archive_fd, const char *sha256, int dirfd, struct err *err)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(REGISTRY_ARCHIVE_MAX);
	CLEANUP(free_archive) struct archive *a = archive_read_new();
	CLEANUP(clear) struct unpack u = {.a = a, .dirfd = dirfd, .parent = -1, .err = err};
	int rc = read_archive(&bytes, archive_fd, sha256, err);

	if (rc == 0)
		rc = unpack_scan(buf_str(&bytes), bytes.len, err);
	if (rc < 0)
		return rc;
	unpack_names_init(&u.names);
	if (!a || archive_read_support_format_tar(a) != ARCHIVE_OK ||
	    archive_read_open_memory(a, bytes.data, bytes.len) != ARCHIVE_OK)
		return broken(&u);
	rc = unpack_all(&u);
	if (rc == 0)
		*out = u.done;
	return rc;
}
