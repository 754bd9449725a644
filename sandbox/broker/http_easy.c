/* SPDX-License-Identifier: MIT */
/* Sets one libcurl handle up for one hop, translates its errors, and writes its line in the log. */
#include "sandbox/broker/http_easy.h"

#include "sandbox/broker/address.h"
#include "sandbox/broker/http_answer.h"
#include "sandbox/broker/log.h"
#include "sandbox/broker/loop.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES (256L << 10)

/* Give libcurl a socket only for an address that broker_decide_addresses has kept: whatever it
 * looked up itself does not count. */
static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	const struct broker_transfer *t = arg;
	struct sockaddr_storage where = {0};
	struct policy_address a;
	uint16_t port = 0;

	if (purpose != CURLSOCKTYPE_IPCXN || to->addrlen > sizeof(where) ||
	    to->socktype != SOCK_STREAM)
		return CURL_SOCKET_BAD;
	memcpy(&where, &to->addr, to->addrlen);
	if (!broker_address_of_socket(&a, &port, &where) || port != t->to.port)
		return CURL_SOCKET_BAD;
	for (uint32_t i = 0; i < t->list.count; i++) {
		if (t->list.at[i].len == a.len && memcmp(t->list.at[i].bytes, a.bytes, a.len) == 0)
			return socket(to->family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	}
	return CURL_SOCKET_BAD;
}

static bool is_credential(struct broker_piece name)
{
	return broker_piece_is(name, "authorization") || broker_piece_is(name, "cookie") ||
	       broker_piece_is(name, "proxy-authorization");
}

/* "Name: value", or "Name;" for an empty value. */
static bool add_header(struct curl_slist **list, const struct broker_http_header *h)
{
	CLEANUP(buf_clear) struct buf line = buf_init(h->name.len + h->value.len + 4);
	struct curl_slist *longer;

	buf_add(&line, h->name.at, h->name.len);
	buf_puts(&line, h->value.len > 0 ? ": " : ";");
	buf_add(&line, h->value.at, h->value.len);
	longer = curl_slist_append(*list, line.data);
	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

static bool make_headers(struct broker_transfer *t)
{
	const struct broker_http_request *r = &t->request;

	curl_slist_free_all(t->headers);
	t->headers = NULL;
	for (uint32_t i = 0; i < r->header_count; i++) {
		struct broker_piece name = r->headers[i].name;

		if (broker_piece_is(name, "content-length") ||
		    broker_piece_is(name, "connection") || (t->foreign && is_credential(name)) ||
		    (!t->post && r->post && broker_piece_is(name, "content-type")))
			continue;
		if (!add_header(&t->headers, &r->headers[i]))
			return false;
	}
	return true;
}

#define SET(option, value) failed |= (unsigned)curl_easy_setopt(e, option, value)

/* The rules of every request. None of them depends on the guest. */
static bool set_rules(CURL *e, const struct broker_server *s)
{
	unsigned failed = 0; /* CURLE_OK is 0 */

	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOPROXY, "*");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_CAPATH, NULL);
	if (s->config.ca_bundle[0] != '\0')
		SET(CURLOPT_CAINFO, s->config.ca_bundle);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	SET(CURLOPT_BUFFERSIZE, READ_BYTES);
	SET(CURLOPT_TCP_NODELAY, 1L);
	return failed == 0;
}

static bool set_request(CURL *e, struct broker_transfer *t)
{
	int64_t left = (t->task.deadline_ns - broker_now()) / BROKER_NS_PER_MS;
	unsigned failed = 0;

	SET(CURLOPT_URL, t->url);
	SET(CURLOPT_RESOLVE, t->pins);
	SET(CURLOPT_TIMEOUT_MS, left > 1 ? (long)left : 1L);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(CURLOPT_OPENSOCKETDATA, t);
	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_HTTPHEADER, t->headers);
	if (!t->post) {
		SET(CURLOPT_HTTPGET, 1L);
		SET(CURLOPT_NOBODY, t->request.head ? 1L : 0L);
		return failed == 0;
	}
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDS, t->request.body.at);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->request.body.len);
	return failed == 0;
}

