/* SPDX-License-Identifier: MIT */
/*
 * HTTP requests. The document arrives, its URL is decided, its name is resolved and pinned, and
 * libcurl does the rest; each redirect starts that over. libcurl never resolves a name, follows a
 * redirect or uses a proxy. Source: docs/format/net-heads.md.
 */
#include "sandbox/broker/http.h"

#include "sandbox/broker/address.h"
#include "sandbox/broker/decide.h"
#include "sandbox/broker/http_answer.h"
#include "sandbox/broker/http_easy.h"
#include "sandbox/broker/http_types.h"
#include "sandbox/broker/log.h"
#include "sandbox/broker/loop.h"
#include "sandbox/broker/resolve.h"
#include "sandbox/broker/send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define REDIRECTS_DEFAULT 5
#define TIMEOUT_DEFAULT_S 30
#define DROPPED_MAX (256u << 10)
#define HEAD_FLOOD (256u << 10)
#define TOO_LARGE ((CURLcode)100)            /* CURLE_TOO_LARGE, from 8.6 on */
#define HELD_MAX (2ull * RT_NET_REQUEST_MAX) /* of all requests together */

/* Making a handle costs more than the rest of a small request, so the last one is kept. Resetting
 * it removes everything that the request has put into it. */
static void leave_idle(struct broker_http *h, CURL *easy)
{
	if (h->idle != NULL) {
		curl_easy_cleanup(easy);
		return;
	}
	curl_easy_reset(easy);
	h->idle = easy;
}

static void transfer_free(struct broker_server *s, struct broker_task *task)
{
	struct broker_transfer *t = (struct broker_transfer *)task;

	for (struct broker_transfer **at = &s->http->transfers; *at != NULL; at = &(*at)->next) {
		if (*at == t) {
			*at = t->next;
			break;
		}
	}
	if (t->lookup != NULL)
		broker_resolve_cancel(s, t->lookup);
	t->lookup = NULL;
	if (t->easy != NULL) {
		(void)curl_multi_remove_handle(s->http->multi, t->easy);
		leave_idle(s->http, t->easy);
	}
	curl_slist_free_all(t->headers);
	curl_slist_free_all(t->pins);
	s->held -= t->document.len;
	buf_clear(&t->document);
	buf_clear(&t->head);
	broker_http_request_clear(&t->request);
	base_free_ptr(&t->url);
	base_free_ptr(&t->origin);
	base_free_ptr(&t->location);
	base_free_ptr(&t->body);
}

static void transfer_end(struct broker_server *s, struct broker_transfer *t, uint32_t code)
{
	if (code != RT_NET_OK || !broker_answer_whole(s, t)) {
		if (code == RT_NET_OK)
			broker_answer_flush(s, t);
		broker_send_code(s, t->task.id, code);
	}
	broker_task_end(s, &t->task);
}

static void transfer_timeout(struct broker_server *s, struct broker_task *task)
{
	struct broker_transfer *t = (struct broker_transfer *)task;

	if (t->to.host[0] != '\0')
		broker_easy_log(s, t, RT_NET_TIMEOUT, "timeout");
	transfer_end(s, t, RT_NET_TIMEOUT);
}

/* ---- one hop ---- */

static char *url_part(CURLU *url, CURLUPart part, unsigned flags)
{
	char *text = NULL;
	char *copy;

	if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
		return base_strdup("");
	copy = base_strdup(text);
	curl_free(text);
	return copy;
}

static void url_free(CURLU **url)
{
	curl_url_cleanup(*url);
}

/* Find out where this hop goes. libcurl's own parser reads the URL, so that what is decided about
 * is what libcurl connects to. */
static bool parse_url(struct broker_transfer *t)
{
	CLEANUP(url_free) CURLU *url = curl_url();
	AUTO_FREE char *host = NULL;
	AUTO_FREE char *port = NULL;
	AUTO_FREE char *origin = NULL;
	CLEANUP(buf_clear) struct buf text = buf_init(1024);
	struct policy_address literal;

	if (url == NULL || curl_url_set(url, CURLUPART_URL, t->url, 0) != CURLUE_OK)
		return false;
	host = url_part(url, CURLUPART_HOST, 0);
	port = url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	for (const char *p = host; *p != '\0'; p++) {
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f)
			return false;
	}
	/* a zone ([fe80::1%25eth0]) chooses an interface, and no policy speaks about interfaces */
	if (strchr(host, '%') != NULL || !policy_host_normal(t->to.host, host, strlen(host)))
		return false;
	if (host[0] == '[' && !policy_address_parse(&literal, t->to.host))
		return false;
	t->to.port = (uint16_t)strtoul(port, NULL, 10);
	t->to.op = BROKER_OP_HTTP;
	t->to.entry = UINT32_MAX;
	buf_printf(&text, "%s://%s:%u", t->tls ? "https" : "http", t->to.host, t->to.port);
	origin = buf_take(&text);
	if (t->origin == NULL)
		t->origin = TAKE(origin);
	else if (strcmp(t->origin, origin) != 0)
		t->foreign = true;
	return t->to.port != 0;
}

