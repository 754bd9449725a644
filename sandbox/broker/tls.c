/* SPDX-License-Identifier: MIT */
/*
 * TLS ends in the broker. The guest holds one end of a local socket pair, reads and writes the
 * plain bytes there, and never sees a key. Certificates are verified against the same bundle as for
 * HTTP. Source: docs/format/net-heads.md.
 */
#include "sandbox/broker/tls.h"

#include "sandbox/broker/log.h"
#include "sandbox/broker/loop.h"
#include "sandbox/broker/send.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER (16u << 10)

struct flow {
	size_t at, len;
	unsigned char bytes[BUFFER];
};

struct broker_tls_stream {
	struct broker_task
	    task; /* its watch is the connection; in the list of operations while it shakes hands */
	struct broker_tls_stream *next;
	struct broker_watch *plain; /* our end of the pair; NULL while hands are shaken */
	SSL *ssl;
	uint32_t number;
	struct broker_destination to;
	char address[BROKER_ADDRESS_TEXT];
	bool shaking, net_ended, guest_ended;
	bool guest_left;            /* nobody reads any more; what was written still goes out */
	uint32_t status;            /* how the connection ended */
	struct flow down, up;       /* to the guest, to the net */
	struct broker_entry *entry; /* NULL when the log is full */
};

/* A watch that knows its stream. */
struct plain {
	struct broker_watch watch;
	struct broker_tls_stream *stream;
};

static SSL_CTX *tls_context_of(struct broker_server *s)
{
	SSL_CTX *c = s->tls_context;

	if (c != NULL)
		return c;
	c = SSL_CTX_new(TLS_client_method());
	if (c == NULL)
		return NULL;
	if (SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) != 1 ||
	    (s->config.ca_bundle[0] != '\0' &&
		SSL_CTX_load_verify_file(c, s->config.ca_bundle) != 1)) {
		SSL_CTX_free(c);
		return NULL;
	}
	(void)SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	(void)SSL_CTX_set_mode(
	    c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	s->tls_context = c;
	return c;
}

static void stream_drop(struct broker_server *s, struct broker_task *task)
{
	struct broker_tls_stream *t = (struct broker_tls_stream *)task;

	for (struct broker_tls_stream **at = &s->streams; *at != NULL; at = &(*at)->next) {
		if (*at == t) {
			*at = t->next;
			s->stream_count--;
			break;
		}
	}
	if (t->plain != NULL)
		broker_retire(s, t->plain);
	t->plain = NULL;
	SSL_free(t->ssl);
	t->ssl = NULL;
}

static void stream_fail(
    struct broker_server *s, struct broker_tls_stream *t, uint32_t code, const char *note)
{
	broker_log_end(s, &t->to, t->address, code, t->task.started_ns, note);
	broker_send_code(s, t->task.id, code);
	broker_task_end(s, &t->task);
}

static void handshake_timeout(struct broker_server *s, struct broker_task *task)
{
	stream_fail(
	    s, (struct broker_tls_stream *)task, RT_NET_TIMEOUT, "timeout in the TLS handshake");
}

/* ---- passing bytes on ---- */

static void log_bytes(struct broker_tls_stream *t, size_t in, size_t out)
{
	if (t->entry == NULL)
		return;
	t->entry->bytes_in += in;
	t->entry->bytes_out += out;
}

/* The connection is over. What the guest has not read yet stays for it. */
static void net_end(struct broker_tls_stream *t, int rc)
{
	switch (SSL_get_error(t->ssl, rc)) {
	case SSL_ERROR_ZERO_RETURN:
		t->status = RT_NET_OK;
		break;
	case SSL_ERROR_SYSCALL:
		t->status = RT_NET_NO_CONNECTION;
		break;
	default:
		t->status = RT_NET_NO_TLS; /* cut without the closing message, or tampered with */
	}
	ERR_clear_error();
	t->net_ended = true;
}

