/* SPDX-License-Identifier: MIT */
/*
 * The manifest of a package, x07-package.json (x07.package@0.1.0), as plain data. Checking the
 * files that it lists is the business of whoever packs or installs.
 * Source: docs/spec/packages.md 3.
 */
#ifndef PKG_PACKAGE_H
#define PKG_PACKAGE_H

#include "base/diag.h"
#include "base/json.h"
#include "pkg/plan.h"
#include "pkg/require.h"

#define PKG_PACKAGE_MAX_BYTES (4u << 20)
#define PKG_PACKAGE_NAME "x07-package.json"

/** A package manifest. Opens with pkg_package_load, closes with pkg_package_clear. */
struct pkg_package {
	struct arena arena;
	const char *name, *version;
	const char *module_root;                  /* relative to the package */
	const char *description, *docs, *license; /* NULL when absent */
	const char *compat;      /* meta.x07c_compat, a requirement; NULL when absent */
	const char *import_mode; /* meta.import_mode; NULL when absent */
	const char **modules;    /* ids: "std.net.http" */
	uint32_t module_count;
	struct pkg_need *needs; /* meta.requires_packages, in its order */
	uint32_t need_count;
	const char **ffi_libs; /* meta.ffi_libs: "curl" */
	uint32_t ffi_lib_count;
	const char **worlds; /* meta.worlds_allowed; count 0 when absent */
	uint32_t world_count;
	const struct json *document; /* everything as read, unknown members too */
};

/**
 * Read a package manifest.
 *
 * @param out    written on success only; pkg_package_clear.
 * @param path   of the file. Borrowed.
 * @param diags  faults with pointer, line and column.
 * @return 0; ERR_NOT_FOUND, ERR_IO, ERR_LIMIT; ERR_FORMAT with user code X07PKG_MANIFEST_PARSE and
 *         at least one entry in @p diags, or X07PKG_X07C_COMPAT_INVALID when meta.x07c_compat is
 *         all that is wrong.
 */
MUST_CHECK int pkg_package_load(
    struct pkg_package *out, const char *path, struct diag_list *diags, struct err *err);
/** As pkg_package_load, from memory; @p path is for messages. */
MUST_CHECK int pkg_package_parse(struct pkg_package *out, const char *text, size_t len,
    const char *path, struct diag_list *diags, struct err *err);
/** Free what a description of a package holds. */
void pkg_package_clear(struct pkg_package *p);

/**
 * Path of a module's file below the package: "a.b" -> "<module_root>/a/b.x07.json".
 * @return owned; never NULL for an id of pkg_package.modules.
 */
char *pkg_package_module_path(const struct pkg_package *p, const char *id);

#endif
