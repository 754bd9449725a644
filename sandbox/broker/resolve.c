/* SPDX-License-Identifier: MIT */
/*
 * Names to addresses. /etc/hosts comes first, then the name servers of /etc/resolv.conf, which are
 * asked for IPv4 and IPv6 at once. Both files are read before the broker confines itself. An answer
 * is kept for its time to live, at most a minute; each connection is pinned to what was decided for
 * it.
 */
#include "sandbox/broker/resolve.h"

#include "base/file.h"
#include "sandbox/broker/address.h"
#include "sandbox/broker/dns.h"
#include "sandbox/broker/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

#define HOSTS_MAX_BYTES (1u << 20)
#define SERVERS_MAX 3
#define ATTEMPT_MS 2000
#define ATTEMPTS 2
#define OTHER_FAMILY_MS 250 /* how long the second family may lag behind the first */
#define CACHE_MAX 64
#define CACHE_S 60

struct cached {
	char host[POLICY_HOST_MAX + 1];
	int64_t until_ns;
	struct broker_addresses list;
};

struct broker_resolver {
	struct buf hosts; /* text of /etc/hosts */
	struct sockaddr_storage servers[SERVERS_MAX];
	unsigned server_count;
	struct cached cache[CACHE_MAX];
	unsigned next;
};

struct broker_lookup {
	struct broker_task task; /* its watch is the socket of this attempt */
	char host[POLICY_HOST_MAX + 1];
	int64_t give_up_ns;
	unsigned attempt;
	uint16_t id[2];
	bool answered[2];
	unsigned rcode;
	struct broker_addresses list[2]; /* IPv4, IPv6 */
	uint32_t ttl;
	bool cut;       /* a datagram said that its answer did not fit */
	bool asked;     /* over TCP: both questions are sent */
	struct buf tcp; /* what came over TCP; empty before that */
	broker_resolved *done;
	void *arg;
};

static const enum broker_dns_type types[2] = {BROKER_DNS_A, BROKER_DNS_AAAA};

/* ---- files ---- */

static const char *next_line(const char *p)
{
	p += strcspn(p, "\n");
	return *p == '\n' ? p + 1 : p;
}

/* The next word of a line. @return its length, 0 at the end of the line. */
static size_t word(const char **p)
{
	*p += strspn(*p, " \t\r");
	return strcspn(*p, " \t\r\n#;");
}

static void add_server(struct broker_resolver *r, const char *text, size_t len)
{
	char copy[INET6_ADDRSTRLEN + 1];
	struct policy_address a;

	if (r->server_count == SERVERS_MAX || len >= sizeof(copy))
		return;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (policy_address_parse(&a, copy))
		(void)broker_address_to_socket(&r->servers[r->server_count++], &a, 53);
}

static void read_servers(struct broker_resolver *r, const char *text)
{
	for (const char *line = text; *line != '\0'; line = next_line(line)) {
		const char *p = line;
		size_t len = word(&p);

		if (len != 10 || memcmp(p, "nameserver", len) != 0)
			continue;
		p += len;
		len = word(&p);
		add_server(r, p, len);
	}
	if (r->server_count == 0)
		add_server(r, "127.0.0.1", 9);
}

bool broker_resolve_open(struct broker_server *s)
{
	struct broker_resolver *r = base_calloc(1, sizeof(*r));
	CLEANUP(buf_clear) struct buf conf = buf_init(HOSTS_MAX_BYTES);
	struct err ignored = {0};

	s->resolver = r;
	r->hosts = buf_init(HOSTS_MAX_BYTES);
	if (file_read(&r->hosts, "/etc/hosts", &ignored) < 0)
		buf_reset(&r->hosts);
	if (file_read(&conf, "/etc/resolv.conf", &ignored) < 0)
		buf_reset(&conf);
	read_servers(r, buf_str(&conf));
	return true;
}

static bool same_name(const char *host, const char *text, size_t len)
{
	return strlen(host) == len && strncasecmp(host, text, len) == 0;
}

static void add_address(struct broker_addresses *list, const struct policy_address *a)
{
	if (list->count < BROKER_ADDRESSES_MAX)
		list->at[list->count++] = *a;
}

