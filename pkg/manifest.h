/* SPDX-License-Identifier: MIT */
/*
 * The project manifest x07.json (x07.project@0.2.0 to @0.5.0) as plain data.
 * Source: docs/format/project.md, docs/spec/run-and-policy.md 6.3, docs/spec/cli.md 4.2,
 * docs/spec/packages.md.
 */
#ifndef PKG_MANIFEST_H
#define PKG_MANIFEST_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PKG_MANIFEST_MAX_BYTES (4u << 20)

struct pkg_dependency {
	const char *name, *version, *path; /* path relative to the project, as written */
};

/** One entry of `profiles`. Optional numbers: `has_*` tells that the manifest sets them. */
struct pkg_profile {
	const char *name;
	const char *world;
	const char *policy; /* NULL when absent */
	const char *runner; /* NULL, "auto", "host", "os" */
	const char *input;  /* NULL when absent; relative to the project */
	const char *cc_profile;
	bool auto_ffi, has_auto_ffi;
	bool has_solve_fuel, has_cpu_time_limit_seconds, has_max_memory_bytes, has_max_output_bytes;
	uint64_t solve_fuel, cpu_time_limit_seconds, max_memory_bytes, max_output_bytes;
};

/** A manifest. Opens with pkg_manifest_load, closes with pkg_manifest_clear. */
struct pkg_manifest {
	struct arena arena;
	const char *path; /* of the file, absolute */
	const char *root; /* its directory, absolute */
	const char *schema_version;
	const char *compat; /* NULL when absent */
	const char *world;  /* NULL when absent */
	const char *entry;
	const char *lockfile;        /* NULL when absent: x07.lock.json */
	const char *default_profile; /* NULL when absent */
	const char **module_roots;
	uint32_t module_root_count;
	struct pkg_dependency *dependencies;
	uint32_t dependency_count;
	struct pkg_profile *profiles;
	uint32_t profile_count;
	bool has_profiles;
	const struct json *document; /* everything as read, unknown members too */
};

/**
 * Read a manifest.
 *
 * @param out    written on success only; pkg_manifest_clear.
 * @param path   the file, or the directory that holds x07.json. Borrowed.
 * @param diags  faults with pointer, line and column.
 * @return 0; ERR_NOT_FOUND / ERR_IO / ERR_LIMIT with user code X07PROJECT_READ; ERR_FORMAT with
 *         user code X07PROJECT_PARSE and at least one entry in @p diags.
 */
MUST_CHECK int pkg_manifest_load(
    struct pkg_manifest *out, const char *path, struct diag_list *diags, struct err *err);
/** As pkg_manifest_load, from memory; @p path is the absolute name of the file. */
MUST_CHECK int pkg_manifest_parse(struct pkg_manifest *out, const char *text, size_t len,
    const char *path, struct diag_list *diags, struct err *err);
/** Free what a manifest holds. */
void pkg_manifest_clear(struct pkg_manifest *m);

#endif
