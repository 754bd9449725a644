/* SPDX-License-Identifier: MIT */
/*
 * Making packages appear: what is there and right stays, the rest comes from the store, and into
 * the store from the registry. Archives are opened by x07-unpack alone (registry/unpack/client.h).
 * Installed bytes are those of the lock, or of the signed index, or the command fails.
 * Source: spec packages 12; docs/format/store.md.
 */
#include "cmd/pkg/install_parts.h"

#include "base/file.h"
#include "base/module_path.h"
#include "base/path.h"
#include "base/vec.h"
#include "pkg/tree_all.h"
#include "pkg/tree_digest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int mismatch(struct err *err, const struct pkg_item *item, const char *what,
    const char *expected, const char *got)
{
	return err_user(err, ERR_PKG, "X07PKG_LOCK_MISMATCH",
	    "package %s@%s: %s is not what was locked: expected sha256 %s, got %s", item->name,
	    item->version, what, expected, got);
}

/* ---- what is there ---- */

static int open_dir(int *out, const struct pkg_work *w, const char *path, struct err *err)
{
	return pkg_project_open_dir(out, &w->project, path, err);
}

/* What the directory must be, from the lock and then from the index. */
static void expect(struct pkg_item *item)
{
	const struct registry_version *line = item->line;

	if (item->old != NULL && item->old->tree_sha256 != NULL)
		memcpy(item->tree_sha, item->old->tree_sha256, SHA256_HEX_SIZE);
	else if (line != NULL && line->tree_sha256 != NULL)
		memcpy(item->tree_sha, line->tree_sha256, SHA256_HEX_SIZE);
	if (item->old != NULL && item->old->archive_sha256 != NULL)
		memcpy(item->archive, item->old->archive_sha256, SHA256_HEX_SIZE);
	else if (line != NULL)
		memcpy(item->archive, line->cksum, SHA256_HEX_SIZE);
}

static void take_tree(struct pkg_item *item, struct pkg_tree *tree)
{
	if (item->has_tree)
		pkg_tree_clear(&item->tree);
	item->tree = *tree;
	*tree = (struct pkg_tree){0};
	item->has_tree = true;
}

bool install_tree_sha(char out[SHA256_HEX_SIZE], const struct pkg_tree *tree, const char *path)
{
	const struct pkg_tree_file *f = pkg_tree_find(tree, path);

	if (f == NULL)
		return false;
	sha256_hex(out, f->sha256);
	return true;
}

/* A lock of the reference has digests of manifest and modules only. */
static bool is_as_locked(const struct pkg_tree *tree, const struct pkg_lock_entry *e)
{
	char sha[SHA256_HEX_SIZE];

	if (!install_tree_sha(sha, tree, PKG_PACKAGE_NAME) || strcmp(sha, e->manifest_sha256) != 0)
		return false;
	for (uint32_t i = 0; i < e->module_count; i++) {
		AUTO_FREE char *path = module_path(e->module_root, str_c(e->modules[i].id));

		if (path == NULL || !install_tree_sha(sha, tree, path) ||
		    strcmp(sha, e->modules[i].sha256) != 0)
			return false;
	}
	return true;
}

static void judge(struct pkg_item *item, struct pkg_tree_job *job)
{
	char sha[SHA256_HEX_SIZE];

	if (job->rc < 0)
		return;
	pkg_tree_digest(sha, &job->tree);
	if (item->tree_sha[0] != '\0')
		item->present = strcmp(sha, item->tree_sha) == 0;
	else
		item->present = item->old != NULL && is_as_locked(&job->tree, item->old);
	if (item->present && item->old != NULL)
		item->present = is_as_locked(&job->tree, item->old);
	if (!item->present) {
		pkg_tree_clear(&job->tree);
		return;
	}
	memcpy(item->tree_sha, sha, sizeof(sha));
	take_tree(item, &job->tree);
}

