/* SPDX-License-Identifier: MIT */
/* The thorough way: the C compiler of the host. */
#ifndef LANG_IMAGE_CC_H
#define LANG_IMAGE_CC_H

#include "lang/emit/emit.h"
#include "lang/image/image.h"

#include <stdbool.h>
#include <stdint.h>

/** The C compiler of the host. */
struct image_cc {
	char *path;       /* owned, links followed; NULL when there is none */
	const char *args; /* X07_CC_ARGS, borrowed from the environment; may be NULL */
	uint64_t size;
	int64_t mtime_ns;
};

/** Find X07_CC or cc in PATH. False, and path NULL, when there is none. */
bool image_cc_find(struct image_cc *out);
/** Free the path. */
void image_cc_clear(struct image_cc *cc);
/** The options that every unit is compiled with, as one text: part of the cache key. */
const char *image_cc_flags(void);

/**
 * Compile with the C compiler.
 * @param rt_dir   holds the guest, whose symbols are linked against.
 * @param tmp_dir  private directory of the caller for the compiler's files.
 * @return 0, ERR_TOOLCHAIN (also: took too long) or ERR_IO.
 */
MUST_CHECK int image_cc_build(struct image_bytes *out, const struct emit_unit *unit,
    const struct image_cc *cc, const char *rt_dir, const char *tmp_dir, struct err *err);

#endif