/* A line holds an address and its names. Every line with the name counts. */
static void hosts_line(struct broker_addresses *list, const char *line, const char *host)
{
	char text[INET6_ADDRSTRLEN + 1];
	struct policy_address a;
	const char *p = line;
	size_t len = word(&p);

	if (len == 0 || len >= sizeof(text))
		return;
	memcpy(text, p, len);
	text[len] = '\0';
	if (!policy_address_parse(&a, text))
		return;
	for (p += len; (len = word(&p)) > 0; p += len) {
		if (same_name(host, p, len)) {
			add_address(list, &a);
			return;
		}
	}
}

static void from_hosts(
    struct broker_addresses *list, const struct broker_resolver *r, const char *host)
{
	const char *text = buf_str(&r->hosts);

	for (const char *line = text; *line != '\0'; line = next_line(line))
		hosts_line(list, line, host);
}

/* ---- what is known without asking ---- */

static struct cached *find_cached(struct broker_resolver *r, const char *host)
{
	for (unsigned i = 0; i < CACHE_MAX; i++) {
		if (strcmp(r->cache[i].host, host) == 0 && r->cache[i].until_ns > broker_now())
			return &r->cache[i];
	}
	return NULL;
}

static void cache_keep(
    struct broker_resolver *r, const char *host, const struct broker_addresses *list, uint32_t ttl)
{
	struct cached *c = find_cached(r, host);

	if (ttl == 0)
		return;
	if (c == NULL)
		c = &r->cache[r->next++ % CACHE_MAX];
	memcpy(c->host, host, strlen(host) + 1);
	c->until_ns = broker_now() + (int64_t)(ttl < CACHE_S ? ttl : CACHE_S) * 1000000000;
	c->list = *list;
}

static bool find_known(struct broker_addresses *list, struct broker_resolver *r, const char *host)
{
	static const struct policy_address loopback[] = {{{127, 0, 0, 1}, 4}, {{[15] = 1}, 16}};
	const struct cached *c;
	struct policy_address literal;
	size_t len = strlen(host);

	list->count = 0;
	if (policy_address_parse(&literal, host)) {
		add_address(list, &literal);
		return true;
	}
	from_hosts(list, r, host);
	if (list->count > 0)
		return true;
	if (strcmp(host, "localhost") == 0 ||
	    (len > 10 && strcmp(host + len - 10, ".localhost") == 0)) {
		add_address(list, &loopback[0]);
		add_address(list, &loopback[1]);
		return true;
	}
	c = find_cached(r, host);
	if (c != NULL)
		*list = c->list;
	return c != NULL;
}

/* ---- asking ---- */

static void lookup_attempt(struct broker_server *s, struct broker_lookup *l);

static void lookup_finish(struct broker_server *s, struct broker_lookup *l, const char *why)
{
	struct broker_addresses list = {0};
	broker_resolved *done = l->done;
	void *arg = l->arg;

	/* IPv6 and IPv4 take turns, so that whoever connects tries both early (RFC 8305) */
	for (unsigned i = 0; i < BROKER_ADDRESSES_MAX; i++) {
		for (int family = 1; family >= 0; family--) {
			if (i < l->list[family].count)
				add_address(&list, &l->list[family].at[i]);
		}
	}
	if (s->resolving == l)
		s->resolving = NULL;
	if (list.count > 0)
		cache_keep(s->resolver, l->host, &list, l->ttl);
	else if (why == NULL)
		why = l->rcode == 3 ? "no such name" : "the name has no address";
	broker_task_end(s, &l->task);
	done(s, arg, &list, list.count > 0 ? NULL : why);
}

static void take_answer(struct broker_lookup *l, int family, const struct broker_dns_answer *a)
{
	l->answered[family] = true;
	if (a->rcode != 0)
		l->rcode = a->rcode;
	l->list[family] = a->list;
	if (a->list.count > 0 && (l->ttl == 0 || a->ttl < l->ttl))
		l->ttl = a->ttl;
}

static void read_answer(struct broker_lookup *l, const void *bytes, size_t len)
{
	struct broker_dns_answer answer;

	for (int family = 0; family < 2; family++) {
		if (l->answered[family] || !broker_dns_answer_parse(&answer, bytes, len,
					       l->id[family], l->host, types[family]))
			continue;
		if (answer.truncated && answer.list.count == 0 && !l->asked)
			l->cut = true;
		else
			take_answer(l, family, &answer);
	}
}

