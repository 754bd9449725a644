/* SPDX-License-Identifier: MIT */
/* Recorded operations become the smallest policy: a table of runs and what they are granted. */
#include "policy/observe.h"

#include "policy/parse.h"
#include "policy/print.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

#define USES 4

/* A run of a few operations, and texts that its policy has and has not. */
struct row {
	const char *about;
	struct policy_use uses[USES];
	const char *has[4];
	const char *lacks[4];
	int granted; /* 0 = not looked at */
	int added, withheld;
	bool symlinks, hidden_listed;
};

#define LEGACY(kind_, subject_, path_, root_)                                                      \
	{                                                                                          \
		.kind = (kind_), .what = "os.fs.read_file", .subject = (subject_),                 \
		.path = (path_), .root = (root_), .joined = true, .count = 1                       \
	}
#define V1(kind_, path_, ...)                                                                      \
	{                                                                                          \
		.kind = (kind_), .what = "v1", .subject = (path_), .path = (path_), .root = ".",   \
		.count = 1, __VA_ARGS__                                                            \
	}
#define OTHER(kind_, subject_, ...)                                                                \
	{                                                                                          \
		.kind = (kind_), .what = "head", .subject = (subject_), .count = 1, __VA_ARGS__    \
	}
#define READ POLICY_USE_READ
#define WRITE POLICY_USE_WRITE

