/* SPDX-License-Identifier: MIT */
/*
 * bad_server COMMAND..: servers that behave well or badly on purpose, on fixed ports of every
 * address (in_net gives a network where they are free), then COMMAND with X07_CA_BUNDLE set to the
 * authority of their certificates. Ends with the command, with its exit status.
 *
 *   53, 53/udp  names (bad_dns.c)          80   HTTP (bad_http.c)      443  the same over TLS,
 * good.test 7, 7/udp  echo                     444  expired certificate    445  certificate of
 * other.test 4007  echo over TLS, good.test     446  TLS 1.1 at most        447  not from the
 * authority
 */
#include "tests/support/bad_server.h"

#include "base/attr.h"
#include "base/compat.h"
#include "tests/support/certs.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIFETIME_S 110
#define DAY 86400L

enum kind { HTTP, ECHO, NAMES, DNS, UDP };

static const struct service {
	uint16_t port;
	enum kind kind;
	const char *name; /* of the certificate; NULL = no TLS */
	long from_s, to_s;
	int max_version; /* 0 = any */
	bool stranger;   /* signed by an authority that nobody knows */
} services[] = {
    {53, DNS, NULL, 0, 0, 0, false},
    {53, NAMES, NULL, 0, 0, 0, false},
    {7, UDP, NULL, 0, 0, 0, false},
    {7, ECHO, NULL, 0, 0, 0, false},
    {80, HTTP, NULL, 0, 0, 0, false},
    {443, HTTP, "good.test", -DAY, DAY, 0, false},
    {444, HTTP, "good.test", -2 * DAY, -DAY, 0, false},
    {445, HTTP, "other.test", -DAY, DAY, 0, false},
    {446, HTTP, "good.test", -DAY, DAY, TLS1_1_VERSION, false},
    {447, HTTP, "good.test", -DAY, DAY, 0, true},
    {4007, ECHO, "good.test", -DAY, DAY, 0, false},
};

static void die(const char *what)
{
	perror(what);
	exit(2);
}

bool bad_put(struct bad_conn *c, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = c->tls != NULL ? SSL_write(c->tls, at, (int)len)
					   : send(c->fd, at, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

ssize_t bad_get(struct bad_conn *c, void *to, size_t max)
{
	return c->tls != NULL ? SSL_read(c->tls, to, (int)max) : recv(c->fd, to, max, 0);
}

static int open_socket(uint16_t port, bool stream)
{
	const struct sockaddr_in6 at = {
	    .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_ANY_INIT};
	int fd = socket(AF_INET6, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
	int on = 1, off = 0;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) < 0 ||
	    bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0 ||
	    (stream && listen(fd, 256) < 0))
		die("bad_server: socket");
	return fd;
}

static SSL_CTX *context(struct certs *c, const struct service *v)
{
	X509 *cert = certs_issue(c, v->name, v->from_s, v->to_s);
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || SSL_CTX_use_PrivateKey(ctx, c->key) != 1 ||
	    SSL_CTX_use_certificate(ctx, cert) != 1)
		die("bad_server: TLS");
	X509_free(cert);
	if (v->max_version != 0) {
		/* an old server: the library must be talked into being one */
		SSL_CTX_set_security_level(ctx, 0);
		if (SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION) != 1 ||
		    SSL_CTX_set_max_proto_version(ctx, v->max_version) != 1)
			die("bad_server: TLS versions");
	}
	return ctx;
}

static void talk(int fd, enum kind kind, SSL_CTX *ctx)
{
	struct bad_conn c = {.fd = fd};

	(void)alarm(LIFETIME_S);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (ctx != NULL) {
		c.tls = SSL_new(ctx);
		if (SSL_set_fd(c.tls, fd) != 1 || SSL_accept(c.tls) != 1)
			_exit(0);
	}
	if (kind == HTTP)
		bad_http(&c);
	else if (kind == NAMES)
		bad_dns_stream(&c);
	else
		bad_echo(&c);
	if (c.tls != NULL && !c.cut)
		(void)SSL_shutdown(c.tls);
	_exit(0);
}

static void serve(int fd, enum kind kind, SSL_CTX *ctx)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)alarm(LIFETIME_S);
	if (kind == DNS)
		bad_dns(fd);
	if (kind == UDP)
		bad_udp(fd);
	for (;;) {
		int conn = accept(fd, NULL, NULL);

		if (conn < 0)
			continue;
		if (fork() == 0) {
			(void)close(fd);
			talk(conn, kind, ctx);
		}
		(void)close(conn);
	}
}

static void start(const struct service *v, struct certs *known, struct certs *stranger)
{
	int fd = open_socket(v->port, v->kind != DNS && v->kind != UDP);
	SSL_CTX *ctx = v->name != NULL ? context(v->stranger ? stranger : known, v) : NULL;
	pid_t pid = fork();

	if (pid < 0)
		die("bad_server: fork");
	if (pid == 0)
		serve(fd, v->kind, ctx);
	(void)close(fd);
	SSL_CTX_free(ctx);
}

COMPAT_NO_LEAK_CHECK /* it ends by being killed */

    int
    main(int argc, char **argv)
{
	struct certs known, stranger;
	char ca[4096];
	int status = 0;
	pid_t pid;

	if (argc < 2)
		return 2;
	certs_init(&known, "ca.pem");
	certs_init(&stranger, "stranger.pem");
	if (realpath("ca.pem", ca) == NULL || setenv("X07_CA_BUNDLE", ca, 1) < 0)
		die("bad_server: ca.pem");
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		start(&services[i], &known, &stranger);
	certs_clear(&known);
	certs_clear(&stranger);
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("bad_server: command");
	/* the servers end with us */
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
