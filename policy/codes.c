/* SPDX-License-Identifier: MIT */
/* The table of policy/codes.def. */
#include "policy/codes.h"

#include "base/err.h"

#include <stddef.h>

const struct code policy_codes[] = {
#define CODE(name, id, err, meaning, page) {id, ERR_##err, meaning, page},
#include "policy/codes.def"
#undef CODE
};
