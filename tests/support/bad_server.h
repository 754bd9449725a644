/* SPDX-License-Identifier: MIT */
/* The parts of the bad server: what it sends over a connection, and what it answers to names. */
#ifndef TESTS_BAD_SERVER_H
#define TESTS_BAD_SERVER_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** A connection, plain or TLS. */
struct bad_conn {
	int fd;
	SSL *tls; /* NULL = plain */
	bool cut; /* the end is not announced */
	char head[16384];
};

bool bad_put(struct bad_conn *c, const void *data, size_t len);
ssize_t bad_get(struct bad_conn *c, void *to, size_t max);

/** Answer requests until one of them ends the connection. The path says how: bad_http.c. */
void bad_http(struct bad_conn *c);
/** Send back what comes, until the end. */
void bad_echo(struct bad_conn *c);
/** Answer questions for ever. The name says how: bad_dns.c. */
void bad_dns(int socket);
/** The same over a connection, whole answers. */
void bad_dns_stream(struct bad_conn *c);
/** Send datagrams back for ever. */
void bad_udp(int socket);

#endif
