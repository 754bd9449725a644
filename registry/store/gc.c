/* SPDX-License-Identifier: MIT */
/*
 * Collecting garbage: entries that nobody used for a while, bad ones if asked, and what dead
 * processes left. The store is held alone, so no entry goes away under somebody.
 */

#include "registry/store/gc.h"

#include "registry/store/entry_priv.h"
#include "registry/store/store.h"
#include "registry/store/store_priv.h"

#include "pkg/tree_all.h"
#include "pkg/tree_digest.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/** One collection. */
struct gc {
	struct store *store;
	const struct store_gc_options *options;
	struct store_gc_result result;
};

enum verdict { KEEP, OLD, BAD };

static bool is_bad(struct store_entry *e)
{
	struct pkg_tree_job job = {.dirfd = e->files_fd};
	struct err err = {0};
	bool bad;

	pkg_tree_scan_all(&job, 1);
	bad = job.rc < 0 || pkg_tree_compare(&e->list, &job.tree, &err) < 0;
	if (job.rc == 0)
		pkg_tree_clear(&job.tree);
	return bad;
}

static enum verdict judge(struct gc *gc, const char *name, uint64_t *bytes)
{
	CLEANUP(store_entry_clear) struct store_entry e = {.dirfd = -1, .files_fd = -1};
	struct err err = {0};
	struct stat st;

	if (store_entry_open(&e, gc->store, name, &err) < 0)
		return BAD;
	*bytes = e.list.bytes;
	if (gc->options->verify && is_bad(&e))
		return BAD;
	if (gc->options->max_age_s == 0)
		return OLD;
	if (fstatat(e.dirfd, STORE_LIST_NAME, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return BAD;
	return gc->options->now_s - (int64_t)st.st_mtime > gc->options->max_age_s ? OLD : KEEP;
}

static int collect_entry(struct gc *gc, const char *name, struct err *err)
{
	uint64_t bytes = 0;
	enum verdict verdict = judge(gc, name, &bytes);

	if (verdict == KEEP) {
		gc->result.kept++;
		gc->result.kept_bytes += bytes;
		return 0;
	}
	gc->result.removed++;
	gc->result.removed_bytes += bytes;
	gc->result.bad += verdict == BAD;
	return gc->options->dry_run ? 0 : store_entry_drop(gc->store, name, -1, err);
}

/* Calls for each name of a directory; takes over fd. */
static int each_name(
    struct gc *gc, int fd, int (*call)(struct gc *, const char *, struct err *), struct err *err)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	int rc = 0;

	if (!dir) {
		base_close_fd(&fd);
		return err_sys(err, ERR_IO, "store: %s", gc->store->root);
	}
	for (e = readdir(dir); rc == 0 && e; e = readdir(dir)) {
		if (e->d_name[0] != '.')
			rc = call(gc, e->d_name, err);
	}
	(void)closedir(dir);
	return rc;
}

static int collect_named(struct gc *gc, const char *name, struct err *err)
{
	/* What is no digest is not ours to judge. */
	return store_check_key(name, NULL) == 0 ? collect_entry(gc, name, err) : 0;
}

static int collect_shard(struct gc *gc, const char *name, struct err *err)
{
	int fd = openat(gc->store->trees_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return 0;
	rc = each_name(gc, fd, collect_named, err);
	/* Goes only when it is empty. */
	if (rc == 0 && !gc->options->dry_run)
		(void)unlinkat(gc->store->trees_fd, name, AT_REMOVEDIR);
	return rc;
}

int store_gc(const char *root, const struct store_gc_options *options, struct store_gc_result *out,
    struct err *err)
{
	struct gc gc = {.options = options};
	struct store *s = NULL;
	int rc = store_open(&s, root, options->wait_ms, err);

	if (rc < 0)
		return rc;
	gc.store = s;
	rc = store_lock(s, LOCK_EX, options->wait_ms, err);
	if (rc == 0 && !options->dry_run)
		gc.result.leftovers = store_sweep(s);
	if (rc == 0)
		rc =
		    each_name(&gc, openat(s->root_fd, "sha256", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
			collect_shard, err);
	store_close(s);
	if (rc == 0)
		*out = gc.result;
	return rc;
}
