/* SPDX-License-Identifier: MIT */
/* The table of pkg/codes.def. */
#include "pkg/codes.h"

#include "base/err.h"

#include <stddef.h>

const struct code pkg_codes[] = {
#define CODE(name, id, err, meaning, page) {id, ERR_##err, meaning, page},
#include "pkg/codes.def"
#undef CODE
};
