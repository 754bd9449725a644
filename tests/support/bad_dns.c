/* SPDX-License-Identifier: MIT */
/*
 * A name server that lies: a table of names and the answers to them. Every name that is not in
 * the table does not exist. Source: RFC 1035 4.
 */
#include "tests/support/bad_server.h"

#include "base/attr.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define MESSAGE_MAX 16384
#define PUBLIC 0x5db8d822u   /* 93.184.216.34 */
#define PRIVATE 0x0a010203u  /* 10.1.2.3 */
#define LOOPBACK 0x7f000001u /* 127.0.0.1 */
#define METADATA 0xa9fea9feu /* 169.254.169.254 */
#define NOBODY 0x5db8d8feu   /* public, and nothing is there */

enum { A = 1, CNAME = 5, SERVFAIL = 2, NO_NAME = 3 };

struct reply {
	unsigned char bytes[MESSAGE_MAX];
	size_t len;
	size_t question; /* bytes of the name in the question */
	unsigned type;
	bool stream;    /* over TCP */
	unsigned asked; /* how often this question came before */
};

static void put16(unsigned char *p, unsigned x)
{
	p[0] = (unsigned char)(x >> 8);
	p[1] = (unsigned char)x;
}

/* A record of the name asked for; data is given. */
static void record(struct reply *r, unsigned type, unsigned ttl, const void *data, unsigned len)
{
	unsigned char *p = r->bytes + r->len;

	put16(p, 0xc00c); /* the name of the question */
	put16(p + 2, type);
	put16(p + 4, 1);
	put16(p + 6, ttl >> 16);
	put16(p + 8, ttl);
	put16(p + 10, len);
	memcpy(p + 12, data, len);
	r->len += 12 + len;
	put16(r->bytes + 6, r->bytes[6] * 256u + r->bytes[7] + 1);
}

/* Answers to questions for IPv6 stay empty. */
static void address(struct reply *r, unsigned ttl, unsigned ip)
{
	unsigned char data[4];

	put16(data, ip >> 16);
	put16(data + 2, ip);
	if (r->type == A)
		record(r, A, ttl, data, 4);
}

static void rcode(struct reply *r, unsigned code)
{
	r->bytes[3] = (unsigned char)((r->bytes[3] & 0xf0) | code);
}

static void say_public(struct reply *r)
{
	address(r, 60, PUBLIC);
}

static void say_private(struct reply *r)
{
	address(r, 60, PRIVATE);
}

static void say_loopback(struct reply *r)
{
	address(r, 60, LOOPBACK);
}

static void say_metadata(struct reply *r)
{
	address(r, 60, METADATA);
}

static void say_nobody(struct reply *r)
{
	address(r, 60, NOBODY);
}

/* The first time outside, then inside. */
static void say_rebind(struct reply *r)
{
	address(r, 0, r->asked == 0 ? PUBLIC : LOOPBACK);
}

static void say_mixed(struct reply *r)
{
	address(r, 60, LOOPBACK);
	address(r, 60, PUBLIC);
	address(r, 60, PRIVATE);
}

static void say_huge(struct reply *r)
{
	for (unsigned i = 0; i < 240; i++)
		address(r, 60, PUBLIC - 1 + i % 2 + (i % 2 ? 0 : i << 8));
}

/* Longer than any buffer for it. */
static void say_flood(struct reply *r)
{
	for (unsigned i = 0; i < 900; i++)
		address(r, 60, i == 0 ? PUBLIC : PUBLIC + (i << 8));
}

static void say_servfail(struct reply *r)
{
	rcode(r, SERVFAIL);
}

static void say_nothing(struct reply *r)
{
	r->len = 0;
}

/* The right answer to another question. */
static void say_wrong_id(struct reply *r)
{
	address(r, 60, PUBLIC);
	r->bytes[0] ^= 0x55;
}

static void say_wrong_name(struct reply *r)
{
	address(r, 60, PUBLIC);
	r->bytes[13] ^= 1;
}

/* An alias of itself, and an alias that points into its own pointer. */
static void say_alias_loop(struct reply *r)
{
	record(r, CNAME, 60, "\xc0\x0c", 2);
}

static void say_pointer_loop(struct reply *r)
{
	unsigned char here[2];

	put16(here, 0xc000u | (unsigned)(r->len + 12));
	record(r, CNAME, 60, here, 2);
}

/* Announces more records than there are bytes. */
static void say_cut(struct reply *r)
{
	address(r, 60, PUBLIC);
	r->len -= r->type == A ? 2 : 0;
	put16(r->bytes + 6, 9);
}