/* clang-format off */
static const struct row rows[] = {
	{ "nothing", {{0}}, .has = {"\"read_roots\": []", "\"write_roots\": []"},
	  .lacks = {"\"enabled\": true"} },
	{ "the directory of the file", { LEGACY(READ, "data/a/f", "data/a/f", ".") },
	  .has = {"\"data/a\"", "\"max_blocking\": 1"}, .lacks = {"\"data\"", "\".\""} },
	{ "a file of the project itself", { LEGACY(READ, "f", "f", ".") }, .has = {"\".\""} },
	{ "a directory in another one adds nothing",
	  { LEGACY(READ, "data/a/f", "data/a/f", "."), LEGACY(READ, "data/f", "data/f", ".") },
	  .has = {"\"data\""}, .lacks = {"\"data/a\""} },
	{ "a sibling with the same start is another one",
	  { LEGACY(READ, "data/f", "data/f", "."), LEGACY(READ, "data2/f", "data2/f", ".") },
	  .has = {"\"data\"", "\"data2\""} },
	{ "reading and writing are apart",
	  { LEGACY(READ, "a/f", "a/f", "."), LEGACY(WRITE, "b/f", "b/f", ".") },
	  .has = {"\"read_roots\": [\n      \"a\"\n    ]", "\"write_roots\": [\n      \"b\"\n    ]"} },
	{ "what is read in a directory that is written stays for reading",
	  { V1(READ, "a/b/f"), V1(WRITE, "a/g") },
	  .has = {"\"read_roots\": [\n      \"a/b\"\n    ]", "\"write_roots\": [\n      \"a\"\n    ]"} },
	{ "unless it is written too",
	  { V1(READ, "a/b/f"), V1(WRITE, "a/g"), V1(WRITE, "a/b/c/g") },
	  .has = {"\"read_roots\": [\n      \"a/b\"\n    ]", "\"write_roots\": [\n      \"a\",\n      \"a/b\"\n    ]"} },
	{ "or moved",
	  { V1(READ, "a/b/c/f"), V1(WRITE, "a/g"), V1(WRITE, "a/b", .dir = true, .moved = true) },
	  .has = {"\"write_roots\": [\n      \"a\",\n      \"a/b/c\"\n    ]"} },
	{ "a path that is appended to its root keeps the root",
	  { LEGACY(WRITE, "sub/f", "out/sub/f", "out") },
	  .has = {"\"out\""}, .lacks = {"\"out/sub\""} },
	{ "such a root is not swallowed by the project",
	  { LEGACY(WRITE, "x", "out/x", "out"), LEGACY(WRITE, "y", "y", ".") },
	  .has = {"\"out\",\n      \".\""} },
	{ "a listed directory is its own root", { V1(READ, "data/sub", .dir = true) },
	  .has = {"\"data/sub\"", "\"max_blocking\": 0"} },
	{ "what the run made is no root",
	  { V1(WRITE, "made", .created = true), V1(WRITE, "made/a/f") },
	  .has = {"\".\""}, .lacks = {"\"made", "\"made/a"} },
	{ "what the run removes is no root", { V1(WRITE, "data/sub", .dir = true, .moved = true) },
	  .has = {"\"data\""}, .lacks = {"\"data/sub\""} },
	{ "a link needs both ends", { V1(READ, "cfg/link", .real = "data/a.txt") },
	  .has = {"\".\""}, .symlinks = true },
	{ "a link beside its target", { V1(READ, "data/link", .real = "data/sub/f") },
	  .has = {"\"data\""}, .lacks = {"\".\""}, .symlinks = true },
	{ "outside the project what was allowed stays", { V1(READ, "/srv/x/f") }, .has = {"\"/srv/x\""} },
	{ "outside the project what was refused is withheld",
	  { V1(READ, "/etc/passwd", .refused = true) }, .lacks = {"/etc"}, .withheld = 1 },
	{ "inside the project what was refused is added",
	  { V1(WRITE, "logs/f", .refused = true) }, .has = {"\"logs\""}, .added = 1 },
	{ "what no policy allows is withheld",
	  { V1(READ, "a/../b", .refused = true, .why_not = "no") }, .withheld = 1 },
	{ "a path with the separator of lists cannot be granted", { V1(READ, "a;b/f") }, .lacks = {"a;b"} },
	{ "a path that is no text cannot be granted", { V1(READ, "a\xff/f") }, .lacks = {"a\xff", "\xef\xbf\xbd"} },
	{ "a hidden path opens hidden names", { V1(READ, "a/.b/f") },
	  .has = {"\"deny_hidden\": false", "\"a/.b\""} },
	{ "a listing with hidden names", { V1(READ, "a", .dir = true) }, .hidden_listed = true,
	  .has = {"\"deny_hidden\": false"} },
	{ "bytes are rounded up", { V1(READ, "a/f", .most = 5000), V1(WRITE, "a/g", .most = 4096) },
	  .has = {"\"max_read_bytes\": 8192", "\"max_write_bytes\": 4096"} },
	{ "the most that a number holds", { V1(READ, "a/f", .most = UINT64_MAX) },
	  .has = {"\"max_read_bytes\": 4294967295"} },
	{ "keys once and sorted",
	  { OTHER(POLICY_USE_ENV, "B"), OTHER(POLICY_USE_ENV, "A", .refused = true), OTHER(POLICY_USE_ENV, "B", .refused = true) },
	  .has = {"\"A\",\n      \"B\""}, .granted = 2, .added = 1 },
	{ "a denied key is withheld", { OTHER(POLICY_USE_ENV, "S", .refused = true, .why_not = "denied") },
	  .lacks = {"\"S\""}, .withheld = 1 },
	{ "the longest sleep as it is", { OTHER(POLICY_USE_SLEEP, "s", .most = 7), OTHER(POLICY_USE_SLEEP, "s", .most = 3) },
	  .has = {"\"allow_sleep\": true", "\"max_sleep_ms\": 7"}, .lacks = {"\"allow_wall_clock\": true"} },
	{ "the clock", { OTHER(POLICY_USE_CLOCK, "now") }, .has = {"\"allow_wall_clock\": true"}, .granted = 1 },
	{ "the time zone", { OTHER(POLICY_USE_TZID, "tz") }, .has = {"\"allow_local_tzid\": true"}, .granted = 1 },
	{ "the exit", { OTHER(POLICY_USE_EXIT, "exit") }, .has = {"\"allow_exit\": true"}, .granted = 1 },
	{ "ports of one host stand together",
	  { OTHER(POLICY_USE_NET, "b.example:80"), OTHER(POLICY_USE_NET, "a.example:443"), OTHER(POLICY_USE_NET, "b.example:443") },
	  .has = {"\"allow_dns\": true", "\"allow_tcp\": true", "443,\n          80"} },
	{ "an address needs no names", { OTHER(POLICY_USE_NET, "192.0.2.1:80") },
	  .has = {"\"allow_dns\": false", "\"allow_tcp\": true"} },
	{ "an IPv6 address has no brackets in the document", { OTHER(POLICY_USE_NET, "[2001:db8::1]:80") },
	  .has = {"\"allow_dns\": false", "\"host\": \"2001:db8::1\""} },
	{ "datagrams need UDP alone", { {.kind = POLICY_USE_NET, .what = "head", .subject = "192.0.2.1:53", .udp = true, .count = 1} },
	  .has = {"\"allow_tcp\": false", "\"allow_udp\": true"}, .granted = 1 },
	{ "a look-up needs names alone", { {.kind = POLICY_USE_NET, .what = "head", .subject = "a.example:1", .lookup = true, .count = 1} },
	  .has = {"\"allow_tcp\": false", "\"allow_udp\": false", "\"allow_dns\": true"}, .granted = 1 },
};
/* clang-format on */

