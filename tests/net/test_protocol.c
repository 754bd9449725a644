/* SPDX-License-Identifier: MIT */
/*
 * Frames that no library would send end the conversation and are reported; whatever a program can
 * cause through the library is answered. Source: docs/decisions/network-broker.md.
 */
#include "tests/net/talk.h"
#include "tests/support/support.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const allowed[] = {
    "good.test:80,443,7", "93.184.216.34:7", "silent.test:80", NULL};

#define KIND(k) k "\0\0\0"
#define ID "\1\0\0\0"
#define ZERO "\0\0\0\0"
#define ONE "\1\0\0\0"
#define PORT80 "\x50\0\0\0"
#define V4 ONE ONE PORT80 "\x5d\xb8\xd8\x22"
#define NAME(len, text) ONE "\3\0\0\0" PORT80 len "\0\0\0" text
#define ROW(bytes, note)                                                                           \
	{                                                                                          \
		bytes, sizeof(bytes) - 1, note                                                     \
	}

/* Kinds: \1 HTTP, \2 MORE, \3 DNS, \4 CONNECT, \5 TLS, \6 LISTEN, \7 UDP_BIND, \x8 UDP_SEND,
   \x9 UDP_RECV, \xa CLOSE, \xb STATUS */
static const struct {
	const char *bytes;
	size_t len;
	const char *note;
} attempts[] = {
    ROW("", "a frame is too short"),
    ROW("x", "a frame is too short"),
    ROW(KIND("\3") ID PORT80, "a frame is too short"),
    ROW(KIND("\3") ZERO PORT80 ZERO "good.test", "a request without a number"),
    ROW(ZERO ID ZERO ZERO, "an unknown kind of frame"),
    ROW(KIND("\xc") ID ZERO ZERO, "an unknown kind of frame"),
    ROW("\xff\xff\xff\xff" ID ZERO ZERO, "an unknown kind of frame"),
    ROW("\1\0\0\x80" ID ZERO ZERO, "an unknown kind of frame"),
    /* answers, forged */
    ROW(KIND("\x40") ID "\xc8\0\0\0" ZERO ZERO ZERO, "an unknown kind of frame"),
    ROW(KIND("\x41") ID ZERO ZERO, "an unknown kind of frame"),
    ROW(KIND("\x42") ID ZERO ZERO "body", "an unknown kind of frame"),
    ROW(KIND("\x43") ID ZERO ZERO, "an unknown kind of frame"),
    /* addresses */
    ROW(KIND("\4") ID ZERO ZERO, "not an address"),
    ROW(KIND("\4") ID ZERO ZERO "\2\0\0\0" ONE PORT80 "\1\2\3\4", "not an address"),
    ROW(KIND("\4") ID ZERO ZERO ONE "\x9\0\0\0" PORT80 "\1\2\3\4", "not an address"),
    ROW(KIND("\4") ID ZERO ZERO ONE ONE "\0\0\1\0"
					"\1\2\3\4",
	"not an address"),
    ROW(KIND("\4") ID ZERO ZERO ONE ONE PORT80 "\1\2\3", "not an address"),
    ROW(KIND("\4") ID ZERO ZERO V4 "x", "not an address"),
    ROW(KIND("\4") ID ZERO ZERO ONE "\2\0\0\0" PORT80 "0123456789abcde", "not an address"),
    ROW(KIND("\4") ID ZERO ZERO NAME("\0", ""), "not an address"),
    ROW(KIND("\4") ID ZERO ZERO NAME("\5", "good"), "not an address"),
    ROW(KIND("\4") ID ZERO ZERO NAME("\3", "good"), "not an address"),
    ROW(KIND("\4") ID ZERO ZERO NAME("\4", "go\0d"), "not an address"),
    ROW(KIND("\4") ID ZERO ZERO ONE "\3\0\0\0" PORT80 "\xff\xff\xff\xff"
				    "good",
	"not an address"),
    ROW(KIND("\6") ID ZERO ZERO NAME("\4", "good"), "not an address"),
    ROW(KIND("\7") ID ZERO ZERO NAME("\4", "good"), "not an address"),
    ROW(KIND("\x8") ID ONE ZERO V4 "data", "not an address"),
    ROW(KIND("\x8") ID ONE "\x11\0\0\0" V4 "data", "not an address"),
    ROW(KIND("\x8") ID ONE "\xff\xff\xff\xff" V4 "data", "not an address"),
    /* TLS */
    ROW(KIND("\5") ID ZERO ZERO V4, "not an address"),
    ROW(KIND("\5") ID ZERO "\x10\0\0\0" V4 "short", "not a TLS configuration"),
    ROW(KIND("\5") ID ZERO "\x10\0\0\0" V4 "\2\0\0\0" ONE ZERO ZERO, "not a TLS configuration"),
    ROW(KIND("\5") ID ZERO "\x10\0\0\0" V4 ONE "\2\0\0\0" ZERO ZERO, "not a TLS configuration"),
    ROW(KIND("\5") ID ZERO "\x10\0\0\0" V4 ONE ONE "\1\0\0\0" ZERO, "not a TLS configuration"),
    ROW(KIND("\5") ID ZERO "\x10\0\0\0" V4 ONE ONE "\1\0\0\0"
			   "\0" ZERO,
	"not a TLS configuration"),
    ROW(KIND("\5") ID ZERO "\x10\0\0\0" V4 ONE ONE ZERO ONE, "not a TLS configuration"),
    ROW(KIND("\5") ID ZERO "\x10\0\0\0" V4 ONE ONE "\xff\xff\xff\xff" ZERO,
	"not a TLS configuration"),
    /* HTTP */
    ROW(KIND("\1") ID "\xff\xff\xff\xff" ZERO "x", "an HTTP request is too long"),
    ROW(KIND("\1") ID ONE ZERO "xx", "an HTTP request is too long"),
    ROW(KIND("\1") ID ONE "\0\0\0\x80"
			  "x",
	"an HTTP request is too long"),
    ROW(KIND("\1") ID ONE ZERO, "an empty part of an HTTP request"),
    ROW(KIND("\2") ID ZERO ZERO, "an empty part of an HTTP request"),
    /* names */
    ROW(KIND("\3") ID ZERO ZERO "good.test", "not a look-up"),
    ROW(KIND("\3") ID "\0\0\1\0" ZERO "good.test", "not a look-up"),
    ROW(KIND("\3") ID PORT80 ZERO, "not a look-up"),
    ROW(KIND("\3") ID PORT80 ZERO "good\0test", "not a look-up"),
    /* nothing belongs behind these */
    ROW(KIND("\x9") ID ONE ZERO "x", "a payload where none belongs"),
    ROW(KIND("\xa") ID ONE ZERO "x", "a payload where none belongs"),
    ROW(KIND("\xb") ID ONE ZERO "x", "a payload where none belongs"),
};

