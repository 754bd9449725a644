/* SPDX-License-Identifier: MIT */
/*
 * The registry client against servers that misbehave: each ends with its fault, in bounded time and
 * memory.
 */
#include "registry/client/fetch.h"

#include "base/file.h"
#include "base/hash.h"
#include "registry/client/url.h"
#include "tests/support/support.h"
#include "tests/unit/registry/hostile_server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char hello_sha256[] =
    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

static char *helper;
static struct hostile_server other, server;

static struct fetch_options options(void)
{
	return (struct fetch_options){.helper = helper,
	    .connect_ms = 2000,
	    .stall_ms = 1000,
	    .total_ms = 5000,
	    .retries = 2,
	    .backoff_ms = 10};
}

static void set_up(void)
{
	helper = test_path("%s/lib/x07/x07-fetch", getenv("X07_BUILD_DIR"));
	ck_assert_msg(access(helper, X_OK) == 0, "no %s", helper);
	hostile_server_start(&other, 0);
	hostile_server_start(&server, other.port);
}

static void tear_down(void)
{
	hostile_server_stop(&server);
	hostile_server_stop(&other);
	base_free_ptr(&helper);
}

static const char *url(const char *path)
{
	static char text[128];

	(void)snprintf(text, sizeof(text), "http://127.0.0.1:%u%s", server.port, path);
	return text;
}

static double seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct fetch_response get(struct fetch_request q, int want)
{
	struct fetch_options o = options();
	CLEANUP(fetch_clear) struct fetcher *f = fetch_new(&o);
	struct fetch_response r;
	struct err err = {0};

	if (q.dest_fd == 0)
		q.dest_fd = -1;
	if (q.max_bytes == 0)
		q.max_bytes = 1000;
	ck_rc(fetch_run(&r, f, &q, 1, &err), want, &err);
	return r;
}

static const struct {
	const char *path;
	enum fetch_fault fault;
	int status;
	double seconds_max;
	uint32_t attempts;
} hostile[] = {
    {"/slow", FETCH_STALL, 200, 12, 2},
    {"/silent", FETCH_STALL, 0, 12, 2},
    {"/endless", FETCH_LIMIT, 200, 2, 1},
    {"/endless-headers", FETCH_LIMIT, 200, 2, 1},
    {"/huge", FETCH_LIMIT, 200, 2, 1},
    {"/short", FETCH_LENGTH, 200, 3, 3},
    {"/reset", FETCH_RESET, 200, 3, 3},
    {"/garbage", FETCH_RESET, 0, 3, 3},
    {"/loop", FETCH_REDIRECT, 302, 3, 1},
    {"/to-http", FETCH_REDIRECT, 302, 3, 1},
    {"/to-file", FETCH_REDIRECT, 302, 3, 1},
    {"/to-user", FETCH_REDIRECT, 302, 3, 1},
    {"/broken", FETCH_STATUS, 500, 3, 3},
    {"/denied", FETCH_DENIED, 403, 3, 1},
    {"/nothing", FETCH_NOT_FOUND, 404, 3, 1},
};

START_TEST(server_that_misbehaves_ends_with_its_fault_in_bounded_time)
{
	double start = seconds();
	CLEANUP(fetch_response_clear)
	struct fetch_response r =
	    get((struct fetch_request){.url = url(hostile[_i].path)}, ERR_PKG);

	ck_assert_msg(r.fault == hostile[_i].fault, "%s: %s (%s)", hostile[_i].path,
	    fetch_fault_id(r.fault), r.message);
	ck_assert_int_eq(r.status, hostile[_i].status);
	ck_assert_uint_eq(r.attempts, hostile[_i].attempts);
	ck_assert_str_ne(r.message, "");
	ck_assert_msg(seconds() - start < hostile[_i].seconds_max, "%s took %.1f s",
	    hostile[_i].path, seconds() - start);
}
END_TEST

START_TEST(endless_bodies_take_no_memory)
{
	struct rusage usage;
	CLEANUP(fetch_response_clear)
	struct fetch_response r =
	    get((struct fetch_request){.url = url("/endless"), .max_bytes = 50000000}, ERR_PKG);

	ck_assert_int_eq(r.fault, FETCH_LIMIT);
	ck_assert_int_eq(getrusage(RUSAGE_CHILDREN, &usage), 0);
#ifndef __SANITIZE_ADDRESS__
	ck_assert_int_lt(usage.ru_maxrss, 32L * 1024);
#endif
}
END_TEST

