/* SPDX-License-Identifier: MIT */
/* Tasks outside of scopes: starts, handles, and where heads that wait may stand. */
#ifndef LANG_CHECK_ASYNC_PRIV_H
#define LANG_CHECK_ASYNC_PRIV_H

#include "lang/check/types.h"

/** True for the types of task handles. */
bool ck_is_task(enum lang_ty t);
/** True for handles, slots and select events: what must not leave a scope. */
bool ck_is_async_value(enum lang_ty t);
/** A number of this type may stand for an operand of this kind (handles, slots, events). */
bool ck_number_fits(enum lang_arg want, enum lang_ty have);
/** Fault unless @p e stands where it may let others run, and with @p in_scope in a task scope. */
int ck_async_place(struct ck *c, const struct json *e, bool in_scope);
/** The call of a defasync: starts a task, the value is its handle. */
void ck_spawn(struct ck *c, const struct ck_fn *fn, const ir_local *args, struct ck_val *out);
/** Fault for a task that is bound by `let` inside of a scope. */
int ck_raw_task(struct ck *c, const struct json *e);
/** Form task.spawn. */
int ck_task_spawn(struct ck *c, const struct json *e, struct ck_val *out);

#endif