static void must_be_over(struct talk *t, const char *note)
{
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};
	AUTO_FREE struct broker_log *log = NULL;
	const struct broker_entry *e;

	talk_wait(t, &r, talk_send(t, RT_NET_DNS, 80, 0, "good.test", 9));
	ck_assert(r.ended);
	log = talk_finish(t);
	e = talk_entry(log, BROKER_OP_CHANNEL, BROKER_VIOLATION);
	ck_assert_str_eq(e->note, note);
	ck_assert_uint_eq(log->used, 1);
}

START_TEST(forged_frame_ends_the_conversation_and_is_reported)
{
	struct talk t;

	talk_start(&t, allowed);
	ck_assert_int_eq(send(t.broker.guest, attempts[_i].bytes, attempts[_i].len, 0),
	    (ssize_t)attempts[_i].len);
	must_be_over(&t, attempts[_i].note);
}
END_TEST

START_TEST(frame_over_the_cap_is_never_taken_apart)
{
	const struct rt_net_frame head = {RT_NET_DNS, 1, 80, 0};
	AUTO_FREE unsigned char *bytes = base_calloc(1, sizeof(head) + RT_NET_PAYLOAD_MAX + 100);
	struct talk t;

	memcpy(bytes, &head, sizeof(head));
	talk_start(&t, allowed);
	ck_assert_int_gt(
	    send(t.broker.guest, bytes, sizeof(head) + RT_NET_PAYLOAD_MAX + (_i == 0 ? 1 : 100), 0),
	    0);
	must_be_over(&t, "a frame is too long");
}
END_TEST

START_TEST(descriptor_that_is_sent_along_is_refused)
{
	struct rt_net_frame frame = {RT_NET_CLOSE, 1, 1, 0};
	struct iovec part = {&frame, sizeof(frame)};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr msg = {.msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	AUTO_CLOSE int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct talk t;

	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.align), &null, sizeof(null));
	talk_start(&t, allowed);
	ck_assert_int_eq(sendmsg(t.broker.guest, &msg, 0), (ssize_t)sizeof(frame));
	must_be_over(&t, "a descriptor was sent along");
}
END_TEST

START_TEST(broker_that_dies_is_reported)
{
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};
	AUTO_FREE struct broker_log *log = NULL;
	struct talk t;

	talk_start(&t, allowed);
	talk_wait(&t, &r, talk_send(&t, RT_NET_STATUS, 1, 0, NULL, 0));
	ck_assert_int_eq(kill(t.broker.pid, SIGKILL), 0);
	log = talk_finish(&t);
	ck_assert_str_eq(talk_entry(log, BROKER_OP_CHANNEL, BROKER_ENDED)->note,
	    "the network broker died of signal 9");
	ck_assert_uint_eq(log->used, 1);
}
END_TEST

