/* SPDX-License-Identifier: MIT */
/* Configuration, environment, time, process and the reports of refusals. */
#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/effect.h"
#include "lang/rt/rt_types.h"
#include "tests/unit/rt/rt_test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void begin(uint32_t gates)
{
	struct rt_config *c = rt_test_config();

	c->gates = gates;
	c->max_sleep_ms = 5;
	rt_test_list(&c->env_allow, "A;B;EMPTY;BOTH");
	rt_test_list(&c->env_deny, "SECRET;BOTH");
	rt_test_begin();
	rt_test_events();
	setenv("A", "value of a", 1);
	setenv("EMPTY", "", 1);
	setenv("AB", "another", 1);
	setenv("SECRET", "x", 1);
	unsetenv("B");
}

static void get_c(void)
{
	rt_os_env_get(bytes_of("C"));
}

static void get_secret(void)
{
	rt_os_env_get(bytes_of("SECRET"));
}

static void get_both(void)
{
	rt_os_env_get(bytes_of("BOTH"));
}

static void get_nul(void)
{
	rt_os_env_get(rt_bytes_clone((rt_view){(const rt_u8 *)"A\0", 2}));
}

START_TEST(the_environment_is_read_by_listed_keys)
{
	begin(RT_GATE_SANDBOXED | RT_GATE_ENV);
	ck_bytes(rt_os_env_get(bytes_of("A")), "value of a");
	ck_bytes(rt_os_env_get(bytes_of("B")), "");
	ck_bytes(rt_os_env_get(bytes_of("EMPTY")), "");
	ck_no_event();
	ck_trap(get_c, "os.env.get key not allowed");
	ck_event(RT_EV_ENV, RT_WHY_NOT_LISTED, 0, "C");
	ck_trap(get_secret, "os.env.get key denied");
	ck_event(RT_EV_ENV, RT_WHY_DENY_LISTED, 0, "SECRET");
	ck_trap(get_both, "os.env.get key denied");
	ck_trap(get_nul, "os.env.get key not allowed");
	begin(RT_GATE_SANDBOXED);
	ck_trap(get_c, "os.env disabled by policy");
	ck_event(RT_EV_ENV, RT_WHY_DISABLED, 0, "C");
	begin(0);
	ck_bytes(rt_os_env_get(bytes_of("SECRET")), "x");
	ck_bytes(rt_os_env_get(bytes_of("")), "");
	ck_trap(get_nul, "os.env.get key contains NUL");
	ck_assert_uint_eq(rt_state.mem.live_bytes, 0);
}
END_TEST

static void now(void)
{
	rt_os_time_now_unix_ms();
}

#define TIME (RT_GATE_SANDBOXED | RT_GATE_TIME)

START_TEST(time_needs_its_gates)
{
	rt_bytes b;

	begin(RT_GATE_SANDBOXED);
	ck_trap(now, "os.time disabled by policy");
	ck_event(RT_EV_TIME, RT_WHY_DISABLED, 0, "now_unix_ms");
	begin(TIME);
	ck_trap(now, "os.time.now_unix_ms disabled by policy");
	ck_event(RT_EV_TIME, RT_WHY_GATE, 0, "now_unix_ms");
	b = rt_os_time_now_instant_v1();
	ck_assert_uint_eq(b.len, 9);
	ck_assert_mem_eq(b.ptr, "\0\x2c\1\0\0\0\0\0\0", 9);
	b = rt_os_time_local_tzid_v1();
	ck_assert_uint_eq(b.len, 5);
	ck_assert_mem_eq(b.ptr, "\0\1\0\0\0", 5);
	ck_assert_uint_eq(rt_os_time_sleep_ms_v1(1), 0);
	begin(TIME | RT_GATE_WALL_CLOCK | RT_GATE_SLEEP | RT_GATE_TZID);
	ck_assert_uint_eq(rt_os_time_sleep_ms_v1((rt_u32)-1), 0);
	ck_assert_uint_eq(rt_os_time_sleep_ms_v1(5), 1);
	ck_no_event();
	ck_assert_uint_eq(rt_os_time_sleep_ms_v1(6), 0);
	ck_event(RT_EV_TIME, RT_WHY_LIMIT, 0, "sleep_ms_v1");
	b = rt_os_time_local_tzid_v1();
	ck_assert_uint_eq(b.len, 6);
	ck_assert_mem_eq(b.ptr, "\1\1\0\0\0\0", 6);
}
END_TEST

