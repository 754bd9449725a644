/* SPDX-License-Identifier: MIT */
/* Variables: scopes, look-up, moves, borrows and drops. Part of the checker; see types.h. */
#ifndef LANG_CHECK_SCOPE_PRIV_H
#define LANG_CHECK_SCOPE_PRIV_H

#include "lang/check/types.h"

/** Begin a scope; returns the one to give to ck_scope_close. */
uint32_t ck_scope_open(struct ck *c);
/** Release views, drop owned variables in order of their names; @p result survives. */
int ck_scope_close(struct ck *c, uint32_t outer, struct ck_val *result, const struct json *at);
/** Take variables from number @p from on away, after a fault: nothing is dropped. */
void ck_forget(struct ck *c, uint32_t from);
/** Innermost variable of this function by name; CK_NONE. */
uint32_t ck_find(struct ck *c, struct str name);
/** True when @p var belongs to the innermost scope. */
bool ck_in_scope(const struct ck *c, uint32_t var);
/** A new variable of the innermost scope that stands in @p local; returns its number. */
uint32_t ck_declare(struct ck *c, struct str name, struct lang_type type, ir_local local);
/** The value of what never returns. */
struct ck_val ck_never(void);
/** A fresh temporary of @p type; an owned one is dropped by the scope unless moved. */
struct ck_val ck_temp(struct ck *c, struct lang_type type);
/** A value that stands in @p local already. */
struct ck_val ck_temp_in(struct ck *c, struct lang_type type, ir_local local);
/** Change what is known of a variable, through the log: all of it, its source, whether it moved. */
void ck_set_state(struct ck *c, uint32_t var, struct ck_state state);
void ck_set_from(struct ck *c, uint32_t var, struct ck_from from, const struct json *at);
void ck_set_moved(struct ck *c, uint32_t var, enum ck_moved moved, const struct json *at);
/** The owned value was handed on: its temporary is empty. */
void ck_consumed(struct ck *c, const struct ck_val *v, const struct json *at);
/** Fault unless the variable holds a value. */
int ck_usable(struct ck *c, uint32_t var, const struct json *at);
/** Fault when views rely on the variable: `<what> while borrowed: "x"`. */
int ck_unborrowed(struct ck *c, uint32_t var, const char *what, const struct json *at);
/** A write to the variable follows: pending reads get their copy. */
void ck_before_write(struct ck *c, uint32_t var);
/** Drops for leaving the function; @p except keeps its value. */
void ck_drop_all(struct ck *c, uint32_t except);

/* A value must survive the evaluation of what follows. @p v stays where it is until the release. */
void ck_hold(struct ck *c, struct ck_val *v);
void ck_hold_var(struct ck *c, uint32_t var);
void ck_release(struct ck *c, const struct ck_val *v);
void ck_release_var(struct ck *c, uint32_t var);

#endif
