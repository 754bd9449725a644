/* SPDX-License-Identifier: MIT */
/* os.time. Source: docs/spec/run-and-policy.md 2.3, docs/spec/stdlib.md 4.4. */
#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/effect.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define CODE_POLICY 300u
#define CODE_INTERNAL 301u
#define TZID_POLICY 1u

static void count(
    unsigned reason, rt_u32 gate_or_limit, rt_u32 code, const char *what, uint64_t amount)
{
	struct rt_effect_key key = {
	    .kind = RT_EV_TIME, .reason = reason, .code = code, .detail = gate_or_limit};

	(void)rt_effect_add(&key, (rt_view){(const rt_u8 *)what, (rt_u32)strlen(what)}, amount);
}

static void use(const char *what, uint64_t amount)
{
	if (rt_observed())
		count(RT_USED, 0, 0, what, amount);
}

/* The section is off, or one flag of it. */
static void deny(rt_u32 gate, rt_u32 code, const char *what, uint64_t amount)
{
	count(rt_allowed(RT_GATE_TIME) ? RT_WHY_GATE : RT_WHY_DISABLED, gate, code, what, amount);
}

/* A document: tag bytes, then little-endian numbers of 32 bits. */
static rt_bytes doc(rt_u32 tags, const rt_u32 *numbers, rt_u32 count)
{
	rt_u32 head = tags == 0 ? 1 : 2;
	rt_bytes b = {rt_mem_alloc(head + 4 * count, true), head + 4 * count};

	for (rt_u32 i = 0; tags && i < head; i++)
		b.ptr[i] = 1;
	for (rt_u32 i = 0; i < 4 * count; i++)
		b.ptr[head + i] = (rt_u8)(numbers[i / 4] >> (8 * (i % 4)));
	return b;
}

rt_u32 rt_os_time_now_unix_ms(void)
{
	struct timespec t = {0};

	rt_state.op = RT_OP_TIME_NOW;
	if (!rt_allowed(RT_GATE_TIME)) {
		deny(RT_GATE_WALL_CLOCK, 0, "now_unix_ms", 0);
		rt_trap("os.time disabled by policy", NULL);
	}
	if (!rt_allowed(RT_GATE_WALL_CLOCK)) {
		deny(RT_GATE_WALL_CLOCK, 0, "now_unix_ms", 0);
		rt_trap("os.time.now_unix_ms disabled by policy", NULL);
	}
	use("now_unix_ms", 0);
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (rt_u32)((uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000);
}

rt_bytes rt_os_time_now_instant_v1(void)
{
	struct timespec t;
	rt_u32 numbers[3] = {CODE_POLICY, 0, 0};

	rt_state.op = RT_OP_TIME_INSTANT;
	if (!rt_allowed(RT_GATE_TIME | RT_GATE_WALL_CLOCK)) {
		deny(RT_GATE_WALL_CLOCK, CODE_POLICY, "now_instant_v1", 0);
		return doc(0, numbers, 2);
	}
	use("now_instant_v1", 0);
	if (clock_gettime(CLOCK_REALTIME, &t) < 0) {
		numbers[0] = CODE_INTERNAL;
		return doc(0, numbers, 2);
	}
	numbers[0] = (rt_u32)(uint64_t)t.tv_sec;
	numbers[1] = (rt_u32)((uint64_t)t.tv_sec >> 32);
	numbers[2] = (rt_u32)t.tv_nsec;
	return doc(1, numbers, 3);
}

rt_u32 rt_os_time_sleep_ms_v1(rt_u32 ms)
{
	struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

	if (ms > INT32_MAX)
		return 0;
	rt_state.op = RT_OP_TIME_SLEEP;
	if (!rt_allowed(RT_GATE_TIME | RT_GATE_SLEEP)) {
		deny(RT_GATE_SLEEP, 0, "sleep_ms_v1", ms);
		return 0;
	}
	if (rt_sandboxed() && ms > rt_state.config->max_sleep_ms) {
		count(RT_WHY_LIMIT, RT_LIMIT_SLEEP, 0, "sleep_ms_v1", ms);
		return 0;
	}
	use("sleep_ms_v1", ms);
	while (nanosleep(&left, &left) < 0) {
		if (errno != EINTR)
			return 0;
	}
	return 1;
}

rt_bytes rt_os_time_local_tzid_v1(void)
{
	rt_u32 number = TZID_POLICY;

	rt_state.op = RT_OP_TIME_TZID;
	if (!rt_allowed(RT_GATE_TIME | RT_GATE_TZID)) {
		deny(RT_GATE_TZID, TZID_POLICY, "local_tzid_v1", 0);
		return doc(0, &number, 1);
	}
	use("local_tzid_v1", 0);
	number = 0; /* the empty name: unknown zone */
	return doc(1, &number, 1);
}