START_TEST(answer_comes_with_digest_and_tag)
{
	CLEANUP(fetch_response_clear)
	struct fetch_response r =
	    get((struct fetch_request){.url = url("/ok"), .sha256 = hello_sha256}, 0);

	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body.data, "hello");
	ck_assert_uint_eq(r.bytes, 5);
	ck_assert_str_eq(r.sha256, hello_sha256);
	ck_assert_str_eq(r.etag, "\"v1\"");
	ck_assert_uint_eq(r.attempts, 1);
}
END_TEST

START_TEST(body_longer_than_announced_is_cut_there)
{
	CLEANUP(fetch_response_clear)
	struct fetch_response r =
	    get((struct fetch_request){.url = url("/long"), .sha256 = hello_sha256}, 0);

	ck_assert_str_eq(r.body.data, "hello");
}
END_TEST

START_TEST(unchanged_file_is_not_sent_again)
{
	CLEANUP(fetch_response_clear)
	struct fetch_response r =
	    get((struct fetch_request){.url = url("/ok"), .etag = "\"v1\""}, 0);

	ck_assert(r.not_modified);
	ck_assert_int_eq(r.status, 304);
	ck_assert_uint_eq(r.body.len, 0);
}
END_TEST

START_TEST(other_bytes_than_wanted_are_refused)
{
	char wrong[SHA256_HEX_SIZE];

	sha256_text(wrong, "hellO", 5);
	CLEANUP(fetch_response_clear)
	struct fetch_response r =
	    get((struct fetch_request){.url = url("/ok"), .sha256 = wrong}, ERR_PKG);

	ck_assert_int_eq(r.fault, FETCH_DIGEST);
}
END_TEST

START_TEST(busy_server_is_asked_again)
{
	CLEANUP(fetch_response_clear)
	struct fetch_response r = get((struct fetch_request){.url = url("/busy-twice")}, 0);

	ck_assert_uint_eq(r.attempts, 3);
	ck_assert_str_eq(r.body.data, "hello");
}
END_TEST

static const struct {
	const char *path, *body;
} tokens[] = {{"/auth", "token"}, {"/to-same", "token"}, {"/to-other", "none"}};

START_TEST(token_goes_to_its_origin_and_nowhere_else)
{
	CLEANUP(fetch_response_clear)
	struct fetch_response r =
	    get((struct fetch_request){.url = url(tokens[_i].path), .token = "secret"}, 0);

	ck_assert_str_eq(r.body.data, tokens[_i].body);
}
END_TEST