/* Numbers that name nothing, and parts of requests that are over: the library does that, too. */
START_TEST(stale_numbers_are_answered)
{
	struct buf addr = buf_init(256);
	struct talk_reply r;
	struct talk t;

	talk_start(&t, allowed);
	(void)talk_send(&t, RT_NET_MORE, 0, 0, "part", 4);
	(void)talk_send(&t, RT_NET_CLOSE, 77, 0, NULL, 0);
	talk_wait(&t, &r, talk_send(&t, RT_NET_STATUS, 77, 0, NULL, 0));
	ck_assert(!r.ended);
	ck_assert_uint_eq(r.code, RT_NET_OK);
	talk_reply_clear(&r);
	talk_wait(&t, &r, talk_send(&t, RT_NET_UDP_RECV, 77, 100, NULL, 0));
	ck_assert_uint_eq(r.code, RT_NET_INVALID);
	talk_reply_clear(&r);
	talk_addr(&addr, "93.184.216.34", 7);
	talk_ask(&t, &r, RT_NET_UDP_SEND, 77, (uint32_t)addr.len, &addr);
	ck_assert_uint_eq(r.code, RT_NET_INVALID);
	talk_reply_clear(&r);
	buf_clear(&addr);
	base_free_ptr(&(struct broker_log *){talk_finish(&t)});
}
END_TEST

/* A name that can be no host: answered with the code that the policy gives it. */
START_TEST(name_that_can_be_no_host_is_answered)
{
	static const char *const names[] = {"two words", "caf\xc3\xa9.test", "tab\there", "\x7f"};
	static const uint32_t kinds[] = {RT_NET_CONNECT, RT_NET_TLS, RT_NET_DNS};
	struct talk_reply r;
	struct talk t;

	talk_start(&t, _i == 0 ? allowed : NULL);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			CLEANUP(buf_clear) struct buf addr = buf_init(256);

			if (kinds[k] == RT_NET_DNS)
				buf_puts(&addr, names[i]);
			else
				talk_addr(&addr, names[i], 80);
			talk_ask(&t, &r, kinds[k], 80, (uint32_t)addr.len, &addr);
			ck_assert(!r.ended);
			ck_assert_uint_eq(r.code, _i == 0 ? RT_NET_DENIED : RT_NET_NO_NAME);
			talk_reply_clear(&r);
		}
	}
	base_free_ptr(&(struct broker_log *){talk_finish(&t)});
}
END_TEST

START_TEST(requests_overlap_and_each_has_its_answer)
{
	CLEANUP(buf_clear) struct buf doc = buf_init(1024);
	struct talk_reply r;
	struct talk t;
	uint32_t slow;

	talk_start(&t, allowed);
	talk_http_doc(
	    &doc, &(struct talk_http){.url = "http://good.test/slow-body", .timeout_s = 1});
	slow = talk_send(&t, RT_NET_HTTP, (uint32_t)doc.len, 65536, doc.data, doc.len);
	talk_wait(&t, &r, talk_send(&t, RT_NET_DNS, 80, 0, "good.test", 9));
	ck_assert_uint_eq(r.code, RT_NET_OK);
	ck_assert_uint_eq(r.value, 1);
	talk_reply_clear(&r);
	talk_wait(&t, &r, slow);
	ck_assert_uint_eq(r.code, RT_NET_TIMEOUT);
	talk_reply_clear(&r);
	base_free_ptr(&(struct broker_log *){talk_finish(&t)});
}
END_TEST

#define MANY 200

/* More than run at once: those above the cap end with code 8, and the broker goes on. */
START_TEST(requests_over_the_cap_end_at_once)
{
	static const char doc[] = "\2";
	struct talk_reply r;
	struct talk t;
	uint32_t last = 0;

	talk_start(&t, allowed);
	for (int i = 0; i < MANY; i++) /* a request that never becomes complete */
		last = talk_send(&t, RT_NET_HTTP, 100, 0, doc, 1);
	talk_wait(&t, &r, last);
	ck_assert_uint_eq(r.code, RT_NET_INTERNAL);
	talk_reply_clear(&r);
	base_free_ptr(&(struct broker_log *){talk_finish(&t)});
}
END_TEST

