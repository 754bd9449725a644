/* SPDX-License-Identifier: MIT */
/* Reading the head of an HTTP/1.1 request: one pass over whole lines. */
#include "registry/serve/request.h"

#include "base/attr.h"

#include <string.h>
#include <strings.h>

/* A line of the head, without its end. */
struct line {
	const char *at;
	size_t len;
};

static const char token_chars[] = "!#$%&'*+-.^_`|~0123456789"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static bool is_token(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (at[i] == '\0' || strchr(token_chars, at[i]) == NULL)
			return false;
	}
	return len > 0;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-decoding; control characters, '/' and '\' may not hide in it. */
static bool decode(char *out, size_t size, const char *at, size_t len, bool plus_is_blank)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)at[i];

		if (c == '%') {
			int high = len - i > 2 ? hex_value(at[i + 1]) : -1;
			int low = len - i > 2 ? hex_value(at[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (unsigned char)(high * 16 + low);
			i += 2;
			if (c == '/')
				return false;
		} else if (c == '+' && plus_is_blank) {
			c = ' ';
		}
		if (c < 0x20 || c == 0x7f || c == '\\' || n + 1 >= size)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return true;
}

/* Absolute path without empty, "." and ".." segments; a slash at the end is fine. */
static bool path_is_clean(const char *path)
{
	if (path[0] != '/')
		return false;
	for (const char *at = path + 1; *at != '\0';) {
		size_t len = strcspn(at, "/");

		if (len == 0 || (len == 1 && at[0] == '.') ||
		    (len == 2 && at[0] == '.' && at[1] == '.'))
			return false;
		at += len;
		at += *at == '/';
	}
	return true;
}

static int parse_target(struct serve_request *out, const char *at, size_t len)
{
	const char *mark = memchr(at, '?', len);
	size_t path = mark != NULL ? (size_t)(mark - at) : len;
	size_t query = mark != NULL ? len - path - 1 : 0;

	if (path >= SERVE_PATH_MAX || query >= SERVE_QUERY_MAX)
		return -414;
	if (!decode(out->path, sizeof(out->path), at, path, false) || !path_is_clean(out->path))
		return -400;
	for (size_t i = 0; i < query; i++) {
		if ((unsigned char)mark[1 + i] <= 0x20 || (unsigned char)mark[1 + i] >= 0x7f)
			return -400;
	}
	memcpy(out->query, query > 0 ? mark + 1 : "", query);
	out->query[query] = '\0';
	return 0;
}

/* request-line = method SP request-target SP HTTP-version (RFC 9112, section 3) */
static int parse_request_line(struct serve_request *out, struct line l)
{
	static const struct {
		const char *name;
		enum serve_method method;
	} methods[] = {{"GET", SERVE_GET}, {"HEAD", SERVE_HEAD}, {"POST", SERVE_POST}};
	const char *blank = memchr(l.at, ' ', l.len);
	const char *target = blank != NULL ? blank + 1 : NULL;
	const char *version;

	if (blank == NULL || !is_token(l.at, (size_t)(blank - l.at)))
		return -400;
	version = memchr(target, ' ', l.len - (size_t)(target - l.at));
	if (version == NULL || l.len - (size_t)(version - l.at) != 9)
		return -400;
	if (memcmp(version + 1, "HTTP/1.1", 8) != 0 && memcmp(version + 1, "HTTP/1.0", 8) != 0)
		return memcmp(version + 1, "HTTP/", 5) == 0 ? -505 : -400;
	out->keep_alive = version[8] == '1';
	out->method = SERVE_OTHER;
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		if (strlen(methods[i].name) == (size_t)(blank - l.at) &&
		    memcmp(l.at, methods[i].name, (size_t)(blank - l.at)) == 0)
			out->method = methods[i].method;
	}
	return parse_target(out, target, (size_t)(version - target));
}

static bool name_is(const struct line *name, const char *want)
{
	return name->len == strlen(want) && strncasecmp(name->at, want, name->len) == 0;
}

static bool copy_once(char out[SERVE_VALUE_MAX], const struct line *value)
{
	if (out[0] != '\0' || value->len >= SERVE_VALUE_MAX)
		return false;
	memcpy(out, value->at, value->len);
	out[value->len] = '\0';
	return true;
}