/* A proxy is another machine, and the token of a registry on this one would go there in clear. */
START_TEST(plain_http_goes_past_a_proxy)
{
	ck_assert_int_eq(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
	ck_assert_int_eq(setenv("ALL_PROXY", "http://127.0.0.1:1", 1), 0);
	CLEANUP(fetch_response_clear)
	struct fetch_response r =
	    get((struct fetch_request){.url = url("/auth"), .token = "secret"}, 0);

	ck_assert_str_eq(r.body.data, "token");
}
END_TEST

START_TEST(nobody_listening_is_a_connect_fault)
{
	hostile_server_stop(&server);
	CLEANUP(fetch_response_clear)
	struct fetch_response r = get((struct fetch_request){.url = url("/ok")}, ERR_PKG);

	ck_assert_int_eq(r.fault, FETCH_CONNECT);
	ck_assert_uint_eq(r.attempts, 3);
	hostile_server_start(&server, other.port);
}
END_TEST

START_TEST(error_answer_keeps_its_body)
{
	CLEANUP(fetch_response_clear)
	struct fetch_response r = get((struct fetch_request){.url = url("/broken")}, ERR_PKG);

	ck_assert_str_eq(r.body.data, "{\"code\":\"X\"}");
}
END_TEST

static void count_done(void *ctx, size_t index, const struct fetch_response *response)
{
	uint32_t *seen = ctx;

	ck_assert_uint_lt(index, 500);
	ck_assert_int_eq(response->fault, FETCH_OK);
	seen[index]++;
}

START_TEST(many_requests_share_few_connections)
{
	static struct fetch_response out[500];
	static struct fetch_request q[500];
	uint32_t seen[500] = {0};
	struct fetch_options o = options();
	struct err err = {0};

	o.parallel = 8;
	o.done = count_done;
	o.ctx = seen;
	CLEANUP(fetch_clear) struct fetcher *f = fetch_new(&o);
	for (size_t i = 0; i < ARRAY_LEN(q); i++)
		q[i] = (struct fetch_request){.url = url("/ok"), .max_bytes = 100, .dest_fd = -1};
	ck_rc(fetch_run(out, f, q, ARRAY_LEN(q), &err), 0, &err);
	for (size_t i = 0; i < ARRAY_LEN(q); i++) {
		ck_assert_uint_eq(seen[i], 1);
		ck_assert_str_eq(out[i].body.data, "hello");
		fetch_response_clear(&out[i]);
	}
	ck_assert_uint_le(*server.connections, 8);
}
END_TEST

START_TEST(answers_together_have_a_limit)
{
	struct fetch_response out[5];
	struct fetch_request q[5];
	struct fetch_options o = options();
	struct err err = {0};
	unsigned good = 0;

	o.memory_max = 17; /* "hello" fits three times */
	CLEANUP(fetch_clear) struct fetcher *f = fetch_new(&o);
	for (size_t i = 0; i < ARRAY_LEN(q); i++)
		q[i] = (struct fetch_request){.url = url("/ok"), .max_bytes = 100, .dest_fd = -1};
	ck_rc(fetch_run(out, f, q, ARRAY_LEN(q), &err), ERR_PKG, &err);
	for (size_t i = 0; i < ARRAY_LEN(q); i++) {
		good += out[i].fault == FETCH_OK;
		ck_assert(out[i].fault == FETCH_OK || out[i].fault == FETCH_LIMIT);
		ck_assert_uint_eq(out[i].body.len, out[i].fault == FETCH_OK ? 5 : 0);
		fetch_response_clear(&out[i]);
	}
	ck_assert_uint_eq(good, 3);
	/* The next call has its own. */
	ck_rc(fetch_run(out, f, q, 1, &err), 0, &err);
	fetch_response_clear(&out[0]);
}
END_TEST

/* Each may be as long as it likes; together they are stopped while they come. */
START_TEST(answers_under_way_have_a_limit)
{
	struct fetch_response out[2];
	struct fetch_request q[2];
	struct fetch_options o = options();
	struct err err = {0};

	o.memory_max = 1 << 20;
	CLEANUP(fetch_clear) struct fetcher *f = fetch_new(&o);
	for (size_t i = 0; i < ARRAY_LEN(q); i++)
		q[i] = (struct fetch_request){
		    .url = url("/endless"), .max_bytes = UINT64_C(1) << 40, .dest_fd = -1};
	ck_rc(fetch_run(out, f, q, ARRAY_LEN(q), &err), ERR_PKG, &err);
	for (size_t i = 0; i < ARRAY_LEN(q); i++) {
		ck_assert_int_eq(out[i].fault, FETCH_LIMIT);
		ck_assert_ptr_nonnull(strstr(out[i].message, "together"));
		/* It was not waited for: that would be gigabytes, until the total time is over. */
		ck_assert_uint_eq(out[i].attempts, 0);
		fetch_response_clear(&out[i]);
	}
	/* The helper was ended over it; the next call has another. */
	q[0] = (struct fetch_request){.url = url("/ok"), .max_bytes = 100, .dest_fd = -1};
	ck_rc(fetch_run(out, f, q, 1, &err), 0, &err);
	fetch_response_clear(&out[0]);
}
END_TEST

START_TEST(file_takes_the_body)
{
	AUTO_FREE char *path = test_path("dest");
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	(void)!write(fd, "older and longer", 16);
	CLEANUP(fetch_response_clear)
	struct fetch_response r = get((struct fetch_request){.url = url("/ok"), .dest_fd = fd}, 0);
	AUTO_FREE char *text = test_read(path);

	ck_assert_str_eq(text, "hello");
	ck_assert_str_eq(r.sha256, hello_sha256);
	ck_assert_uint_eq(r.body.len, 0);
}
END_TEST

START_TEST(offline_starts_nothing)
{
	struct fetch_options o = {.helper = "/nonexistent", .offline = true};
	CLEANUP(fetch_clear) struct fetcher *f = fetch_new(&o);
	struct fetch_request q[] = {
	    {.url = url("/ok"), .max_bytes = 10, .dest_fd = -1},
	    {.kind = FETCH_GIT_FILE,
		.url = "https://git.example/r",
		.max_bytes = 10,
		.dest_fd = -1},
	};
	struct fetch_response r[2];
	struct err err = {0};

	ck_rc(fetch_run(r, f, q, 2, &err), ERR_PKG, &err);
	ck_assert_int_eq(r[0].fault, FETCH_OFFLINE);
	ck_assert_int_eq(r[1].fault, FETCH_OFFLINE);
}
END_TEST

/* Somebody else updates the same copy for longer than a server may be silent. */
START_TEST(waiting_for_another_process_is_no_silence)
{
	static const char address[] = "/nowhere/at/all";
	struct fetch_options o = options();
	AUTO_FREE char *cache = test_path("git");
	AUTO_FREE char *lock = NULL;
	CLEANUP(fetch_response_clear) struct fetch_response r = {0};
	struct err err = {0};
	char name[SHA256_HEX_SIZE];
	pid_t pid;
	int fd;

	sha256_text(name, address, strlen(address));
	lock = test_path("git/%s.lock", name);
	ck_rc(file_mkdirs(cache, &err), 0, &err);
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	/* The lock is shared with the child, and goes when both have closed it. */
	pid = fork();
	if (pid == 0) {
		(void)usleep(1500000);
		_exit(0);
	}
	ck_assert_int_eq(close(fd), 0);
	o.git_cache = cache;
	o.connect_ms = 200;
	o.stall_ms = 300;
	CLEANUP(fetch_clear) struct fetcher *f = fetch_new(&o);
	const struct fetch_request q = {.kind = FETCH_GIT_FILE,
	    .url = "file:///nowhere/at/all",
	    .git_ref = "",
	    .git_path = "config.json",
	    .max_bytes = 1000,
	    .dest_fd = -1};
	ck_rc(fetch_run(&r, f, &q, 1, &err), ERR_PKG, &err);
	ck_assert_msg(r.fault != FETCH_STALL, "%s", r.message);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

START_TEST(local_files_need_no_helper)
{
	AUTO_FREE char *path = test_text_file("a b", "hello");
	struct fetch_options o = {.helper = "/nonexistent", .offline = true};
	CLEANUP(fetch_clear) struct fetcher *f = fetch_new(&o);
	AUTO_FREE char *dir = test_path(".");
	char address[512], missing[512];
	struct fetch_request q[3] = {0};
	struct fetch_response r[3];
	struct err err = {0};

	(void)snprintf(address, sizeof(address), "file://%s/a%%20b", dir);
	(void)snprintf(missing, sizeof(missing), "file://%s/c", dir);
	q[0] = (struct fetch_request){.url = address, .max_bytes = 5, .dest_fd = -1};
	q[1] = (struct fetch_request){.url = address, .max_bytes = 4, .dest_fd = -1};
	q[2] = (struct fetch_request){.url = missing, .max_bytes = 4, .dest_fd = -1};
	ck_rc(fetch_run(r, f, q, 3, &err), ERR_PKG, &err);
	ck_assert_int_eq(r[0].fault, FETCH_OK);
	ck_assert_str_eq(r[0].body.data, "hello");
	ck_assert_str_eq(r[0].sha256, hello_sha256);
	ck_assert_int_eq(r[1].fault, FETCH_LIMIT);
	ck_assert_int_eq(r[2].fault, FETCH_NOT_FOUND);
	fetch_response_clear(&r[0]);
}
END_TEST

static const struct {
	const char *url;
	bool allowed;
} addresses[] = {
    {"https://registry.example/index/", true},
    {"https://registry.example:8443/index/", true},
    {"https://[2001:db8::1]/x", true},
    {"http://127.0.0.1/x", true},
    {"http://127.255.0.9:80/x", true},
    {"http://localhost:8080/x", true},
    {"http://[::1]:1/x", true},
    {"file:///a/b", true},
    {"file://localhost/a", true},
    {"http://registry.example/", false},
    {"http://127.0.0.1.example/", false},
    {"http://localhost.example/", false},
    {"http://127.1/", false},
    {"http://0177.0.0.1/", false},
    {"http://127.0.0.256/", false},
    {"http://127.0.0.1@registry.example/", false},
    {"https://user:pass@registry.example/", false},
    {"https://registry.example\\@evil.example/", false},
    {"https://registry.example:0/", false},
    {"https://registry.example:65536/", false},
    {"https://registry.example:/", false},
    {"https://registry example/", false},
    {"https:///x", false},
    {"https://a\nb/", false},
    {"https://%72egistry.example/", false},
    {"ftp://registry.example/", false},
    {"HTTPS://registry.example/", false},
    {"file://host/a", false},
    {"file://a", false},
    {"file:///a%00b", false},
    {"", false},
};

START_TEST(address_is_followed_only_when_it_is_plain_and_safe)
{
	ck_assert_msg(fetch_url_is_allowed(addresses[_i].url) == addresses[_i].allowed, "%s",
	    addresses[_i].url);
}
END_TEST

static const struct {
	const char *from, *to;
	bool may;
} leads[] = {
    {"https://a.example/", "https://b.example/", true},
    {"https://a.example/", "http://127.0.0.1/", false},
    {"https://a.example/", "file:///etc/", false},
    {"http://127.0.0.1/", "http://localhost:81/", true},
    {"http://127.0.0.1/", "https://b.example/", true},
    {"http://127.0.0.1/", "http://b.example/", false},
    {"http://127.0.0.1/", "file:///etc/", false},
    {"file:///a/", "file:///b/", true},
    {"file:///a/", "https://b.example/", true},
    {"file:///a/", "ftp://b.example/", false},
};

START_TEST(registry_leads_to_no_weaker_place)
{
	ck_assert_msg(fetch_url_may_lead(leads[_i].from, leads[_i].to) == leads[_i].may, "%s to %s",
	    leads[_i].from, leads[_i].to);
}
END_TEST

START_TEST(origin_is_scheme_host_and_port)
{
	ck_assert(fetch_url_same_origin("https://a.example/x", "https://A.example:443/y?z"));
	ck_assert(!fetch_url_same_origin("https://a.example/", "http://a.example/"));
	ck_assert(!fetch_url_same_origin("https://a.example/", "https://b.example/"));
	ck_assert(!fetch_url_same_origin("https://a.example/", "https://a.example:444/"));
	ck_assert(!fetch_url_same_origin("https://a.example.evil/", "https://a.example/"));
	ck_assert(!fetch_url_same_origin("file:///a", "file:///a"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("registry/fetch");
	TCase *net = tcase_create("net"), *local = tcase_create("local");

	tcase_set_timeout(net, 40);
	tcase_add_checked_fixture(net, set_up, tear_down);
	tcase_add_loop_test(net, server_that_misbehaves_ends_with_its_fault_in_bounded_time, 0,
	    (int)ARRAY_LEN(hostile));
	tcase_add_test(net, endless_bodies_take_no_memory);
	tcase_add_test(net, answer_comes_with_digest_and_tag);
	tcase_add_test(net, body_longer_than_announced_is_cut_there);
	tcase_add_test(net, unchanged_file_is_not_sent_again);
	tcase_add_test(net, other_bytes_than_wanted_are_refused);
	tcase_add_test(net, busy_server_is_asked_again);
	tcase_add_test(net, plain_http_goes_past_a_proxy);
	tcase_add_loop_test(
	    net, token_goes_to_its_origin_and_nowhere_else, 0, (int)ARRAY_LEN(tokens));
	tcase_add_test(net, nobody_listening_is_a_connect_fault);
	tcase_add_test(net, error_answer_keeps_its_body);
	tcase_add_test(net, many_requests_share_few_connections);
	tcase_add_test(net, answers_together_have_a_limit);
	tcase_add_test(net, answers_under_way_have_a_limit);
	tcase_add_test(net, file_takes_the_body);
	tcase_add_test(net, offline_starts_nothing);
	suite_add_tcase(suite, net);
	tcase_add_test(net, waiting_for_another_process_is_no_silence);
	tcase_add_test(local, local_files_need_no_helper);
	tcase_add_loop_test(local, registry_leads_to_no_weaker_place, 0, (int)ARRAY_LEN(leads));
	tcase_add_loop_test(local, address_is_followed_only_when_it_is_plain_and_safe, 0,
	    (int)ARRAY_LEN(addresses));
	tcase_add_test(local, origin_is_scheme_host_and_port);
	suite_add_tcase(suite, local);
	return test_main(suite);
}
