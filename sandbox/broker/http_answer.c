/* SPDX-License-Identifier: MIT */
/*
 * Sends the answer of a server to the guest. Header entries are kept up to the program's limits;
 * the body goes out in large frames and waits when the guest does not read. Source:
 * docs/format/net-heads.md.
 */
#include "sandbox/broker/http_answer.h"

#include "sandbox/broker/send.h"

#include <openssl/ssl.h>
#include <string.h>

/* These end a flood of headers even when the program keeps none of them. */
#define HEADER_FLOOD_BYTES (16u << 20)
#define HEADER_FLOOD_LINES 65536u
#define DROPPED_MAX (256u << 10)

static void answer_fail(struct broker_transfer *t, uint32_t code, const char *note)
{
	if (t->code != 0)
		return;
	t->code = code;
	t->note = note;
}

static void put32(unsigned char *p, uint32_t x)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(x >> (8 * i));
}

/* Note the version of TLS while the connection is there: libcurl forgets it afterwards. */
static void note_tls(struct broker_transfer *t)
{
	struct curl_tlssessioninfo *info = NULL;

	if (!t->tls || t->tls_version != 0)
		return;
	if (curl_easy_getinfo(t->easy, CURLINFO_TLS_SSL_PTR, &info) == CURLE_OK && info != NULL &&
	    info->backend == CURLSSLBACKEND_OPENSSL && info->internals != NULL)
		t->tls_version = (uint16_t)SSL_version(info->internals);
}

static struct broker_piece piece_trim(struct broker_piece p)
{
	while (p.len > 0 && (*p.at == ' ' || *p.at == '\t')) {
		p.at++;
		p.len--;
	}
	while (p.len > 0 && strchr(" \t\r\n", p.at[p.len - 1]) != NULL && p.at[p.len - 1] != '\0')
		p.len--;
	return p;
}

static void header_keep(
    struct broker_transfer *t, struct broker_piece name, struct broker_piece value)
{
	const struct broker_http_request *r = &t->request;

	if (r->max_header_bytes == 0 || r->max_headers == 0)
		return;
	buf_put_u32le(&t->head, (uint32_t)name.len);
	buf_add(&t->head, name.at, name.len);
	buf_put_u32le(&t->head, (uint32_t)value.len);
	buf_add(&t->head, value.at, value.len);
	t->head_count++;
	if (t->head.overflow || t->head.len > r->max_header_bytes || t->head_count > r->max_headers)
		answer_fail(t, RT_NET_TOO_LARGE, "the headers are over the program's limits");
}

/* @return 0 when the text is no number: libcurl decides what to do then. */
static uint64_t length_of(struct broker_piece p)
{
	uint64_t n = 0;

	for (size_t i = 0; i < p.len; i++) {
		if (p.at[i] < '0' || p.at[i] > '9' || n > UINT64_MAX / 10 - 1)
			return 0;
		n = n * 10 + (uint64_t)(p.at[i] - '0');
	}
	return n;
}

static void note_location(struct broker_transfer *t, struct broker_piece value)
{
	base_free_ptr(&t->location);
	t->location = base_alloc(value.len + 1);
	memcpy(t->location, value.at, value.len);
	t->location[value.len] = '\0';
	t->redirecting = true;
}

static void header_line(struct broker_transfer *t, struct broker_piece line)
{
	const char *colon = memchr(line.at, ':', line.len);
	struct broker_piece name, value;
	long status = 0;

	if (colon == NULL || colon == line.at || t->head_sent)
		return;
	name = (struct broker_piece){line.at, (size_t)(colon - line.at)};
	value = piece_trim((struct broker_piece){colon + 1, line.len - name.len - 1});
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (t->request.follow && broker_piece_is(name, "location") && status >= 300 &&
	    status < 400 && value.len > 0)
		note_location(t, value);
	if (broker_piece_is(name, "content-length"))
		t->announced = length_of(value);
	header_keep(t, name, value);
}

/* The head is complete. A body that says of itself that it is too long need not come. Source: RFC
 * 9110 6.4.1. */
static void head_end(struct broker_transfer *t)
{
	long status = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (t->announced > t->max_body && !t->redirecting && !t->request.head && status >= 200 &&
	    status != 204 && status != 304)
		answer_fail(t, RT_NET_TOO_LARGE, "the body is over the program's limit");
	if (status < 200)
		t->announced = 0;
}

