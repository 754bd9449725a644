/* SPDX-License-Identifier: MIT */
/* Tables of handles. */
#ifndef RT_TABLE_H
#define RT_TABLE_H

#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

/** New zeroed slot. @return its handle (1-based). */
rt_u32 rt_table_add(struct rt_table *t, rt_u32 item_size);
/** @return NULL when @p handle was never given out. */
void *rt_table_at(const struct rt_table *t, rt_u32 item_size, rt_u32 handle);

#endif