static void add_pin(struct buf *pin, const struct broker_addresses *list)
{
	char text[BROKER_ADDRESS_TEXT];

	for (uint32_t i = 0; i < list->count; i++) {
		broker_address_text(text, &list->at[i]);
		buf_printf(pin, list->at[i].len == 4 ? "%s%s" : "%s[%s]", i > 0 ? "," : "", text);
	}
}

static bool hop_pin(struct broker_transfer *t)
{
	CLEANUP(buf_clear) struct buf text = buf_init(8192);
	struct policy_address literal;

	curl_slist_free_all(t->pins);
	t->pins = NULL;
	if (policy_address_parse(&literal, t->to.host))
		return true;
	buf_printf(&text, "%s:%u:", t->to.host, t->to.port);
	add_pin(&text, &t->list);
	if (text.overflow)
		return false;
	t->pins = curl_slist_append(NULL, text.data);
	return t->pins != NULL;
}

/* Under a policy a name that does not resolve is a refusal. Source: docs/format/net-heads.md. */
static uint32_t no_name_code(const struct broker_server *s)
{
	return s->config.net != NULL ? RT_NET_DENIED : RT_NET_NO_NAME;
}

static void have_addresses(
    struct broker_server *s, void *arg, const struct broker_addresses *list, const char *why)
{
	struct broker_transfer *t = arg;
	uint32_t code;

	t->lookup = NULL;
	t->list = *list;
	if (why != NULL) {
		struct broker_destination to = t->to;

		broker_log_end(s, &to, "", RT_NET_NO_NAME, t->hop_ns, why);
		transfer_end(s, t, no_name_code(s));
		return;
	}
	code = broker_decide_addresses(s, &t->to, POLICY_TCP, &t->list);
	if (code != RT_NET_OK) {
		transfer_end(s, t, code);
		return;
	}
	if (!hop_pin(t) || !broker_easy_setup(s, t) ||
	    curl_multi_add_handle(s->http->multi, t->easy) != CURLM_OK)
		transfer_end(s, t, RT_NET_INTERNAL);
}

static void log_scheme(struct broker_server *s, const struct broker_transfer *t)
{
	struct broker_entry e = {.op = BROKER_OP_HTTP,
	    .verdict = BROKER_DENIED_SCHEME,
	    .code = RT_NET_DENIED,
	    .entry = UINT32_MAX};

	(void)snprintf(e.host, sizeof(e.host), "%.64s", t->url);
	(void)snprintf(e.note, sizeof(e.note), "%s",
	    t->hops > 0 ? "a redirect leaves http and https" : "neither http nor https");
	(void)broker_log_add(s, &e);
}

/* Start the hop to t->url. May end the transfer. */
static void hop_start(struct broker_server *s, struct broker_transfer *t)
{
	struct broker_piece url = {t->url, strlen(t->url)};
	enum broker_url_scheme scheme = broker_url_scheme(url);
	struct broker_lookup *lookup;
	uint32_t code;

	t->hop_ns = broker_now();
	t->tls = scheme == BROKER_URL_HTTPS;
	if (scheme == BROKER_URL_FILE || (scheme == BROKER_URL_OTHER && t->hops > 0)) {
		log_scheme(s, t);
		transfer_end(s, t, RT_NET_DENIED);
		return;
	}
	if (scheme == BROKER_URL_OTHER || !parse_url(t)) {
		transfer_end(s, t, RT_NET_INVALID);
		return;
	}
	code = broker_decide_name(s, &t->to, POLICY_TCP);
	if (code != RT_NET_OK) {
		transfer_end(s, t, code);
		return;
	}
	lookup = broker_resolve_start(s, t->to.host, t->task.deadline_ns, have_addresses, t);
	/* the transfer may be gone by now, but not while its look-up runs */
	if (lookup != NULL)
		t->lookup = lookup;
}

