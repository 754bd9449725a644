/* SPDX-License-Identifier: MIT */
/* Waits for descriptors and deadlines, calls whom they belong to, and frees what has ended. */
#include "sandbox/broker/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define LAST_WORDS_MS 700 /* x07 waits for a second in all */

int64_t broker_now(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void broker_watch(struct broker_server *s, struct broker_watch *w, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.ptr = w};

	if (w->fd < 0)
		return;
	if (events == 0)
		(void)epoll_ctl(s->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	else if (epoll_ctl(s->epoll, EPOLL_CTL_MOD, w->fd, &e) < 0 && errno == ENOENT)
		(void)epoll_ctl(s->epoll, EPOLL_CTL_ADD, w->fd, &e);
}

/* The batch that is being worked on may still hold events for it: it is freed after the batch. */
void broker_retire(struct broker_server *s, struct broker_watch *w)
{
	if (w->dead)
		return;
	w->dead = true;
	broker_watch(s, w, 0);
	base_close_fd(&w->fd);
	w->fd = -1;
	w->next_dead = s->dead;
	s->dead = w;
}

static void bury(struct broker_server *s)
{
	while (s->dead != NULL) {
		struct broker_watch *w = s->dead;

		s->dead = w->next_dead;
		free(w);
	}
}

bool broker_task_start(struct broker_server *s, struct broker_task *task)
{
	if (s->task_count >= BROKER_TASKS_MAX)
		return false;
	task->counted = true;
	s->task_count++;
	broker_task_join(s, task);
	return true;
}

void broker_task_join(struct broker_server *s, struct broker_task *task)
{
	task->next = s->tasks;
	s->tasks = task;
}

bool broker_task_leave(struct broker_server *s, struct broker_task *task)
{
	for (struct broker_task **at = &s->tasks; *at != NULL; at = &(*at)->next) {
		if (*at != task)
			continue;
		*at = task->next;
		s->task_count -= task->counted;
		return true;
	}
	return false;
}

void broker_task_end(struct broker_server *s, struct broker_task *task)
{
	(void)broker_task_leave(s, task);
	if (task->drop != NULL)
		task->drop(s, task);
	broker_retire(s, &task->watch);
}

/* Milliseconds until something must happen, rounded up; -1 = nothing will. */
static int wait_ms(const struct broker_server *s, const struct broker_hooks *hooks)
{
	int64_t next = hooks->deadline(s), now = broker_now();

	for (const struct broker_task *task = s->tasks; task != NULL; task = task->next) {
		if (task->deadline_ns != 0 && (next == 0 || task->deadline_ns < next))
			next = task->deadline_ns;
	}
	if (next == 0)
		return -1;
	next = (next - now + BROKER_NS_PER_MS - 1) / BROKER_NS_PER_MS;
	return next < 0 ? 0 : next > 60000 ? 60000 : (int)next;
}

/* Ending one task may end others, so the search starts over after each. */
static void run_deadlines(struct broker_server *s)
{
	int64_t now = broker_now();
	struct broker_task *task;

	do {
		for (task = s->tasks; task != NULL; task = task->next) {
			if (task->deadline_ns != 0 && task->deadline_ns <= now)
				break;
		}
		if (task != NULL) {
			task->deadline_ns = 0;
			task->timeout(s, task);
		}
	} while (task != NULL);
}

static bool turn(struct broker_server *s, int timeout_ms)
{
	struct epoll_event batch[BATCH];
	int n = epoll_wait(s->epoll, batch, BATCH, timeout_ms);

	if (n < 0 && errno != EINTR)
		return false;
	for (int i = 0; i < n; i++) {
		struct broker_watch *w = batch[i].data.ptr;

		if (!w->dead)
			w->ready(s, w, batch[i].events);
	}
	return true;
}

/* What the program wrote before it ended is still sent, as the kernel would do it for TCP. */
static void last_words(struct broker_server *s, const struct broker_hooks *hooks)
{
	int64_t end = broker_now() + LAST_WORDS_MS * BROKER_NS_PER_MS;
	int64_t left = LAST_WORDS_MS;

	broker_watch(s, &s->channel, 0);
	while (s->tasks != NULL)
		broker_task_end(s, s->tasks);
	while (left > 0 && hooks->flushing(s) && turn(s, (int)left)) {
		bury(s);
		left = (end - broker_now()) / BROKER_NS_PER_MS;
	}
}

void broker_loop(struct broker_server *s, const struct broker_hooks *hooks)
{
	while (!s->done && turn(s, wait_ms(s, hooks))) {
		run_deadlines(s);
		hooks->tick(s);
		bury(s);
	}
	if (!s->broken)
		last_words(s, hooks);
}