static int parse_length(struct serve_request *out, const struct line *value)
{
	uint64_t v = 0;

	/* Two lengths are two readings of where the next request begins. */
	if (out->has_length || value->len == 0 || value->len > 18)
		return -400;
	for (size_t i = 0; i < value->len; i++) {
		if (value->at[i] < '0' || value->at[i] > '9')
			return -400;
		v = v * 10 + (uint64_t)(value->at[i] - '0');
	}
	out->has_length = true;
	out->length = v;
	return 0;
}

static int take_header(
    struct serve_request *out, const struct line *name, const struct line *value, unsigned *hosts)
{
	if (name_is(name, "content-length"))
		return parse_length(out, value);
	if (name_is(name, "transfer-encoding"))
		return -501;
	if (name_is(name, "host"))
		*hosts += 1;
	else if (name_is(name, "expect"))
		out->expects_continue = name_is(value, "100-continue");
	else if (name_is(name, "connection") && name_is(value, "close"))
		out->keep_alive = false;
	else if ((name_is(name, "authorization") && !copy_once(out->authorization, value)) ||
		 (name_is(name, "if-none-match") && !copy_once(out->if_none_match, value)))
		return -400;
	return 0;
}

/* field-line = field-name ":" OWS field-value OWS (RFC 9112, section 5); no folding */
static int parse_header(struct serve_request *out, struct line l, unsigned *hosts)
{
	const char *colon = memchr(l.at, ':', l.len);
	struct line name, value;

	if (colon == NULL)
		return -400;
	name = (struct line){l.at, (size_t)(colon - l.at)};
	value = (struct line){colon + 1, l.len - name.len - 1};
	if (!is_token(name.at, name.len))
		return -400;
	while (value.len > 0 && (*value.at == ' ' || *value.at == '\t')) {
		value.at++;
		value.len--;
	}
	while (value.len > 0 && (value.at[value.len - 1] == ' ' || value.at[value.len - 1] == '\t'))
		value.len--;
	for (size_t i = 0; i < value.len; i++) {
		if ((unsigned char)value.at[i] < 0x20 && value.at[i] != '\t')
			return -400;
	}
	return take_header(out, &name, &value, hosts);
}

int serve_request_parse(struct serve_request *out, const char *data, size_t len)
{
	const char *end = memmem(data, len < SERVE_HEAD_MAX ? len : SERVE_HEAD_MAX, "\r\n\r\n", 4);
	struct serve_request r = {0};
	const char *at = data;
	unsigned hosts = 0;
	bool first = true;
	int rc = 0;

	if (end == NULL)
		return len >= SERVE_HEAD_MAX ? -431 : 0;
	while (rc == 0 && at < end + 2) {
		const char *stop = memmem(at, (size_t)(end + 2 - at), "\r\n", 2);
		struct line l = {at, stop != NULL ? (size_t)(stop - at) : 0};

		if (stop == NULL || memchr(l.at, '\n', l.len) != NULL ||
		    memchr(l.at, '\r', l.len) != NULL || memchr(l.at, '\0', l.len) != NULL)
			return -400;
		rc = first ? parse_request_line(&r, l) : parse_header(&r, l, &hosts);
		first = false;
		at = stop + 2;
	}
	if (rc < 0)
		return rc;
	if (hosts > 1)
		return -400;
	*out = r;
	return (int)(end + 4 - data);
}

bool serve_query_get(char *out, size_t size, const char *query, const char *name)
{
	size_t len = strlen(name);

	while (*query != '\0') {
		size_t item = strcspn(query, "&");

		if (item > len && strncmp(query, name, len) == 0 && query[len] == '=')
			return decode(out, size, query + len + 1, item - len - 1, true);
		query += item;
		query += *query == '&';
	}
	return false;
}

bool serve_request_split(char *path, const char *prefix, char *segments[4], size_t *count)
{
	size_t len = strlen(prefix);
	char *at = path + len;

	*count = 0;
	if (strncmp(path, prefix, len) != 0 || *at == '\0')
		return false;
	while (*at != '\0') {
		size_t segment = strcspn(at, "/");

		if (*count == 4)
			return false;
		segments[(*count)++] = at;
		at += segment;
		if (*at == '/')
			*at++ = '\0';
	}
	return true;
}
