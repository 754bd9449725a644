/* SPDX-License-Identifier: MIT */
/*
 * HTTP requests: the document arrives, its URL is decided, its name resolved and pinned, libcurl
 * does the rest; each redirect starts that over. libcurl never resolves, follows or proxies.
 * Source: docs/format/net-heads.md, spec net 5, 6.3.
 */
#include "sandbox/broker/http.h"

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

/* Making a handle costs more than the rest of a small request. Nothing of one is left in it. */
static void leave_idle(struct http *h, CURL *easy)
{
	if (h->idle != NULL) {
		curl_easy_cleanup(easy);
		return;
	}
	curl_easy_reset(easy);
	h->idle = easy;
}

static void transfer_free(struct server *s, struct op *op)
{
	struct transfer *t = (struct transfer *)op;

	for (struct transfer **at = &s->http->transfers; *at != NULL; at = &(*at)->next) {
		if (*at == t) {
			*at = t->next;
			break;
		}
	}
	if (t->lookup != NULL)
		resolve_cancel(s, t->lookup);
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
	http_request_clear(&t->request);
	base_free_ptr(&t->url);
	base_free_ptr(&t->origin);
	base_free_ptr(&t->location);
	base_free_ptr(&t->body);
}

static void end(struct server *s, struct transfer *t, uint32_t code)
{
	if (code != RT_NET_OK || !answer_whole(s, t)) {
		if (code == RT_NET_OK)
			answer_flush(s, t);
		channel_code(s, t->op.id, code);
	}
	op_end(s, &t->op);
}

