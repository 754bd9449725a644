/* SPDX-License-Identifier: MIT */
/* os.env. The environment holds only what the policy lists; the keys are checked all the same. */
#include "lang/rt/rt_priv.h"

#include <string.h>
#include <unistd.h>

static void check_policy(rt_view key)
{
	const struct rt_config *c = rt_state.config;

	if (!rt_sandboxed())
		return;
	if (!rt_allowed(RT_GATE_ENV)) {
		rt_deny(RT_EV_ENV, RT_WHY_DISABLED, 0, key);
		rt_trap("os.env disabled by policy", NULL);
	}
	if (rt_list_has(&c->env_deny, key)) {
		rt_deny(RT_EV_ENV, RT_WHY_DENY_LISTED, 0, key);
		rt_trap("os.env.get key denied", NULL);
	}
	if (!rt_list_has(&c->env_allow, key)) {
		rt_deny(RT_EV_ENV, RT_WHY_NOT_LISTED, 0, key);
		rt_trap("os.env.get key not allowed", NULL);
	}
}

rt_bytes rt_os_env_get(rt_bytes key)
{
	rt_view name = {key.ptr, key.len};
	rt_bytes value = {NULL, 0};

	check_policy(name);
	if (key.len && memchr(key.ptr, '\0', key.len))
		rt_trap("os.env.get key contains NUL", NULL);
	for (char **e = environ; key.len && e && *e; e++) {
		if (strncmp(*e, (const char *)key.ptr, key.len) == 0 && (*e)[key.len] == '=') {
			size_t len = strlen(*e + key.len + 1);

			if (len > RT_ALLOC_MAX)
				rt_out_of_memory();
			value = rt_mem_copy(*e + key.len + 1, (rt_u32)len);
			break;
		}
	}
	rt_bytes_drop(key);
	return value;
}
