/* SPDX-License-Identifier: MIT */
/* Numbers and text without stdio. */
#ifndef RT_TEXT_H
#define RT_TEXT_H

#include "lang/rt/protos.h"

#include <stdbool.h>
#include <stdint.h>

/** Decimal digits of @p x; @return their number, at most 20. */
unsigned rt_dec(char *out, uint64_t x);
/** True when all of @p text is UTF-8, as rt_decide_utf8 (lang/rt/decide.h) reads it. */
bool rt_utf8_valid(rt_view text);

#endif
