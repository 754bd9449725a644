/* SPDX-License-Identifier: MIT */
/* What strings of a policy may hold. */
#ifndef POLICY_TEXT_PRIV_H
#define POLICY_TEXT_PRIV_H

#include "base/arena.h"
#include "policy/fields_priv.h"

/**
 * What is wrong with a string of kind @p text; NULL when nothing is. Length is not checked.
 * @param help  what is allowed; set when the result is not NULL. Static storage.
 */
const char *policy_text_fault(enum policy_text text, struct str s, const char **help);

/** The same rule as an ECMA-262 pattern for the JSON Schema; NULL when it has none. */
const char *policy_text_pattern(enum policy_text text);

/** Number of code points (the text is valid UTF-8). */
size_t policy_text_chars(struct str s);

#endif
