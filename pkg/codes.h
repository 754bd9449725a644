/* SPDX-License-Identifier: MIT */
/* The codes that pkg/ gives its failures (pkg/codes.def). */
#ifndef PKG_CODES_H
#define PKG_CODES_H

#include "base/code.h"

enum pkg_code_id {
#define CODE(name, id, err, meaning, page) PKG_CODE_##name,
#include "pkg/codes.def"
#undef CODE
	PKG_CODE_COUNT
};

/** All of them, in the order of the ids. */
extern const struct code pkg_codes[];

/** The code of a name of pkg/codes.def. */
#define PKG_CODE(name) (&pkg_codes[PKG_CODE_##name])

#endif