/* Absent, a file, or a link that is not followed. */
static bool is_no_folder(const struct err *err)
{
	return err->code == ERR_NOT_FOUND || err->sys_errno == ENOTDIR || err->sys_errno == EXDEV ||
	       err->sys_errno == ELOOP;
}

/*
 * Any folder of the user's: what a build can read of it, so that the lock can say. A manifest that
 * cannot be read is told by who reads it (pkg_link.c).
 */
int pkg_item_scan_local(struct pkg_item *item, struct pkg_work *w, struct err *err)
{
	CLEANUP(pkg_meta_clear) struct pkg_meta meta = {0};
	struct pkg_tree tree = {0};
	struct err inner = {0};
	AUTO_CLOSE int fd = -1;
	int rc;

	if (open_dir(&fd, w, item->path, &inner) < 0 ||
	    pkg_meta_read(&meta, fd, item->name, &inner) < 0)
		return 0;
	rc = pkg_tree_scan_sources(&tree, fd, meta.p.module_root, &inner);
	if (rc < 0)
		return err_user(err, ERR_PKG, "X07PKG_LOCAL_FILES",
		    "package %s@%s: %s/%s: the lock pins every file that a build reads: regular "
		    "files in folders",
		    item->name, item->version, item->path, inner.message);
	pkg_tree_digest(item->tree_sha, &tree);
	take_tree(item, &tree);
	return 0;
}

static int scan_locals(struct pkg_work *w, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < w->count; i++)
		rc = w->items[i].local ? pkg_item_scan_local(&w->items[i], w, err) : 0;
	return rc;
}

static int scan_batch(struct pkg_work *w, uint32_t from, uint32_t to, struct err *err)
{
	AUTO_FREE struct pkg_tree_job *jobs = base_calloc(INSTALL_BATCH, sizeof(*jobs));
	AUTO_FREE uint32_t *which = base_calloc(INSTALL_BATCH, sizeof(*which));
	uint32_t n = 0;

	for (uint32_t i = from; i < to; i++) {
		struct pkg_item *item = &w->items[i];
		struct err inner = {0};
		int fd = -1, rc;

		if (item->local)
			continue;
		expect(item);
		rc = open_dir(&fd, w, item->path, &inner);
		if (rc < 0 && is_no_folder(&inner))
			continue; /* nothing, or something else that makes room (pkg_link.c) */
		if (rc < 0) {
			for (uint32_t k = 0; k < n; k++)
				base_close_fd(&jobs[k].dirfd);
			return err_user(
			    err, ERR_PKG, "X07PKG_IO", "package %s: %s", item->name, inner.message);
		}
		jobs[n].dirfd = fd;
		which[n++] = i;
	}
	pkg_tree_scan_all(jobs, n);
	for (uint32_t k = 0; k < n; k++) {
		judge(&w->items[which[k]], &jobs[k]);
		base_close_fd(&jobs[k].dirfd);
	}
	return 0;
}

int pkg_items_scan(struct pkg_work *w, struct err *err)
{
	for (uint32_t i = 0; i < w->count; i += INSTALL_BATCH) {
		uint32_t to = w->count - i > INSTALL_BATCH ? i + INSTALL_BATCH : w->count;
		int rc = scan_batch(w, i, to, err);

		if (rc < 0)
			return rc;
	}
	return scan_locals(w, err);
}

/* ---- from the registry into the store ---- */