static struct policy_observed observed(const struct row *row)
{
	size_t count = 0;

	while (count < USES && row->uses[count].subject != NULL)
		count++;
	return (struct policy_observed){.uses = row->uses,
	    .count = count,
	    .symlinks = row->symlinks,
	    .hidden_listed = row->hidden_listed,
	    .policy_id = "observed.test",
	    .program = "src/main.x07.json",
	    .base = "base.json",
	    .outcome = "exit status 0"};
}

START_TEST(a_run_gets_the_smallest_policy)
{
	const struct row *row = &rows[_i];
	struct policy_observed in = observed(row);
	struct policy_proposal p = {0};
	struct err err = {0};
	int rc = policy_observe(&p, &in, &err);

	ck_assert_msg(rc == 0, "%s: %s", row->about, err.message);
	for (int i = 0; i < 4 && row->has[i] != NULL; i++)
		ck_assert_msg(strstr(p.policy.data, row->has[i]) != NULL, "%s: no %s in\n%s",
		    row->about, row->has[i], p.policy.data);
	for (int i = 0; i < 4 && row->lacks[i] != NULL; i++)
		ck_assert_msg(strstr(p.policy.data, row->lacks[i]) == NULL, "%s: %s in\n%s",
		    row->about, row->lacks[i], p.policy.data);
	ck_assert_msg((int)p.withheld == row->withheld, "%s: withheld %u", row->about, p.withheld);
	if (row->granted > 0)
		ck_assert_msg(
		    (int)p.granted == row->granted, "%s: granted %u", row->about, p.granted);
	ck_assert_msg((int)p.added == row->added, "%s: added %u", row->about, p.added);
	policy_proposal_clear(&p);
}
END_TEST

START_TEST(the_policy_is_one_that_the_reader_takes)
{
	struct policy_observed in = observed(&rows[_i]);
	struct policy_proposal p = {0};
	struct diag_list diags = {0};
	struct policy policy;
	struct err err = {0};
	struct buf again = buf_init(POLICY_MAX_BYTES);

	ck_assert_int_eq(policy_observe(&p, &in, &err), 0);
	ck_assert_int_eq(policy_parse(&policy, p.policy.data, p.policy.len, "p", &diags, &err), 0);
	policy_print(&again, &policy);
	ck_assert_str_eq(again.data, p.policy.data);
	policy_clear(&policy);
	buf_clear(&again);
	diag_list_clear(&diags);
	policy_proposal_clear(&p);
}
END_TEST

