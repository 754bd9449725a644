/* SPDX-License-Identifier: MIT */
/*
 * The codes that the engine of `x07 pkg` gives its failures. Not codes.h: a file of cmd/ that
 * includes "pkg/codes.h" would get the one of its own folder.
 */
#ifndef CMD_PKG_ENGINE_CODES_H
#define CMD_PKG_ENGINE_CODES_H

#include "base/code.h"

enum pkg_engine_code_id {
#define CODE(name, id, err, meaning, page) PKG_ENGINE_CODE_##name,
#include "cmd/pkg/engine_codes.def"
#undef CODE
	PKG_ENGINE_CODE_COUNT
};

/** All of them, in the order of the ids. */
extern const struct code pkg_engine_codes[];

/** The code of a name of cmd/pkg/engine_codes.def. */
#define PKG_ENGINE_CODE(name) (&pkg_engine_codes[PKG_ENGINE_CODE_##name])

#endif
