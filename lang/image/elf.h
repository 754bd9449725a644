/* SPDX-License-Identifier: MIT */
/* A linked program as an image. */
#ifndef LANG_IMAGE_ELF_H
#define LANG_IMAGE_ELF_H

#include "lang/image/image.h"

#include <stddef.h>

/**
 * Flat image of a static ELF program linked at RT_UNIT_BASE.
 * @return 0, ERR_TOOLCHAIN when it is anything else, or has a writable segment.
 */
MUST_CHECK int image_from_elf(
    struct image_bytes *out, const void *elf, size_t size, struct err *err);

#endif
