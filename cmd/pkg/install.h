/* SPDX-License-Identifier: MIT */
/* Making the packages of a project appear, and reading what is installed. */
#ifndef CMD_PKG_INSTALL_H
#define CMD_PKG_INSTALL_H

#include "cmd/pkg/item.h"
#include "cmd/pkg/project.h"
#include "cmd/pkg/supply.h"

/**
 * Make every package that x07 fills the folder of present, from the store or the registry, and read
 * the manifests of all.
 *
 * @param items    as pkg_scan leaves them.
 * @param project  borrowed; held for writing.
 * @return 0; ERR_PKG with X07PKG_STORE_MISMATCH when the store does not keep a package; as
 *         pkg_link, pkg_stock and pkg_install_read_metas.
 */
MUST_CHECK int pkg_install(struct pkg_items *items, const struct pkg_project *project,
    struct pkg_supply *supply, struct err *err);
/**
 * Read x07-package.json of every item, which is installed; each must be the package that it was
 * taken for, and for this compiler.
 *
 * @return 0; ERR_PKG with X07PKG_MANIFEST_PARSE, X07PKG_X07C_COMPAT_INVALID,
 *         X07PKG_X07C_INCOMPATIBLE, X07PKG_LOCAL_MISSING_DEP, X07PKG_PATCH_MISSING_DEP; as
 *         pkg_meta_read.
 */
MUST_CHECK int pkg_install_read_metas(
    struct pkg_items *items, const struct pkg_project *project, struct err *err);
/**
 * Read the manifest of one package, from the project or from the store, where it is brought first;
 * nothing in the project changes. For the resolver.
 *
 * @param item  its `meta` is filled; also after a failure with X07PKG_X07C_INCOMPATIBLE.
 * @return as pkg_install_read_metas, pkg_scan and pkg_stock.
 */
MUST_CHECK int pkg_install_read_one(struct pkg_item *item, const struct pkg_project *project,
    struct pkg_supply *supply, struct err *err);

#endif