START_TEST(clocks_agree_with_the_system)
{
	int64_t before, after;
	rt_u32 ms;
	rt_bytes b;

	begin(0);
	before = (int64_t)time(NULL);
	ms = rt_os_time_now_unix_ms();
	b = rt_os_time_now_instant_v1();
	after = (int64_t)time(NULL);
	ck_assert_uint_le(ms - (rt_u32)(before * 1000), (uint64_t)(after + 1 - before) * 1000);
	ck_assert_uint_eq(b.len, 14);
	ck_assert_uint_eq(b.ptr[0], 1);
	ck_assert_uint_eq(b.ptr[1], 1);
	ck_assert_int_ge((int64_t)rt_codec_read_u32_le(rt_bytes_view(b), 2), before);
	ck_assert_int_le((int64_t)rt_codec_read_u32_le(rt_bytes_view(b), 2), after);
	ck_assert_uint_eq(rt_codec_read_u32_le(rt_bytes_view(b), 6), 0);
	ck_assert_uint_lt(rt_codec_read_u32_le(rt_bytes_view(b), 10), 1000000000);
}
END_TEST

static void exit_7(void)
{
	rt_os_process_exit(7);
}

START_TEST(exit_needs_its_gates)
{
	int status;
	pid_t pid;

	begin(RT_GATE_SANDBOXED);
	ck_trap(exit_7, "os.process disabled by policy");
	ck_event(RT_EV_PROCESS, RT_WHY_DISABLED, 0, "exit");
	begin(RT_GATE_SANDBOXED | RT_GATE_PROCESS);
	ck_trap(exit_7, "os.process.exit disabled by policy");
	ck_event(RT_EV_PROCESS, RT_WHY_GATE, 0, "exit");
	begin(RT_GATE_SANDBOXED | RT_GATE_PROCESS | RT_GATE_EXIT);
	pid = fork();
	if (pid == 0)
		exit_7();
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	ck_assert_uint_eq(rt_process_set_exit_code_v1(300), 300);
	ck_assert_uint_eq(rt_state.exit_code, 300);
}
END_TEST

START_TEST(a_full_table_loses_subjects_but_no_count)
{
	static rt_u8 subject[5000];
	const struct rt_effects *t;
	uint64_t named = 0, unnamed = 0;

	begin(RT_GATE_SANDBOXED);
	t = rt_test_effects();
	memset(subject, 's', sizeof(subject));
	for (int i = 0; i < 20000; i++) {
		memcpy(subject, &i, sizeof(i));
		rt_deny(RT_EV_NET, RT_WHY_NOT_LISTED, 0, (rt_view){subject, i % 2 ? 4 : 5000});
	}
	ck_assert_uint_le(t->used, RT_EFFECT_SLOTS);
	ck_assert_uint_le(t->text_used, RT_EFFECT_TEXT);
	for (uint32_t i = 0; i < t->used; i++) {
		ck_assert_uint_le(t->entry[i].text_at, RT_EFFECT_TEXT);
		ck_assert_uint_le(t->entry[i].text_len, RT_EFFECT_SUBJECT_MAX);
		if (t->entry[i].text_len)
			named += t->entry[i].count;
		else
			unnamed += t->entry[i].count;
	}
	ck_assert_uint_gt(named, 500);
	ck_assert_uint_eq(named + unnamed + t->lost_refusals, 20000);
}
END_TEST

START_TEST(equal_refusals_are_one_entry_with_a_count)
{
	const struct rt_effects *t;

	begin(RT_GATE_SANDBOXED | RT_GATE_TIME);
	t = rt_test_effects();
	for (rt_u32 i = 0; i < 1000; i++)
		ck_assert_uint_eq(rt_os_time_sleep_ms_v1(i), 0);
	ck_assert_uint_eq(t->used, 1);
	ck_assert_uint_eq(t->entry[0].count, 1000);
	ck_assert_uint_eq(t->entry[0].most, 999);
	ck_assert_uint_eq(t->entry[0].op, RT_OP_TIME_SLEEP);
	ck_assert_uint_eq(t->entry[0].detail, RT_GATE_SLEEP);
	/* without a table nothing is counted and nothing breaks */
	rt_state.effects = NULL;
	close(RT_FD_EFFECTS);
	rt_state.effects_here = true;
	ck_assert_uint_eq(rt_os_time_sleep_ms_v1(1), 0);
	ck_assert_uint_eq(t->entry[0].count, 1000);
}
END_TEST

