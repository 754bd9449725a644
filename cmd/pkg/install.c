/* SPDX-License-Identifier: MIT */
/*
 * Making packages appear: what is there and right stays, the rest comes from the store (link.c),
 * and into the store from the registry (stock.c). Then what is installed is read, and must be what
 * it was taken for. Source: docs/format/store.md.
 */
#include "cmd/pkg/install.h"

#include "base/path.h"
#include "cmd/pkg/engine_codes.h"
#include "cmd/pkg/link.h"
#include "cmd/pkg/scan.h"
#include "cmd/pkg/stock.h"
#include "cmd/pkg/toolchain.h"
#include "pkg/codes.h"
#include "pkg/require.h"
#include "registry/codes.h"
#include "registry/store/entry.h"
#include "registry/store/link.h"

#include <string.h>

/* The store may drop a bad entry, or another process may collect garbage: then once more. */
#define TRIES 3

static uint32_t missing(struct pkg_item **out, struct pkg_item *const *items, uint32_t count)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (!items[i]->present)
			out[n++] = items[i];
	}
	return n;
}

static int not_kept(const struct pkg_item *item, struct err *err)
{
	return err_code(err, ERR_PKG, REGISTRY_CODE(STORE_MISMATCH),
	    "package %s@%s does not stay in the store", item->name, item->version);
}

static int install_batch(struct pkg_item *const *items, uint32_t count,
    const struct pkg_project *project, struct pkg_supply *supply, struct err *err)
{
	AUTO_FREE struct pkg_item **left =
	    base_calloc((size_t)count + 1, sizeof(struct pkg_item *));
	struct store *store = NULL;
	uint32_t n = missing(left, items, count);
	int rc = n > 0 ? pkg_supply_store(&store, supply, err) : 0;

	for (int i = 0; rc == 0 && n > 0 && i < TRIES; i++) {
		rc = pkg_link(project, store, left, n, err);
		n = missing(left, left, n);
		if (rc == 0 && n > 0 && i + 1 < TRIES)
			rc = pkg_stock(supply, left, n, err);
	}
	if (rc < 0)
		return rc;
	return n > 0 ? not_kept(left[0], err) : 0;
}

int pkg_install(struct pkg_items *items, const struct pkg_project *project,
    struct pkg_supply *supply, struct err *err)
{
	AUTO_FREE struct pkg_item **ours =
	    base_calloc((size_t)items->count + 1, sizeof(struct pkg_item *));
	uint32_t count = 0;

	for (uint32_t i = 0; i < items->count; i++) {
		if (!items->list[i].local)
			ours[count++] = &items->list[i];
	}
	for (uint32_t i = 0; i < count; i += PKG_SCAN_BATCH) {
		uint32_t n = count - i > PKG_SCAN_BATCH ? PKG_SCAN_BATCH : count - i;
		int rc = install_batch(ours + i, n, project, supply, err);

		if (rc < 0)
			return rc;
	}
	return pkg_install_read_metas(items, project, err);
}

/* ---- what was installed ---- */

static int check_meta(const struct pkg_item *item, struct err *err)
{
	const struct pkg_package *p = &item->meta.p;
	struct pkg_requirement wanted;
	struct pkg_version ours;
	struct err inner = {0};

	if (strcmp(p->name, item->name) != 0 ||
	    (strcmp(p->version, item->version) != 0 && !item->forced))
		return err_code(err, ERR_PKG, PKG_CODE(MANIFEST_PARSE),
		    "package %s@%s: %s calls itself %s@%s", item->name, item->version, item->path,
		    p->name, p->version);
	if (p->compat == NULL)
		return 0;
	if (pkg_requirement_parse(&wanted, str_c(p->compat), &inner) < 0)
		return err_code(err, ERR_PKG, PKG_CODE(COMPAT_INVALID),
		    "package %s@%s: x07c_compat: %s", item->name, item->version, inner.message);
	if (pkg_version_parse(&ours, STR(PKG_X07C_VERSION), &inner) == 0 &&
	    !pkg_requirement_holds(&wanted, &ours))
		return err_code(err, ERR_PKG, PKG_ENGINE_CODE(X07C_INCOMPATIBLE),
		    "package %s@%s wants x07c %s, this is %s; %s", item->name, item->version,
		    p->compat, PKG_X07C_VERSION,
		    item->forced  ? "`patch` in x07.json forces it: name another version there, or "
				    "remove it"
		    : item->local ? "what it wants is yours to change"
				  : "`x07 pkg repair` looks for another version");
	return 0;
}

static int read_meta(struct pkg_item *item, const struct pkg_project *project, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct err inner = {0};
	int rc = pkg_project_open_dir(&fd, project, item->path, &inner);

	if (rc == 0)
		rc = pkg_meta_read(&item->meta, fd, item->name, &inner);
	if (rc == ERR_NOT_FOUND && item->local)
		return err_code(err, ERR_PKG,
		    item->forced ? PKG_ENGINE_CODE(PATCH_MISSING_DEP)
				 : PKG_ENGINE_CODE(LOCAL_MISSING_DEP),
		    "package %s@%s: no %s in %s", item->name, item->version, PKG_PACKAGE_NAME,
		    item->path);
	if (rc < 0) {
		*err = inner;
		return rc;
	}
	return check_meta(item, err);
}

int pkg_install_read_metas(
    struct pkg_items *items, const struct pkg_project *project, struct err *err)
{
	for (uint32_t i = 0; i < items->count; i++) {
		int rc = read_meta(&items->list[i], project, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* The files of an entry of the store, which is hashed first. ERR_NOT_FOUND: there is no entry. */
static int open_stored(int *out, const struct pkg_item *item, struct store *store, struct err *err)
{
	const struct store_link_options only_verify = {.staging_fd = -1, .only_verify = true};
	struct store_link link = {.archive_sha256 = item->archive,
	    .want_tree_sha256 = item->tree_sha[0] != '\0' ? item->tree_sha : NULL,
	    .parent_fd = -1,
	    .name = "-"};
	int rc;

	if (item->archive[0] == '\0')
		return ERR_NOT_FOUND;
	rc = store_link(store, &link, 1, &only_verify, err);
	pkg_tree_clear(&link.list);
	if (rc < 0) {
		if (link.rc < 0)
			*err = link.err;
		return rc;
	}
	return store_files(out, store, item->archive, err);
}

/* Verified in the store, and brought there first when it is not; the project is not touched. */
static int read_stored(struct pkg_item *item, struct pkg_supply *supply, struct err *err)
{
	struct store *store = NULL;
	int rc = pkg_supply_store(&store, supply, err);

	for (int i = 0; rc == 0 && i < TRIES; i++) {
		AUTO_CLOSE int fd = -1;
		struct err inner = {0};

		rc = open_stored(&fd, item, store, &inner);
		if (rc == 0)
			return pkg_meta_read(&item->meta, fd, item->name, err);
		if (rc != ERR_NOT_FOUND) {
			*err = inner;
			return rc;
		}
		rc = pkg_stock(supply, &item, 1, err);
	}
	return rc < 0 ? rc : not_kept(item, err);
}

int pkg_install_read_one(struct pkg_item *item, const struct pkg_project *project,
    struct pkg_supply *supply, struct err *err)
{
	int rc;

	if (item->local)
		return read_meta(item, project, err);
	rc = pkg_scan(item, 1, project, err);
	if (rc < 0)
		return rc;
	if (item->present)
		return read_meta(item, project, err);
	rc = read_stored(item, supply, err);
	return rc < 0 ? rc : check_meta(item, err);
}
