/* SPDX-License-Identifier: MIT */
/*
 * The codes that the engine of a run makes (cmd/run/codes.def), compared by value and never as
 * text.
 */
#ifndef CMD_RUN_CODES_H
#define CMD_RUN_CODES_H

#include "base/code.h"

/** One for each row of cmd/run/codes.def. */
enum run_code_id {
#define CODE(name, id, err, meaning, page) RUN_CODE_##name,
#include "cmd/run/codes.def"
#undef CODE
	RUN_CODE_COUNT
};

/** The rows, in the order of enum run_code_id. */
extern const struct code run_codes[RUN_CODE_COUNT];

/** The row of a code: RUN_CODE(ENTRY_READ). */
#define RUN_CODE(name) (&run_codes[RUN_CODE_##name])

#endif