/* Resolve Location, which may be relative, against the URL of this hop. @return owned; NULL when it
 * is no URL. */
static char *next_url(const struct broker_transfer *t)
{
	CLEANUP(url_free) CURLU *url = curl_url();
	AUTO_FREE char *text = NULL;

	if (url == NULL || curl_url_set(url, CURLUPART_URL, t->url, 0) != CURLUE_OK ||
	    curl_url_set(url, CURLUPART_URL, t->location,
		CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE) != CURLUE_OK)
		return NULL;
	text = url_part(url, CURLUPART_URL, 0);
	return text[0] != '\0' ? TAKE(text) : NULL;
}

/* Go to the next hop: it decides anew which method, body and credentials are sent. Source: RFC 9110
 * 15.4, and what curl does by default. */
static void hop_redirect(struct broker_server *s, struct broker_transfer *t, long status)
{
	AUTO_FREE char *next = next_url(t);
	uint32_t most =
	    t->request.max_redirects != 0 ? t->request.max_redirects : REDIRECTS_DEFAULT;

	(void)curl_multi_remove_handle(s->http->multi, t->easy);
	if (++t->hops > most || next == NULL) {
		transfer_end(s, t, RT_NET_INTERNAL);
		return;
	}
	if (status == 301 || status == 302 || status == 303)
		t->post = false;
	base_free_ptr(&t->url);
	t->url = TAKE(next);
	t->redirecting = false;
	t->dropped = t->announced = 0;
	hop_start(s, t);
}

/* Does libcurl say that a line (over 100 KiB) or all of them (over 300 KiB) are too long for it? */
static bool head_too_large(const struct broker_transfer *t, CURLcode rc)
{
	return (rc == CURLE_OUT_OF_MEMORY && t->lines_seen > 0) ||
	       (rc == CURLE_RECV_ERROR && t->head_seen > HEAD_FLOOD) || rc == TOO_LARGE;
}

/* libcurl has finished a hop. */
static void hop_completed(struct broker_server *s, struct broker_transfer *t, CURLcode rc)
{
	uint32_t code = t->code != 0 ? t->code : broker_easy_code(rc);
	long status = 0;

	if (t->code == 0 && !t->head_sent && head_too_large(t, rc)) {
		code = RT_NET_TOO_LARGE;
		t->note = "the headers are over the limits of libcurl";
	}
	/* we cut the long body of a redirect ourselves: that is no failure */
	if (t->redirecting && t->dropped > DROPPED_MAX && rc == CURLE_WRITE_ERROR)
		code = t->code;
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	broker_easy_log(s, t, code,
	    code == RT_NET_OK ? ""
	    : t->note != NULL ? t->note
			      : curl_easy_strerror(rc));
	if (code == RT_NET_OK && t->redirecting)
		hop_redirect(s, t, status);
	else
		transfer_end(s, t, code);
}

/* ---- what libcurl waits for ---- */

static void reap(struct broker_server *s)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(s->http->multi, &left)) != NULL) {
		struct broker_transfer *t = NULL;

		(void)curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)(void *)&t);
		if (msg->msg == CURLMSG_DONE && t != NULL)
			hop_completed(s, t, msg->data.result);
	}
}

static void socket_ready(struct broker_server *s, struct broker_watch *w, uint32_t events)
{
	int running, bits = 0;

	bits |= events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0;
	bits |= events & EPOLLOUT ? CURL_CSELECT_OUT : 0;
	bits |= events & EPOLLERR ? CURL_CSELECT_ERR : 0;
	(void)curl_multi_socket_action(s->http->multi, w->fd, bits, &running);
	reap(s);
}

/* Take the descriptor out of the set. libcurl owns it, so it is not closed here. */
static void forget_socket(struct broker_server *s, struct broker_watch *w)
{
	broker_watch(s, w, 0);
	w->fd = -1;
	broker_retire(s, w);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *per_socket)
{
	struct broker_server *s = arg;
	struct broker_watch *w = per_socket;
	uint32_t events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w != NULL)
			forget_socket(s, w);
		return 0;
	}
	if (w == NULL) {
		w = base_calloc(1, sizeof(*w));
		w->fd = fd;
		w->ready = socket_ready;
		(void)curl_multi_assign(s->http->multi, fd, w);
	}
	events |= what != CURL_POLL_OUT ? EPOLLIN : 0;
	events |= what != CURL_POLL_IN ? EPOLLOUT : 0;
	broker_watch(s, w, events);
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *arg)
{
	struct broker_server *s = arg;

	(void)multi;
	s->http->timer_ns = ms < 0 ? 0 : broker_now() + ms * BROKER_NS_PER_MS;
	return 0;
}

