/* SPDX-License-Identifier: MIT */
/*
 * Servers that lie, stall, flood and cut: every request ends with the documented code, and the
 * broker stays below its cap of memory (talk_finish). Codes: docs/format/net-heads.md.
 */
#include "tests/net/talk.h"
#include "tests/support/support.h"

#include <string.h>
#include <unistd.h>

static const char *const allowed[] = {"good.test:80,443,444,445,446,447,81", "alias.test:80",
    "private.test:80", "loopback.test:80", "metadata.test:80", "rebind.test:80", "mixed.test:80",
    "huge.test:80", "flood.test:80", "servfail.test:80", "silent.test:80", "wrong-id.test:80",
    "wrong-name.test:80", "alias-loop.test:80", "pointer-loop.test:80", "cut.test:80",
    "wide.test:80", "wide-silent.test:80", "wide-always.test:80", NULL};

static const struct hostile {
	const char *url;
	uint32_t flags, timeout_s, code;
	uint32_t status; /* when it is a success */
	const char *body;
	enum broker_verdict verdict;
	uint32_t max_redirects;
} cases[] = {
    {"http://good.test/ok", 0, 5, RT_NET_OK, 200, "hello", BROKER_ALLOWED, 0},
    {"http://good.test/slow-headers", 0, 1, RT_NET_TIMEOUT, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/slow-body", 0, 1, RT_NET_TIMEOUT, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/silent", 0, 1, RT_NET_TIMEOUT, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/endless", 0, 20, RT_NET_TOO_LARGE, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/header-flood", 0, 20, RT_NET_TOO_LARGE, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/long-header", 0, 20, RT_NET_TOO_LARGE, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/gzip-bomb", 0, 5, RT_NET_OK, 200, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/loop", 1, 5, RT_NET_INTERNAL, 0, NULL, BROKER_ALLOWED, 0},
    /* the headers of all hops count */
    {"http://good.test/loop", 1, 5, RT_NET_TOO_LARGE, 0, NULL, BROKER_ALLOWED, 100},
    {"http://good.test/loop", 0, 5, RT_NET_OK, 302, "go away", BROKER_ALLOWED, 0},
    {"http://good.test/to-ok", 1, 5, RT_NET_OK, 200, "hello", BROKER_ALLOWED, 0},
    {"http://good.test/to-denied", 1, 5, RT_NET_DENIED, 0, NULL, BROKER_DENIED_POLICY, 0},
    {"http://good.test/to-private", 1, 5, RT_NET_DENIED, 0, NULL, BROKER_DENIED_POLICY, 0},
    {"http://good.test/to-file", 1, 5, RT_NET_DENIED, 0, NULL, BROKER_DENIED_SCHEME, 0},
    {"http://good.test/to-gopher", 1, 5, RT_NET_DENIED, 0, NULL, BROKER_DENIED_SCHEME, 0},
    {"http://good.test/long-redirect", 1, 5, RT_NET_OK, 200, "hello", BROKER_ALLOWED, 0},
    {"http://good.test/short", 0, 5, RT_NET_INTERNAL, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/long", 0, 5, RT_NET_OK, 200, "hello", BROKER_ALLOWED, 0},
    {"http://good.test/huge", 0, 5, RT_NET_TOO_LARGE, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/negative", 0, 5, RT_NET_INTERNAL, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/reset", 0, 5, RT_NET_INTERNAL, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/bad-chunk", 0, 5, RT_NET_INTERNAL, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/wide-chunk", 0, 5, RT_NET_INTERNAL, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/cut-chunk", 0, 5, RT_NET_INTERNAL, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/garbage", 0, 5, RT_NET_INTERNAL, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/nothing", 0, 5, RT_NET_INTERNAL, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test/informational", 0, 5, RT_NET_OK, 200, "hello", BROKER_ALLOWED, 0},
    {"http://good.test/endless-informational", 0, 20, RT_NET_TOO_LARGE, 0, NULL, BROKER_ALLOWED, 0},
    {"http://good.test:81/ok", 0, 5, RT_NET_NO_CONNECTION, 0, NULL, BROKER_ALLOWED, 0},
    {"https://good.test/ok", 0, 5, RT_NET_OK, 200, "hello", BROKER_ALLOWED, 0},
    {"https://good.test:444/ok", 0, 5, RT_NET_NO_TLS, 0, NULL, BROKER_ALLOWED, 0},
    {"https://good.test:445/ok", 0, 5, RT_NET_NO_TLS, 0, NULL, BROKER_ALLOWED, 0},
    {"https://good.test:446/ok", 0, 5, RT_NET_NO_TLS, 0, NULL, BROKER_ALLOWED, 0},
    {"https://good.test:447/ok", 0, 5, RT_NET_NO_TLS, 0, NULL, BROKER_ALLOWED, 0},
    {"https://good.test:80/ok", 0, 1, RT_NET_TIMEOUT, 0, NULL, BROKER_ALLOWED, 0},
    {"http://private.test/ok", 0, 5, RT_NET_DENIED, 0, NULL, BROKER_DENIED_ADDRESS, 0},
    {"http://loopback.test/ok", 0, 5, RT_NET_DENIED, 0, NULL, BROKER_DENIED_ADDRESS, 0},
    {"http://metadata.test/ok", 0, 5, RT_NET_DENIED, 0, NULL, BROKER_DENIED_ADDRESS, 0},
    {"http://mixed.test/ok", 0, 5, RT_NET_OK, 200, "hello", BROKER_DENIED_ADDRESS, 0},
    {"http://huge.test/ok", 0, 5, RT_NET_OK, 200, "hello", BROKER_ALLOWED, 0},
    {"http://flood.test/ok", 0, 5, RT_NET_OK, 200, "hello", BROKER_ALLOWED, 0},
    {"http://wide.test/ok", 0, 5, RT_NET_OK, 200, "hello", BROKER_ALLOWED, 0},
    {"http://wide-silent.test/ok", 0, 1, RT_NET_DENIED, 0, NULL, BROKER_NO_NAME, 0},
    {"http://wide-always.test/ok", 0, 5, RT_NET_DENIED, 0, NULL, BROKER_NO_NAME, 0},
    {"http://cut.test/ok", 0, 5, RT_NET_DENIED, 0, NULL, BROKER_NO_NAME, 0},
    {"http://servfail.test/ok", 0, 5, RT_NET_DENIED, 0, NULL, BROKER_NO_NAME, 0},
    {"http://alias-loop.test/ok", 0, 5, RT_NET_DENIED, 0, NULL, BROKER_NO_NAME, 0},
    {"http://pointer-loop.test/ok", 0, 5, RT_NET_DENIED, 0, NULL, BROKER_NO_NAME, 0},
    {"http://silent.test/ok", 0, 1, RT_NET_DENIED, 0, NULL, BROKER_NO_NAME, 0},
    {"http://wrong-id.test/ok", 0, 1, RT_NET_DENIED, 0, NULL, BROKER_NO_NAME, 0},
    {"http://wrong-name.test/ok", 0, 1, RT_NET_DENIED, 0, NULL, BROKER_NO_NAME, 0},
};

START_TEST(hostile_answer_ends_with_its_code)
{
	const struct hostile *h = &cases[_i];
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};
	AUTO_FREE struct broker_log *log = NULL;
	struct talk t;

	talk_start(&t, allowed);
	talk_http(&t, &r,
	    &(struct talk_http){.url = h->url,
		.flags = h->flags,
		.timeout_s = h->timeout_s,
		.max_redirects = h->max_redirects,
		.max_header_bytes = 4096,
		.max_headers = 64});
	log = talk_finish(&t);
	ck_assert_msg(!r.ended && r.code == h->code, "%s: code %u, not %u%s", h->url, r.code,
	    h->code, r.ended ? ", and no broker" : "");
	if (h->status != 0)
		ck_assert_uint_eq(r.status, h->status);
	if (h->body != NULL)
		ck_assert_str_eq(r.body.data, h->body);
	ck_assert_ptr_nonnull(talk_entry(log, BROKER_OP_HTTP, h->verdict));
}
END_TEST

START_TEST(second_look_at_a_name_is_decided_again)
{
	static const struct talk_http q = {.url = "http://rebind.test/ok", .timeout_s = 5};
	AUTO_FREE struct broker_log *log = NULL;
	struct talk_reply r;
	struct talk t;

	talk_start(&t, allowed);
	talk_http(&t, &r, &q);
	ck_assert_uint_eq(r.code, RT_NET_OK);
	talk_reply_clear(&r);
	/* now the name is 127.0.0.1, where the same server would answer */
	talk_http(&t, &r, &q);
	ck_assert_uint_eq(r.code, RT_NET_DENIED);
	talk_reply_clear(&r);
	log = talk_finish(&t);
	ck_assert_str_eq(
	    talk_entry(log, BROKER_OP_HTTP, BROKER_DENIED_ADDRESS)->address, "127.0.0.1");
}
END_TEST

START_TEST(bytes_of_an_encoding_stay_as_they_came)
{
	static const struct talk_http q = {.url = "http://good.test/gzip-bomb", .timeout_s = 5};
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};
	struct talk t;

	talk_start(&t, allowed);
	talk_http(&t, &r, &q);
	base_free_ptr(&(struct broker_log *){talk_finish(&t)});
	ck_assert_uint_eq(r.body.len, 10);
	ck_assert_mem_eq(r.body.data, "\x1f\x8b\x08", 3);
}
END_TEST

