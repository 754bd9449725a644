/* SPDX-License-Identifier: MIT */
/* The table of cmd/codes.def. */
#include "cmd/codes.h"

#include "base/err.h"

#include <stddef.h>

const struct code cmd_codes[] = {
#define CODE(name, id, err, meaning, page) {id, ERR_##err, meaning, page},
#include "cmd/codes.def"
#undef CODE
};
