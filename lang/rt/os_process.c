/* SPDX-License-Identifier: MIT */
/* Ends that the program chooses. Source: docs/spec/builtins.md 10.1, docs/spec/language.md 13. */
#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/effect.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <unistd.h>

static const rt_view exit_subject = {(const rt_u8 *)"exit", 4};

static void deny(enum rt_event_reason why)
{
	struct rt_effect_key key = {.kind = RT_EV_PROCESS, .reason = why, .detail = RT_GATE_EXIT};

	(void)rt_effect_add(&key, exit_subject, 0);
}

_Noreturn void rt_os_process_exit(rt_u32 code)
{
	rt_state.op = RT_OP_PROCESS_EXIT;
	if (!rt_allowed(RT_GATE_PROCESS)) {
		deny(RT_WHY_DISABLED);
		rt_trap("os.process disabled by policy", NULL);
	}
	if (!rt_allowed(RT_GATE_EXIT)) {
		deny(RT_WHY_GATE);
		rt_trap("os.process.exit disabled by policy", NULL);
	}
	if (rt_observed())
		(void)rt_effect_add(
		    &(struct rt_effect_key){.kind = RT_EV_PROCESS}, exit_subject, 0);
	_exit((int)(code & 0xff));
}

rt_u32 rt_process_set_exit_code_v1(rt_u32 code)
{
	rt_state.exit_code = code;
	return code;
}
