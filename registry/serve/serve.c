/* SPDX-License-Identifier: MIT */
/*
 * The connections of `x07 registry serve`: one process, one poll loop, a fixed number of
 * connections, each with limits on bytes and time in every state. api.c says what is answered.
 */
#include "registry/serve/serve.h"

#include "base/file.h"
#include "registry/codes.h"
#include "registry/serve/answer.h"
#include "registry/serve/api.h"
#include "registry/serve/rebuild.h"
#include "registry/serve/request.h"
#include "registry/serve/state.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 128
#define REQUESTS_MAX 1000 /* of one connection */
#define IDLE_MS 15000
#define TOTAL_MS 300000 /* for one body, and for one answer */
#define CHUNK 65536
#define SEND_MAX ((size_t)CHUNK * 4)

enum state { STATE_HEAD, STATE_BODY, STATE_WRITE };

struct serve_connection {
	int fd; /* owned */
	enum state state;
	char head[SERVE_HEAD_MAX];
	size_t head_len; /* bytes in head, those behind the head included */
	struct serve_request q;
	int body_fd; /* owned; -1 */
	uint64_t body_left;
	struct serve_answer answer;
	struct buf out; /* head of the answer, then its body unless a file */
	size_t out_at;
	uint64_t file_left;
	bool last;        /* close after this answer */
	int64_t patience; /* without progress until then */
	int64_t deadline; /* of this state, whatever the progress */
	unsigned requests;
};

struct serve_server {
	struct serve_api api;
	int listener;
	struct serve_connection *connections[CONNECTIONS_MAX]; /* owned; NULL = free */
	size_t count;
	int64_t idle_ms;
};