/* A nameless file beside the store; memory where that file system has none. */
static int open_download(int *out, const struct pkg_work *w, struct err *err)
{
	*out = open(w->settings.home, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*out < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		*out = memfd_create("x07pkg", MFD_CLOEXEC);
	if (*out < 0)
		return err_user(err, ERR_PKG, "X07PKG_IO", "download file: %s", strerror(errno));
	return 0;
}

static int start_unpacker(struct pkg_work *w, struct err *err)
{
	AUTO_FREE char *program = NULL;
	int rc;

	if (w->unpacker != NULL)
		return 0;
	rc = delegate_path(&program, "x07-unpack", err);
	return rc < 0 ? rc : unpack_client_start(&w->unpacker, program, err);
}

static void fail(struct fetching *f, int rc, const struct err *err)
{
	if (f->rc == 0) {
		f->rc = rc;
		f->err = *err;
	}
}

/* One answer of x07-unpack. */
static void take_answer(struct fetching *f)
{
	struct unpack_result ignored = {0};
	struct err err = {0};
	uint32_t id = UINT32_MAX;
	int rc = unpack_client_answer(f->w->unpacker, &id, &ignored, &err);

	f->outstanding--;
	if (rc < 0) {
		if (id < f->count)
			(void)err_wrap(
			    &err, "package %s@%s", f->items[id]->name, f->items[id]->version);
		fail(f, rc, &err);
		if (id >= f->count)
			f->outstanding = 0;
		return;
	}
	/* Gone before the store is flushed, an archive is not written to the disk at all. */
	base_close_fd(&f->fds[id]);
	f->fds[id] = -1;
}

static void on_archive(void *ctx, size_t i)
{
	struct fetching *f = ctx;
	struct err err = {0};
	int rc = store_stage_make(&f->puts[i].stage, f->store, &err);

	f->staged[i] = rc == 0;
	while (rc == 0 && f->outstanding >= INSTALL_OUTSTANDING)
		take_answer(f);
	if (rc == 0 && lseek(f->fds[i], 0, SEEK_SET) < 0)
		rc = err_sys(&err, ERR_IO, "archive");
	if (rc == 0)
		rc = unpack_client_ask(f->w->unpacker, (uint32_t)i, f->fds[i],
		    f->downloads[i].sha256, f->puts[i].stage.dirfd, &err);
	if (rc < 0)
		fail(f, rc, &err);
	else
		f->outstanding++;
}

static int put_all(struct fetching *f, struct err *err)
{
	int rc;

	for (uint32_t i = 0; i < f->count; i++) {
		f->puts[i].archive_sha256 = f->items[i]->archive;
		f->puts[i].want_tree_sha256 =
		    f->items[i]->tree_sha[0] != '\0' ? f->items[i]->tree_sha : NULL;
		f->staged[i] = false; /* taken over */
	}
	rc = store_put(f->store, f->puts, f->count, err);
	for (uint32_t i = 0; i < f->count; i++) {
		if (f->puts[i].rc < 0) {
			*err = f->puts[i].err;
			return err_wrap(
			    err, "package %s@%s", f->items[i]->name, f->items[i]->version);
		}
		VEC_PUSH(f->w->fetched, f->w->fetched_count, f->w->fetched_cap,
		    arena_strndup(&f->w->arena, f->items[i]->archive, SHA256_HEX_SIZE - 1));
	}
	return rc;
}

static void fetching_clear(struct fetching *f)
{
	for (uint32_t i = 0; i < f->count; i++) {
		if (f->staged[i])
			store_stage_drop(f->store, &f->puts[i].stage);
		if (f->fds[i] >= 0)
			base_close_fd(&f->fds[i]);
	}
	base_free_ptr(&f->items);
	base_free_ptr(&f->puts);
	base_free_ptr(&f->downloads);
	base_free_ptr(&f->fds);
	base_free_ptr(&f->staged);
}

/* The line of the index, its signature checked, against what the lock says. */
static int check_line(struct pkg_work *w, struct pkg_item *item, struct err *err)
{
	int rc = 0;

	if (item->line == NULL)
		rc = client_version(&item->line, pkg_work_index(w), item->name, item->version, err);
	if (rc < 0 && strcmp(err->user_code, "X07PKG_OFFLINE_INDEX") == 0)
		return err_user(err, ERR_PKG, "X07PKG_OFFLINE_MISSING_DEP",
		    "offline: package %s@%s is neither installed nor in the store", item->name,
		    item->version);
	if (rc < 0)
		return rc == ERR_NOT_FOUND
			   ? err_user(err, ERR_PKG, "X07PKG_INDEX_NO_MATCH", "no package %s in %s",
				 item->name, client_settings_called(&w->settings))
			   : rc;
	if (item->archive[0] != '\0' && strcmp(item->archive, item->line->cksum) != 0)
		return mismatch(err, item, "the archive that the registry names", item->archive,
		    item->line->cksum);
	memcpy(item->archive, item->line->cksum, SHA256_HEX_SIZE);
	if (item->tree_sha[0] == '\0' && item->line->tree_sha256 != NULL)
		memcpy(item->tree_sha, item->line->tree_sha256, SHA256_HEX_SIZE);
	return 0;
}

static int check_lines(struct fetching *f, struct err *err)
{
	AUTO_FREE const char **names = base_calloc((size_t)f->count + 1, sizeof(*names));
	struct err told_below = {0};
	int rc = 0;

	for (uint32_t i = 0; i < f->count; i++)
		names[i] = f->items[i]->name;
	/* What is wrong with the index is told for the package that needs it. */
	if (client_prefetch(pkg_work_index(f->w), names, f->count, &told_below) < 0)
		told_below.code = 0;
	for (uint32_t i = 0; rc == 0 && i < f->count; i++)
		rc = check_line(f->w, f->items[i], err);
	return rc;
}

/* Archives whose digests are known, to be unpacked beside the store as they come. */
static int start_downloads(struct fetching *f, struct err *err)
{
	int rc = start_unpacker(f->w, err);

	for (uint32_t i = 0; rc == 0 && i < f->count; i++) {
		const struct pkg_item *item = f->items[i];

		rc = open_download(&f->fds[i], f->w, err);
		f->downloads[i] =
		    (struct client_download){item->name, item->version, item->archive, f->fds[i]};
	}
	if (rc == 0)
		client_download_start(pkg_work_index(f->w), f->downloads, f->count, on_archive, f);
	return rc;
}

/*
 * Digests that the lock has need not wait for the index to be read: nothing leaves the staging
 * folder before its lines are there and agree.
 */
static int fetch_archives(struct fetching *f, struct err *err)
{
	bool locked = true;
	int rc = 0;

	for (uint32_t i = 0; i < f->count; i++)
		locked = locked && f->items[i]->archive[0] != '\0';
	if (locked)
		rc = start_downloads(f, err);
	if (rc == 0)
		rc = check_lines(f, err);
	if (rc == 0 && !locked)
		rc = start_downloads(f, err);
	if (rc == 0)
		rc = client_download_finish(pkg_work_index(f->w), err);
	client_download_drop(pkg_work_index(f->w));
	while (f->outstanding > 0)
		take_answer(f);
	if (rc == 0 && f->rc < 0) {
		*err = f->err;
		rc = f->rc;
	}
	return rc;
}

int install_fetch(struct pkg_work *w, struct pkg_item **items, uint32_t count, struct err *err)
{
	CLEANUP(fetching_clear) struct fetching f = {.w = w};
	int rc = pkg_work_store(&f.store, w, err);

	if (rc < 0)
		return rc;
	f.items = base_calloc(count + 1, sizeof(struct pkg_item *));
	memcpy(f.items, items, count * sizeof(struct pkg_item *));
	f.puts = base_calloc(count + 1, sizeof(*f.puts));
	f.downloads = base_calloc(count + 1, sizeof(*f.downloads));
	f.fds = base_calloc(count + 1, sizeof(*f.fds));
	f.staged = base_calloc(count + 1, sizeof(*f.staged));
	memset(f.fds, 0xff, (count + 1) * sizeof(*f.fds));
	f.count = count;
	rc = fetch_archives(&f, err);
	return rc < 0 ? rc : put_all(&f, err);
}
