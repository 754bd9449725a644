/* SPDX-License-Identifier: MIT */
/*
 * HTTP as it should not be: a table of paths and what is done for each. What stalls or never ends
 * does so until the other side has had enough.
 */
#include "tests/support/bad_server.h"

#include "base/attr.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define MS 1000000L

static bool say(struct bad_conn *c, const char *text)
{
	return bad_put(c, text, strlen(text));
}

static void wait_ms(long ms)
{
	const struct timespec t = {ms / 1000, ms % 1000 * MS};

	(void)nanosleep(&t, NULL);
}

static bool answer(struct bad_conn *c, const char *status, const char *headers, const char *body)
{
	char text[2048];

	(void)snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n%s", status,
	    strlen(body), headers, body);
	return say(c, text);
}

static bool serve_ok(struct bad_conn *c)
{
	return answer(
	    c, "200 OK", "Content-Type: text/plain\r\nX-Twice: a\r\nx-twice: b\r\n", "hello");
}

/* The request as the body, so that a test sees what was sent. */
static bool serve_mirror(struct bad_conn *c)
{
	char head[512];

	(void)snprintf(
	    head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", strlen(c->head));
	return say(c, head) && say(c, c->head);
}

static bool serve_slow_headers(struct bad_conn *c)
{
	bool ok = say(c, "HTTP/1.1 200 OK\r\n");

	while (ok) {
		ok = say(c, "X: y\r\n");
		wait_ms(100);
	}
	return false;
}

static bool serve_slow_body(struct bad_conn *c)
{
	bool ok = say(c, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");

	while (ok) {
		ok = say(c, "x");
		wait_ms(100);
	}
	return false;
}

static bool serve_silent(struct bad_conn *c)
{
	char sink[256];

	while (bad_get(c, sink, sizeof(sink)) > 0)
		continue;
	return false;
}

static bool serve_endless(struct bad_conn *c)
{
	char chunk[6 + 4096 + 2];
	bool ok = say(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");

	memcpy(chunk, "1000\r\n", 6);
	memset(chunk + 6, 'x', 4096);
	memcpy(chunk + 6 + 4096, "\r\n", 2);
	while (ok)
		ok = bad_put(c, chunk, sizeof(chunk));
	return false;
}

static bool serve_header_flood(struct bad_conn *c)
{
	bool ok = say(c, "HTTP/1.1 200 OK\r\n");

	while (ok)
		ok = say(c, "X-Filler: 0123456789abcdef0123456789abcdef0123456789\r\n");
	return false;
}

/* One line that never ends. */
static bool serve_long_header(struct bad_conn *c)
{
	bool ok = say(c, "HTTP/1.1 200 OK\r\nX-Long: ");

	while (ok)
		ok = say(c, "0123456789abcdef0123456789abcdef0123456789abcdef");
	return false;
}

/* Says gzip; the bytes would be a gigabyte if anybody unpacked them. 1029 = 30 MiB / 1 GiB. */
static bool serve_gzip_bomb(struct bad_conn *c)
{
	static const unsigned char head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

	return say(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n") &&
	       bad_put(c, head, sizeof(head));
}

static bool redirect(struct bad_conn *c, const char *to)
{
	char header[256];

	(void)snprintf(header, sizeof(header), "Location: %s\r\n", to);
	return answer(c, "302 Found", header, "go away");
}

static bool serve_loop(struct bad_conn *c)
{
	return redirect(c, "/loop");
}

static bool serve_to_ok(struct bad_conn *c)
{
	return redirect(c, "/ok");
}

static bool serve_to_mirror(struct bad_conn *c)
{
	return redirect(c, "http://alias.test/mirror");
}

static bool serve_to_denied(struct bad_conn *c)
{
	return redirect(c, "http://denied.test/ok");
}

static bool serve_to_private(struct bad_conn *c)
{
	return redirect(c, "http://10.1.2.3/ok");
}

static bool serve_to_file(struct bad_conn *c)
{
	return redirect(c, "file:///etc/passwd");
}

static bool serve_to_gopher(struct bad_conn *c)
{
	return redirect(c, "gopher://good.test:80/_x");
}

/* A body of a redirect that never ends is not read to its end. */
static bool serve_long_redirect(struct bad_conn *c)
{
	bool ok = say(c, "HTTP/1.1 302 Found\r\nLocation: /ok\r\n\r\n");

	while (ok)
		ok = say(c, "0123456789abcdef0123456789abcdef0123456789abcdef");
	return false;
}

static bool serve_short(struct bad_conn *c)
{
	(void)say(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
	return false;
}

static bool serve_long(struct bad_conn *c)
{
	(void)say(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more");
	return false;
}

static bool serve_two_lengths(struct bad_conn *c)
{
	(void)say(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello!!");
	return false;
}

static bool serve_huge(struct bad_conn *c)
{
	(void)say(c, "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
	return false;
}

static bool serve_negative(struct bad_conn *c)
{
	(void)say(c, "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello");
	return false;
}

static bool serve_reset(struct bad_conn *c)
{
	const struct linger now = {1, 0};

	(void)say(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
	c->cut = true;
	wait_ms(50);
	(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	return false;
}

static bool serve_bad_chunk(struct bad_conn *c)
{
	(void)say(
	    c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n");
	return false;
}

static bool serve_wide_chunk(struct bad_conn *c)
{
	(void)say(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff0\r\nx");
	return false;
}

static bool serve_cut_chunk(struct bad_conn *c)
{
	(void)say(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
	return false;
}

static bool serve_garbage(struct bad_conn *c)
{
	(void)say(c, "SSH-2.0-OpenSSH_9.2\r\n");
	return false;
}

static bool serve_nothing(struct bad_conn *c)
{
	(void)c;
	return false;
}

/* 100, 103 and then the answer; their headers must not count as the answer's end. */
static bool serve_informational(struct bad_conn *c)
{
	return say(c,
		   "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n") &&
	       serve_ok(c);
}

static bool serve_endless_informational(struct bad_conn *c)
{
	bool ok = true;

	while (ok)
		ok = say(c, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
	return false;
}

static const struct {
	const char *path;
	bool (*serve)(struct bad_conn *c); /* -> the connection goes on */
} paths[] = {{"/ok", serve_ok}, {"/mirror", serve_mirror}, {"/slow-headers", serve_slow_headers},
    {"/slow-body", serve_slow_body}, {"/silent", serve_silent}, {"/endless", serve_endless},
    {"/header-flood", serve_header_flood}, {"/long-header", serve_long_header},
    {"/gzip-bomb", serve_gzip_bomb}, {"/loop", serve_loop}, {"/to-ok", serve_to_ok},
    {"/to-mirror", serve_to_mirror}, {"/to-denied", serve_to_denied},
    {"/to-private", serve_to_private}, {"/to-file", serve_to_file}, {"/to-gopher", serve_to_gopher},
    {"/long-redirect", serve_long_redirect}, {"/short", serve_short}, {"/long", serve_long},
    {"/two-lengths", serve_two_lengths}, {"/huge", serve_huge}, {"/negative", serve_negative},
    {"/reset", serve_reset}, {"/bad-chunk", serve_bad_chunk}, {"/wide-chunk", serve_wide_chunk},
    {"/cut-chunk", serve_cut_chunk}, {"/garbage", serve_garbage}, {"/nothing", serve_nothing},
    {"/informational", serve_informational},
    {"/endless-informational", serve_endless_informational}};

static bool read_head(struct bad_conn *c)
{
	size_t len = 0;

	while (len + 1 < sizeof(c->head)) {
		ssize_t n = bad_get(c, c->head + len, sizeof(c->head) - 1 - len);

		if (n <= 0)
			return false;
		len += (size_t)n;
		c->head[len] = '\0';
		if (strstr(c->head, "\r\n\r\n") != NULL)
			return true;
	}
	return false;
}

static bool serve_one(struct bad_conn *c)
{
	char path[64] = "";

	if (!read_head(c) || sscanf(c->head, "%*15s %63s", path) != 1)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (strcmp(paths[i].path, path) == 0)
			return paths[i].serve(c);
	}
	return answer(c, "404 Not Found", "", "nothing here");
}

void bad_http(struct bad_conn *c)
{
	while (serve_one(c))
		continue;
}

void bad_echo(struct bad_conn *c)
{
	char bytes[4096];
	ssize_t n;

	while ((n = bad_get(c, bytes, sizeof(bytes))) > 0 && bad_put(c, bytes, (size_t)n))
		continue;
}
