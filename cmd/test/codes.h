/* SPDX-License-Identifier: MIT */
/* The codes that the test runner makes (cmd/test/codes.def), compared by value and never as text.
 */
#ifndef CMD_TEST_CODES_H
#define CMD_TEST_CODES_H

#include "base/code.h"

/** One for each row of cmd/test/codes.def. */
enum test_code_id {
#define CODE(name, id, err, meaning, page) TEST_CODE_##name,
#include "cmd/test/codes.def"
#undef CODE
	TEST_CODE_COUNT
};

/** The rows, in the order of enum test_code_id. */
extern const struct code test_codes[TEST_CODE_COUNT];

/** The row of a code: TEST_CODE(RUN_TRAP). */
#define TEST_CODE(name) (&test_codes[TEST_CODE_##name])

#endif
