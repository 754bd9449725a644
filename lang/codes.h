/* SPDX-License-Identifier: MIT */
/* The codes of the faults of a program (lang/codes.def), compared by value and never as text. */
#ifndef LANG_CODES_H
#define LANG_CODES_H

#include "base/code.h"
#include "base/diag.h"

/** One for each row of lang/codes.def, in its order. */
enum lang_code_id {
#define CODE(name, id, err, meaning, page, kind, stage) LANG_CODE_##name,
#include "lang/codes.def"
#undef CODE
	LANG_CODE_COUNT
};

/** The rows, in the order of enum lang_code_id. */
extern const struct code lang_codes[LANG_CODE_COUNT];

/** The row of a code: LANG_CODE(SHAPE). */
#define LANG_CODE(name) (&lang_codes[LANG_CODE_##name])

/** The word that its messages begin with: "Parse", "Typing", "Unsupported", "Budget". */
const char *lang_code_kind(enum lang_code_id id);
/** The part of the compiler that reports it. */
enum diag_stage lang_code_stage(enum lang_code_id id);

#endif
