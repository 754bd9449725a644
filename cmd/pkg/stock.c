/* SPDX-License-Identifier: MIT */
/*
 * From the registry into the user's store: archives are downloaded, many at a time, and opened by
 * x07-unpack alone (registry/unpack/client.h), each beside the store as it comes. What is stored
 * has the digests of the lock, or of the signed index, or the command fails. Source:
 * docs/format/store.md.
 */
#include "cmd/pkg/stock.h"

#include "pkg/codes.h"
#include "registry/codes.h"
#include "registry/store/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define OUTSTANDING_MAX 48

/* Archives on their way. Arrays of `count`. */
struct stocking {
	struct pkg_supply *supply;
	struct store *store;
	struct unpack_client *unpacker; /* of the supply, once it is started */
	struct pkg_item **items;        /* owned array of borrowed items */
	struct store_put *puts;
	struct client_download *downloads;
	int *fds;
	bool *staged;
	uint32_t count, outstanding;
	int rc;
	struct err err;
};

static int mismatch(struct err *err, const struct pkg_item *item, const char *what,
    const char *expected, const char *got)
{
	return err_code(err, ERR_PKG, PKG_CODE(LOCK_MISMATCH),
	    "package %s@%s: %s is not what was locked: expected sha256 %s, got %s", item->name,
	    item->version, what, expected, got);
}

/* A nameless file beside the store; memory where that file system has none. */
static int open_download(int *out, const struct client_settings *settings, struct err *err)
{
	*out = open(settings->home, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*out < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		*out = memfd_create("x07pkg", MFD_CLOEXEC);
	if (*out < 0)
		return err_code(err, ERR_PKG, PKG_CODE(IO), "download file: %s", strerror(errno));
	return 0;
}

static void fail(struct stocking *f, int rc, const struct err *err)
{
	if (f->rc == 0) {
		f->rc = rc;
		f->err = *err;
	}
}

/* One answer of x07-unpack. */
static void take_answer(struct stocking *f)
{
	struct unpack_result ignored = {0};
	struct err err = {0};
	uint32_t id = UINT32_MAX;
	int rc = unpack_client_answer(f->unpacker, &id, &ignored, &err);

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
	struct stocking *f = ctx;
	struct err err = {0};
	int rc = store_stage_make(&f->puts[i].stage, f->store, &err);

	f->staged[i] = rc == 0;
	while (rc == 0 && f->outstanding >= OUTSTANDING_MAX)
		take_answer(f);
	if (rc == 0 && lseek(f->fds[i], 0, SEEK_SET) < 0)
		rc = err_sys(&err, ERR_IO, "archive");
	if (rc == 0)
		rc = unpack_client_ask(f->unpacker, (uint32_t)i, f->fds[i], f->downloads[i].sha256,
		    f->puts[i].stage.dirfd, &err);
	if (rc < 0)
		fail(f, rc, &err);
	else
		f->outstanding++;
}

static int put_all(struct stocking *f, struct err *err)
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
		pkg_supply_note_fetched(f->supply, f->items[i]->archive);
	}
	return rc;
}

static void stocking_clear(struct stocking *f)
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
static int check_line(struct pkg_item *item, struct pkg_supply *s, struct err *err)
{
	int rc = 0;

	if (item->line == NULL)
		rc = client_version(
		    &item->line, pkg_supply_index(s), item->name, item->version, err);
	if (rc < 0 && err_is(err, REGISTRY_CODE(OFFLINE_INDEX)))
		return err_code(err, ERR_PKG, REGISTRY_CODE(OFFLINE_MISSING_DEP),
		    "offline: package %s@%s is neither installed nor in the store", item->name,
		    item->version);
	if (rc < 0)
		return rc == ERR_NOT_FOUND ? err_code(err, ERR_PKG, REGISTRY_CODE(INDEX_NO_MATCH),
						 "no package %s in %s", item->name,
						 client_settings_called(s->o.settings))
					   : rc;
	if (item->archive[0] != '\0' && strcmp(item->archive, item->line->cksum) != 0)
		return mismatch(err, item, "the archive that the registry names", item->archive,
		    item->line->cksum);
	memcpy(item->archive, item->line->cksum, SHA256_HEX_SIZE);
	if (item->tree_sha[0] == '\0' && item->line->tree_sha256 != NULL)
		memcpy(item->tree_sha, item->line->tree_sha256, SHA256_HEX_SIZE);
	return 0;
}

static int check_lines(struct stocking *f, struct err *err)
{
	AUTO_FREE const char **names = base_calloc((size_t)f->count + 1, sizeof(*names));
	struct err told_below = {0};
	int rc = 0;

	for (uint32_t i = 0; i < f->count; i++)
		names[i] = f->items[i]->name;
	/* What is wrong with the index is told for the package that needs it. */
	if (client_prefetch(pkg_supply_index(f->supply), names, f->count, &told_below) < 0)
		told_below.code = 0;
	for (uint32_t i = 0; rc == 0 && i < f->count; i++)
		rc = check_line(f->items[i], f->supply, err);
	return rc;
}

/* Archives whose digests are known, to be unpacked beside the store as they come. */
static int start_downloads(struct stocking *f, struct err *err)
{
	int rc = pkg_supply_unpacker(&f->unpacker, f->supply, err);

	for (uint32_t i = 0; rc == 0 && i < f->count; i++) {
		const struct pkg_item *item = f->items[i];

		rc = open_download(&f->fds[i], f->supply->o.settings, err);
		f->downloads[i] =
		    (struct client_download){item->name, item->version, item->archive, f->fds[i]};
	}
	if (rc == 0)
		client_download_start(
		    pkg_supply_index(f->supply), f->downloads, f->count, on_archive, f);
	return rc;
}

/*
 * Digests that the lock has need not wait for the index to be read: nothing leaves the staging
 * folder before its lines are there and agree.
 */
static int fetch_archives(struct stocking *f, struct err *err)
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
		rc = client_download_finish(pkg_supply_index(f->supply), err);
	client_download_drop(pkg_supply_index(f->supply));
	while (f->outstanding > 0)
		take_answer(f);
	if (rc == 0 && f->rc < 0) {
		*err = f->err;
		rc = f->rc;
	}
	return rc;
}

int pkg_stock(
    struct pkg_supply *supply, struct pkg_item *const *items, uint32_t count, struct err *err)
{
	CLEANUP(stocking_clear) struct stocking f = {.supply = supply};
	int rc = pkg_supply_store(&f.store, supply, err);

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