static void transfer_timeout(struct server *s, struct op *op)
{
	struct transfer *t = (struct transfer *)op;

	if (t->to.host[0] != '\0')
		easy_log(s, t, RT_NET_TIMEOUT, "timeout");
	end(s, t, RT_NET_TIMEOUT);
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

/* Where this hop goes. libcurl's own parser: what it connects to is what is decided about. */
static bool parse_url(struct transfer *t)
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
	/* [fe80::1%25eth0]: zones choose an interface, which no policy speaks about */
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

static void add_pin(struct buf *pin, const struct addresses *list)
{
	char text[BROKER_ADDRESS_TEXT];

	for (uint32_t i = 0; i < list->count; i++) {
		address_text(text, &list->at[i]);
		buf_printf(pin, list->at[i].len == 4 ? "%s%s" : "%s[%s]", i > 0 ? "," : "", text);
	}
}

static bool pin(struct transfer *t)
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

/* Under a policy a name that does not resolve is a refusal. Source: spec net 6.5. */
static uint32_t no_name_code(const struct server *s)
{
	return s->config.net != NULL ? RT_NET_DENIED : RT_NET_NO_NAME;
}

static void have_addresses(
    struct server *s, void *arg, const struct addresses *list, const char *why)
{
	struct transfer *t = arg;
	uint32_t code;

	t->lookup = NULL;
	t->list = *list;
	if (why != NULL) {
		struct destination to = t->to;

		log_end(s, &to, "", RT_NET_NO_NAME, t->hop_ns, why);
		end(s, t, no_name_code(s));
		return;
	}
	code = decide_addresses(s, &t->to, POLICY_TCP, &t->list);
	if (code != RT_NET_OK) {
		end(s, t, code);
		return;
	}
	if (!pin(t) || !easy_setup(s, t) ||
	    curl_multi_add_handle(s->http->multi, t->easy) != CURLM_OK)
		end(s, t, RT_NET_INTERNAL);
}

static void log_scheme(struct server *s, const struct transfer *t)
{
	struct broker_entry e = {.op = BROKER_OP_HTTP,
	    .verdict = BROKER_DENIED_SCHEME,
	    .code = RT_NET_DENIED,
	    .entry = UINT32_MAX};

	(void)snprintf(e.host, sizeof(e.host), "%.64s", t->url);
	(void)snprintf(e.note, sizeof(e.note), "%s",
	    t->hops > 0 ? "a redirect leaves http and https" : "neither http nor https");
	(void)log_add(s, &e);
}

/* Start the hop to t->url. May end the transfer. */
static void hop(struct server *s, struct transfer *t)
{
	struct piece url = {t->url, strlen(t->url)};
	enum url_scheme scheme = url_scheme(url);
	struct lookup *lookup;
	uint32_t code;

	t->hop_ns = server_now();
	t->tls = scheme == URL_HTTPS;
	if (scheme == URL_FILE || (scheme == URL_OTHER && t->hops > 0)) {
		log_scheme(s, t);
		end(s, t, RT_NET_DENIED);
		return;
	}
	if (scheme == URL_OTHER || !parse_url(t)) {
		end(s, t, RT_NET_INVALID);
		return;
	}
	code = decide_name(s, &t->to, POLICY_TCP);
	if (code != RT_NET_OK) {
		end(s, t, code);
		return;
	}
	lookup = resolve_start(s, t->to.host, t->op.deadline_ns, have_addresses, t);
	/* the transfer may be gone by now; a look-up that runs belongs to one that is not */
	if (lookup != NULL)
		t->lookup = lookup;
}

/* Location, perhaps relative, against the URL of this hop. @return owned, NULL = nonsense. */
static char *next_url(const struct transfer *t)
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

/* Method, body and credentials of the next hop. Source: RFC 9110 15.4; curl's defaults. */
static void redirect(struct server *s, struct transfer *t, long status)
{
	AUTO_FREE char *next = next_url(t);
	uint32_t most =
	    t->request.max_redirects != 0 ? t->request.max_redirects : REDIRECTS_DEFAULT;

	(void)curl_multi_remove_handle(s->http->multi, t->easy);
	if (++t->hops > most || next == NULL) {
		end(s, t, RT_NET_INTERNAL);
		return;
	}
	if (status == 301 || status == 302 || status == 303)
		t->post = false;
	base_free_ptr(&t->url);
	t->url = TAKE(next);
	t->redirecting = false;
	t->dropped = t->announced = 0;
	hop(s, t);
}

/* How libcurl says that a line (100 KiB) or all of them (300 KiB) are more than it takes. */
static bool head_too_large(const struct transfer *t, CURLcode rc)
{
	return (rc == CURLE_OUT_OF_MEMORY && t->lines_seen > 0) ||
	       (rc == CURLE_RECV_ERROR && t->head_seen > HEAD_FLOOD) || rc == TOO_LARGE;
}

/* libcurl is through with a hop. */
static void completed(struct server *s, struct transfer *t, CURLcode rc)
{
	uint32_t code = t->code != 0 ? t->code : easy_code(rc);
	long status = 0;

	if (t->code == 0 && !t->head_sent && head_too_large(t, rc)) {
		code = RT_NET_TOO_LARGE;
		t->note = "the headers are over the limits of libcurl";
	}
	/* the rest of a long body of a redirect is of no interest */
	if (t->redirecting && t->dropped > DROPPED_MAX && rc == CURLE_WRITE_ERROR)
		code = t->code;
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	easy_log(s, t, code,
	    code == RT_NET_OK ? ""
	    : t->note != NULL ? t->note
			      : curl_easy_strerror(rc));
	if (code == RT_NET_OK && t->redirecting)
		redirect(s, t, status);
	else
		end(s, t, code);
}

/* ---- libcurl's wishes ---- */

static void reap(struct server *s)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(s->http->multi, &left)) != NULL) {
		struct transfer *t = NULL;

		(void)curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)(void *)&t);
		if (msg->msg == CURLMSG_DONE && t != NULL)
			completed(s, t, msg->data.result);
	}
}

static void socket_ready(struct server *s, struct watch *w, uint32_t events)
{
	int running, bits = 0;

	bits |= events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0;
	bits |= events & EPOLLOUT ? CURL_CSELECT_OUT : 0;
	bits |= events & EPOLLERR ? CURL_CSELECT_ERR : 0;
	(void)curl_multi_socket_action(s->http->multi, w->fd, bits, &running);
	reap(s);
}