static bool wants_more(struct broker_tls_stream *t, int rc)
{
	int why = SSL_get_error(t->ssl, rc);

	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

/* @return true when something moved. */
static bool pump_down(struct broker_tls_stream *t)
{
	struct flow *f = &t->down;
	bool moved = false;
	ssize_t n;

	if (f->len == 0 && !t->net_ended) {
		int rc = SSL_read(t->ssl, f->bytes, sizeof(f->bytes));

		if (rc > 0) {
			f->at = 0;
			f->len = (size_t)rc;
			moved = true;
			log_bytes(t, f->len, 0);
		} else if (!wants_more(t, rc)) {
			net_end(t, rc);
		}
	}
	if (f->len > 0) {
		n = (ssize_t)f->len;
		if (!t->guest_left)
			n = send(
			    t->plain->fd, f->bytes + f->at, f->len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			t->guest_left = true;
			n = (ssize_t)f->len;
		}
		if (n > 0) {
			f->at += (size_t)n;
			f->len -= (size_t)n;
			moved = true;
		}
	}
	return moved;
}

/* When the guest ends its side the stream ends: TLS has no half-open state that we keep. */
static bool pump_up(struct broker_tls_stream *t)
{
	struct flow *f = &t->up;
	bool moved = false;
	ssize_t n;
	int rc;

	if (f->len == 0) {
		n = recv(t->plain->fd, f->bytes, sizeof(f->bytes), MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			t->guest_ended = true;
		if (n <= 0)
			return false;
		f->at = 0;
		f->len = (size_t)n;
	}
	if (t->net_ended) {
		f->len = 0; /* nowhere to go */
		return true;
	}
	rc = SSL_write(t->ssl, f->bytes + f->at, (int)f->len);
	if (rc > 0) {
		f->at += (size_t)rc;
		f->len -= (size_t)rc;
		log_bytes(t, 0, (size_t)rc);
		moved = true;
	} else if (!wants_more(t, rc)) {
		net_end(t, rc);
	}
	return moved;
}

static void watch_both(struct broker_server *s, struct broker_tls_stream *t)
{
	uint32_t net = 0, plain = 0;

	if (!t->net_ended) {
		net |= t->down.len == 0 ? EPOLLIN : 0;
		net |= t->up.len > 0 ? EPOLLOUT : 0;
	}
	plain |= t->down.len > 0 && !t->guest_left ? EPOLLOUT : 0;
	plain |= t->up.len == 0 ? EPOLLIN : 0;
	/* nothing more will come; the status is kept until the guest closes its end */
	if (t->net_ended && t->down.len == 0) {
		(void)shutdown(t->plain->fd, SHUT_RDWR);
		plain = 0;
	}
	broker_watch(s, &t->task.watch, net);
	/* a hangup cannot be masked: a full buffer leaves the set, or it would be reported forever
	 */
	broker_watch(s, t->plain, plain);
}

#define ROUNDS 8 /* after so many, other streams have their turn */

static void stream_pump(struct broker_server *s, struct broker_tls_stream *t)
{
	bool moved = true;

	for (int i = 0; i < ROUNDS && moved && !t->guest_ended; i++) {
		moved = pump_down(t);
		moved |= pump_up(t);
	}
	if (t->guest_ended) {
		if (!t->net_ended)
			(void)SSL_shutdown(t->ssl);
		ERR_clear_error();
		broker_task_end(s, &t->task);
		return;
	}
	watch_both(s, t);
}

static void plain_ready(struct broker_server *s, struct broker_watch *w, uint32_t events)
{
	struct broker_tls_stream *t = ((struct plain *)w)->stream;

	if (events & (EPOLLHUP | EPOLLERR))
		t->guest_left = true;
	stream_pump(s, t);
}

/* ---- the handshake ---- */

static void log_success(struct broker_server *s, struct broker_tls_stream *t)
{
	struct broker_entry e = {.op = BROKER_OP_TLS,
	    .port = t->to.port,
	    .tls = (uint16_t)SSL_version(t->ssl),
	    .entry = t->to.entry};

	memcpy(e.host, t->to.host, sizeof(e.host));
	memcpy(e.address, t->address, sizeof(e.address));
	t->entry = broker_log_add(s, &e);
	broker_log_time(t->entry, t->task.started_ns);
}

static void stream_established(struct broker_server *s, struct broker_tls_stream *t)
{
	struct rt_net_frame done = {RT_NET_DONE, t->task.id, RT_NET_OK, 0};
	struct plain *p;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0) {
		stream_fail(s, t, RT_NET_INTERNAL, "no socket pair");
		return;
	}
	p = base_calloc(1, sizeof(*p));
	p->watch.fd = pair[0];
	p->watch.ready = plain_ready;
	p->stream = t;
	t->plain = &p->watch;
	t->shaking = false;
	(void)broker_task_leave(s, &t->task);
	t->task.deadline_ns = 0;
	log_success(s, t);
	done.b = t->number = ++s->last_number;
	broker_send(s, &done, NULL, 0, pair[1]);
	close(pair[1]);
	stream_pump(s, t);
}

static void stream_shake(struct broker_server *s, struct broker_tls_stream *t)
{
	int rc = SSL_connect(t->ssl);
	int why = SSL_get_error(t->ssl, rc);
	long verdict;

	if (rc == 1) {
		stream_established(s, t);
		return;
	}
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
		broker_watch(s, &t->task.watch, why == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT);
		return;
	}
	verdict = SSL_get_verify_result(t->ssl);
	ERR_clear_error();
	stream_fail(s, t, RT_NET_NO_TLS,
	    verdict != X509_V_OK ? X509_verify_cert_error_string(verdict) : "TLS handshake failed");
}

