/* SPDX-License-Identifier: MIT */
/* The fast way: libtcc, in this process. */
#ifndef LANG_IMAGE_TCC_H
#define LANG_IMAGE_TCC_H

#include "lang/emit/emit.h"
#include "lang/image/image.h"

/** Compile with libtcc. @return 0 or ERR_TOOLCHAIN. */
MUST_CHECK int image_tcc_build(
    struct image_bytes *out, const struct emit_unit *unit, struct err *err);

#endif