START_TEST(uses_are_recorded_only_when_observed)
{
	const struct rt_effects *t;

	begin(TIME | RT_GATE_ENV | RT_GATE_WALL_CLOCK | RT_GATE_SLEEP);
	t = rt_test_effects();
	ck_bytes(rt_os_env_get(bytes_of("A")), "value of a");
	ck_assert_uint_eq(t->used, 0);
	begin(TIME | RT_GATE_ENV | RT_GATE_WALL_CLOCK | RT_GATE_SLEEP | RT_GATE_OBSERVE);
	t = rt_test_effects();
	ck_bytes(rt_os_env_get(bytes_of("A")), "value of a");
	ck_bytes(rt_os_env_get(bytes_of("B")), "");
	ck_assert_uint_eq(rt_os_time_sleep_ms_v1(2), 1);
	ck_assert_uint_eq(rt_os_time_sleep_ms_v1(1), 1);
	(void)rt_os_time_now_unix_ms();
	ck_assert_uint_eq(t->used, 4);
	ck_assert_uint_eq(ck_use(RT_EV_ENV, 0, "A")->bytes, strlen("value of a"));
	ck_assert_uint_eq(ck_use(RT_EV_ENV, 0, "B")->detail, RT_USE_ABSENT);
	ck_assert_uint_eq(ck_use(RT_EV_TIME, 0, "sleep_ms_v1")->most, 2);
	ck_assert_uint_eq(ck_use(RT_EV_TIME, 0, "sleep_ms_v1")->count, 2);
	ck_assert_uint_eq(ck_use(RT_EV_TIME, 0, "now_unix_ms")->count, 1);
	ck_no_event();
}
END_TEST

START_TEST(any_key_may_be_asked_for_when_the_gate_says_so)
{
	begin(RT_GATE_SANDBOXED | RT_GATE_ENV | RT_GATE_ENV_ANY);
	ck_bytes(rt_os_env_get(bytes_of("NOT_LISTED_ANYWHERE")), "");
	ck_trap(get_secret, "os.env.get key denied");
	ck_event(RT_EV_ENV, RT_WHY_DENY_LISTED, 0, "SECRET");
}
END_TEST

START_TEST(a_configuration_is_checked_before_use)
{
	struct rt_config *c = rt_test_config();
	struct rt_config good;

	rt_test_list(&c->read_roots, "a;b");
	good = *c;
	ck_assert(rt_config_valid(c, c->size));
	ck_assert(!rt_config_valid(c, c->size - 1));
	ck_assert(!rt_config_valid(c, 10));
	c->magic++;
	ck_assert(!rt_config_valid(c, c->size));
	*c = good;
	c->size = sizeof(*c) - 1;
	ck_assert(!rt_config_valid(c, 4096));
	*c = good;
	c->image_entry = RT_UNIT_BASE + c->image_size;
	ck_assert(!rt_config_valid(c, c->size));
	*c = good;
	c->image_entry = RT_UNIT_BASE - 1;
	ck_assert(!rt_config_valid(c, c->size));
	*c = good;
	c->image_size = RT_UNIT_MAX + 1;
	ck_assert(!rt_config_valid(c, c->size));
	*c = good;
	c->image_size = 0;
	ck_assert(!rt_config_valid(c, c->size));
	*c = good;
	c->read_roots.count = 3; /* a third string would lie behind the end */
	ck_assert(!rt_config_valid(c, c->size));
	*c = good;
	c->env_deny = (struct rt_list){UINT32_MAX, 1};
	ck_assert(!rt_config_valid(c, c->size));
	*c = good;
	c->env_deny = (struct rt_list){0, 1};
	ck_assert(!rt_config_valid(c, c->size));
	*c = good;
	c->size -= 1; /* the last string has no end */
	ck_assert(!rt_config_valid(c, 4096));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy");
	TCase *tc = tcase_create("policy");

	tcase_add_test(tc, the_environment_is_read_by_listed_keys);
	tcase_add_test(tc, time_needs_its_gates);
	tcase_add_test(tc, clocks_agree_with_the_system);
	tcase_add_test(tc, exit_needs_its_gates);
	tcase_add_test(tc, a_full_table_loses_subjects_but_no_count);
	tcase_add_test(tc, equal_refusals_are_one_entry_with_a_count);
	tcase_add_test(tc, uses_are_recorded_only_when_observed);
	tcase_add_test(tc, any_key_may_be_asked_for_when_the_gate_says_so);
	tcase_add_test(tc, a_configuration_is_checked_before_use);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}
