/* SPDX-License-Identifier: MIT */
/*
 * What the broker does for sockets: every kind of request with its results and codes, and that each
 * switch of the policy holds for each kind. Source: docs/format/net-heads.md.
 */
#include "tests/net/talk.h"
#include "tests/support/support.h"

#include "policy/net.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const allowed[] = {"good.test:7,81,443,444,445,446,447,4007",
    "93.184.216.34:7,4007", "nobody.test:7", "missing.test:7", "private.test:7", "huge.test:7",
    "wide.test:7", "localhost:7", "127.0.0.1:7,5000,5001", "[::1]:7,5001", NULL};

static struct talk talk;

static void setup(void)
{
	talk_start(&talk, allowed);
}

static struct broker_log *finish(void)
{
	return talk_finish(&talk);
}

/* A request about an address, with the rest behind it. */
static void ask(struct talk_reply *r, uint32_t kind, uint32_t a, const char *host, uint32_t port,
    const struct buf *rest)
{
	CLEANUP(buf_clear) struct buf payload = buf_init(RT_NET_PAYLOAD_MAX);
	size_t addr;

	talk_addr(&payload, host, port);
	addr = payload.len;
	if (rest != NULL && rest->len > 0)
		buf_add(&payload, rest->data, rest->len);
	talk_ask(&talk, r, kind, a, (uint32_t)addr, &payload);
	ck_assert(!r->ended);
}

static void must_echo(int fd, const char *text)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char got[64] = "";
	size_t len = strlen(text), n = 0;

	ck_assert_int_eq(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
	while (n < len) {
		ck_assert_int_eq(poll(&p, 1, 5000), 1);
		ck_assert_int_eq(recv(fd, got + n, 1, 0), 1);
		n++;
	}
	ck_assert_str_eq(got, text);
}

/* ---- TCP ---- */

static const struct {
	const char *host;
	uint32_t port, ms, code;
} connects[] = {
    {"93.184.216.34", 7, 5000, RT_NET_OK},
    {"good.test", 7, 5000, RT_NET_OK},
    {"localhost", 7, 5000, RT_NET_OK},
    {"::1", 7, 5000, RT_NET_OK},
    {"::ffff:127.0.0.1", 7, 5000, RT_NET_OK},
    {"good.test", 81, 5000, RT_NET_NO_CONNECTION},
    {"good.test", 80, 5000, RT_NET_DENIED},
    {"good.test", 0, 5000, RT_NET_DENIED},
    {"other.test", 7, 5000, RT_NET_DENIED},
    {"10.1.2.3", 7, 5000, RT_NET_DENIED},
    {"::ffff:10.1.2.3", 7, 5000, RT_NET_DENIED},
    {"private.test", 7, 5000, RT_NET_DENIED},
    {"missing.test", 7, 5000, RT_NET_NO_NAME},
};

START_TEST(tcp_connect_ends_with_its_code)
{
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};
	AUTO_FREE struct broker_log *log = NULL;

	ask(&r, RT_NET_CONNECT, connects[_i].ms, connects[_i].host, connects[_i].port, NULL);
	ck_assert_msg(r.code == connects[_i].code, "%s:%u: code %u, not %u", connects[_i].host,
	    connects[_i].port, r.code, connects[_i].code);
	ck_assert((r.fd >= 0) == (r.code == RT_NET_OK));
	if (r.fd >= 0)
		must_echo(r.fd, "over and back");
	log = finish();
	ck_assert_uint_eq(log->used, 1);
	ck_assert_uint_eq(log->entry[0].code, connects[_i].code);
	ck_assert_uint_eq(log->entry[0].port, connects[_i].port);
}
END_TEST

/* ---- TLS ---- */

#define U32(x) x "\0\0\0"
#define CONFIG(verify, len, name) U32("\1") U32(verify) U32(len) name U32("\0")
#define TLS_ROW(host, port, config, code)                                                          \
	{                                                                                          \
		host, config, sizeof(config) - 1, port, code                                       \
	}