/* The redirect leads to another origin: the header of the first one does not go along. */
START_TEST(credentials_do_not_follow_to_another_origin)
{
	static const struct talk_http q = {.url = "http://good.test/to-mirror",
	    .name = "Authorization",
	    .value = "Bearer secret",
	    .flags = 1,
	    .timeout_s = 5};
	static const struct talk_http direct = {.url = "http://good.test/mirror",
	    .name = "Authorization",
	    .value = "Bearer secret",
	    .timeout_s = 5};
	struct talk_reply r;
	struct talk t;

	talk_start(&t, allowed);
	talk_http(&t, &r, &q);
	ck_assert_uint_eq(r.code, RT_NET_OK);
	ck_assert_ptr_nonnull(strstr(r.body.data, "GET /mirror"));
	ck_assert_ptr_null(strstr(r.body.data, "secret"));
	talk_reply_clear(&r);
	talk_http(&t, &r, &direct);
	ck_assert_ptr_nonnull(strstr(r.body.data, "Bearer secret"));
	talk_reply_clear(&r);
	base_free_ptr(&(struct broker_log *){talk_finish(&t)});
}
END_TEST

/* As much as a program may ask for, from a server that gives more. */
START_TEST(largest_limits_stay_below_the_cap)
{
	static const char *const urls[] = {
	    "http://good.test/header-flood", "http://good.test/endless-informational"};
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};
	struct talk t;

	talk_start(&t, allowed);
	talk_http(&t, &r,
	    &(struct talk_http){.url = urls[_i],
		.timeout_s = 30,
		.max_header_bytes = 16u << 20,
		.max_headers = 65535});
	ck_assert_uint_eq(r.code, RT_NET_TOO_LARGE);
	base_free_ptr(&(struct broker_log *){talk_finish(&t)});
}
END_TEST