/* The descriptor is libcurl's: it leaves the set, and is not closed here. */
static void forget_socket(struct server *s, struct watch *w)
{
	server_watch(s, w, 0);
	w->fd = -1;
	server_retire(s, w);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *per_socket)
{
	struct server *s = arg;
	struct watch *w = per_socket;
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
	server_watch(s, w, events);
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *arg)
{
	struct server *s = arg;

	(void)multi;
	s->http->timer_ns = ms < 0 ? 0 : server_now() + ms * NS_PER_MS;
	return 0;
}

int64_t http_deadline(const struct server *s)
{
	return s->http->timer_ns;
}

void http_tick(struct server *s)
{
	int running;

	if (s->http->timer_ns == 0 || s->http->timer_ns > server_now())
		return;
	s->http->timer_ns = 0;
	(void)curl_multi_socket_action(s->http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	reap(s);
}

bool http_open(struct server *s)
{
	struct http *h = base_calloc(1, sizeof(*h));

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

static void begin(struct server *s, struct transfer *t)
{
	struct http_request *r = &t->request;

	if (!http_request_parse(r, t->document.data, t->document.len)) {
		end(s, t, RT_NET_INVALID);
		return;
	}
	t->op.deadline_ns =
	    t->op.started_ns +
	    (int64_t)(r->timeout_s != 0 ? r->timeout_s : TIMEOUT_DEFAULT_S) * 1000000000;
	t->head = buf_init((size_t)r->max_header_bytes + 1);
	t->post = r->post;
	t->url = base_alloc(r->url.len + 1);
	memcpy(t->url, r->url.at, r->url.len);
	t->url[r->url.len] = '\0';
	hop(s, t);
}

static void more(struct server *s, struct transfer *t, const struct request *r)
{
	if (r->len > t->expected - t->document.len) {
		end(s, t, RT_NET_INVALID);
		return;
	}
	if (s->held + r->len > HELD_MAX) {
		end(s, t, RT_NET_INTERNAL);
		return;
	}
	s->held += r->len;
	buf_add(&t->document, r->payload, r->len);
	if (t->document.len == t->expected)
		begin(s, t);
}

void http_begin(struct server *s, const struct request *r)
{
	struct transfer *t = base_calloc(1, sizeof(*t));

	t->op.watch.fd = -1;
	t->op.id = r->frame.id;
	t->op.started_ns = server_now();
	/* a request that never becomes complete ends, too */
	t->op.deadline_ns = t->op.started_ns + (int64_t)TIMEOUT_DEFAULT_S * 1000000000;
	t->op.timeout = transfer_timeout;
	t->op.drop = transfer_free;
	t->expected = r->frame.a;
	t->max_body = r->frame.b;
	t->document = buf_init(RT_NET_REQUEST_MAX);
	t->head = buf_init(1);
	if (!op_start(s, &t->op)) {
		free(t);
		channel_code(s, r->frame.id, RT_NET_INTERNAL);
		return;
	}
	t->next = s->http->transfers;
	s->http->transfers = t;
	more(s, t, r);
}

void http_more(struct server *s, const struct request *r)
{
	for (struct transfer *t = s->http->transfers; t != NULL; t = t->next) {
		if (t->op.id == r->frame.id && t->document.len < t->expected) {
			more(s, t, r);
			return;
		}
	}
}

void http_resume(struct server *s)
{
	for (struct transfer *t = s->http->transfers; t != NULL && channel_clear(s); t = t->next) {
		if (!t->paused)
			continue;
		t->paused = false;
		(void)curl_easy_pause(t->easy, CURLPAUSE_CONT);
	}
}

void http_close(struct server *s)
{
	while (s->http->transfers != NULL)
		op_end(s, &s->http->transfers->op);
	curl_easy_cleanup(s->http->idle);
	(void)curl_multi_cleanup(s->http->multi);
}
