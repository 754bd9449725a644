/* SPDX-License-Identifier: MIT */
/* The table of cmd/pkg/engine_codes.def. */
#include "cmd/pkg/engine_codes.h"

#include "base/err.h"

#include <stddef.h>

const struct code pkg_engine_codes[] = {
#define CODE(name, id, err, meaning, page) {id, ERR_##err, meaning, page},
#include "cmd/pkg/engine_codes.def"
#undef CODE
};