/* A guest that asks and never listens: the broker stops reading, and is not filled. */
START_TEST(guest_that_does_not_listen_fills_nothing)
{
	struct rt_net_frame frame = {RT_NET_STATUS, 1, 1, 0};
	struct talk_reply r;
	struct talk t;
	int sent = 0;

	talk_start(&t, allowed);
	/* it serves: a broker that is still starting reads nothing either */
	talk_wait(&t, &r, talk_send(&t, RT_NET_STATUS, 1, 0, NULL, 0));
	talk_reply_clear(&r);
	for (int quiet = 0; quiet < 50 && sent < 2000000;) {
		if (send(t.broker.guest, &frame, sizeof(frame), MSG_DONTWAIT) > 0) {
			sent++;
			quiet = 0;
			continue;
		}
		(void)usleep(2000);
		quiet++;
	}
	ck_assert_int_lt(sent, 2000000);
	base_free_ptr(&(struct broker_log *){talk_finish(&t)});
}
END_TEST

/* ---- racing the policy ---- */

#define RACES 200 /* fewer than the echo server lets wait for it, if all of them win */
#define RACES_A_ROUND 5
#define DWELL 8 /* the address that is allowed stands for about half of the time */

static unsigned char racing[16]; /* sent while another thread rewrites it */
static unsigned rounds;          /* how often that thread has written both addresses */
static int stop;

static void *rewrite(void *arg)
{
	static const unsigned char good[4] = {93, 184, 216, 34}, bad[4] = {10, 1, 2, 3};

	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (size_t i = 0; i < 4; i++)
			__atomic_store_n(&racing[12 + i], bad[i], __ATOMIC_RELAXED);
		for (size_t i = 0; i < DWELL; i++)
			__atomic_store_n(&racing[12 + i % 4], good[i % 4], __ATOMIC_RELAXED);
		(void)__atomic_fetch_add(&rounds, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/*
 * On a busy machine the other thread may get no processor for longer than all the requests take:
 * the bytes would stay as it left them, and nothing would race. So every few of them wait for it.
 */
static void wait_for_a_round(void)
{
	unsigned seen = __atomic_load_n(&rounds, __ATOMIC_RELAXED);

	while (__atomic_load_n(&rounds, __ATOMIC_RELAXED) == seen)
		(void)sched_yield();
}

START_TEST(address_that_changes_while_it_is_sent_gains_nothing)
{
	CLEANUP(buf_clear) struct buf addr = buf_init(64);
	AUTO_FREE struct broker_log *log = NULL;
	struct talk_reply r;
	pthread_t thread;
	struct talk t;
	int won = 0, lost = 0;

	talk_addr(&addr, "93.184.216.34", 7);
	memcpy(racing, addr.data, sizeof(racing));
	talk_start(&t, allowed);
	ck_assert_int_eq(pthread_create(&thread, NULL, rewrite, NULL), 0);
	for (int i = 0; i < RACES; i++) {
		struct sockaddr_in peer = {0};
		socklen_t size = sizeof(peer);

		if (i % RACES_A_ROUND == 0)
			wait_for_a_round();
		talk_wait(&t, &r, talk_send(&t, RT_NET_CONNECT, 1000, 0, racing, sizeof(racing)));
		ck_assert(!r.ended);
		ck_assert(r.code == RT_NET_OK || r.code == RT_NET_DENIED);
		if (r.code == RT_NET_OK) {
			ck_assert_int_eq(getpeername(r.fd, (struct sockaddr *)&peer, &size), 0);
			ck_assert_uint_eq(ntohl(peer.sin_addr.s_addr), 0x5db8d822u);
			won++;
		} else {
			lost++;
		}
		talk_reply_clear(&r);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	log = talk_finish(&t);
	ck_assert_int_gt(won, 0);
	ck_assert_int_gt(lost, 0);
	for (uint32_t i = 0; i < log->used; i++) {
		if (log->entry[i].verdict == BROKER_ALLOWED)
			ck_assert_str_eq(log->entry[i].address, "93.184.216.34");
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/protocol");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(
	    t, forged_frame_ends_the_conversation_and_is_reported, 0, (int)ARRAY_LEN(attempts));
	tcase_add_loop_test(t, frame_over_the_cap_is_never_taken_apart, 0, 2);
	tcase_add_test(t, descriptor_that_is_sent_along_is_refused);
	tcase_add_test(t, broker_that_dies_is_reported);
	tcase_add_test(t, stale_numbers_are_answered);
	tcase_add_loop_test(t, name_that_can_be_no_host_is_answered, 0, 2);
	tcase_add_test(t, requests_overlap_and_each_has_its_answer);
	tcase_add_test(t, requests_over_the_cap_end_at_once);
	tcase_add_test(t, guest_that_does_not_listen_fills_nothing);
	tcase_add_test(t, address_that_changes_while_it_is_sent_gains_nothing);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return test_main(suite());
}
