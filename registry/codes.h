/* SPDX-License-Identifier: MIT */
/* The codes of failures that any room of the registry makes (codes.def). */
#ifndef REGISTRY_CODES_H
#define REGISTRY_CODES_H

#include "base/code.h"

/** One for each row of codes.def, in its order. */
enum registry_code_id {
#define CODE(name, id, err, meaning, page) REGISTRY_CODE_##name,
#include "registry/codes.def"
#undef CODE
	REGISTRY_CODE_COUNT
};

/** The rows of codes.def. */
extern const struct code registry_codes[REGISTRY_CODE_COUNT];

/** The row of a name of codes.def, for err_code() and err_is(). */
#define REGISTRY_CODE(name) (&registry_codes[REGISTRY_CODE_##name])

/** A row by what people see, which another process may have sent; NULL when there is none. */
const struct code *registry_code_find(const char *id);

#endif
