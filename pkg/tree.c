/* SPDX-License-Identifier: MIT */
/*
 * Reading the files of one package. Directories are opened one below the other without following
 * links, so that nothing outside is read whatever happens to the tree meanwhile. Digest and
 * comparison are tree_digest.c, many at once tree_all.c.
 */
#include "pkg/tree.h"

#include "base/buf.h"
#include "base/compat.h"
#include "base/path.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_MAX ((size_t)32 << 20)
#define CHUNK ((size_t)64 << 10)
#define SEGMENT_MAX 255 /* what file systems take */

/** One scan under way. */
struct scan {
	struct pkg_tree tree;
	size_t cap;
	char path[PKG_TREE_PATH_MAX + 1]; /* of the entry that is looked at */
	size_t path_len;
	unsigned depth;
	bool modules_only; /* what a module id can name, and folders on the way there */
	struct err *err;
};

static int scan_dir(struct scan *s, int own);

/* Not from the heap: there it is pages that come and go with each package. */
static _Thread_local char chunk[CHUNK];

void pkg_tree_clear(struct pkg_tree *tree)
{
	arena_clear(&tree->arena);
	memset(tree, 0, sizeof(*tree));
}

const char *pkg_tree_path_fault(const char *path, size_t len)
{
	const unsigned char *at = (const unsigned char *)path;
	const unsigned char *end = at + len;
	size_t segment = 0;
	unsigned depth = 1;

	if (len == 0)
		return "is empty";
	if (len > PKG_TREE_PATH_MAX)
		return "is longer than 1024 bytes";
	if (path[0] == '/')
		return "is absolute";
	for (size_t step; at <= end; at += step) {
		step = 1;
		if (at < end && *at != '/') {
			step = utf8_sequence(at, end);
			if (step == 0)
				return "is not UTF-8";
			if (*at < 0x20 || *at == 0x7F)
				return "has a control character";
			if (*at == '\\')
				return "has a backslash";
			segment += step;
			continue;
		}
		if (segment == 0)
			return "has an empty segment";
		if (segment <= 2 && memcmp(at - segment, "..", segment) == 0)
			return "has a \".\" or \"..\" segment";
		if (segment > SEGMENT_MAX)
			return "has a segment longer than 255 bytes";
		depth += at < end;
		segment = 0;
	}
	return depth > PKG_TREE_DEPTH_MAX ? "is deeper than 64 directories" : NULL;
}

/** Append a segment to the path; the length before it comes back in @p before. */
static int push(struct scan *s, const char *name, size_t *before)
{
	size_t len = strlen(name);

	*before = s->path_len;
	if (s->path_len + len + 1 > PKG_TREE_PATH_MAX)
		return err_set(s->err, ERR_LIMIT, "%s/%s: path longer than %u bytes", s->path, name,
		    PKG_TREE_PATH_MAX);
	if (s->path_len > 0)
		s->path[s->path_len++] = '/';
	memcpy(s->path + s->path_len, name, len + 1);
	s->path_len += len;
	return 0;
}

static void pop(struct scan *s, size_t before)
{
	s->path_len = before;
	s->path[before] = '\0';
}

/* To the end that fstat announced and, unless that came in one piece, to where there is no more. */
static int hash_file(
    struct scan *s, int fd, uint64_t announced, uint64_t *size, uint8_t digest[SHA256_BYTES])
{
	struct sha256 h;

	sha256_init(&h);
	for (;;) {
		ssize_t got = read(fd, chunk, CHUNK);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(s->err, ERR_IO, "%s", s->path);
		if (got == 0)
			break;
		*size += (uint64_t)got;
		if (*size > PKG_TREE_FILE_MAX)
			return err_set(s->err, ERR_LIMIT, "%s: larger than 16 MiB", s->path);
		sha256_add(&h, chunk, (size_t)got);
		/* Short and all that there was: asking again is a third of the calls for a file. */
		if ((size_t)got < CHUNK && *size == announced)
			break;
	}
	sha256_end(&h, digest);
	return 0;
}

