/* SPDX-License-Identifier: MIT */
/* task.scope_v1 and the forms that start tasks in it. */
#ifndef LANG_CHECK_TASK_SCOPE_PRIV_H
#define LANG_CHECK_TASK_SCOPE_PRIV_H

#include "lang/check/types.h"

/** A field of a descriptor: [name, integer]. */
struct ck_field {
	const char *name;
	int32_t value; /* the default, then what is written */
	bool seen;
};

/**
 * Read a descriptor [name, [field, value]...] of integers that are not negative.
 *
 * @param e       where the descriptor must stand, the last operand that is read.
 * @param policy  NULL, or where 0 or 1 goes for the field "policy" (priority_v1, rr_v1).
 */
int ck_descriptor(struct ck *c, const struct json *e, const char *name, struct ck_field *fields,
    uint32_t count, int32_t *policy);
/** Form task.scope_v1. */
int ck_task_scope(struct ck *c, const struct json *e, struct ck_val *out);
/** Form task.scope.start_soon_v1. */
int ck_start_soon(struct ck *c, const struct json *e, struct ck_val *out);
/** Forms task.scope.async_let_bytes_v1 and async_let_result_bytes_v1. */
int ck_async_let(struct ck *c, const struct json *e, struct ck_val *out);
/** A descriptor where an expression is wanted. */
int ck_task_descriptor(struct ck *c, const struct json *e, struct ck_val *out);

#endif
