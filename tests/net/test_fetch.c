/* SPDX-License-Identifier: MIT */
/*
 * The registry client over TLS against servers that misbehave: each request ends with its fault
 * after a bounded number of attempts. In plain http: tests/unit/registry/test_fetch.c.
 */
#include "registry/client/fetch.h"

#include "base/path.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

/* Of the server's certificates and services: tests/support/bad_server.c. */
#define GOOD "https://good.test"

static const struct {
	const char *url;
	enum fetch_fault fault;
	uint32_t attempts;
	bool compressed;
} bad[] = {
    {GOOD "/slow-headers", FETCH_STALL, 2, false},
    {GOOD "/slow-body", FETCH_STALL, 2, false},
    {GOOD "/silent", FETCH_STALL, 2, false},
    {GOOD "/endless", FETCH_LIMIT, 1, false},
    {GOOD "/endless", FETCH_LIMIT, 1, true},
    {GOOD "/huge", FETCH_LIMIT, 1, false},
    {GOOD "/header-flood", FETCH_LIMIT, 1, false},
    {GOOD "/endless-informational", FETCH_LIMIT, 1, false},
    {GOOD "/short", FETCH_LENGTH, 3, false},
    {GOOD "/cut-chunk", FETCH_LENGTH, 3, false},
    {GOOD "/reset", FETCH_RESET, 3, false},
    {GOOD "/bad-chunk", FETCH_RESET, 3, false},
    {GOOD "/garbage", FETCH_RESET, 3, false},
    {GOOD "/nothing", FETCH_RESET, 3, false},
    {GOOD "/loop", FETCH_REDIRECT, 1, false},
    {GOOD "/to-mirror", FETCH_REDIRECT, 1, false},
    {GOOD "/to-file", FETCH_REDIRECT, 1, false},
    {GOOD "/to-gopher", FETCH_REDIRECT, 1, false},
    {GOOD ":444/ok", FETCH_TLS, 1, false},    /* expired */
    {GOOD ":445/ok", FETCH_TLS, 1, false},    /* of another name */
    {GOOD ":446/ok", FETCH_TLS, 1, false},    /* of another age */
    {GOOD ":447/ok", FETCH_TLS, 1, false},    /* of an authority that nobody knows */
    {GOOD ":80/ok", FETCH_CONNECT, 3, false}, /* no TLS at all */
    {GOOD ":9/ok", FETCH_CONNECT, 3, false},  /* nobody there */
    {"https://unknown.test/ok", FETCH_CONNECT, 3, false},
};

static struct fetch_response get_in(
    const char *url, bool compressed, const uint32_t ms[2], int want)
{
	AUTO_FREE char *helper = test_path("%s/lib/x07/x07-fetch", getenv("X07_BUILD_DIR"));
	struct fetch_options o = {.helper = helper,
	    .connect_ms = 2000,
	    .stall_ms = ms[0],
	    .total_ms = ms[1],
	    .retries = 2,
	    .backoff_ms = 10};
	CLEANUP(fetch_clear) struct fetcher *f = fetch_new(&o);
	struct fetch_request q = {
	    .url = url, .max_bytes = 1000, .dest_fd = -1, .compressed = compressed};
	struct fetch_response r;
	struct err err = {0};

	ck_rc(fetch_run(&r, f, &q, 1, &err), want, &err);
	return r;
}

static struct fetch_response get(const char *url, bool compressed, int want)
{
	const uint32_t ms[2] = {1000, 20000};

	return get_in(url, compressed, ms, want);
}

START_TEST(server_that_misbehaves_over_tls_ends_with_its_fault)
{
	CLEANUP(fetch_response_clear)
	struct fetch_response r = get(bad[_i].url, bad[_i].compressed, ERR_PKG);

	ck_assert_msg(r.fault == bad[_i].fault && r.attempts == bad[_i].attempts,
	    "%s: %s (%s) after %u attempts", bad[_i].url, fetch_fault_id(r.fault), r.message,
	    r.attempts);
	ck_assert_str_ne(r.message, "");
}
END_TEST

START_TEST(patience_with_a_slow_server_ends)
{
	const uint32_t ms[2] = {60000, 1000};
	CLEANUP(fetch_response_clear)
	struct fetch_response r = get_in(GOOD "/slow-body", false, ms, ERR_PKG);

	ck_assert_str_eq(fetch_fault_id(r.fault), "timeout");
	ck_assert_uint_eq(r.attempts, 1);
}
END_TEST

static const char *const good[] = {GOOD "/ok", GOOD "/to-ok", GOOD "/informational"};

START_TEST(server_that_behaves_is_heard_at_once)
{
	CLEANUP(fetch_response_clear) struct fetch_response r = get(good[_i], true, 0);

	ck_assert_uint_eq(r.attempts, 1);
	ck_assert_int_eq(r.status, 200);
	ck_assert_uint_gt(r.body.len, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("net/fetch");
	TCase *t = tcase_create("tls");

	tcase_set_timeout(t, 40);
	tcase_add_loop_test(
	    t, server_that_misbehaves_over_tls_ends_with_its_fault, 0, (int)ARRAY_LEN(bad));
	tcase_add_test(t, patience_with_a_slow_server_ends);
	tcase_add_loop_test(t, server_that_behaves_is_heard_at_once, 0, (int)ARRAY_LEN(good));
	suite_add_tcase(suite, t);
	return test_main(suite);
}
