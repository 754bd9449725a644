/* SPDX-License-Identifier: MIT */
/* The two halves of installing: into the store (pkg_install.c), into the project (pkg_link.c). */
#ifndef CMD_PKG_INSTALL_PARTS_H
#define CMD_PKG_INSTALL_PARTS_H

#include "cmd/pkg/work.h"
#include "registry/store/entry.h"
#include "registry/store/store.h"

#define INSTALL_OUTSTANDING 48
/* Packages in work at a time: each has up to three descriptors open, of 1 024 as a rule. */
#define INSTALL_BATCH 256

/** Archives on their way. Arrays of `count`. */
struct fetching {
	struct pkg_work *w;
	struct store *store;
	struct pkg_item **items; /* owned array of borrowed items */
	struct store_put *puts;
	struct client_download *downloads;
	int *fds;
	bool *staged;
	uint32_t count, outstanding;
	int rc;
	struct err err;
};

/** Download, unpack and store these; each has at least name and version. */
MUST_CHECK int install_fetch(
    struct pkg_work *w, struct pkg_item **items, uint32_t count, struct err *err);
/** Digest of one file of a tree; false when it is not there. */
bool install_tree_sha(char out[SHA256_HEX_SIZE], const struct pkg_tree *tree, const char *path);

#endif