static int add_file(struct scan *s, const struct pkg_tree_file *file)
{
	struct pkg_tree *t = &s->tree;

	if (t->count >= PKG_TREE_FILES_MAX)
		return err_set(s->err, ERR_LIMIT, "more than %u files", PKG_TREE_FILES_MAX);
	t->bytes += file->size;
	if (t->bytes > PKG_TREE_BYTES_MAX)
		return err_set(s->err, ERR_LIMIT, "more than 64 MiB of files");
	VEC_PUSH(t->files, t->count, s->cap, *file);
	return 0;
}

static int not_a_file(struct scan *s)
{
	return err_set(s->err, ERR_FORMAT, "%s: neither a regular file nor a directory", s->path);
}

static int open_failed(struct scan *s)
{
	if (errno == ENOENT)
		return err_sys(s->err, ERR_NOT_FOUND, "%s", s->path);
	if (errno == ELOOP || errno == ENXIO)
		return not_a_file(s);
	return err_sys(s->err, ERR_IO, "%s", s->path);
}

/*
 * Non-blocking: a fifo must not stop us. Without the access time, whose update for each file would
 * be most of the work; only the owner may ask for that (open(2), O_NOATIME).
 */
static int open_entry(int parent, const char *name)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(parent, name, flags | O_NOATIME);

	return fd < 0 && errno == EPERM ? openat(parent, name, flags) : fd;
}

static int scan_entry(struct scan *s, int parent, const char *name)
{
	AUTO_CLOSE int fd = open_entry(parent, name);
	struct pkg_tree_file file = {0};
	struct stat st;
	int rc;

	if (fd < 0)
		return open_failed(s);
	if (fstat(fd, &st) < 0)
		return err_sys(s->err, ERR_IO, "%s", s->path);
	if (S_ISDIR(st.st_mode))
		return scan_dir(s, take_fd(&fd));
	if (!S_ISREG(st.st_mode))
		return not_a_file(s);
	rc = hash_file(s, fd, (uint64_t)st.st_size, &file.size, file.sha256);
	if (rc < 0)
		return rc;
	file.path = arena_strndup(&s->tree.arena, s->path, s->path_len);
	if (!file.path)
		return err_set(s->err, ERR_LIMIT, "names of more than 32 MiB");
	return add_file(s, &file);
}

/* A link to a folder is none to skip: a build would read through it. */
static bool is_no_module(int parent, const char *name)
{
	static const char suffix[] = ".x07.json";
	size_t len = strlen(name), end = sizeof(suffix) - 1;
	struct stat st;

	if (len > end && strcmp(name + len - end, suffix) == 0)
		return strchr(name, '.') != name + len - end;
	return strchr(name, '.') != NULL || fstatat(parent, name, &st, 0) < 0 ||
	       !S_ISDIR(st.st_mode);
}

static int scan_names(struct scan *s, DIR *dir)
{
	for (;;) {
		const struct dirent *e;
		const char *fault;
		size_t before;
		int rc;

		errno = 0;
		e = readdir(dir);
		if (!e)
			return errno ? err_sys(s->err, ERR_IO, "%s", s->path) : 0;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (s->modules_only && is_no_module(dirfd(dir), e->d_name))
			continue;
		rc = push(s, e->d_name, &before);
		if (rc < 0)
			return rc;
		fault = pkg_tree_path_fault(s->path, s->path_len);
		if (fault)
			return err_set(s->err, ERR_FORMAT, "a file name %s", fault);
		rc = scan_entry(s, dirfd(dir), e->d_name);
		if (rc < 0)
			return rc;
		pop(s, before);
	}
}

/* Takes the descriptor over. */
static int scan_dir(struct scan *s, int own)
{
	DIR *dir = own < 0 ? NULL : fdopendir(own);
	int rc;

	if (!dir) {
		base_close_fd(&own);
		return err_sys(s->err, ERR_IO, "%s", s->path);
	}
	s->depth++;
	rc = s->depth > PKG_TREE_DEPTH_MAX
		 ? err_set(s->err, ERR_LIMIT, "%s: deeper than 64 directories", s->path)
		 : scan_names(s, dir);
	s->depth--;
	(void)closedir(dir);
	return rc;
}

