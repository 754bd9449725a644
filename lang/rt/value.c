/* SPDX-License-Identifier: MIT */
/* What vec_value and map_value share. Source: docs/spec/builtins.md 7. */
#include "lang/rt/value.h"

#include "lang/rt/mem.h"
#include "lang/rt/protos.h"

#include <stddef.h>

void rt_value_check_type(rt_u32 type)
{
	if (type < RT_VALUE_I32 || type > RT_VALUE_VIEW)
		rt_trap("value ty_id invalid", NULL);
}

bool rt_value_is_number(rt_u32 type)
{
	return type == RT_VALUE_I32 || type == RT_VALUE_U32;
}

struct rt_value rt_value_of_bytes(rt_bytes b)
{
	return (struct rt_value){b.ptr, b.len};
}

struct rt_value rt_value_of_view(rt_view v)
{
	return rt_value_of_bytes(rt_mem_copy(v.ptr, v.len));
}

rt_bytes rt_value_clone(struct rt_value v)
{
	return rt_mem_copy(v.ptr, v.x);
}

void rt_value_drop(struct rt_value v)
{
	if (v.ptr)
		rt_mem_free(v.ptr);
}