/* Does not fit into a datagram; over TCP it is all there. */
static void say_wide(struct reply *r)
{
	if (r->stream)
		say_huge(r);
	else
		r->bytes[2] |= 2;
}

/* The same, and over TCP nothing comes. */
static void say_wide_silent(struct reply *r)
{
	if (r->stream)
		r->len = 0;
	else
		r->bytes[2] |= 2;
}

/* Says over TCP, too, that it does not fit. */
static void say_wide_always(struct reply *r)
{
	r->bytes[2] |= 2;
}

static const struct {
	const char *name;
	void (*say)(struct reply *r);
} zone[] = {{"good.test", say_public}, {"alias.test", say_public}, {"denied.test", say_public},
    {"expired.test", say_public}, {"other.test", say_public}, {"private.test", say_private},
    {"loopback.test", say_loopback}, {"metadata.test", say_metadata}, {"nobody.test", say_nobody},
    {"rebind.test", say_rebind}, {"mixed.test", say_mixed}, {"huge.test", say_huge},
    {"flood.test", say_flood}, {"servfail.test", say_servfail}, {"silent.test", say_nothing},
    {"wrong-id.test", say_wrong_id}, {"wrong-name.test", say_wrong_name},
    {"alias-loop.test", say_alias_loop}, {"pointer-loop.test", say_pointer_loop},
    {"cut.test", say_cut}, {"wide.test", say_wide}, {"wide-silent.test", say_wide_silent},
    {"wide-always.test", say_wide_always}};

/* The name of the question as text. @return its bytes in the message, 0 when there is none. */
static size_t question(char out[256], const unsigned char *bytes, size_t len)
{
	size_t at = 12, n = 0;

	while (at < len && bytes[at] != 0 && at + 1 + bytes[at] < len && n + bytes[at] + 2 < 256) {
		if (n > 0)
			out[n++] = '.';
		memcpy(out + n, bytes + at + 1, bytes[at]);
		n += bytes[at];
		at += 1 + (size_t)bytes[at];
	}
	out[n] = '\0';
	return at + 5 <= len && bytes[at] == 0 ? at + 1 - 12 : 0;
}

static void make_reply(struct reply *r, unsigned asked[], const unsigned char *query, size_t len)
{
	char name[256];
	size_t n = question(name, query, len);

	r->len = 0;
	if (n == 0)
		return;
	r->len = 12 + n + 4;
	memset(r->bytes, 0, 12);
	memcpy(r->bytes, query, 2);
	memcpy(r->bytes + 12, query + 12, n + 4);
	r->bytes[2] = 0x84;
	r->bytes[5] = 1;
	r->question = n;
	r->type = query[12 + n] * 256u + query[12 + n + 1];
	for (size_t i = 0; i < ARRAY_LEN(zone); i++) {
		if (strcmp(zone[i].name, name) != 0)
			continue;
		r->asked = r->type == A ? asked[i]++ : 0;
		zone[i].say(r);
		return;
	}
	rcode(r, NO_NAME);
}

void bad_dns(int socket)
{
	unsigned asked[ARRAY_LEN(zone)] = {0};
	unsigned char query[1024];
	struct reply r = {.stream = false};

	for (;;) {
		struct sockaddr_storage from;
		socklen_t size = sizeof(from);
		ssize_t n =
		    recvfrom(socket, query, sizeof(query), 0, (struct sockaddr *)&from, &size);

		if (n < 12)
			continue;
		make_reply(&r, asked, query, (size_t)n);
		if (r.len > 0)
			(void)sendto(socket, r.bytes, r.len, 0, (struct sockaddr *)&from, size);
	}
}

void bad_dns_stream(struct bad_conn *c)
{
	unsigned asked[ARRAY_LEN(zone)] = {0};
	unsigned char query[1024], head[2];
	struct reply r = {.stream = true};

	while (bad_get(c, head, 1) == 1 && bad_get(c, head + 1, 1) == 1) {
		size_t len = head[0] * 256u + head[1], got = 0;

		while (got < len && len <= sizeof(query)) {
			ssize_t n = bad_get(c, query + got, len - got);

			if (n <= 0)
				return;
			got += (size_t)n;
		}
		make_reply(&r, asked, query, got);
		put16(head, (unsigned)r.len);
		if (r.len > 0 && (!bad_put(c, head, 2) || !bad_put(c, r.bytes, r.len)))
			return;
	}
}

void bad_udp(int socket)
{
	char bytes[65536];

	for (;;) {
		struct sockaddr_storage from;
		socklen_t size = sizeof(from);
		ssize_t n =
		    recvfrom(socket, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &size);

		if (n >= 0)
			(void)sendto(socket, bytes, (size_t)n, 0, (struct sockaddr *)&from, size);
	}
}
