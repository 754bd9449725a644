/* SPDX-License-Identifier: MIT */
/* The table of codes (lang/codes.def) as data. */
#include "lang/codes.h"

#include "base/err.h"

const struct code lang_codes[LANG_CODE_COUNT] = {
#define CODE(name, id, err, meaning, page, kind, stage) {id, ERR_##err, meaning, page},
#include "lang/codes.def"
#undef CODE
};

/* What base/code.h has no room for. */
struct report {
	const char *kind;
	enum diag_stage stage;
};

static const struct report reports[LANG_CODE_COUNT] = {
#define CODE(name, id, err, meaning, page, kind, stage) {kind, DIAG_##stage},
#include "lang/codes.def"
#undef CODE
};

const char *lang_code_kind(enum lang_code_id id)
{
	return reports[id].kind;
}

enum diag_stage lang_code_stage(enum lang_code_id id)
{
	return reports[id].stage;
}