static void net_ready(struct broker_server *s, struct broker_watch *w, uint32_t events)
{
	struct broker_tls_stream *t = (struct broker_tls_stream *)w;

	(void)events;
	if (t->shaking)
		stream_shake(s, t);
	else
		stream_pump(s, t);
}

static bool stream_expect(SSL *ssl, const struct broker_request *r)
{
	const char *name = r->tls_name[0] != '\0' ? r->tls_name : r->to.host;
	struct policy_address literal;
	bool is_ip = policy_address_parse(&literal, name);

	if (!is_ip && SSL_set_tlsext_host_name(ssl, name) != 1)
		return false;
	if (!r->tls_verify)
		return true;
	SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
	if (is_ip)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(ssl, name) == 1;
}

void broker_tls_begin(struct broker_server *s, int fd, const struct broker_request *r,
    const char *address, int64_t started_ns)
{
	struct broker_tls_stream *t = base_calloc(1, sizeof(*t));
	SSL_CTX *c = tls_context_of(s);
	uint32_t ms = r->frame.a < RT_NET_TIMEOUT_MAX_MS ? r->frame.a : RT_NET_TIMEOUT_MAX_MS;

	t->task.watch.fd = fd;
	t->task.watch.ready = net_ready;
	t->task.id = r->frame.id;
	t->task.started_ns = started_ns;
	t->task.deadline_ns = broker_now() + (int64_t)ms * BROKER_NS_PER_MS;
	t->task.timeout = handshake_timeout;
	t->task.drop = stream_drop;
	t->to = r->to;
	t->shaking = true;
	(void)snprintf(t->address, sizeof(t->address), "%s", address);
	t->ssl = c != NULL ? SSL_new(c) : NULL;
	t->next = s->streams;
	s->streams = t;
	s->stream_count++;
	/* the task that connected has just ended, so there is room for this one */
	if (s->stream_count > BROKER_STREAMS_MAX || !broker_task_start(s, &t->task) ||
	    t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1 || !stream_expect(t->ssl, r)) {
		stream_fail(s, t, c == NULL ? RT_NET_NO_TLS : RT_NET_INTERNAL,
		    c == NULL ? "the CA bundle cannot be read" : "too many streams");
		return;
	}
	stream_shake(s, t);
}

static struct broker_tls_stream *stream_find(const struct broker_server *s, uint32_t number)
{
	for (struct broker_tls_stream *t = s->streams; t != NULL; t = t->next) {
		if (number != 0 && t->number == number)
			return t;
	}
	return NULL;
}

void broker_tls_status(struct broker_server *s, const struct broker_request *r)
{
	const struct broker_tls_stream *t = stream_find(s, r->frame.a);

	broker_send_code(s, r->frame.id, t != NULL ? t->status : RT_NET_OK);
}

bool broker_tls_close(struct broker_server *s, uint32_t number)
{
	struct broker_tls_stream *t = stream_find(s, number);

	if (t == NULL)
		return false;
	/* what the guest wrote before goes out first; the stream ends when that has been read */
	t->guest_left = true;
	t->guest_ended = t->net_ended;
	stream_pump(s, t);
	return true;
}

bool broker_tls_flushing(struct broker_server *s)
{
	struct broker_tls_stream *next;

	for (struct broker_tls_stream *t = s->streams; t != NULL; t = next) {
		next = t->next;
		if (t->shaking || t->net_ended)
			broker_task_end(s, &t->task);
		else
			t->guest_left = true;
	}
	return s->streams != NULL;
}

void broker_tls_end_all(struct broker_server *s)
{
	while (s->streams != NULL)
		broker_task_end(s, &s->streams->task);
	SSL_CTX_free(s->tls_context);
	s->tls_context = NULL;
}
