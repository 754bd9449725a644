/* SPDX-License-Identifier: MIT */
/*
 * Entries of the store made to appear in projects. An entry is hashed first; then its files are
 * cloned, linked or copied into a directory of the project that takes its name in one step.
 */
#include "registry/store/link.h"

#include "base/file.h"
#include "base/parallel.h"
#include "pkg/tree_digest.h"
#include "registry/codes.h"
#include "registry/store/entry_priv.h"
#include "registry/store/remove_priv.h"
#include "registry/store/store_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define USED_STEP_S 3600

/** How files get into a project, best first; what does not work is not tried again. */
enum way { WAY_CLONE, WAY_LINK, WAY_COPY };

/** One entry while its package is made. */
struct job {
	struct store_link *link;
	struct store_entry entry;
	char staged[48]; /* name in the staging directory, "" = none yet */
	bool contents;   /* has files of its own, which a power cut could take */
	struct err bad;  /* why the entry has to go, when `code` is not 0 */
};

/** One call of store_link; the jobs are shared out among threads. */
struct linker {
	struct store *store;
	const struct store_link_options *options;
	struct job *jobs;
	int way;       /* enum way, atomic: the best that may work */
	uint32_t made; /* staging names so far, atomic */
};

static int lost(struct job *j, const char *why)
{
	return err_set(&j->link->err, ERR_NOT_FOUND,
	    "%s: the entry of the store was bad and is gone: %s", j->link->archive_sha256, why);
}

static void open_entry(struct linker *l, struct job *j)
{
	struct store_link *link = j->link;

	link->rc = store_entry_open(&j->entry, l->store, link->archive_sha256, &link->err);
	if (link->rc == ERR_FORMAT && store_check_key(link->archive_sha256, NULL) == 0)
		(void)err_set(&j->bad, ERR_FORMAT, "its list is damaged");
	if (link->rc < 0)
		return;
	memcpy(link->tree_sha256, j->entry.tree_sha256, sizeof(link->tree_sha256));
	link->files = j->entry.list.count;
	link->bytes = j->entry.list.bytes;
	if (link->want_tree_sha256 && strcmp(link->want_tree_sha256, link->tree_sha256) != 0)
		link->rc = err_code(&link->err, ERR_PKG, REGISTRY_CODE(STORE_MISMATCH),
		    "expected the tree %s, the store has %s", link->want_tree_sha256,
		    link->tree_sha256);
}

/* Hash the files and compare them with the list. */
static void verify(struct job *j)
{
	struct store_link *link = j->link;
	struct pkg_tree found = {0};
	struct err err = {0};
	int rc = pkg_tree_scan(&found, j->entry.files_fd, &err);

	if (rc == 0)
		rc = pkg_tree_compare(&j->entry.list, &found, &err);
	pkg_tree_clear(&found);
	if (rc == ERR_IO)
		link->err = err;
	else if (rc < 0)
		j->bad = err;
	link->rc = rc;
}

static int copy_bytes(int to, int from)
{
	char chunk[65536];

	for (;;) {
		ssize_t got = read(from, chunk, sizeof(chunk));
		ssize_t at = 0;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -1 : 0;
		while (at < got) {
			ssize_t put = write(to, chunk + at, (size_t)(got - at));

			if (put < 0 && errno != EINTR)
				return -1;
			at += put > 0 ? put : 0;
		}
	}
}

/* Whether errno says that this way does not work between these two places at all. */
static bool is_unfit(int way)
{
	if (way == WAY_CLONE)
		return true;
	return errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP ||
	       errno == ENOSYS || errno == EACCES;
}