bool broker_easy_setup(struct broker_server *s, struct broker_transfer *t)
{
	if (t->easy == NULL) {
		t->easy = s->http->idle != NULL ? s->http->idle : curl_easy_init();
		s->http->idle = NULL;
	} else {
		curl_easy_reset(t->easy);
	}
	t->server = s;
	t->tls_version = 0;
	if (t->easy == NULL || !make_headers(t) || !set_rules(t->easy, s) ||
	    !set_request(t->easy, t))
		return false;
	broker_answer_callbacks(t);
	return true;
}

/* What the map does not name is RT_NET_INTERNAL. Source: docs/format/net-heads.md. */
uint32_t broker_easy_code(CURLcode rc)
{
	static const struct {
		CURLcode rc;
		uint32_t code;
	} map[] = {
	    {CURLE_OK, RT_NET_OK},
	    {CURLE_OPERATION_TIMEDOUT, RT_NET_TIMEOUT},
	    {CURLE_COULDNT_RESOLVE_HOST, RT_NET_NO_NAME},
	    {CURLE_COULDNT_CONNECT, RT_NET_NO_CONNECTION},
	    {CURLE_SSL_CONNECT_ERROR, RT_NET_NO_TLS},
	    {CURLE_PEER_FAILED_VERIFICATION, RT_NET_NO_TLS},
	    {CURLE_SSL_CACERT_BADFILE, RT_NET_NO_TLS},
	    {CURLE_USE_SSL_FAILED, RT_NET_NO_TLS},
	    {CURLE_SSL_CIPHER, RT_NET_NO_TLS},
	    {CURLE_WRITE_ERROR, RT_NET_TOO_LARGE},
	    {CURLE_URL_MALFORMAT, RT_NET_INVALID},
	};

	for (size_t i = 0; i < ARRAY_LEN(map); i++) {
		if (map[i].rc == rc)
			return map[i].code;
	}
	return RT_NET_INTERNAL;
}

static uint8_t http_version(CURL *e)
{
	long version = 0;

	(void)curl_easy_getinfo(e, CURLINFO_HTTP_VERSION, &version);
	switch (version) {
	case CURL_HTTP_VERSION_1_0:
		return 10;
	case CURL_HTTP_VERSION_1_1:
		return 11;
	case CURL_HTTP_VERSION_2_0:
		return 20;
	default:
		return 0;
	}
}

static uint64_t info_off(CURL *e, CURLINFO info)
{
	curl_off_t value = 0;

	(void)curl_easy_getinfo(e, info, &value);
	return value > 0 ? (uint64_t)value : 0;
}

static uint64_t info_long(CURL *e, CURLINFO info)
{
	long value = 0;

	(void)curl_easy_getinfo(e, info, &value);
	return value > 0 ? (uint64_t)value : 0;
}

static void count_bytes(struct broker_entry *e, CURL *easy, bool post)
{
	e->bytes_in +=
	    info_off(easy, CURLINFO_SIZE_DOWNLOAD_T) + info_long(easy, CURLINFO_HEADER_SIZE);
	/* libcurl counts the body into the request only when it sent both together */
	e->bytes_out += info_long(easy, CURLINFO_REQUEST_SIZE);
	if (post)
		e->bytes_out += info_off(easy, CURLINFO_SIZE_UPLOAD_T);
	if (info_long(easy, CURLINFO_NUM_CONNECTS) == 0)
		e->reused++;
}

void broker_easy_log(
    struct broker_server *s, struct broker_transfer *t, uint32_t code, const char *note)
{
	struct broker_entry e = {.op = BROKER_OP_HTTP,
	    .http = t->easy != NULL ? http_version(t->easy) : 0,
	    .port = t->to.port,
	    .tls = t->tls_version,
	    .code = code,
	    .entry = t->to.entry};
	struct broker_entry *kept;
	char *ip = NULL;

	memcpy(e.host, t->to.host, sizeof(e.host));
	(void)snprintf(e.note, sizeof(e.note), "%s", note);
	if (t->easy != NULL)
		(void)curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &ip);
	if (ip != NULL)
		(void)snprintf(e.address, sizeof(e.address), "%s", ip);
	kept = broker_log_add(s, &e);
	if (kept == NULL)
		return;
	broker_log_time(kept, t->hop_ns);
	if (t->easy != NULL)
		count_bytes(kept, t->easy, t->post);
}