static const struct {
	const char *host, *config;
	size_t len;
	uint32_t port, code;
} tls[] = {
    TLS_ROW("good.test", 4007, "", RT_NET_OK),
    TLS_ROW("good.test", 4007, CONFIG("\1", "\0", ""), RT_NET_OK),
    TLS_ROW("93.184.216.34", 4007, CONFIG("\1", "\x9", "good.test"), RT_NET_OK),
    TLS_ROW("93.184.216.34", 4007, "", RT_NET_INVALID),
    TLS_ROW("93.184.216.34", 4007, CONFIG("\1", "\x7", "1.2.3.4"), RT_NET_NO_TLS),
    TLS_ROW("good.test", 4007, CONFIG("\1", "\xa", "other.test"), RT_NET_NO_TLS),
    TLS_ROW("good.test", 444, "", RT_NET_NO_TLS),
    TLS_ROW("good.test", 445, "", RT_NET_NO_TLS),
    TLS_ROW("good.test", 446, "", RT_NET_NO_TLS),
    TLS_ROW("good.test", 447, "", RT_NET_NO_TLS),
    /* verification is not the program's to switch off */
    TLS_ROW("good.test", 4007, CONFIG("\0", "\0", ""), RT_NET_OK),
    TLS_ROW("good.test", 444, CONFIG("\0", "\0", ""), RT_NET_NO_TLS),
    TLS_ROW("good.test", 445, CONFIG("\0", "\0", ""), RT_NET_NO_TLS),
    TLS_ROW("good.test", 447, CONFIG("\0", "\x9", "good.test"), RT_NET_NO_TLS),
    TLS_ROW("good.test", 7, "", RT_NET_NO_TLS),
    TLS_ROW("other.test", 443, "", RT_NET_DENIED),
};

START_TEST(tls_connect_ends_with_its_code)
{
	CLEANUP(buf_clear) struct buf config = buf_init(256);
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};
	AUTO_FREE struct broker_log *log = NULL;

	buf_add(&config, tls[_i].config, tls[_i].len);
	ask(&r, RT_NET_TLS, 5000, tls[_i].host, tls[_i].port, &config);
	ck_assert_msg(r.code == tls[_i].code, "%s:%u: code %u, not %u", tls[_i].host, tls[_i].port,
	    r.code, tls[_i].code);
	ck_assert((r.fd >= 0) == (r.code == RT_NET_OK));
	if (r.fd >= 0)
		must_echo(r.fd, "over and back");
	log = finish();
	if (r.code == RT_NET_OK) {
		const struct broker_entry *e = talk_entry(log, BROKER_OP_TLS, BROKER_ALLOWED);

		ck_assert_uint_ge(e->tls, 0x0303);
		ck_assert_uint_eq(e->bytes_in, 13);
		ck_assert_uint_eq(e->bytes_out, 13);
	}
}
END_TEST

#define LONG_BYTES 1000000u