START_TEST(limits_have_room_and_bounds)
{
	struct policy_observed in = observed(&rows[0]);
	struct policy_proposal p = {0};
	struct err err = {0};

	in.cpu_ns = 1500000000;
	in.wall_ns = INT64_C(9000000000000);
	in.mem_bytes = (64u << 20) + 1;
	in.most_fd = 40;
	ck_assert_int_eq(policy_observe(&p, &in, &err), 0);
	ck_assert_ptr_nonnull(strstr(p.policy.data, "\"cpu_ms\": 3000"));
	ck_assert_ptr_nonnull(strstr(p.policy.data, "\"wall_ms\": 600000"));
	ck_assert_ptr_nonnull(strstr(p.policy.data, "\"mem_bytes\": 68157440"));
	ck_assert_ptr_nonnull(strstr(p.policy.data, "\"fds\": 48"));
	policy_proposal_clear(&p);
}
END_TEST

START_TEST(more_directories_than_a_policy_holds_become_the_project)
{
	enum { MANY = 200 };
	struct policy_use uses[MANY];
	static char paths[MANY][16];
	struct policy_observed in = observed(&rows[0]);
	struct policy_proposal p = {0};
	struct err err = {0};

	for (int i = 0; i < MANY; i++) {
		(void)snprintf(paths[i], sizeof(paths[i]), "d%03d/f", i);
		uses[i] = (struct policy_use)V1(READ, paths[i]);
	}
	in.uses = uses;
	in.count = MANY;
	ck_assert_int_eq(policy_observe(&p, &in, &err), 0);
	ck_assert_ptr_nonnull(strstr(p.policy.data, "\"read_roots\": [\n      \".\"\n    ]"));
	policy_proposal_clear(&p);
}
END_TEST

START_TEST(more_keys_than_a_policy_holds_are_refused)
{
	enum { MANY = 300 };
	struct policy_use uses[MANY];
	static char keys[MANY][8];
	struct policy_observed in = observed(&rows[0]);
	struct policy_proposal p = {.granted = 77};
	struct err err = {0};

	for (int i = 0; i < MANY; i++) {
		(void)snprintf(keys[i], sizeof(keys[i]), "K%d", i);
		uses[i] = (struct policy_use)OTHER(POLICY_USE_ENV, keys[i]);
	}
	in.uses = uses;
	in.count = MANY;
	ck_assert_int_eq(policy_observe(&p, &in, &err), ERR_LIMIT);
	ck_assert_uint_eq(p.granted, 77); /* untouched on failure */
	in.count = 0;
	in.policy_id = "not an id";
	ck_assert_int_eq(policy_observe(&p, &in, &err), ERR_USAGE);
}
END_TEST

START_TEST(the_review_escapes_what_the_program_wrote)
{
	struct policy_use use = OTHER(POLICY_USE_ENV, "A`|\n# Safe\x1b[31m");
	struct policy_observed in = observed(&rows[0]);
	struct policy_proposal p = {0};
	struct err err = {0};

	in.uses = &use;
	in.count = 1;
	ck_assert_int_eq(policy_observe(&p, &in, &err), 0);
	ck_assert_ptr_nonnull(strstr(p.review.data, "`A\\x60\\x7c\\x0a# Safe\\x1b[31m`"));
	ck_assert_ptr_null(strstr(p.review.data, "\n# Safe"));
	policy_proposal_clear(&p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy/observe");
	TCase *tc = tcase_create("all");

	tcase_add_loop_test(tc, a_run_gets_the_smallest_policy, 0, (int)ARRAY_LEN(rows));
	tcase_add_loop_test(tc, the_policy_is_one_that_the_reader_takes, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(tc, limits_have_room_and_bounds);
	tcase_add_test(tc, more_directories_than_a_policy_holds_become_the_project);
	tcase_add_test(tc, more_keys_than_a_policy_holds_are_refused);
	tcase_add_test(tc, the_review_escapes_what_the_program_wrote);
	suite_add_tcase(s, tc);
	return test_main(s);
}