static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
	struct broker_transfer *t = arg;
	size_t len = size * count;

	note_tls(t);
	t->head_seen += len;
	t->lines_seen++;
	if (t->head_seen > HEADER_FLOOD_BYTES || t->lines_seen > HEADER_FLOOD_LINES)
		answer_fail(t, RT_NET_TOO_LARGE, "a flood of headers");
	else if (len <= 2)
		head_end(t);
	else if (len < 5 || memcmp(data, "HTTP/", 5) != 0)
		header_line(t, (struct broker_piece){data, len});
	return t->code == 0 ? len : 0;
}

/* Send the header entries, once. From here on the answer is the program's. */
static void send_head(struct broker_server *s, struct broker_transfer *t)
{
	struct rt_net_frame frame = {RT_NET_HEAD, t->task.id, 0, t->head_count};
	unsigned char sizes[8];
	curl_off_t expected = 0;
	long status = 0;

	if (t->head_sent)
		return;
	t->head_sent = true;
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &expected);
	if (expected < 0 || (uint64_t)expected > t->max_body)
		expected = 0;
	frame.a = (uint32_t)status;
	put32(sizes, (uint32_t)t->head.len);
	put32(sizes + 4, (uint32_t)expected);
	broker_send(s, &frame, sizes, sizeof(sizes), -1);
	frame.kind = RT_NET_HEADERS;
	for (size_t at = 0; at == 0 || at < t->head.len; at += BROKER_BODY_FRAME) {
		size_t part =
		    t->head.len - at < BROKER_BODY_FRAME ? t->head.len - at : BROKER_BODY_FRAME;

		broker_send(s, &frame, t->head.data != NULL ? t->head.data + at : NULL, part, -1);
	}
}

/* Most answers are small. They take one frame instead of four, and the program wakes up once. */
bool broker_answer_whole(struct broker_server *s, struct broker_transfer *t)
{
	struct rt_net_frame frame = {RT_NET_WHOLE, t->task.id, 0, t->head_count};
	unsigned char *payload = s->scratch;
	size_t len = 8 + t->head.len + t->body_used;
	long status = 0;

	if (t->head_sent || len > sizeof(s->scratch))
		return false;
	t->head_sent = true;
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	frame.a = (uint32_t)status;
	put32(payload, (uint32_t)t->head.len);
	put32(payload + 4, (uint32_t)t->body_used);
	if (t->head.len > 0)
		memcpy(payload + 8, t->head.data, t->head.len);
	if (t->body_used > 0)
		memcpy(payload + 8 + t->head.len, t->body, t->body_used);
	broker_send(s, &frame, payload, len, -1);
	return true;
}

void broker_answer_flush(struct broker_server *s, struct broker_transfer *t)
{
	const struct rt_net_frame frame = {RT_NET_BODY, t->task.id, 0, 0};

	send_head(s, t);
	if (t->body_used > 0)
		broker_send(s, &frame, t->body, t->body_used, -1);
	t->body_used = 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct broker_transfer *t = arg;
	struct broker_server *s = t->server;
	size_t len = size * count, part;

	if (t->redirecting) {
		t->dropped += len;
		return t->dropped > DROPPED_MAX ? 0 : len;
	}
	if (t->code != 0)
		return 0;
	if (t->body_len + len > t->max_body) {
		answer_fail(t, RT_NET_TOO_LARGE, "the body is over the program's limit");
		return 0;
	}
	if (!broker_send_idle(s)) {
		t->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if (t->body == NULL)
		t->body = base_alloc(BROKER_BODY_FRAME);
	t->body_len += len;
	for (size_t at = 0; at < len; at += part) {
		part = BROKER_BODY_FRAME - t->body_used;
		if (part > len - at)
			part = len - at;
		memcpy(t->body + t->body_used, data + at, part);
		t->body_used += part;
		if (t->body_used == BROKER_BODY_FRAME)
			broker_answer_flush(s, t);
	}
	return len;
}

void broker_answer_callbacks(struct broker_transfer *t)
{
	(void)curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	(void)curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
}