static int64_t now_ms(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void enter(struct serve_server *s, struct serve_connection *c, enum state state)
{
	int64_t now = now_ms();

	c->state = state;
	c->patience = now + s->idle_ms;
	/* A head has one deadline: bytes that trickle in do not prolong it. */
	c->deadline = now + (state == STATE_HEAD ? s->idle_ms : TOTAL_MS);
}

static void connection_free(struct serve_connection *c)
{
	base_close_fd(&c->fd);
	base_close_fd(&c->body_fd);
	serve_answer_clear(&c->answer);
	buf_clear(&c->out);
	base_free_ptr(&c);
}

static const char *reason(int status)
{
	static const struct {
		int status;
		const char *text;
	} reasons[] = {{200, "OK"}, {304, "Not Modified"}, {307, "Temporary Redirect"},
	    {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"},
	    {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {409, "Conflict"},
	    {411, "Length Required"}, {414, "URI Too Long"}, {431, "Headers Too Large"},
	    {500, "Internal Server Error"}, {501, "Not Implemented"},
	    {505, "HTTP Version Not Supported"}};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (reasons[i].status == status)
			return reasons[i].text;
	}
	return "Error";
}

static void put_head(struct serve_connection *c)
{
	const struct serve_answer *a = &c->answer;
	uint64_t length = a->file_fd >= 0 ? a->file_bytes : a->body.len;

	buf_printf(&c->out, "HTTP/1.1 %d %s\r\n", a->status, reason(a->status));
	if (a->status != 304)
		buf_printf(&c->out, "Content-Type: %s\r\nContent-Length: %llu\r\n",
		    a->type != NULL ? a->type : "text/plain", (unsigned long long)length);
	if (a->etag[0] != '\0')
		buf_printf(&c->out, "ETag: %s\r\n", a->etag);
	buf_printf(&c->out, "Cache-Control: %s\r\n", a->cache != NULL ? a->cache : "no-store");
	if (a->location[0] != '\0')
		buf_printf(&c->out, "Location: %s\r\n", a->location);
	buf_printf(&c->out,
	    "X-Content-Type-Options: nosniff\r\nx-request-id: %s\r\nConnection: %s\r\n\r\n",
	    a->request_id, c->last ? "close" : "keep-alive");
}

/* The answer is made: its bytes go out. */
static void start_writing(struct serve_server *s, struct serve_connection *c)
{
	struct serve_answer *a = &c->answer;
	bool head_only = c->q.method == SERVE_HEAD || a->status == 304;

	c->last = c->last || !c->q.keep_alive || c->requests >= REQUESTS_MAX;
	c->out = buf_init((size_t)256 << 20);
	c->out_at = 0;
	put_head(c);
	if (!head_only && a->file_fd < 0)
		buf_add(&c->out, a->body.data, a->body.len);
	c->file_left = head_only || a->file_fd < 0 ? 0 : a->file_bytes;
	buf_clear(&a->body);
	if (s->api.o->log != NULL)
		s->api.o->log(s->api.o->ctx, c->q.method == SERVE_POST ? "POST" : "GET", c->q.path,
		    a->status);
	enter(s, c, STATE_WRITE);
}

/* An answer without a look at the request; the connection ends with it. */
static void refuse(struct serve_server *s, struct serve_connection *c, int status,
    const struct code *code, const char *message)
{
	struct err err = {0};

	c->answer = (struct serve_answer){.file_fd = -1, .body = buf_init(65536)};
	if (serve_random_hex(c->answer.request_id, 32, &err) < 0)
		c->answer.request_id[0] = '\0';
	serve_fail(&c->answer, status, code, message);
	c->last = true;
	start_writing(s, c);
}

static void handle(struct serve_server *s, struct serve_connection *c)
{
	if (c->body_fd >= 0 && lseek(c->body_fd, 0, SEEK_SET) < 0) {
		refuse(s, c, 500, REGISTRY_CODE(REG_STORAGE), "the body could not be stored");
		return;
	}
	c->answer = (struct serve_answer){.file_fd = -1};
	serve_handle(&s->api, &c->q, c->body_fd, &c->answer);
	base_close_fd(&c->body_fd);
	c->body_fd = -1;
	start_writing(s, c);
}

static bool store_body(struct serve_connection *c, const char *data, size_t len)
{
	struct err err = {0};

	return file_write_all(c->body_fd, data, len, &err) == 0;
}

/* Nobody without a token makes us store a body. */
static bool body_is_welcome(struct serve_server *s, struct serve_connection *c)
{
	struct serve_account who = {0};
	struct err err = {0};
	int status;

	if (c->q.method != SERVE_POST) {
		refuse(s, c, 400, REGISTRY_CODE(REG_BAD_REQUEST), "a body where none belongs");
		return false;
	}
	if (c->q.length > SERVE_BODY_MAX) {
		refuse(
		    s, c, 400, REGISTRY_CODE(REG_BODY_TOO_LARGE), "the body is larger than 64 MiB");
		return false;
	}
	status = serve_authenticate(&who, &s->api, c->q.authorization, &err);
	if (status != 0) {
		refuse(s, c, status, err.what != NULL ? err.what : REGISTRY_CODE(REG_INTERNAL),
		    err.what != NULL ? err.message : "the registry failed; its log says why");
		return false;
	}
	return true;
}

/* The head is whole; what came behind it is the beginning of the body, or the next request. */
static void take_request(struct serve_server *s, struct serve_connection *c, size_t head)
{
	size_t rest = c->head_len - head;
	size_t mine = rest < c->q.length ? rest : (size_t)c->q.length;

	c->requests++;
	if (c->q.method == SERVE_POST && !c->q.has_length) {
		refuse(s, c, 411, REGISTRY_CODE(REG_BAD_REQUEST), "Content-Length is required");
		return;
	}
	if (c->q.length > 0) {
		if (!body_is_welcome(s, c))
			return;
		c->body_fd = openat(s->api.data_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		if (c->body_fd < 0 || !store_body(c, c->head + head, mine)) {
			refuse(
			    s, c, 500, REGISTRY_CODE(REG_STORAGE), "the body could not be stored");
			return;
		}
	}
	c->body_left = c->q.length - mine;
	memmove(c->head, c->head + head + mine, rest - mine);
	c->head_len = rest - mine;
	if (c->body_left == 0) {
		handle(s, c);
		return;
	}
	if (c->q.expects_continue)
		(void)!send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, MSG_NOSIGNAL);
	enter(s, c, STATE_BODY);
}

static void parse(struct serve_server *s, struct serve_connection *c)
{
	int rc = serve_request_parse(&c->q, c->head, c->head_len);

	if (rc < 0)
		refuse(s, c, -rc, REGISTRY_CODE(REG_BAD_REQUEST),
		    "not a request that this server reads");
	else if (rc > 0)
		take_request(s, c, (size_t)rc);
}

/* @return false when the connection is to be closed. */
static bool read_head(struct serve_server *s, struct serve_connection *c)
{
	ssize_t n = recv(c->fd, c->head + c->head_len, sizeof(c->head) - c->head_len, 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	c->head_len += (size_t)n;
	parse(s, c);
	return true;
}

static bool read_body(struct serve_server *s, struct serve_connection *c)
{
	char chunk[CHUNK];
	size_t want = c->body_left < sizeof(chunk) ? (size_t)c->body_left : sizeof(chunk);
	ssize_t n = recv(c->fd, chunk, want, 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	if (!store_body(c, chunk, (size_t)n)) {
		refuse(s, c, 500, REGISTRY_CODE(REG_STORAGE), "the body could not be stored");
		return true;
	}
	c->patience = now_ms() + s->idle_ms;
	c->body_left -= (uint64_t)n;
	if (c->body_left == 0)
		handle(s, c);
	return true;
}

static bool next_request(struct serve_server *s, struct serve_connection *c)
{
	serve_answer_clear(&c->answer);
	buf_clear(&c->out);
	if (c->last)
		return false;
	enter(s, c, STATE_HEAD);
	if (c->head_len > 0)
		parse(s, c);
	return true;
}

static bool write_answer(struct serve_server *s, struct serve_connection *c)
{
	ssize_t n;

	if (c->out_at < c->out.len)
		n = send(c->fd, c->out.data + c->out_at, c->out.len - c->out_at, MSG_NOSIGNAL);
	else
		n = sendfile(c->fd, c->answer.file_fd, NULL,
		    c->file_left < SEND_MAX ? (size_t)c->file_left : SEND_MAX);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	c->patience = now_ms() + s->idle_ms;
	if (c->out_at < c->out.len)
		c->out_at += (size_t)n;
	else
		c->file_left -= (uint64_t)n;
	return c->out_at < c->out.len || c->file_left > 0 || next_request(s, c);
}

static bool serve_ready(struct serve_server *s, struct serve_connection *c)
{
	switch (c->state) {
	case STATE_HEAD:
		return read_head(s, c);
	case STATE_BODY:
		return read_body(s, c);
	case STATE_WRITE:
		return write_answer(s, c);
	}
	return false;
}

static void accept_one(struct serve_server *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int on = 1;

	for (size_t i = 0; fd >= 0 && i < CONNECTIONS_MAX; i++) {
		if (s->connections[i] != NULL)
			continue;
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		s->connections[i] = base_calloc(1, sizeof(struct serve_connection));
		*s->connections[i] =
		    (struct serve_connection){.fd = fd, .body_fd = -1, .answer = {.file_fd = -1}};
		enter(s, s->connections[i], STATE_HEAD);
		s->count++;
		return;
	}
	base_close_fd(&fd);
}

static void step(struct serve_server *s)
{
	struct pollfd p[CONNECTIONS_MAX + 1];
	int64_t now;

	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		const struct serve_connection *c = s->connections[i];

		p[i] = (struct pollfd){.fd = c != NULL ? c->fd : -1,
		    .events = c != NULL && c->state == STATE_WRITE ? POLLOUT : POLLIN};
	}
	/* A full house keeps further callers waiting in the backlog. */
	p[CONNECTIONS_MAX] =
	    (struct pollfd){.fd = s->count < CONNECTIONS_MAX ? s->listener : -1, .events = POLLIN};
	if (poll(p, CONNECTIONS_MAX + 1, 1000) < 0)
		return;
	now = now_ms();
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		struct serve_connection *c = s->connections[i];
		bool goes_on = true;

		if (c == NULL)
			continue;
		if (p[i].revents != 0)
			goes_on = serve_ready(s, c);
		else
			goes_on = now <= c->patience && now <= c->deadline;
		/* A state that has just begun has its own deadline, behind this. */
		if (now > c->deadline)
			goes_on = false;
		if (goes_on)
			continue;
		connection_free(c);
		s->connections[i] = NULL;
		s->count--;
	}
	if ((p[CONNECTIONS_MAX].revents & POLLIN) != 0)
		accept_one(s);
}

/* "127.0.0.1:8080" or "[::1]:8080" */
static int parse_bind(
    struct sockaddr_storage *out, socklen_t *size, const char *text, struct err *err)
{
	const char *colon = strrchr(text, ':');
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)out;
	char host[64] = "";
	unsigned long port;
	char *end = NULL;

	memset(out, 0, sizeof(*out));
	if (colon == NULL || (size_t)(colon - text) >= sizeof(host))
		return err_set(err, ERR_USAGE, "%s: not ADDRESS:PORT", text);
	memcpy(host, text, (size_t)(colon - text));
	port = strtoul(colon + 1, &end, 10);
	if (end == colon + 1 || *end != '\0' || port > 65535)
		return err_set(err, ERR_USAGE, "%s: not ADDRESS:PORT", text);
	if (host[0] == '[' && host[strlen(host) - 1] == ']') {
		host[strlen(host) - 1] = '\0';
		*v6 = (struct sockaddr_in6){
		    .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
		*size = sizeof(*v6);
		if (inet_pton(AF_INET6, host + 1, &v6->sin6_addr) == 1)
			return 0;
	} else {
		*v4 =
		    (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
		*size = sizeof(*v4);
		if (inet_pton(AF_INET, host, &v4->sin_addr) == 1)
			return 0;
	}
	return err_set(err, ERR_USAGE, "%s: not ADDRESS:PORT, with a numeric address", text);
}

static void tell_address(struct serve_server *s)
{
	struct sockaddr_storage at;
	socklen_t size = sizeof(at);
	char host[INET6_ADDRSTRLEN] = "", text[96];
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)&at;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)&at;

	memset(&at, 0, sizeof(at));
	if (s->api.o->ready == NULL || getsockname(s->listener, (struct sockaddr *)&at, &size) < 0)
		return;
	if (at.ss_family == AF_INET6) {
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
		(void)snprintf(text, sizeof(text), "http://[%s]:%u", host, ntohs(v6->sin6_port));
	} else {
		(void)inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
		(void)snprintf(text, sizeof(text), "http://%s:%u", host, ntohs(v4->sin_port));
	}
	s->api.o->ready(s->api.o->ctx, text);
}

static int start_listening(struct serve_server *s, struct err *err)
{
	const char *text = s->api.o->bind != NULL ? s->api.o->bind : "127.0.0.1:8080";
	struct sockaddr_storage at;
	socklen_t size = 0;
	int on = 1;
	int rc = parse_bind(&at, &size, text, err);

	if (rc < 0)
		return rc;
	s->listener = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->listener < 0)
		return err_sys(err, ERR_IO, "socket");
	(void)setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(s->listener, (struct sockaddr *)&at, size) < 0 || listen(s->listener, 128) < 0)
		return err_sys(err, ERR_IO, "%s", text);
	return 0;
}

