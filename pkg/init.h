/* SPDX-License-Identifier: MIT */
/*
 * The files of a new project, as texts. Writing them is the business of `x07 init`.
 * Source: docs/spec/cli.md 4.1, 4.2.
 */
#ifndef PKG_INIT_H
#define PKG_INIT_H

#include "base/buf.h"

/** What goes into the files. All borrowed, none NULL unless said. */
struct pkg_init_options {
	const char *x07_version;     /* of the toolchain, also as x07c_version */
	const char *lang_id;         /* "x07-core@0.2.0" */
	const char *index_url;       /* "sparse+https://.../" */
	const char *policy_template; /* NULL: "cli" */
	bool sandbox_default;        /* default_profile `sandbox` instead of `os` */
};

/** One file of a new project. */
struct pkg_init_file {
	const char *path; /* relative to the project */
	void (*print)(struct buf *out, const struct pkg_init_options *options);
};

/**
 * The files in order of creation. `.gitignore` is the only one that may be there already: it is
 * then merged with pkg_init_gitignore.
 * @param count  number of files.
 * @return static storage.
 */
const struct pkg_init_file *pkg_init_files(size_t *count);

#define PKG_INIT_GITIGNORE ".gitignore"

/**
 * The text of .gitignore.
 *
 * @param out       the whole new text; equal to @p existing when nothing is missing.
 * @param existing  borrowed; NULL when there is no such file.
 */
void pkg_init_gitignore(struct buf *out, const char *existing, size_t len);

#endif
