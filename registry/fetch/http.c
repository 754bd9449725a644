/* SPDX-License-Identifier: MIT */
/*
 * The http mode of x07-fetch: takes requests off the socket, runs many at a time over few
 * connections, answers each once. What one transfer may do is transfer.c.
 */
#include "registry/fetch/http.h"

#include "registry/client/fetch.h"
#include "registry/client/wire.h"
#include "registry/fetch/confine_priv.h"
#include "registry/fetch/sink_priv.h"
#include "registry/fetch/transfer_priv.h"

#include <stdlib.h>

#define POLL_MAX_MS 10000

struct serve {
	int sock;
	CURLM *multi;
	struct fetch_limits limits;
	struct fetch_transfer *slots; /* FETCH_WINDOW */
	struct fetch_frame frame;
	bool configured, closed;
	size_t active;
};

static uint32_t number(const struct fetch_frame *f, enum fetch_config_number which, uint32_t max)
{
	uint64_t v = f->numbers[which];

	return v > max ? max : (uint32_t)v;
}

static int configure(struct serve *s, struct err *err)
{
	const struct fetch_frame *f = &s->frame;
	long parallel;

	if (s->configured || f->kind != FETCH_FRAME_CONFIG)
		return err_set(err, ERR_FORMAT, "the first frame is no configuration");
	s->configured = true;
	s->limits = (struct fetch_limits){
	    .parallel = number(f, FETCH_CONFIG_PARALLEL, FETCH_PARALLEL_MAX),
	    .connect_ms = number(f, FETCH_CONFIG_CONNECT_MS, 600000),
	    .stall_ms = number(f, FETCH_CONFIG_STALL_MS, 600000),
	    .total_ms = number(f, FETCH_CONFIG_TOTAL_MS, 3600000),
	    .retries = number(f, FETCH_CONFIG_RETRIES, 10),
	    .backoff_ms = number(f, FETCH_CONFIG_BACKOFF_MS, 10000),
	    .ca_bundle = getenv("X07_CA_BUNDLE"),
	};
	parallel = (long)s->limits.parallel;
	if (parallel == 0 ||
	    curl_multi_setopt(s->multi, CURLMOPT_MAX_HOST_CONNECTIONS, parallel) != CURLM_OK ||
	    curl_multi_setopt(s->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, parallel) != CURLM_OK ||
	    curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, parallel) != CURLM_OK ||
	    curl_multi_setopt(s->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX) != CURLM_OK)
		return err_set(err, ERR_INTERNAL, "libcurl takes no limits");
	return 0;
}

static int take_frame(struct serve *s, struct err *err)
{
	int rc;

	if (!s->configured)
		return configure(s, err);
	if (s->frame.kind != FETCH_FRAME_REQUEST)
		return err_set(err, ERR_FORMAT, "a frame of an unknown kind");
	for (size_t i = 0; i < FETCH_WINDOW; i++) {
		if (s->slots[i].state != FETCH_TRANSFER_FREE)
			continue;
		rc = fetch_transfer_init(&s->slots[i], &s->frame, s->sock, err);
		return rc;
	}
	return err_set(err, ERR_LIMIT, "more requests than the window holds");
}

static int take_frames(struct serve *s, struct err *err)
{
	for (;;) {
		int rc = fetch_frame_receive(&s->frame, s->sock, &s->closed, err);

		if (rc <= 0)
			return rc;
		rc = take_frame(s, err);
		fetch_frame_close(&s->frame);
		if (rc < 0)
			return rc;
	}
}

static int activate(struct serve *s, struct fetch_transfer *t, struct err *err)
{
	int rc = fetch_transfer_prepare(t, &s->limits, err);

	if (rc < 0)
		return rc;
	if (curl_multi_add_handle(s->multi, t->easy) != CURLM_OK)
		return err_set(err, ERR_INTERNAL, "libcurl takes no transfer");
	t->state = FETCH_TRANSFER_ACTIVE;
	s->active++;
	return 0;
}

/* @param next_ms  lowered to the time until a waiting transfer may start. */
static int start_waiting(struct serve *s, int64_t *next_ms, struct err *err)
{
	int64_t now = fetch_now_ms();

	for (size_t i = 0; i < FETCH_WINDOW && s->active < s->limits.parallel; i++) {
		struct fetch_transfer *t = &s->slots[i];
		int rc = 0;

		if (t->state != FETCH_TRANSFER_WAITING)
			continue;
		if (t->not_before <= now)
			rc = activate(s, t, err);
		else if (t->not_before - now < *next_ms)
			*next_ms = t->not_before - now;
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int finish(struct serve *s, struct fetch_transfer *t, CURLcode code, struct err *err)
{
	char message[256];
	struct fetch_outcome outcome;
	enum fetch_transfer_next next =
	    fetch_transfer_judge(t, code, &s->limits, &outcome, message);
	int rc;

	(void)curl_multi_remove_handle(s->multi, t->easy);
	s->active--;
	t->state = FETCH_TRANSFER_WAITING;
	if (next == FETCH_TRANSFER_AGAIN)
		return activate(s, t, err);
	if (next == FETCH_TRANSFER_LATER)
		return 0;
	rc = fetch_send_done(s->sock, t->id, &outcome, err);
	fetch_transfer_clear(t);
	return rc;
}

static int take_results(struct serve *s, struct err *err)
{
	CURLMsg *message;
	int left = 0;

	while ((message = curl_multi_info_read(s->multi, &left)) != NULL) {
		struct fetch_transfer *t = NULL;
		int rc;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		rc = finish(s, t, message->data.result, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int step(struct serve *s, struct err *err)
{
	struct curl_waitfd sock = {.fd = s->sock, .events = CURL_WAIT_POLLIN};
	int64_t wait = POLL_MAX_MS;
	int running = 0;
	int rc = start_waiting(s, &wait, err);

	if (rc < 0)
		return rc;
	if (curl_multi_perform(s->multi, &running) != CURLM_OK)
		return err_set(err, ERR_INTERNAL, "libcurl stopped");
	rc = take_results(s, err);
	if (rc < 0)
		return rc;
	/* What has just ended leaves room for one that waits. */
	rc = start_waiting(s, &wait, err);
	if (rc < 0)
		return rc;
	if (curl_multi_poll(s->multi, &sock, 1, (int)wait, NULL) != CURLM_OK)
		return err_set(err, ERR_INTERNAL, "libcurl stopped");
	return take_frames(s, err);
}

static void serve_clear(struct serve *s)
{
	for (size_t i = 0; s->slots != NULL && i < FETCH_WINDOW; i++) {
		if (s->slots[i].state == FETCH_TRANSFER_ACTIVE)
			(void)curl_multi_remove_handle(s->multi, s->slots[i].easy);
		if (s->slots[i].state != FETCH_TRANSFER_FREE)
			fetch_transfer_clear(&s->slots[i]);
	}
	(void)curl_multi_cleanup(s->multi);
	base_free_ptr(&s->slots);
	curl_global_cleanup();
}

int fetch_http_serve(int sock, struct err *err)
{
	CLEANUP(serve_clear) struct serve s = {.sock = sock};
	int rc = 0;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ERR_INTERNAL, "libcurl does not start");
	rc = fetch_confine_to_system(err);
	if (rc < 0)
		return rc;
	s.multi = curl_multi_init();
	s.slots = base_calloc(FETCH_WINDOW, sizeof(*s.slots));
	if (s.multi == NULL)
		return err_set(err, ERR_INTERNAL, "libcurl does not start");
	while (rc == 0 && !s.closed)
		rc = step(&s, err);
	return rc;
}