static int by_path(const void *a, const void *b)
{
	const struct pkg_tree_file *x = a;
	const struct pkg_tree_file *y = b;

	return strcmp(x->path, y->path);
}

/* The array moves into the arena, so that the tree is freed as a whole. */
static void finish(struct scan *s)
{
	struct pkg_tree *t = &s->tree;
	size_t size = t->count * sizeof(*t->files);
	struct pkg_tree_file *sorted;

	t->arena.max = 0;
	sorted = arena_alloc(&t->arena, size + 1);
	if (t->count > 0) {
		memcpy(sorted, t->files, size);
		qsort(sorted, t->count, sizeof(*sorted), by_path);
	}
	free(t->files);
	t->files = sorted;
}

static struct scan scan_init(struct err *err)
{
	struct scan s = {.err = err};

	arena_init(&s.tree.arena, ARENA_MAX);
	return s;
}

static int scan_end(struct pkg_tree *out, struct scan *s, int rc)
{
	if (rc < 0) {
		free(s->tree.files);
		arena_clear(&s->tree.arena);
		return rc;
	}
	finish(s);
	*out = s->tree;
	return 0;
}

int pkg_tree_scan(struct pkg_tree *out, int dirfd, struct err *err)
{
	struct scan s = scan_init(err);

	/* A description of its own: the caller's may stand anywhere in the directory. */
	return scan_end(
	    out, &s, scan_dir(&s, openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
}

static int push_all(struct scan *s, const char *path)
{
	CLEANUP(buf_clear) struct buf name = buf_init(PKG_TREE_PATH_MAX);
	size_t ignored;
	int rc = 0;

	for (size_t len; rc == 0 && *path; path += len + strspn(path + len, "/")) {
		len = strcspn(path, "/");
		if (len == 1 && *path == '.')
			continue;
		buf_reset(&name);
		buf_add(&name, path, len);
		rc = name.overflow ? err_set(s->err, ERR_LIMIT, "%s: path too long", path)
				   : push(s, name.data, &ignored);
	}
	return rc;
}

/* One folder of a package, if it is there. */
static int scan_part(struct scan *s, int dirfd, const char *path)
{
	struct err inner = {0};
	int fd = -1;
	int rc = push_all(s, path);

	if (rc < 0)
		return rc;
	rc = path_open_beneath(&fd, dirfd, s->path_len > 0 ? s->path : ".", O_RDONLY | O_DIRECTORY,
	    RESOLVE_NO_SYMLINKS, &inner);
	if (rc == 0)
		rc = scan_dir(s, fd);
	else if (rc == ERR_NOT_FOUND)
		rc = 0;
	else
		rc = err_set(s->err, ERR_FORMAT, "%s: not a folder, or through a link", s->path);
	pop(s, 0);
	return rc;
}

static int scan_manifest(struct scan *s, int dirfd)
{
	static const char name[] = "x07-package.json";
	size_t before;
	int rc = push(s, name, &before);

	if (rc == 0)
		rc = scan_entry(s, dirfd, name);
	pop(s, 0);
	return rc;
}

/* `ffi/` and the module root may lie in each other. */
static void drop_doubles(struct pkg_tree *t)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->count; i++) {
		if (n == 0 || strcmp(t->files[n - 1].path, t->files[i].path) != 0)
			t->files[n++] = t->files[i];
	}
	t->count = n;
}

int pkg_tree_scan_sources(struct pkg_tree *out, int dirfd, const char *module_root, struct err *err)
{
	struct scan s = scan_init(err);
	int rc = scan_manifest(&s, dirfd);

	s.modules_only = true;
	if (rc == 0)
		rc = scan_part(&s, dirfd, module_root);
	s.modules_only = false;
	if (rc == 0)
		rc = scan_part(&s, dirfd, "ffi");
	rc = scan_end(out, &s, rc);
	if (rc == 0)
		drop_doubles(out);
	return rc;
}
