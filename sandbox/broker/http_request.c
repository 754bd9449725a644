/* SPDX-License-Identifier: MIT */
/* Takes the HTTP request document apart; hostile bytes until every length is in range. */
#include "sandbox/broker/http_request.h"

#include "base/attr.h"

#include <string.h>
#include <strings.h>

#define TIMEOUT_MAX_S 600
#define REDIRECTS_MAX 100
#define HEADER_BYTES_MAX (16u << 20)
#define HEADERS_MAX 65535
#define URL_MAX 65536

struct reader {
	const unsigned char *at;
	size_t left;
	bool bad;
};

static uint32_t get8(struct reader *r)
{
	if (r->left < 1) {
		r->bad = true;
		return 0;
	}
	r->left--;
	return *r->at++;
}

static uint32_t get32(struct reader *r)
{
	uint32_t x = 0;

	if (r->left < 4) {
		r->bad = true;
		return 0;
	}
	for (unsigned i = 0; i < 4; i++)
		x |= (uint32_t)r->at[i] << (8 * i);
	r->at += 4;
	r->left -= 4;
	return x;
}

static struct broker_piece get_piece(struct reader *r)
{
	uint32_t len = get32(r);
	struct broker_piece p = {(const char *)r->at, len};

	if (r->bad || len > r->left) {
		r->bad = true;
		return (struct broker_piece){"", 0};
	}
	r->at += len;
	r->left -= len;
	return p;
}

bool broker_piece_is(struct broker_piece p, const char *text)
{
	return p.len == strlen(text) && strncasecmp(p.at, text, p.len) == 0;
}

/* token = 1*tchar. Source: RFC 9110 5.6.2. */
static bool is_token(struct broker_piece p)
{
	for (size_t i = 0; i < p.len; i++) {
		char c = p.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) &&
		    (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return p.len > 0;
}

static bool is_value(struct broker_piece p)
{
	for (size_t i = 0; i < p.len; i++) {
		if (p.at[i] == '\0' || p.at[i] == '\r' || p.at[i] == '\n')
			return false;
	}
	return true;
}

static void get_header(struct broker_http_header *h, struct reader *r)
{
	h->name = get_piece(r);
	h->value = get_piece(r);
	/* who writes these decides which site answers, or where a message ends */
	if (!is_token(h->name) || !is_value(h->value) || broker_piece_is(h->name, "host") ||
	    broker_piece_is(h->name, "transfer-encoding"))
		r->bad = true;
}

static void get_headers(struct broker_http_request *out, struct reader *r)
{
	uint32_t count = get32(r);

	if (count > BROKER_REQUEST_HEADERS_MAX) {
		r->bad = true;
		return;
	}
	out->headers = base_calloc((size_t)count + 1, sizeof(*out->headers));
	while (!r->bad && out->header_count < count)
		get_header(&out->headers[out->header_count++], r);
}

/* Printable, no blanks: what curl would send is what was decided about. */
static bool is_url(struct broker_piece p)
{
	for (size_t i = 0; i < p.len; i++) {
		if ((unsigned char)p.at[i] <= 0x20 || (unsigned char)p.at[i] == 0x7f)
			return false;
	}
	return p.len > 0 && p.len <= URL_MAX;
}

static void get_limits(struct broker_http_request *out, struct reader *r)
{
	uint32_t flags = get32(r);

	out->follow = (flags & 1) != 0;
	out->timeout_s = get32(r);
	out->max_redirects = get32(r);
	out->max_header_bytes = get32(r);
	out->max_headers = get32(r);
	if (flags > 1 || out->timeout_s > TIMEOUT_MAX_S || out->max_redirects > REDIRECTS_MAX ||
	    out->max_header_bytes > HEADER_BYTES_MAX || out->max_headers > HEADERS_MAX)
		r->bad = true;
}

void broker_http_request_clear(struct broker_http_request *r)
{
	base_free_ptr(&r->headers);
	*r = (struct broker_http_request){0};
}

bool broker_http_request_parse(struct broker_http_request *out, const void *bytes, size_t len)
{
	struct reader r = {bytes, len, false};
	struct broker_http_request q = {.version = get8(&r)};
	uint32_t method = get8(&r);

	q.post = method == 2;
	q.head = method == 3;
	q.url = get_piece(&r);
	get_headers(&q, &r);
	q.body = get_piece(&r);
	if (q.version >= 2)
		get_limits(&q, &r);
	if (q.version == 3)
		(void)get_piece(&r); /* the path is the guest's business */
	if (r.bad || r.left != 0 || q.version < 1 || q.version > 3 || method < 1 || method > 3 ||
	    (!q.post && q.body.len > 0) || !is_url(q.url)) {
		broker_http_request_clear(&q);
		*out = (struct broker_http_request){0};
		return false;
	}
	*out = q;
	return true;
}

enum broker_url_scheme broker_url_scheme(struct broker_piece url)
{
	static const struct {
		const char *text;
		enum broker_url_scheme scheme;
	} schemes[] = {{"http://", BROKER_URL_HTTP}, {"https://", BROKER_URL_HTTPS},
	    {"file:///", BROKER_URL_FILE}};

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t len = strlen(schemes[i].text);

		if (url.len > len && memcmp(url.at, schemes[i].text, len) == 0)
			return schemes[i].scheme;
	}
	return BROKER_URL_OTHER;
}
