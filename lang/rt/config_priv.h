/* SPDX-License-Identifier: MIT */
/* The configuration document of a run: whether it is usable, and what it allows. */
#ifndef RT_CONFIG_PRIV_H
#define RT_CONFIG_PRIV_H

#include "lang/rt/config.h"
#include "lang/rt/protos.h"

#include <stdbool.h>
#include <stdint.h>

/** @return true when @p c is a usable document in @p size bytes of memory. */
bool rt_config_valid(const struct rt_config *c, uint64_t size);
/** String @p i of a list; @p i < list->count. */
const char *rt_list_item(const struct rt_list *list, rt_u32 i);
/** False only when the policy applies and lacks one of @p gates. */
bool rt_allowed(rt_u32 gates);
bool rt_sandboxed(void);

#endif
