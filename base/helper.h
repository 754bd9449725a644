/* SPDX-License-Identifier: MIT */
/* Where the helper programs of this one are installed. */
#ifndef BASE_HELPER_H
#define BASE_HELPER_H

#include "base/attr.h"

struct err;

/**
 * The path of a helper program: beside the running one when it is there, as for helpers of helpers,
 * else where an installed program in <prefix>/bin has it, in <prefix>/lib/x07.
 *
 * @param out   owned; written on success only. Nobody has looked whether the second place holds it.
 * @param name  borrowed: "x07-unpack".
 * @return as path_self_dir.
 */
MUST_CHECK int helper_path(char **out, const char *name, struct err *err);

#endif
