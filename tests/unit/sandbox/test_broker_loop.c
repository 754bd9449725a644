/* SPDX-License-Identifier: MIT */
/* The loop of the broker with hooks of the test: it needs no kind of request to be tried. */
#include "sandbox/broker/loop.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct broker_server *server;
static int64_t wake_ns; /* what the hook `deadline` says; moves on with each tick */
static int ticks, ticks_at_end;
static int flushes, flushes_at_end;
static int timeouts, drops;

static int64_t deadline(const struct broker_server *s)
{
	(void)s;
	return wake_ns;
}

static void tick(struct broker_server *s)
{
	if (wake_ns != 0)
		wake_ns = broker_now() + BROKER_NS_PER_MS;
	if (++ticks == ticks_at_end)
		s->done = true;
}

static bool flushing(struct broker_server *s)
{
	(void)s;
	return ++flushes < flushes_at_end;
}

static const struct broker_hooks hooks = {deadline, tick, flushing};

static void set_up(void)
{
	server = base_calloc(1, sizeof(*server));
	server->channel.fd = -1;
	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	ck_assert_int_ge(server->epoll, 0);
}

static void tear_down(void)
{
	(void)close(server->epoll);
	free(server);
}

static struct broker_task *new_task(void)
{
	struct broker_task *task = base_calloc(1, sizeof(*task));

	task->watch.fd = -1;
	return task;
}

static struct broker_watch *new_watch(
    void (*ready)(struct broker_server *s, struct broker_watch *w, uint32_t events))
{
	struct broker_watch *w = base_calloc(1, sizeof(*w));

	w->fd = eventfd(1, EFD_CLOEXEC);
	ck_assert_int_ge(w->fd, 0);
	w->ready = ready;
	broker_watch(server, w, EPOLLIN);
	return w;
}

START_TEST(loop_wakes_for_the_hook_and_ticks_in_each_round)
{
	wake_ns = broker_now() + BROKER_NS_PER_MS;
	ticks_at_end = 3;
	broker_loop(server, &hooks);
	ck_assert_int_eq(ticks, 3);
	ck_assert_int_eq(flushes, 1);
}
END_TEST

static void stay_ready(struct broker_server *s, struct broker_watch *w, uint32_t events)
{
	(void)s;
	(void)w;
	ck_assert_uint_eq(events, EPOLLIN);
}

/* The rounds at the end wait for descriptors: this one always has something to say. */
START_TEST(loop_goes_on_at_the_end_until_nothing_is_unsent)
{
	struct broker_watch *w = new_watch(stay_ready);

	server->done = true;
	flushes_at_end = 4;
	broker_loop(server, &hooks);
	ck_assert_int_eq(flushes, 4);
	ck_assert_int_eq(ticks, 0);
	base_close_fd(&w->fd);
	free(w);
}
END_TEST

START_TEST(guest_that_broke_the_protocol_has_no_last_words)
{
	server->done = server->broken = true;
	broker_loop(server, &hooks);
	ck_assert_int_eq(flushes, 0);
}
END_TEST

static void on_timeout(struct broker_server *s, struct broker_task *task)
{
	timeouts++;
	ck_assert_int_eq(task->deadline_ns, 0);
	broker_task_end(s, task);
	s->done = true;
}

static void on_drop(struct broker_server *s, struct broker_task *task)
{
	(void)s;
	(void)task;
	drops++;
}

START_TEST(task_is_told_once_that_its_time_is_over)
{
	struct broker_task *task = new_task();
	int64_t end = broker_now() + 5 * BROKER_NS_PER_MS;

	task->deadline_ns = end;
	task->timeout = on_timeout;
	task->drop = on_drop;
	ck_assert(broker_task_start(server, task));
	broker_loop(server, &hooks);
	ck_assert_int_ge(broker_now(), end);
	ck_assert_int_eq(timeouts, 1);
	ck_assert_int_eq(drops, 1);
	ck_assert_uint_eq(server->task_count, 0);
}
END_TEST

START_TEST(tasks_over_the_cap_are_refused_and_parts_of_tasks_are_not)
{
	struct broker_task *over = new_task();
	struct broker_watch *w;

	for (unsigned i = 0; i < BROKER_TASKS_MAX; i++)
		ck_assert(broker_task_start(server, new_task()));
	ck_assert(!broker_task_start(server, over));
	broker_task_join(server, over);
	ck_assert_uint_eq(server->task_count, BROKER_TASKS_MAX);
	ck_assert(broker_task_leave(server, over));
	ck_assert(!broker_task_leave(server, over));
	free(over);
	broker_task_end(server, server->tasks);
	ck_assert_uint_eq(server->task_count, BROKER_TASKS_MAX - 1);
	/* what still runs when the guest is gone ends */
	server->done = true;
	flushes_at_end = 2;
	w = new_watch(stay_ready);
	broker_loop(server, &hooks);
	ck_assert_ptr_null(server->tasks);
	ck_assert_ptr_null(server->dead);
	base_close_fd(&w->fd);
	free(w);
}
END_TEST

static struct broker_watch *both[2];
static int woken;

static void retire_both(struct broker_server *s, struct broker_watch *w, uint32_t events)
{
	(void)w;
	(void)events;
	woken++;
	broker_retire(s, both[0]);
	broker_retire(s, both[1]);
	s->done = true;
}

/* Both are in one batch of events: the second is gone when its turn comes. */
START_TEST(retired_watch_is_not_called_again)
{
	both[0] = new_watch(retire_both);
	both[1] = new_watch(retire_both);
	broker_loop(server, &hooks);
	ck_assert_int_eq(woken, 1);
	ck_assert_ptr_null(server->dead);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sandbox/broker_loop");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, loop_wakes_for_the_hook_and_ticks_in_each_round);
	tcase_add_test(t, loop_goes_on_at_the_end_until_nothing_is_unsent);
	tcase_add_test(t, guest_that_broke_the_protocol_has_no_last_words);
	tcase_add_test(t, task_is_told_once_that_its_time_is_over);
	tcase_add_test(t, tasks_over_the_cap_are_refused_and_parts_of_tasks_are_not);
	tcase_add_test(t, retired_watch_is_not_called_again);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return test_main(suite());
}
