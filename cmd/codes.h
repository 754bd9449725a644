/* SPDX-License-Identifier: MIT */
/* The codes that commands give their failures. */
#ifndef CMD_CODES_H
#define CMD_CODES_H

#include "base/code.h"

enum cmd_code_id {
#define CODE(name, id, err, meaning, page) CMD_CODE_##name,
#include "cmd/codes.def"
#undef CODE
	CMD_CODE_COUNT
};

/** All of them, in the order of the ids. */
extern const struct code cmd_codes[];

/** The code of a name of cmd/codes.def. */
#define CMD_CODE(name) (&cmd_codes[CMD_CODE_##name])

#endif
