/* SPDX-License-Identifier: MIT */
/*
 * The misbehaving server: a table of paths and what is sent for each. One process for each
 * connection, so that one that stalls holds nobody up; an alarm ends them all.
 */
#include "tests/unit/registry/hostile_server.h"

#include "base/attr.h"
#include "tests/support/support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONNECTIONS_MAX 400
#define LIFETIME_S 60

struct connection {
	int fd;
	unsigned other_port;
	uint32_t *shared; /* [0] connections, [1] calls of /busy-twice */
	char head[16384];
};

static bool put(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

static bool puts_to(int fd, const char *text)
{
	return put(fd, text, strlen(text));
}

static bool answer(int fd, const char *status, const char *headers, const char *body)
{
	char text[1024];
	int n = snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n%s",
	    status, strlen(body), headers, body);

	return put(fd, text, (size_t)n);
}

static bool serve_ok(struct connection *c)
{
	if (strstr(c->head, "If-None-Match: \"v1\"") != NULL)
		return puts_to(c->fd, "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n");
	return answer(c->fd, "200 OK", "ETag: \"v1\"\r\n", "hello");
}

static bool serve_auth(struct connection *c)
{
	return answer(c->fd, "200 OK", "",
	    strstr(c->head, "Authorization: Bearer secret") != NULL ? "token" : "none");
}

static bool serve_slow(struct connection *c)
{
	bool ok = puts_to(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");

	while (ok) {
		ok = puts_to(c->fd, "x");
		(void)usleep(100000);
	}
	return false;
}

static bool serve_endless(struct connection *c)
{
	bool ok = puts_to(c->fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	char chunk[8 + 16384 + 2];

	memcpy(chunk, "004000\r\n", 8);
	memset(chunk + 8, 'x', 16384);
	memcpy(chunk + 8 + 16384, "\r\n", 2);
	while (ok)
		ok = put(c->fd, chunk, sizeof(chunk));
	return false;
}

static bool serve_endless_headers(struct connection *c)
{
	bool ok = puts_to(c->fd, "HTTP/1.1 200 OK\r\n");

	while (ok)
		ok = puts_to(c->fd, "X-Filler: 0123456789abcdef0123456789abcdef0123456789\r\n");
	return false;
}

static bool serve_short(struct connection *c)
{
	(void)puts_to(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
	return false;
}

static bool serve_long(struct connection *c)
{
	(void)puts_to(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloworld");
	return false;
}

static bool serve_reset(struct connection *c)
{
	struct linger now = {1, 0};

	(void)puts_to(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
	(void)usleep(50000);
	(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	return false;
}

static bool serve_huge(struct connection *c)
{
	(void)puts_to(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
	return false;
}

static bool serve_garbage(struct connection *c)
{
	(void)puts_to(c->fd, "SSH-2.0-OpenSSH_9.2\r\n");
	return false;
}

static bool serve_silent(struct connection *c)
{
	char sink[256];

	while (recv(c->fd, sink, sizeof(sink), 0) > 0)
		continue;
	return false;
}

static bool redirect(struct connection *c, const char *to)
{
	char header[256];

	(void)snprintf(header, sizeof(header), "Location: %s\r\n", to);
	return answer(c->fd, "302 Found", header, "");
}

static bool serve_loop(struct connection *c)
{
	return redirect(c, "/loop");
}

static bool serve_to_http(struct connection *c)
{
	return redirect(c, "http://registry.example/ok");
}

static bool serve_to_file(struct connection *c)
{
	return redirect(c, "file:///etc/hostname");
}

static bool serve_to_user(struct connection *c)
{
	return redirect(c, "https://user@registry.example/ok");
}

static bool serve_to_same(struct connection *c)
{
	return redirect(c, "/auth");
}

static bool serve_to_other(struct connection *c)
{
	char to[64];

	(void)snprintf(to, sizeof(to), "http://127.0.0.1:%u/auth", c->other_port);
	return redirect(c, to);
}

static bool serve_busy_twice(struct connection *c)
{
	if (__atomic_fetch_add(&c->shared[1], 1, __ATOMIC_SEQ_CST) < 2)
		return answer(c->fd, "503 Busy", "Retry-After: 0\r\n", "busy");
	return answer(c->fd, "200 OK", "", "hello");
}

static bool serve_broken(struct connection *c)
{
	return answer(c->fd, "500 Broken", "", "{\"code\":\"X\"}");
}

static bool serve_denied(struct connection *c)
{
	return answer(c->fd, "403 Forbidden", "", "no");
}

static const struct {
	const char *path;
	bool (*serve)(struct connection *c); /* -> the connection goes on */
} paths[] = {
    {"/ok", serve_ok},
    {"/auth", serve_auth},
    {"/slow", serve_slow},
    {"/endless", serve_endless},
    {"/endless-headers", serve_endless_headers},
    {"/short", serve_short},
    {"/long", serve_long},
    {"/reset", serve_reset},
    {"/huge", serve_huge},
    {"/garbage", serve_garbage},
    {"/silent", serve_silent},
    {"/loop", serve_loop},
    {"/to-http", serve_to_http},
    {"/to-file", serve_to_file},
    {"/to-user", serve_to_user},
    {"/to-same", serve_to_same},
    {"/to-other", serve_to_other},
    {"/busy-twice", serve_busy_twice},
    {"/broken", serve_broken},
    {"/denied", serve_denied},
};

static bool read_head(struct connection *c)
{
	size_t len = 0;

	while (len + 1 < sizeof(c->head)) {
		ssize_t n = recv(c->fd, c->head + len, sizeof(c->head) - 1 - len, 0);

		if (n <= 0)
			return false;
		len += (size_t)n;
		c->head[len] = '\0';
		if (strstr(c->head, "\r\n\r\n") != NULL)
			return true;
	}
	return false;
}

static bool serve_one(struct connection *c)
{
	char path[64] = "";

	if (!read_head(c) || sscanf(c->head, "%*15s %63s", path) != 1)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (strcmp(paths[i].path, path) == 0)
			return paths[i].serve(c);
	}
	return answer(c->fd, "404 Not Found", "", "nothing here");
}

static NORETURN void serve(int listener, unsigned other_port, uint32_t *shared)
{
	static struct connection c;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)alarm(LIFETIME_S);
	for (int i = 0; i < CONNECTIONS_MAX; i++) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		(void)__atomic_fetch_add(&shared[0], 1, __ATOMIC_SEQ_CST);
		if (fork() == 0) {
			(void)alarm(LIFETIME_S);
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			c.fd = fd;
			c.other_port = other_port;
			c.shared = shared;
			while (serve_one(&c))
				continue;
			_exit(0);
		}
		(void)close(fd);
	}
	_exit(0);
}

void hostile_server_start(struct hostile_server *out, unsigned other_port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint32_t *shared =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(shared, MAP_FAILED);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(listener, 64), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&at, &size), 0);
	out->pid = fork();
	ck_assert_int_ge(out->pid, 0);
	if (out->pid == 0)
		serve(listener, other_port, shared);
	(void)close(listener);
	out->port = ntohs(at.sin_port);
	out->connections = shared;
}

void hostile_server_stop(struct hostile_server *server)
{
	(void)kill(server->pid, SIGKILL);
	(void)waitpid(server->pid, NULL, 0);
	(void)munmap(server->connections, 4096);
}
