/* SPDX-License-Identifier: MIT */
/* From x07.json, the lock and a change that somebody wishes to the question for the resolver. */
#ifndef CMD_PKG_WANTS_H
#define CMD_PKG_WANTS_H

#include "base/arena.h"
#include "cmd/pkg/project.h"
#include "pkg/resolve.h"

/** What a resolution changes against what is written down. All borrowed. */
struct pkg_change {
	const struct pkg_need *add; /* wanted in addition; may replace a version */
	uint32_t add_count;
	const char *add_path;      /* of the only addition; NULL = the default */
	const char *remove;        /* no longer wanted; NULL */
	const char *const *update; /* take the highest version of these */
	uint32_t update_count;
	bool update_all;
};

/** The question. Zero-initialise; pkg_wants_clear. */
struct pkg_wants {
	struct pkg_need *wants; /* owned array */
	uint32_t want_count;
	struct pkg_fixed *fixed; /* owned array */
	uint32_t fixed_count;
};

/**
 * Put the question.
 *
 * @param out      what it held is freed; its texts are borrowed from the other three.
 * @param arena    takes texts that stand nowhere else.
 */
void pkg_wants_make(struct pkg_wants *out, const struct pkg_project *project,
    const struct pkg_change *change, struct arena *arena);
/** Free the question. */
void pkg_wants_clear(struct pkg_wants *wants);
/** Whether the highest version of this package is to be taken. */
bool pkg_wants_is_updated(const struct pkg_change *change, const char *name);
/** The addition of this name; NULL when there is none. Borrowed. */
const struct pkg_need *pkg_wants_added(const struct pkg_change *change, const char *name);

#endif