/* Everything that was written arrives, though the program closes at once and does not read. */
START_TEST(bytes_written_before_the_end_of_a_tls_stream_arrive)
{
	AUTO_FREE unsigned char *data = base_calloc(1, LONG_BYTES);
	AUTO_FREE struct broker_log *log = NULL;
	struct talk_reply r;
	size_t sent = 0;

	ask(&r, RT_NET_TLS, 5000, "good.test", 4007, NULL);
	ck_assert_uint_eq(r.code, RT_NET_OK);
	while (sent < LONG_BYTES) {
		struct pollfd p = {.fd = r.fd, .events = POLLIN | POLLOUT};
		char sink[65536];
		ssize_t n;

		ck_assert_int_gt(poll(&p, 1, 5000), 0);
		if (p.revents & POLLIN) /* an echo that nobody reads would stop the server */
			ck_assert_int_gt(recv(r.fd, sink, sizeof(sink), MSG_DONTWAIT), 0);
		n = send(r.fd, data + sent, LONG_BYTES - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		sent += n > 0 ? (size_t)n : 0;
	}
	close(r.fd);
	r.fd = -1;
	if (_i == 0) /* as the runtime says it; or the program just ends */
		(void)talk_send(&talk, RT_NET_CLOSE, r.value, 0, NULL, 0);
	talk_reply_clear(&r);
	log = finish();
	ck_assert_uint_eq(talk_entry(log, BROKER_OP_TLS, BROKER_ALLOWED)->bytes_out, LONG_BYTES);
}
END_TEST

/* The end that the server announced, and the end that somebody made. */
START_TEST(cut_tls_stream_does_not_look_like_its_end)
{
	static const char *const requests[] = {
	    "GET /nothing HTTP/1.1\r\n\r\n", "GET /reset HTTP/1.1\r\n\r\n"};
	char sink[256];
	struct talk_reply r, status;
	ssize_t n;

	ask(&r, RT_NET_TLS, 5000, "good.test", 443, NULL);
	ck_assert_uint_eq(r.code, RT_NET_OK);
	ck_assert_int_gt(send(r.fd, requests[_i], strlen(requests[_i]), MSG_NOSIGNAL), 0);
	do {
		struct pollfd p = {.fd = r.fd, .events = POLLIN};

		ck_assert_int_eq(poll(&p, 1, 5000), 1);
		n = recv(r.fd, sink, sizeof(sink), 0);
	} while (n > 0);
	/* nothing can be written any more, and how it ended is still known */
	ck_assert_int_lt(send(r.fd, "x", 1, MSG_NOSIGNAL), 0);
	talk_wait(&talk, &status, talk_send(&talk, RT_NET_STATUS, r.value, 0, NULL, 0));
	if (_i == 0)
		ck_assert_uint_eq(status.code, RT_NET_OK);
	else
		ck_assert_uint_ne(status.code, RT_NET_OK);
	talk_reply_clear(&status);
	talk_reply_clear(&r);
	base_free_ptr(&(struct broker_log *){finish()});
}
END_TEST

/* ---- listening ---- */

static const struct {
	const char *host;
	uint32_t port, code;
} listens[] = {
    {"127.0.0.1", 5000, RT_NET_OK},
    {"::1", 5001, RT_NET_OK},
    {"127.0.0.1", 7, RT_NET_NO_CONNECTION}, /* taken */
    {"127.0.0.1", 5002, RT_NET_DENIED},
    {"127.0.0.1", 0, RT_NET_DENIED},
    {"0.0.0.0", 5000, RT_NET_DENIED},
};

START_TEST(listening_is_for_listed_addresses)
{
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};
	CLEANUP(buf_clear) struct buf bound = buf_init(64);

	ask(&r, RT_NET_LISTEN, 0, listens[_i].host, listens[_i].port, NULL);
	ck_assert_msg(r.code == listens[_i].code, "%s:%u: code %u, not %u", listens[_i].host,
	    listens[_i].port, r.code, listens[_i].code);
	ck_assert((r.fd >= 0) == (r.code == RT_NET_OK));
	if (r.fd >= 0) {
		talk_addr(&bound, listens[_i].host, listens[_i].port);
		ck_assert_uint_eq(r.body.len, bound.len);
		ck_assert_mem_eq(r.body.data, bound.data, bound.len);
	}
	base_free_ptr(&(struct broker_log *){finish()});
}
END_TEST

/* ---- names ---- */

static const struct {
	const char *name;
	uint32_t port, code, count;
} lookups[] = {
    {"good.test", 7, RT_NET_OK, 1},
    {"GOOD.TEST", 7, RT_NET_OK, 1},
    {"huge.test", 7, RT_NET_OK, 64},
    {"wide.test", 7, RT_NET_OK, 64},
    {"localhost", 7, RT_NET_OK, 2},
    {"missing.test", 7, RT_NET_NO_NAME, 0},
    {"private.test", 7, RT_NET_DENIED, 0},
    {"good.test", 9, RT_NET_DENIED, 0},
    {"other.test", 7, RT_NET_DENIED, 0},
};

START_TEST(look_up_ends_with_its_code)
{
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};

	talk_wait(&talk, &r,
	    talk_send(&talk, RT_NET_DNS, lookups[_i].port, 0, lookups[_i].name,
		strlen(lookups[_i].name)));
	ck_assert_msg(r.code == lookups[_i].code, "%s: code %u, not %u", lookups[_i].name, r.code,
	    lookups[_i].code);
	ck_assert_uint_eq(r.code == RT_NET_OK ? r.value : 0, lookups[_i].count);
	base_free_ptr(&(struct broker_log *){finish()});
}
END_TEST

/* ---- UDP ---- */