static int clone_or_copy(int way, int to_dir, int from_dir, const char *path)
{
	AUTO_CLOSE int from =
	    openat(from_dir, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	AUTO_CLOSE int to = -1;
	int rc;

	if (from < 0)
		return -1;
	to = openat(to_dir, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
	if (to < 0)
		return -1;
	rc = way == WAY_CLONE ? ioctl(to, FICLONE, from) : copy_bytes(to, from);
	if (rc < 0) {
		int saved = errno;

		(void)unlinkat(to_dir, path, 0);
		errno = saved;
	}
	return rc;
}

static int place_file(struct linker *l, struct job *j, int to_dir, const char *path)
{
	int from_dir = j->entry.files_fd;

	for (;;) {
		int way = __atomic_load_n(&l->way, __ATOMIC_RELAXED);
		int rc = way == WAY_LINK ? linkat(from_dir, path, to_dir, path, 0)
					 : clone_or_copy(way, to_dir, from_dir, path);

		if (rc == 0) {
			j->contents = j->contents || way != WAY_LINK;
			return 0;
		}
		if (errno == ENOENT || errno == EEXIST || way == WAY_COPY || !is_unfit(way))
			return -1;
		/* Unless another thread has found out as well. */
		(void)__atomic_compare_exchange_n(
		    &l->way, &way, way + 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
}

/* The directories of a path that the path before it did not have. */
static int make_dirs(int fd, const char *path, const char *before)
{
	char part[PKG_TREE_PATH_MAX + 1];
	size_t same = 0;

	for (size_t i = 0; path[i] && path[i] == before[i]; i++) {
		if (path[i] == '/')
			same = i + 1;
	}
	for (const char *slash = strchr(path + same, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t len = (size_t)(slash - path);

		memcpy(part, path, len);
		part[len] = '\0';
		if (mkdirat(fd, part, 0755) < 0 && errno != EEXIST)
			return -1;
	}
	return 0;
}

static int place_files(struct linker *l, struct job *j, int to)
{
	const struct pkg_tree *list = &j->entry.list;
	const char *before = "";

	for (uint32_t i = 0; i < list->count; i++) {
		const char *path = list->files[i].path;

		if (make_dirs(to, path, before) < 0 || place_file(l, j, to, path) < 0) {
			/* Another process found the entry bad and dropped it under us. */
			if (errno == ENOENT)
				return lost(j, path);
			return err_sys(&j->link->err, ERR_IO, "%s: %s", j->link->name, path);
		}
		before = path;
	}
	return 0;
}

static int make_staged(struct linker *l, struct job *j)
{
	int staging = l->options->staging_fd;
	AUTO_CLOSE int fd = -1;

	do {
		uint32_t n = __atomic_add_fetch(&l->made, 1, __ATOMIC_RELAXED);

		(void)snprintf(j->staged, sizeof(j->staged), "link_%d_%" PRIu32, (int)getpid(), n);
	} while (mkdirat(staging, j->staged, 0755) < 0 && errno == EEXIST);
	fd = openat(staging, j->staged, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(&j->link->err, ERR_IO, "%s: staging directory", j->link->name);
	return place_files(l, j, fd);
}

/* The package under its name; what was there is swapped out and removed. */
static int publish(struct linker *l, struct job *j)
{
	struct store_link *link = j->link;
	int staging = l->options->staging_fd;

	if (renameat2(staging, j->staged, link->parent_fd, link->name, RENAME_NOREPLACE) == 0) {
		j->staged[0] = '\0';
		return 0;
	}
	if (errno != EEXIST && errno != ENOTEMPTY)
		return err_sys(&link->err, ERR_IO, "%s", link->name);
	if (renameat2(staging, j->staged, link->parent_fd, link->name, RENAME_EXCHANGE) < 0)
		return err_sys(&link->err, ERR_IO, "%s", link->name);
	return 0;
}

/* When an entry was last of use, for the collection of garbage; coarse, to spare writes. */
static void note_use(struct job *j, time_t now)
{
	struct stat st;

	if (fstatat(j->entry.dirfd, STORE_LIST_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (st.st_mtime > now || now - st.st_mtime > USED_STEP_S))
		(void)utimensat(j->entry.dirfd, STORE_LIST_NAME, NULL, AT_SYMLINK_NOFOLLOW);
}

static void make_one(void *ctx, uint32_t i)
{
	struct linker *l = ctx;
	struct job *j = &l->jobs[i];

	open_entry(l, j);
	if (j->link->rc == 0)
		verify(j);
	if (j->link->rc == 0 && !l->options->only_verify)
		j->link->rc = make_staged(l, j);
}

/* Something in it is not as its list says: without it the package is fetched again. */
static void drop_bad(struct linker *l, struct job *j)
{
	struct err ignored = {0};

	(void)!store_entry_drop(l->store, j->link->archive_sha256, j->entry.dirfd, &ignored);
	j->link->rc = lost(j, j->bad.message);
}

static int publish_all(struct linker *l, uint32_t count, struct err *err)
{
	time_t now = time(NULL);
	bool contents = false;

	for (uint32_t i = 0; i < count; i++) {
		struct job *j = &l->jobs[i];

		if (j->bad.code != 0)
			drop_bad(l, j);
		else if (j->link->rc == 0)
			note_use(j, now);
		contents = contents || j->contents;
	}
	/* Links carry no contents to lose: what a power cut takes of them, the next command sees by
	 * the digest and links again. The store itself is durable. */
	if (l->options->durable && contents && syncfs(l->options->staging_fd) < 0)
		return err_sys(err, ERR_IO, "file system of the project");
	for (uint32_t i = 0; i < count && !l->options->only_verify; i++) {
		if (l->jobs[i].link->rc == 0)
			l->jobs[i].link->rc = publish(l, &l->jobs[i]);
	}
	return 0;
}

/* What is left in the staging directory: a package that failed, or the one that was replaced. */
static void finish(struct linker *l, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct job *j = &l->jobs[i];

		if (j->staged[0] != '\0')
			(void)store_remove_tree(l->options->staging_fd, j->staged);
		if (j->link->rc == 0)
			j->link->list = TAKE(j->entry.list);
		store_entry_clear(&j->entry);
	}
	free(l->jobs);
}

static int summary(const struct store_link *links, uint32_t count, struct err *err)
{
	const struct store_link *worst = NULL;

	for (uint32_t i = 0; i < count; i++) {
		if (links[i].rc == 0 || (worst && worst->rc != ERR_NOT_FOUND))
			continue;
		if (!worst || links[i].rc != ERR_NOT_FOUND)
			worst = &links[i];
	}
	if (worst && err)
		*err = worst->err;
	return worst ? worst->rc : 0;
}

int store_link(struct store *store, struct store_link *links, uint32_t count,
    const struct store_link_options *options, struct err *err)
{
	struct linker l = {.store = store, .options = options};
	int rc;

	l.way = options->copy ? WAY_COPY : WAY_CLONE;
	l.jobs = base_calloc((size_t)count + 1, sizeof(*l.jobs));
	for (uint32_t i = 0; i < count; i++) {
		l.jobs[i].link = &links[i];
		l.jobs[i].entry.dirfd = l.jobs[i].entry.files_fd = -1;
	}
	file_expect(2 * count + PARALLEL_OPEN);
	parallel_for(count, make_one, &l);
	rc = publish_all(&l, count, err);
	finish(&l, count);
	return rc < 0 ? rc : summary(links, count, err);
}