#define AT_ONCE 60

/* Many bodies without end, and nobody who reads them: they wait in the kernel, not in the broker.
 */
START_TEST(bodies_that_nobody_reads_wait_outside)
{
	CLEANUP(buf_clear) struct buf doc = buf_init(1024);
	CLEANUP(talk_reply_clear) struct talk_reply r = {.fd = -1};
	struct talk t;
	uint32_t last = 0;

	talk_start(&t, allowed);
	talk_http_doc(&doc, &(struct talk_http){.url = "http://good.test/endless", .timeout_s = 2});
	for (int i = 0; i < AT_ONCE; i++)
		last = talk_send(&t, RT_NET_HTTP, (uint32_t)doc.len, INT32_MAX, doc.data, doc.len);
	(void)usleep(500000);
	talk_wait(&t, &r, last);
	ck_assert_uint_eq(r.code, RT_NET_TIMEOUT);
	base_free_ptr(&(struct broker_log *){talk_finish(&t)});
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/hostile");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, hostile_answer_ends_with_its_code, 0, (int)ARRAY_LEN(cases));
	tcase_add_loop_test(t, largest_limits_stay_below_the_cap, 0, 2);
	tcase_add_test(t, bodies_that_nobody_reads_wait_outside);
	tcase_add_test(t, second_look_at_a_name_is_decided_again);
	tcase_add_test(t, bytes_of_an_encoding_stay_as_they_came);
	tcase_add_test(t, credentials_do_not_follow_to_another_origin);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return test_main(suite());
}