static uint32_t bind_udp(const char *host, uint32_t port)
{
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};

	ask(&r, RT_NET_UDP_BIND, 0, host, port, NULL);
	ck_assert_uint_eq(r.code, RT_NET_OK);
	ck_assert_int_lt(r.fd, 0); /* never a descriptor: it could be aimed anywhere */
	ck_assert_uint_ne(r.value, 0);
	return r.value;
}

static uint32_t send_udp(uint32_t sock, const char *host, uint32_t port, size_t len)
{
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};
	CLEANUP(buf_clear) struct buf data = buf_init(RT_NET_PAYLOAD_MAX);

	for (size_t i = 0; i < len; i++)
		buf_putc(&data, 'd');
	ask(&r, RT_NET_UDP_SEND, sock, host, port, &data);
	if (r.code == RT_NET_OK)
		ck_assert_uint_eq(r.value, len);
	return r.code;
}

START_TEST(datagrams_pass_the_policy_one_by_one)
{
	uint32_t sock = bind_udp("127.0.0.1", 5000);
	CLEANUP(buf_clear) struct buf from = buf_init(64);
	AUTO_FREE struct broker_log *log = NULL;
	struct talk_reply r;

	ck_assert_uint_eq(send_udp(sock, "127.0.0.1", 7, 3), RT_NET_OK);
	talk_wait(&talk, &r, talk_send(&talk, RT_NET_UDP_RECV, sock, 5000, NULL, 0));
	ck_assert_uint_eq(r.code, RT_NET_OK);
	buf_put_u32le(&from, 16);
	talk_addr(&from, "127.0.0.1", 7);
	buf_puts(&from, "ddd");
	ck_assert_uint_eq(r.body.len, from.len);
	ck_assert_mem_eq(r.body.data, from.data, from.len);
	talk_reply_clear(&r);
	ck_assert_uint_eq(send_udp(sock, "10.1.2.3", 7, 3), RT_NET_DENIED);
	ck_assert_uint_eq(send_udp(sock, "127.0.0.1", 53, 3), RT_NET_DENIED);
	ck_assert_uint_eq(send_udp(sock, "private.test", 7, 3), RT_NET_DENIED);
	ck_assert_uint_eq(send_udp(sock, "localhost", 7, 0), RT_NET_OK);
	ck_assert_uint_eq(send_udp(sock, "missing.test", 7, 3), RT_NET_NO_NAME);
	ck_assert_uint_eq(send_udp(sock, "::1", 7, 3), RT_NET_NO_CONNECTION); /* other family */
	ck_assert_uint_eq(send_udp(sock, "127.0.0.1", 7, 65508), RT_NET_TOO_LARGE);
	ck_assert_uint_eq(send_udp(sock + 1, "127.0.0.1", 7, 3), RT_NET_INVALID);
	log = finish();
	ck_assert_uint_eq(
	    talk_entry(log, BROKER_OP_UDP, BROKER_DENIED_POLICY)->code, RT_NET_DENIED);
}
END_TEST

START_TEST(receiving_waits_once_and_ends_with_its_code)
{
	uint32_t sock = bind_udp("::1", 5001), first;
	struct talk_reply r;

	talk_wait(&talk, &r, talk_send(&talk, RT_NET_UDP_RECV, sock, 50, NULL, 0));
	ck_assert_uint_eq(r.code, RT_NET_TIMEOUT);
	talk_reply_clear(&r);
	first = talk_send(&talk, RT_NET_UDP_RECV, sock, 30000, NULL, 0);
	talk_wait(&talk, &r, talk_send(&talk, RT_NET_UDP_RECV, sock, 30000, NULL, 0));
	ck_assert_uint_eq(r.code, RT_NET_INVALID);
	talk_reply_clear(&r);
	(void)talk_send(&talk, RT_NET_CLOSE, sock, 0, NULL, 0);
	talk_wait(&talk, &r, first);
	ck_assert_uint_eq(r.code, RT_NET_INVALID);
	talk_reply_clear(&r);
	talk_wait(&talk, &r, talk_send(&talk, RT_NET_UDP_RECV, sock, 50, NULL, 0));
	ck_assert_uint_eq(r.code, RT_NET_INVALID);
	talk_reply_clear(&r);
	ask(&r, RT_NET_UDP_BIND, 0, "127.0.0.1", 7, NULL);
	ck_assert_uint_eq(r.code, RT_NET_NO_CONNECTION); /* taken */
	talk_reply_clear(&r);
	ask(&r, RT_NET_UDP_BIND, 0, "127.0.0.1", 5003, NULL);
	ck_assert_uint_eq(r.code, RT_NET_DENIED);
	talk_reply_clear(&r);
	base_free_ptr(&(struct broker_log *){finish()});
}
END_TEST

