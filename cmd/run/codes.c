/* SPDX-License-Identifier: MIT */
/* The rows of cmd/run/codes.def. */
#include "cmd/run/codes.h"

#include "base/err.h"

const struct code run_codes[RUN_CODE_COUNT] = {
#define CODE(name, id, err, meaning, page) {id, ERR_##err, meaning, page},
#include "cmd/run/codes.def"
#undef CODE
};
