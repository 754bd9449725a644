/* SPDX-License-Identifier: MIT */
/* The codes that policy/ gives its failures (policy/codes.def). */
#ifndef POLICY_CODES_H
#define POLICY_CODES_H

#include "base/code.h"

enum policy_code_id {
#define CODE(name, id, err, meaning, page) POLICY_CODE_##name,
#include "policy/codes.def"
#undef CODE
	POLICY_CODE_COUNT
};

/** All of them, in the order of the ids. */
extern const struct code policy_codes[];

/** The code of a name of policy/codes.def. */
#define POLICY_CODE(name) (&policy_codes[POLICY_CODE_##name])

#endif
