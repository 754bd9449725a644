/* SPDX-License-Identifier: MIT */
/* The table of cmd/pkg/codes.def. */
#include "cmd/pkg/codes.h"

#include "base/err.h"

#include <stddef.h>

const struct code pkg_engine_codes[] = {
#define CODE(name, id, err, meaning, page) {id, ERR_##err, meaning, page},
#include "cmd/pkg/codes.def"
#undef CODE
};