/* ---- every switch of the policy, for every kind ---- */

enum { NET = 1, DNS = 2, TCP = 4, UDP = 8 };

static const struct {
	uint32_t kind, off; /* which switches refuse it */
	const char *host;
} kinds[] = {
    {RT_NET_HTTP, NET | DNS | TCP, "good.test"},
    {RT_NET_DNS, NET | DNS, "good.test"},
    {RT_NET_CONNECT, NET | TCP, "93.184.216.34"},
    {RT_NET_CONNECT, NET | TCP | DNS, "good.test"},
    {RT_NET_TLS, NET | TCP | DNS, "good.test"},
    {RT_NET_LISTEN, NET | TCP, "127.0.0.1"},
    {RT_NET_UDP_BIND, NET | UDP, "127.0.0.1"},
};

static void start_without(unsigned off)
{
	static uint16_t ports[] = {7, 5000};
	static struct policy_host hosts[] = {{.host = "good.test", .ports = ports, .port_count = 2},
	    {.host = "93.184.216.34", .ports = ports, .port_count = 2},
	    {.host = "127.0.0.1", .ports = ports, .port_count = 2}};
	const struct policy_net net = {.enabled = !(off & NET),
	    .allow_dns = !(off & DNS),
	    .allow_tcp = !(off & TCP),
	    .allow_udp = !(off & UDP),
	    .hosts = hosts,
	    .host_count = 3};

	talk_start_policy(&talk, &net);
}

START_TEST(switch_of_the_policy_refuses_its_kinds)
{
	static const char *const urls[] = {"http://good.test:7/"};
	unsigned off = 1u << _i;

	start_without(off);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		uint32_t port = strcmp(kinds[i].host, "127.0.0.1") == 0 ? 5000 : 7;
		struct talk_reply r;

		if (kinds[i].kind == RT_NET_HTTP)
			talk_http(&talk, &r, &(struct talk_http){.url = urls[0], .timeout_s = 1});
		else if (kinds[i].kind == RT_NET_DNS)
			talk_wait(&talk, &r,
			    talk_send(
				&talk, RT_NET_DNS, port, 0, kinds[i].host, strlen(kinds[i].host)));
		else
			ask(&r, kinds[i].kind, 1000, kinds[i].host, port, NULL);
		ck_assert_msg((r.code == RT_NET_DENIED) == ((kinds[i].off & off) != 0),
		    "kind %u without %u: code %u", kinds[i].kind, off, r.code);
		talk_reply_clear(&r);
	}
	base_free_ptr(&(struct broker_log *){finish()});
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/sockets");
	TCase *t = tcase_create("all"), *own = tcase_create("own policy");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, tcp_connect_ends_with_its_code, 0, (int)ARRAY_LEN(connects));
	tcase_add_loop_test(t, tls_connect_ends_with_its_code, 0, (int)ARRAY_LEN(tls));
	tcase_add_loop_test(t, bytes_written_before_the_end_of_a_tls_stream_arrive, 0, 2);
	tcase_add_loop_test(t, cut_tls_stream_does_not_look_like_its_end, 0, 2);
	tcase_add_loop_test(t, listening_is_for_listed_addresses, 0, (int)ARRAY_LEN(listens));
	tcase_add_loop_test(t, look_up_ends_with_its_code, 0, (int)ARRAY_LEN(lookups));
	tcase_add_test(t, datagrams_pass_the_policy_one_by_one);
	tcase_add_test(t, receiving_waits_once_and_ends_with_its_code);
	suite_add_tcase(s, t);
	tcase_set_timeout(own, 60);
	tcase_add_loop_test(own, switch_of_the_policy_refuses_its_kinds, 0, 4);
	suite_add_tcase(s, own);
	return s;
}

int main(void)
{
	return test_main(suite());
}
