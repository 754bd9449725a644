/* SPDX-License-Identifier: MIT */
/*
 * Which addresses the registry client follows, and which of them are the same place. Only plain
 * spellings pass, so that no library can read an address differently from this file.
 */

#include "registry/client/url.h"

#include "base/buf.h"

#include <string.h>

#define HOST_MAX 256

/* https://host[:port][/...]; host is a name, an IPv4 address or [IPv6]. */
struct address {
	bool https;
	char host[HOST_MAX]; /* lower case, with the brackets of an IPv6 address */
	unsigned port;
};

static bool is_plain(const char *url)
{
	size_t len = strlen(url);

	if (len == 0 || len > FETCH_URL_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)url[i];

		if (c <= 0x20 || c >= 0x7f || c == '\\' || c == '"' || c == '<' || c == '>')
			return false;
	}
	return true;
}

static bool is_host_char(char c, bool bracket)
{
	if (c >= '0' && c <= '9')
		return true;
	if (bracket)
		return c == ':' || c == '.' || (c >= 'a' && c <= 'f');
	return (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
}

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Source: RFC 3986, section 3.2, without userinfo and percent-encoding. */
static bool parse_port(unsigned *port, const char *text, size_t len)
{
	unsigned v = 0;

	if (len == 0 || len > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		v = v * 10 + (unsigned)(text[i] - '0');
	}
	*port = v;
	return v > 0 && v <= 65535;
}

static bool parse_authority(struct address *out, const char *at, size_t len)
{
	bool bracket = len > 0 && at[0] == '[';
	size_t host = 0;

	if (bracket) {
		const char *close = memchr(at, ']', len);

		if (close == NULL)
			return false;
		host = (size_t)(close - at) + 1;
	} else {
		const char *colon = memchr(at, ':', len);

		host = colon != NULL ? (size_t)(colon - at) : len;
	}
	if (host == 0 || host >= HOST_MAX)
		return false;
	for (size_t i = 0; i < host; i++) {
		char c = lower(at[i]);
		bool edge = bracket && (i == 0 || i + 1 == host);

		if (!edge && !is_host_char(c, bracket))
			return false;
		out->host[i] = c;
	}
	out->host[host] = '\0';
	out->port = out->https ? 443 : 80;
	if (host == len)
		return true;
	return at[host] == ':' && parse_port(&out->port, at + host + 1, len - host - 1);
}

static bool parse(struct address *out, const char *url)
{
	static const char https[] = "https://", http[] = "http://";
	size_t skip;

	if (!is_plain(url))
		return false;
	out->https = strncmp(url, https, sizeof(https) - 1) == 0;
	if (!out->https && strncmp(url, http, sizeof(http) - 1) != 0)
		return false;
	skip = out->https ? sizeof(https) - 1 : sizeof(http) - 1;
	return parse_authority(out, url + skip, strcspn(url + skip, "/?#"));
}

/* A dotted quad and nothing else: "127.1" and "0x7f.1" are other spellings, refused with http. */
static bool is_loopback_v4(const char *host)
{
	unsigned fields = 0;

	if (strncmp(host, "127.", 4) != 0)
		return false;
	for (const char *at = host; *at != '\0'; fields++) {
		size_t len = strcspn(at, ".");
		unsigned v = 0;

		if (len == 0 || len > 3 || strspn(at, "0123456789") < len ||
		    (len > 1 && *at == '0'))
			return false;
		for (size_t i = 0; i < len; i++)
			v = v * 10 + (unsigned)(at[i] - '0');
		if (v > 255)
			return false;
		at += len;
		if (*at == '.' && at[1] == '\0')
			return false;
		at += *at == '.';
	}
	return fields == 4;
}

static bool is_loopback(const char *host)
{
	/* libcurl resolves localhost to loopback itself, whatever the resolver says. */
	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 || is_loopback_v4(host);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *fetch_url_file_path(const char *url)
{
	static const char prefix[] = "file://", local[] = "localhost/";
	AUTO_FREE char *path = NULL;
	const char *at = url + sizeof(prefix) - 1;
	size_t len = 0;

	if (strncmp(url, prefix, sizeof(prefix) - 1) != 0 || strlen(url) > FETCH_URL_MAX)
		return NULL;
	if (strncmp(at, local, sizeof(local) - 1) == 0)
		at += sizeof(local) - 2;
	if (*at != '/')
		return NULL;
	path = base_calloc(strlen(at) + 1, 1);
	for (; *at != '\0'; at++) {
		int high = *at == '%' ? hex_value(at[1]) : 0;
		int low = *at == '%' && high >= 0 ? hex_value(at[2]) : 0;

		if (high < 0 || low < 0 || (*at == '%' && high == 0 && low == 0))
			return NULL;
		path[len++] = (char)(*at == '%' ? high * 16 + low : *at);
		at += *at == '%' ? 2 : 0;
	}
	return TAKE(path);
}

bool fetch_url_is_allowed(const char *url)
{
	AUTO_FREE char *path = fetch_url_file_path(url);
	struct address a;

	if (path != NULL)
		return true;
	return parse(&a, url) && (a.https || is_loopback(a.host));
}

bool fetch_url_may_lead(const char *from, const char *to)
{
	if (!fetch_url_is_allowed(to))
		return false;
	if (strncmp(from, "file:", 5) == 0 || strncmp(to, "https:", 6) == 0)
		return true;
	return strncmp(from, "http:", 5) == 0 && strncmp(to, "http:", 5) == 0;
}

bool fetch_url_same_origin(const char *a, const char *b)
{
	struct address x, y;

	return parse(&x, a) && parse(&y, b) && x.https == y.https && x.port == y.port &&
	       strcmp(x.host, y.host) == 0;
}

char *fetch_url_join(const char *base, const char *rest)
{
	CLEANUP(buf_clear) struct buf out = buf_init(FETCH_URL_MAX);
	const char *start = strstr(base, "://");
	size_t len = strlen(base);

	if (strstr(rest, "://") != NULL) {
		buf_puts(&out, rest);
		return out.overflow ? NULL : buf_take(&out);
	}
	if (start == NULL || rest[0] == '/' || base[len - 1] != '/')
		return NULL;
	/* The path begins behind the host, which "../" never leaves. */
	start = strchr(start + 3, '/');
	for (; start != NULL && strncmp(rest, "../", 3) == 0; rest += 3) {
		if (base + len - 1 == start)
			return NULL;
		len--;
		while (base[len - 1] != '/')
			len--;
	}
	if (start == NULL || strstr(rest, "..") != NULL)
		return NULL;
	buf_add(&out, base, len);
	buf_puts(&out, rest);
	return out.overflow ? NULL : buf_take(&out);
}

static bool is_path_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       strchr("/-._~+@,=:", c) != NULL;
}

char *fetch_url_of_path(const char *path)
{
	CLEANUP(buf_clear) struct buf out = buf_init(FETCH_URL_MAX);

	buf_puts(&out, "file://");
	for (; *path != '\0'; path++) {
		if (is_path_plain((unsigned char)*path))
			buf_putc(&out, *path);
		else
			buf_printf(&out, "%%%02X", (unsigned char)*path);
	}
	return out.overflow ? NULL : buf_take(&out);
}
