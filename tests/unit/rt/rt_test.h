/* SPDX-License-Identifier: MIT */
/* A runtime inside the test: configuration by hand, values from text, traps caught in a child. */
#ifndef TESTS_RT_TEST_H
#define TESTS_RT_TEST_H

#include "lang/rt/config.h"
#include "lang/rt/protos.h"

#include "tests/support/support.h"

/** A configuration that allows everything and has 64 MiB; change it before rt_test_begin. */
struct rt_config *rt_test_config(void);
/** Fill a list of the configuration; @p items are separated by ";". */
void rt_test_list(struct rt_list *list, const char *items);
/** Start with what rt_test_config returned last. */
void rt_test_begin(void);

/** Make the folder of the test the working directory. */
void rt_test_folder(void);

rt_view view_of(const char *text);
/** A counted block with the text. */
rt_bytes bytes_of(const char *text);
rt_vec vec_of(const char *text);
/** Check the contents and free. */
void ck_bytes(rt_bytes b, const char *want);

/** Run in a child; it must print exactly @p line and a line feed, and die by SIGILL. */
void ck_trap(void (*run)(void), const char *line);

/** Put an empty table of effects at RT_FD_EFFECTS. */
void rt_test_events(void);
/** The table, read-only. */
const struct rt_effects *rt_test_effects(void);
/** An entry of an observed run; fails when there is none. Subject as text. */
const struct rt_effect *ck_use(enum rt_event_kind kind, rt_u32 code, const char *subject);
/** One refusal that was not asked for yet; fails when there is none. Subject as text. */
void ck_event(
    enum rt_event_kind kind, enum rt_event_reason why, int sys_errno, const char *subject);
/** No event is left. */
void ck_no_event(void);

/** FsCapsV1 with the limits 0. */
rt_bytes caps_of(rt_u32 flags);
rt_bytes caps_full(rt_u32 max_read, rt_u32 max_write, rt_u32 entries, rt_u32 depth, rt_u32 flags);

#endif
