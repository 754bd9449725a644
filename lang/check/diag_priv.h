/* SPDX-License-Identifier: MIT */
/* Faults of the program, as diagnostics. Part of the checker; see types.h. */
#ifndef LANG_CHECK_DIAG_PRIV_H
#define LANG_CHECK_DIAG_PRIV_H

#include "lang/check/types.h"
#include "lang/codes.h"

/* Longest pointer, message or list in one. */
#define CK_TEXT_MAX 65536u

/** Report the one error, as `return ck_fail(...)`. @p help may be NULL. */
void ck_report(struct ck *c, enum lang_code_id code, const struct json *at, const char *help,
    const char *fmt, ...) PRINTF_LIKE(5, 6);
#define ck_fail(...) (ck_report(__VA_ARGS__), ERR_COMPILE)
/** JSON pointer of a value, in the arena. */
const char *ck_pointer(struct ck *c, const struct json *v);
/** Fault `<head> expects N arg(s)` unless @p e has @p count operands. */
int ck_arity(struct ck *c, const struct json *e, uint32_t count);

#endif
