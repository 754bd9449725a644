/* SPDX-License-Identifier: MIT */
/* The broker's one loop: descriptors, deadlines, and the end of what ended. */
#include "sandbox/broker/priv.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define LAST_WORDS_MS 700 /* x07 waits for a second */

int64_t server_now(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void server_watch(struct server *s, struct watch *w, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.ptr = w};

	if (w->fd < 0)
		return;
	if (events == 0)
		(void)epoll_ctl(s->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	else if (epoll_ctl(s->epoll, EPOLL_CTL_MOD, w->fd, &e) < 0 && errno == ENOENT)
		(void)epoll_ctl(s->epoll, EPOLL_CTL_ADD, w->fd, &e);
}

/* Events for it may still stand in the batch that is being worked on. */
void server_retire(struct server *s, struct watch *w)
{
	if (w->dead)
		return;
	w->dead = true;
	server_watch(s, w, 0);
	base_close_fd(&w->fd);
	w->fd = -1;
	w->next_dead = s->dead;
	s->dead = w;
}

static void bury(struct server *s)
{
	while (s->dead != NULL) {
		struct watch *w = s->dead;

		s->dead = w->next_dead;
		free(w);
	}
}

bool op_start(struct server *s, struct op *op)
{
	if (s->op_count >= SERVER_OPS_MAX)
		return false;
	op->counted = true;
	s->op_count++;
	op_join(s, op);
	return true;
}

void op_join(struct server *s, struct op *op)
{
	op->next = s->ops;
	s->ops = op;
}

bool op_leave(struct server *s, struct op *op)
{
	for (struct op **at = &s->ops; *at != NULL; at = &(*at)->next) {
		if (*at != op)
			continue;
		*at = op->next;
		s->op_count -= op->counted;
		return true;
	}
	return false;
}

void op_end(struct server *s, struct op *op)
{
	(void)op_leave(s, op);
	if (op->drop != NULL)
		op->drop(s, op);
	server_retire(s, &op->watch);
}

/* Milliseconds until something must happen, rounded up; -1 = nothing. */
static int wait_ms(const struct server *s)
{
	int64_t next = http_deadline(s), now = server_now();

	for (const struct op *op = s->ops; op != NULL; op = op->next) {
		if (op->deadline_ns != 0 && (next == 0 || op->deadline_ns < next))
			next = op->deadline_ns;
	}
	if (next == 0)
		return -1;
	next = (next - now + NS_PER_MS - 1) / NS_PER_MS;
	return next < 0 ? 0 : next > 60000 ? 60000 : (int)next;
}

/* Ending one operation may end others: start over after each. */
static void run_deadlines(struct server *s)
{
	int64_t now = server_now();
	struct op *op;

	do {
		for (op = s->ops; op != NULL; op = op->next) {
			if (op->deadline_ns != 0 && op->deadline_ns <= now)
				break;
		}
		if (op != NULL) {
			op->deadline_ns = 0;
			op->timeout(s, op);
		}
	} while (op != NULL);
	http_tick(s);
}

static bool turn(struct server *s, int timeout_ms)
{
	struct epoll_event batch[BATCH];
	int n = epoll_wait(s->epoll, batch, BATCH, timeout_ms);

	if (n < 0 && errno != EINTR)
		return false;
	for (int i = 0; i < n; i++) {
		struct watch *w = batch[i].data.ptr;

		if (!w->dead)
			w->ready(s, w, batch[i].events);
	}
	return true;
}

/* What the program wrote into TLS streams before it ended goes out, as it would over TCP. */
static void last_words(struct server *s)
{
	int64_t end = server_now() + LAST_WORDS_MS * NS_PER_MS;
	int64_t left = LAST_WORDS_MS;

	server_watch(s, &s->channel, 0);
	while (s->ops != NULL)
		op_end(s, s->ops);
	while (left > 0 && tls_flushing(s) && turn(s, (int)left)) {
		bury(s);
		left = (end - server_now()) / NS_PER_MS;
	}
}

void server_loop(struct server *s)
{
	while (!s->done && turn(s, wait_ms(s))) {
		run_deadlines(s);
		bury(s);
	}
	if (!s->broken)
		last_words(s);
}
