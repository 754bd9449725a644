/* SPDX-License-Identifier: MIT */
/* The elements of vec_value and map_value. */
#ifndef RT_VALUE_H
#define RT_VALUE_H

#include "lang/rt/protos.h"

#include <stdbool.h>

/** The number that a program gives for the type of an element. Source: docs/spec/builtins.md 7. */
enum rt_value_type { RT_VALUE_I32 = 1, RT_VALUE_U32, RT_VALUE_BYTES, RT_VALUE_VIEW };

/** An element: a number, or owned bytes (of a view, a copy: its owner may go first). */
struct rt_value {
	rt_u8 *ptr;
	rt_u32 x; /* the number, or the length */
};

/** Trap `value ty_id invalid` unless it is one of enum rt_value_type. */
void rt_value_check_type(rt_u32 type);
/** True when elements of @p type are numbers. */
bool rt_value_is_number(rt_u32 type);
/** An element that takes @p b over. */
struct rt_value rt_value_of_bytes(rt_bytes b);
/** An element that holds a counted copy. */
struct rt_value rt_value_of_view(rt_view v);
/** A counted copy of the bytes of an element that is no number. */
rt_bytes rt_value_clone(struct rt_value v);
/** Free the bytes of an element; a number has none. */
void rt_value_drop(struct rt_value v);

#endif
