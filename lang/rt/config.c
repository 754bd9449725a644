/* SPDX-License-Identifier: MIT */
/* The configuration document: checked once, then read in place. */
#include "lang/rt/config_priv.h"

#include "lang/rt/config.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <string.h>

static bool list_valid(const struct rt_config *c, const struct rt_list *list)
{
	const char *doc = (const char *)c;
	uint32_t at = list->at;

	if (list->count == 0)
		return true;
	if (at < sizeof(*c) || at >= c->size)
		return false;
	for (uint32_t i = 0; i < list->count; i++) {
		const char *end = at < c->size ? memchr(doc + at, '\0', c->size - at) : NULL;

		if (!end)
			return false;
		at = (uint32_t)(end - doc) + 1;
	}
	return true;
}

bool rt_config_valid(const struct rt_config *c, uint64_t size)
{
	if (size < sizeof(*c) || size > RT_CONFIG_MAX || c->magic != RT_CONFIG_MAGIC)
		return false;
	if (c->size < sizeof(*c) || c->size > size)
		return false;
	if (c->image_size == 0 || c->image_size > RT_UNIT_MAX)
		return false;
	if (c->image_entry < RT_UNIT_BASE || c->image_entry - RT_UNIT_BASE >= c->image_size)
		return false;
	return list_valid(c, &c->read_roots) && list_valid(c, &c->write_roots) &&
	       list_valid(c, &c->env_allow) && list_valid(c, &c->env_deny);
}

const char *rt_list_item(const struct rt_list *list, rt_u32 i)
{
	const char *at = (const char *)rt_state.config + list->at;

	while (i--)
		at += strlen(at) + 1;
	return at;
}

bool rt_sandboxed(void)
{
	return (rt_state.config->gates & RT_GATE_SANDBOXED) != 0;
}

bool rt_allowed(rt_u32 gates)
{
	return !rt_sandboxed() || (rt_state.config->gates & gates) == gates;
}
