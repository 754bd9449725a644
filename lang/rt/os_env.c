/* SPDX-License-Identifier: MIT */
/* os.env. The environment holds only what the policy lists; the keys are checked all the same. */
#include "lang/rt/arena.h"
#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/decide.h"
#include "lang/rt/effect.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <string.h>
#include <unistd.h>

static const char *item(const void *list, uint32_t i)
{
	return rt_list_item(list, i);
}

static void check_policy(rt_view key)
{
	const struct rt_config *c = rt_state.config;
	const struct rt_texts allow = {item, &c->env_allow, c->env_allow.count};
	const struct rt_texts denied = {item, &c->env_deny, c->env_deny.count};
	int why;

	if (!rt_sandboxed())
		return;
	why = rt_decide_env(c->gates, &allow, &denied, (const char *)key.ptr, key.len);
	if (why == 0 || (why == RT_WHY_NOT_LISTED && (c->gates & RT_GATE_ENV_ANY)))
		return;
	rt_deny(RT_EV_ENV, (enum rt_event_reason)why, 0, key);
	if (why == RT_WHY_DISABLED)
		rt_trap("os.env disabled by policy", NULL);
	rt_trap(why == RT_WHY_DENY_LISTED ? "os.env.get key denied" : "os.env.get key not allowed",
	    NULL);
}

rt_bytes rt_os_env_get(rt_bytes key)
{
	rt_view name = {key.ptr, key.len};
	rt_bytes value = {NULL, 0};
	bool found = false;

	rt_state.op = RT_OP_ENV_GET;
	check_policy(name);
	if (key.len && memchr(key.ptr, '\0', key.len))
		rt_trap("os.env.get key contains NUL", NULL);
	for (char **e = environ; key.len && e && *e; e++) {
		if (strncmp(*e, (const char *)key.ptr, key.len) == 0 && (*e)[key.len] == '=') {
			size_t len = strlen(*e + key.len + 1);

			if (len > RT_ALLOC_MAX)
				rt_out_of_memory();
			value = rt_mem_copy(*e + key.len + 1, (rt_u32)len);
			found = true;
			break;
		}
	}
	if (rt_observed())
		(void)rt_effect_add(
		    &(struct rt_effect_key){.kind = RT_EV_ENV, .detail = found ? 0 : RT_USE_ABSENT},
		    name, value.len);
	rt_bytes_drop(key);
	return value;
}
