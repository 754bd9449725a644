/* SPDX-License-Identifier: MIT */
/*
 * Typed reading of members of x07.json and x07.lock.json: each call checks one member, adds a fault
 * when it is not what it must be, and goes on, so that all faults are reported at once.
 */
#ifndef PKG_READ_PRIV_H
#define PKG_READ_PRIV_H

#include "base/jsondoc.h"

/** A document being read. */
struct pkg_reader {
	struct jsondoc doc;
	struct arena *arena; /* takes the strings */
};

enum pkg_read_flags {
	PKG_REQUIRED = 1, /* absence is a fault */
	PKG_REL_PATH = 2, /* relative, no `..` component */
	PKG_NULLABLE = 4, /* null is the same as absent */
	PKG_SHA256 = 8    /* 64 lower-case hexadecimal digits */
};

/** Value and key position of a fault. */
static inline struct jsondoc_at pkg_at(const struct json *v)
{
	return (struct jsondoc_at){.value = v};
}

/** Fault unless @p v (not NULL) is an object whose names differ from each other. */
bool pkg_read_is_object(struct pkg_reader *r, const struct json *v, const char *what);

/** A string value without white space around it, not empty; NULL after a fault. */
const char *pkg_read_text(
    struct pkg_reader *r, const struct json *v, const char *what, unsigned flags);
/** A string member, as pkg_read_text; an empty one counts as absent. NULL when absent. */
const char *pkg_read_string(
    struct pkg_reader *r, const struct json *object, const char *name, unsigned flags);
/** A member that is an integer >= 0. @return whether it is there and right. */
bool pkg_read_u64(struct pkg_reader *r, const struct json *object, const char *name, uint64_t *out);
/** A boolean member. @return whether it is there and right. */
bool pkg_read_bool(struct pkg_reader *r, const struct json *object, const char *name, bool *out);
/** A member that is an array or an object; NULL when absent or wrong. */
const struct json *pkg_read_array(
    struct pkg_reader *r, const struct json *object, const char *name, unsigned flags);
const struct json *pkg_read_object(
    struct pkg_reader *r, const struct json *object, const char *name, unsigned flags);

#endif
