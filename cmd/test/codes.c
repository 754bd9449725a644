/* SPDX-License-Identifier: MIT */
/* The rows of cmd/test/codes.def. */
#include "cmd/test/codes.h"

#include "base/err.h"

const struct code test_codes[TEST_CODE_COUNT] = {
#define CODE(name, id, err, meaning, page) {id, ERR_##err, meaning, page},
#include "cmd/test/codes.def"
#undef CODE
};