static void read_answers(struct broker_lookup *l)
{
	unsigned char bytes[BROKER_DNS_ANSWER_MAX];
	ssize_t n;

	/* a bounded number of them: the deadline ends a flood */
	for (int i = 0; i < 16; i++) {
		n = recv(l->task.watch.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (n <= 0)
			return;
		read_answer(l, bytes, (size_t)n);
	}
}

/* ---- over TCP, when an answer did not fit into a datagram. Source: RFC 7766 ---- */

static socklen_t size_of(const struct sockaddr_storage *at)
{
	return at->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

/* Send both questions, each with its length before it. @return false when they do not leave at
 * once. */
static bool send_questions(struct broker_lookup *l)
{
	unsigned char both[2 * (2 + BROKER_DNS_QUERY_MAX)];
	size_t used = 0;

	for (int family = 0; family < 2; family++) {
		size_t n =
		    broker_dns_question(both + used + 2, l->id[family], l->host, types[family]);

		both[used] = (unsigned char)(n >> 8);
		both[used + 1] = (unsigned char)n;
		used += 2 + n;
	}
	l->asked = true;
	return send(l->task.watch.fd, both, used, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)used;
}

/* @return false when the connection is over. */
static bool read_stream(struct broker_lookup *l)
{
	unsigned char bytes[BROKER_DNS_ANSWER_MAX];
	ssize_t n = recv(l->task.watch.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	size_t at = 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return false;
	buf_add(&l->tcp, bytes, (size_t)n);
	while (l->tcp.len - at >= 2) {
		const unsigned char *p = (const unsigned char *)l->tcp.data + at;
		size_t len = (size_t)p[0] << 8 | p[1];

		if (l->tcp.len - at - 2 < len)
			break;
		read_answer(l, p + 2, len);
		at += 2 + len;
	}
	return !l->tcp.overflow;
}

static void lookup_settle(struct broker_server *s, struct broker_lookup *l);
static void attempt_over(struct broker_server *s, struct broker_task *task);

static void stream_ready(struct broker_server *s, struct broker_watch *w, uint32_t events)
{
	struct broker_lookup *l = (struct broker_lookup *)w;

	(void)events;
	if (!l->asked && send_questions(l))
		broker_watch(s, w, EPOLLIN);
	else if (!read_stream(l) && !(l->answered[0] && l->answered[1]))
		attempt_over(s, &l->task);
	else
		lookup_settle(s, l);
}

/* Ask the same server the same questions again, over TCP. @return false when it cannot be reached.
 */
static bool over_tcp(struct broker_server *s, struct broker_lookup *l)
{
	const struct broker_resolver *r = s->resolver;
	const struct sockaddr_storage *to = &r->servers[(l->attempt - 1) % r->server_count];

	broker_watch(s, &l->task.watch, 0);
	base_close_fd(&l->task.watch.fd);
	l->task.watch.fd =
	    socket(to->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	l->task.watch.ready = stream_ready;
	l->cut = l->asked = false;
	buf_clear(&l->tcp);
	l->tcp = buf_init((size_t)2 * (2 + 65535));
	if (l->task.watch.fd < 0 ||
	    (connect(l->task.watch.fd, (const struct sockaddr *)to, size_of(to)) < 0 &&
		errno != EINPROGRESS))
		return false;
	l->task.deadline_ns = broker_now() + ATTEMPT_MS * BROKER_NS_PER_MS;
	if (l->task.deadline_ns > l->give_up_ns)
		l->task.deadline_ns = l->give_up_ns;
	broker_watch(s, &l->task.watch, EPOLLOUT);
	return true;
}

static void lookup_drop(struct broker_server *s, struct broker_task *task)
{
	(void)s;
	buf_clear(&((struct broker_lookup *)task)->tcp);
}

/* Called after every answer: is there enough to finish? */
static void lookup_settle(struct broker_server *s, struct broker_lookup *l)
{
	int64_t soon = broker_now() + OTHER_FAMILY_MS * BROKER_NS_PER_MS;

	if (l->answered[0] && l->answered[1]) {
		/* after SERVFAIL or REFUSED the next server may still know */
		if (l->list[0].count + l->list[1].count == 0 && l->rcode != 0 && l->rcode != 3)
			lookup_attempt(s, l);
		else
			lookup_finish(s, l, NULL);
	} else if ((l->list[0].count > 0 || l->list[1].count > 0) && l->task.deadline_ns > soon) {
		l->task.deadline_ns = soon;
	}
}

static void answer_ready(struct broker_server *s, struct broker_watch *w, uint32_t events)
{
	struct broker_lookup *l = (struct broker_lookup *)w;

	(void)events;
	read_answers(l);
	if (!l->cut)
		lookup_settle(s, l);
	else if (!over_tcp(s, l))
		lookup_attempt(s, l);
}

static bool lookup_ask(struct broker_lookup *l, const struct sockaddr_storage *to)
{
	unsigned char query[BROKER_DNS_QUERY_MAX];
	size_t n;

	if (getrandom(l->id, sizeof(l->id), 0) != (ssize_t)sizeof(l->id))
		return false;
	l->task.watch.fd = socket(to->ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->task.watch.fd < 0 ||
	    connect(l->task.watch.fd, (const struct sockaddr *)to, size_of(to)) < 0)
		return false;
	for (int family = 0; family < 2; family++) {
		n = broker_dns_question(query, l->id[family], l->host, types[family]);
		if (send(l->task.watch.fd, query, n, MSG_NOSIGNAL) != (ssize_t)n)
			return false;
	}
	return true;
}

/* Ask the next server, with a new socket and new numbers. */
static void lookup_attempt(struct broker_server *s, struct broker_lookup *l)
{
	const struct broker_resolver *r = s->resolver;
	int64_t now = broker_now();

	for (;;) {
		broker_watch(s, &l->task.watch, 0);
		base_close_fd(&l->task.watch.fd);
		l->task.watch.fd = -1;
		if (l->attempt == r->server_count * ATTEMPTS || now >= l->give_up_ns) {
			lookup_finish(s, l,
			    l->rcode != 0 ? "the name server failed" : "no name server answered");
			return;
		}
		l->answered[0] = l->answered[1] = l->cut = l->asked = false;
		l->rcode = 0;
		l->task.watch.ready = answer_ready;
		if (lookup_ask(l, &r->servers[l->attempt++ % r->server_count]))
			break;
	}
	l->task.deadline_ns = now + ATTEMPT_MS * BROKER_NS_PER_MS;
	if (l->task.deadline_ns > l->give_up_ns)
		l->task.deadline_ns = l->give_up_ns;
	broker_watch(s, &l->task.watch, EPOLLIN);
}

static void attempt_over(struct broker_server *s, struct broker_task *task)
{
	struct broker_lookup *l = (struct broker_lookup *)task;

	if (l->list[0].count + l->list[1].count > 0)
		lookup_finish(s, l, NULL);
	else
		lookup_attempt(s, l);
}

struct broker_lookup *broker_resolve_start(struct broker_server *s, const char *host,
    int64_t deadline_ns, broker_resolved *done, void *arg)
{
	unsigned char query[BROKER_DNS_QUERY_MAX];
	struct broker_addresses list = {0};
	int64_t latest = broker_now() + BROKER_RESOLVE_MS * BROKER_NS_PER_MS;
	struct broker_lookup *l;

	if (find_known(&list, s->resolver, host)) {
		done(s, arg, &list, NULL);
		return NULL;
	}
	if (broker_dns_question(query, 0, host, BROKER_DNS_A) == 0) {
		done(s, arg, &list, "not a domain name");
		return NULL;
	}
	l = base_calloc(1, sizeof(*l));
	l->task.watch.fd = -1;
	l->task.timeout = attempt_over;
	l->task.drop = lookup_drop;
	l->done = done;
	l->arg = arg;
	memcpy(l->host, host, strlen(host) + 1);
	l->give_up_ns = deadline_ns < latest ? deadline_ns : latest;
	broker_task_join(s, &l->task);
	/* the attempt may finish at once and free the look-up; then `resolving` is NULL */
	s->resolving = l;
	lookup_attempt(s, l);
	l = s->resolving;
	s->resolving = NULL;
	return l;
}

void broker_resolve_cancel(struct broker_server *s, struct broker_lookup *l)
{
	broker_task_end(s, &l->task);
}