static int open_data(struct serve_server *s, struct err *err)
{
	int rc = file_mkdirs(s->api.o->data, err);

	if (rc < 0)
		return rc;
	s->api.data_fd = open(s->api.o->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->api.data_fd < 0)
		return err_sys(err, ERR_IO, "%s", s->api.o->data);
	if (flock(s->api.data_fd, LOCK_EX | LOCK_NB) < 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(REG_CONFIG),
		    "%s: another process serves this folder", s->api.o->data);
	return 0;
}

static void server_clear(struct serve_server *s)
{
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		if (s->connections[i] != NULL)
			connection_free(s->connections[i]);
	}
	base_close_fd(&s->listener);
	base_close_fd(&s->api.data_fd);
}

int serve_run(const struct serve_options *options, struct err *err)
{
	CLEANUP(server_clear)
	struct serve_server s = {
	    .api = {.o = options, .data_fd = -1},
	    .listener = -1,
	    .idle_ms = options->idle_ms > 0 ? options->idle_ms : IDLE_MS,
	};
	int rc = open_data(&s, err);

	if (rc == 0)
		rc = serve_rebuild(&s.api, err);
	if (rc == 0)
		rc = start_listening(&s, err);
	if (rc < 0)
		return rc;
	tell_address(&s);
	while (options->stop == NULL || *options->stop == 0)
		step(&s);
	return 0;
}