int64_t broker_http_deadline(const struct broker_server *s)
{
	return s->http->timer_ns;
}

void broker_http_tick(struct broker_server *s)
{
	int running;

	if (s->http->timer_ns == 0 || s->http->timer_ns > broker_now())
		return;
	s->http->timer_ns = 0;
	(void)curl_multi_socket_action(s->http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	reap(s);
}

bool broker_http_open(struct broker_server *s)
{
	struct broker_http *h = base_calloc(1, sizeof(*h));

	s->http = h;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return false;
	h->multi = curl_multi_init();
	return h->multi != NULL &&
	       curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
	       curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, s) == CURLM_OK &&
	       curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
	       curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, s) == CURLM_OK;
}

/* ---- the guest's frames ---- */

static void transfer_begin(struct broker_server *s, struct broker_transfer *t)
{
	struct broker_http_request *r = &t->request;

	if (!broker_http_request_parse(r, t->document.data, t->document.len)) {
		transfer_end(s, t, RT_NET_INVALID);
		return;
	}
	t->task.deadline_ns =
	    t->task.started_ns +
	    (int64_t)(r->timeout_s != 0 ? r->timeout_s : TIMEOUT_DEFAULT_S) * 1000000000;
	t->head = buf_init((size_t)r->max_header_bytes + 1);
	t->post = r->post;
	t->url = base_alloc(r->url.len + 1);
	memcpy(t->url, r->url.at, r->url.len);
	t->url[r->url.len] = '\0';
	hop_start(s, t);
}

static void transfer_more(
    struct broker_server *s, struct broker_transfer *t, const struct broker_request *r)
{
	if (r->len > t->expected - t->document.len) {
		transfer_end(s, t, RT_NET_INVALID);
		return;
	}
	if (s->held + r->len > HELD_MAX) {
		transfer_end(s, t, RT_NET_INTERNAL);
		return;
	}
	s->held += r->len;
	buf_add(&t->document, r->payload, r->len);
	if (t->document.len == t->expected)
		transfer_begin(s, t);
}

void broker_http_begin(struct broker_server *s, const struct broker_request *r)
{
	struct broker_transfer *t = base_calloc(1, sizeof(*t));

	t->task.watch.fd = -1;
	t->task.id = r->frame.id;
	t->task.started_ns = broker_now();
	/* a request that never becomes complete ends as well */
	t->task.deadline_ns = t->task.started_ns + (int64_t)TIMEOUT_DEFAULT_S * 1000000000;
	t->task.timeout = transfer_timeout;
	t->task.drop = transfer_free;
	t->expected = r->frame.a;
	t->max_body = r->frame.b;
	t->document = buf_init(RT_NET_REQUEST_MAX);
	t->head = buf_init(1);
	if (!broker_task_start(s, &t->task)) {
		free(t);
		broker_send_code(s, r->frame.id, RT_NET_INTERNAL);
		return;
	}
	t->next = s->http->transfers;
	s->http->transfers = t;
	transfer_more(s, t, r);
}

void broker_http_more(struct broker_server *s, const struct broker_request *r)
{
	for (struct broker_transfer *t = s->http->transfers; t != NULL; t = t->next) {
		if (t->task.id == r->frame.id && t->document.len < t->expected) {
			transfer_more(s, t, r);
			return;
		}
	}
}

void broker_http_resume(struct broker_server *s)
{
	for (struct broker_transfer *t = s->http->transfers; t != NULL && broker_send_idle(s);
	     t = t->next) {
		if (!t->paused)
			continue;
		t->paused = false;
		(void)curl_easy_pause(t->easy, CURLPAUSE_CONT);
	}
}

void broker_http_close(struct broker_server *s)
{
	while (s->http->transfers != NULL)
		broker_task_end(s, &s->http->transfers->task);
	curl_easy_cleanup(s->http->idle);
	(void)curl_multi_cleanup(s->http->multi);
}
