/* SPDX-License-Identifier: MIT */
/*
 * What holds for every sequence of override flags, shown on thousands of sequences from a fixed
 * seed: the order of flags does not matter, what is denied is never reachable, and promoting the
 * derived policy gives the base its effect and nothing else.
 */
#include "tests/unit/policy/policy_doc.h"

#include "policy/derive.h"
#include "policy/diff.h"
#include "policy/net.h"
#include "policy/overrides.h"
#include "policy/parse.h"
#include "policy/promote.h"

#include <arpa/inet.h>
#include <stdio.h>

#define CASES 2000
#define FLAGS_MAX 12

/* Source: G. Marsaglia, Xorshift RNGs (2003). */
struct random {
	uint64_t state;
};

static uint32_t next(struct random *r, uint32_t below)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return (uint32_t)(r->state >> 33) % below;
}

static const char *const hosts[] = {"example.com", "EXAMPLE.com", "a.example", "b", "10.0.0.1",
    "10.0.0.0/24", "10.0.0.1-10.0.0.9", "[::1]", "[0:0::1]", "::ffff:10.0.0.1", "xn--bcher-kva.ch",
    "::ffff:10.0.0.0/122", "[2001:DB8::1]", "2001:db8::/126", "::1-::ffff", "example.com."};
static const char *const ports[] = {"80", "443", "80,443", "443,80", "8080", "1,65535"};
static const char *const roots[] = {"tmp", "out", ".", "/data", "/srv/up", "a/b"};

enum flag_kind { ALLOW, DENY, READ_ROOT, WRITE_ROOT };
struct flag {
	enum flag_kind kind;
	char text[64];
};

static void random_flag(struct flag *f, struct random *r, bool with_roots)
{
	f->kind = (enum flag_kind)next(r, with_roots ? 4 : 2);
	if (f->kind == READ_ROOT || f->kind == WRITE_ROOT)
		(void)snprintf(f->text, sizeof(f->text), "%s", roots[next(r, ARRAY_LEN(roots))]);
	else
		(void)snprintf(f->text, sizeof(f->text), "%s:%s", hosts[next(r, ARRAY_LEN(hosts))],
		    f->kind == DENY && next(r, 3) == 0 ? "*" : ports[next(r, ARRAY_LEN(ports))]);
}

static void add_flag(struct policy_overrides *o, const struct flag *f)
{
	struct err err = {0};

	if (f->kind == ALLOW || f->kind == DENY)
		ck_rc(policy_overrides_add_host(o, f->text, f->kind == DENY, &err), 0, &err);
	else
		ck_rc(policy_overrides_add_root(o, f->text, f->kind == WRITE_ROOT, &err), 0, &err);
}

static void shuffle(struct flag *flags, uint32_t count, struct random *r)
{
	for (uint32_t i = count; i > 1; i--) {
		uint32_t other = next(r, i);
		struct flag kept = flags[i - 1];

		flags[i - 1] = flags[other];
		flags[other] = kept;
	}
}

static void derive(
    struct policy_derived *d, const char *base, const struct flag *flags, uint32_t count)
{
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};

	for (uint32_t i = 0; i < count; i++)
		add_flag(&o, &flags[i]);
	ck_rc(policy_derive(d, "base.json", str_c(base), &o, &diags, &err), 0, &err);
}

/* A base that has something to take away: hosts in another spelling, in pieces, twice. */
static char *base_text(void)
{
	AUTO_FREE char *text = template_text("http-client");

	return edited(text, "\"allow_hosts\": []",
	    "\"allow_hosts\": [{\"host\": \"Example.COM\", \"ports\": [443, 80, 443]},\n"
	    "      { \"ports\" : [80] , \"host\" : \"b\" }, {\"host\": \"B\", \"ports\": [8080]},\n"
	    "      {\"host\": \"10.0.0.0/24\", \"ports\": [443]}]");
}

START_TEST(order_of_flags_does_not_matter)
{
	AUTO_FREE char *base = base_text();
	struct random r = {0x9e3779b97f4a7c15u};

	for (int n = 0; n < CASES; n++) {
		CLEANUP(policy_derived_clear) struct policy_derived a = {0}, b = {0};
		struct flag flags[FLAGS_MAX];
		uint32_t count = 1 + next(&r, FLAGS_MAX);

		for (uint32_t i = 0; i < count; i++)
			random_flag(&flags[i], &r, true);
		derive(&a, base, flags, count);
		shuffle(flags, count, &r);
		derive(&b, base, flags, count);
		ck_assert_str_eq(a.text.data, b.text.data);
		ck_assert_str_eq(a.file_name, b.file_name);
	}
}
END_TEST

static void ck_unreachable(const struct policy *p, const char *host, uint16_t port)
{
	static const char *const forms[] = {"%s", "%s.", "[%s]", "::ffff:%s", "[::ffff:%s]"};
	char other[POLICY_HOST_MAX + 16];

	/* in every spelling */
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		int len = 0;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		len = snprintf(other, sizeof(other), forms[i], host);
#pragma GCC diagnostic pop
		for (int at = 0; i > 0 && at < len; at++)
			other[at] = (char)(other[at] >= 'a' && other[at] <= 'z' ? other[at] - 32
										: other[at]);
		ck_assert_msg(
		    policy_net_decide(NULL, &p->net, POLICY_TCP, other, port) != POLICY_ALLOWED,
		    "%s:%u", other, port);
	}
}

/* Destinations that a deny flag names: the host, or the ends of its addresses. */
static void ck_denied(const struct policy *p, const struct flag *f)
{
	struct policy_host_spec spec;
	struct policy_range range;
	struct err err = {0};
	char names[2][INET6_ADDRSTRLEN];
	const char *targets[3] = {0};

	ck_rc(policy_host_spec_parse(&spec, f->text, true, &err), 0, &err);
	targets[0] = spec.host;
	if (policy_range_parse(&range, spec.host)) {
		int family = range.first.len == 4 ? AF_INET : AF_INET6;

		targets[1] = inet_ntop(family, range.first.bytes, names[0], sizeof(names[0]));
		targets[2] = inet_ntop(family, range.last.bytes, names[1], sizeof(names[1]));
	}
	for (int t = 0; t < 3 && targets[t]; t++) {
		for (uint32_t port = 1; spec.all_ports && port <= 65535; port += 9361)
			ck_unreachable(p, targets[t], (uint16_t)port);
		for (uint32_t i = 0; i < spec.port_count; i++)
			ck_unreachable(p, targets[t], spec.ports[i]);
		if (!spec.all_ports)
			continue;
		ck_unreachable(p, targets[t], 80);
		ck_unreachable(p, targets[t], 443);
		ck_unreachable(p, targets[t], 8080);
	}
}

START_TEST(what_is_denied_is_never_reachable)
{
	AUTO_FREE char *base = base_text();
	struct random r = {0xda3e39cb94b95bdbu};
	uint32_t allowed = 0;

	for (int n = 0; n < CASES; n++) {
		CLEANUP(policy_derived_clear) struct policy_derived d = {0};
		struct flag flags[FLAGS_MAX];
		uint32_t count = 1 + next(&r, FLAGS_MAX);

		for (uint32_t i = 0; i < count; i++)
			random_flag(&flags[i], &r, false);
		derive(&d, base, flags, count);
		for (uint32_t i = 0; i < count; i++) {
			if (flags[i].kind == DENY)
				ck_denied(&d.policy, &flags[i]);
		}
		allowed +=
		    policy_net_decide(NULL, &d.policy.net, POLICY_TCP, "b", 80) == POLICY_ALLOWED;
	}
	/* the other way round: the test would also pass if nothing were ever allowed */
	ck_assert_uint_gt(allowed, CASES / 4);
	ck_assert_uint_lt(allowed, CASES);
}
END_TEST

START_TEST(what_is_allowed_and_not_denied_is_reachable)
{
	AUTO_FREE char *base = base_text();
	struct random r = {0x2545f4914f6cdd1du};

	for (int n = 0; n < CASES; n++) {
		CLEANUP(policy_derived_clear) struct policy_derived d = {0};
		struct flag flags[FLAGS_MAX];
		uint32_t count = 1 + next(&r, FLAGS_MAX);

		for (uint32_t i = 0; i < count; i++) {
			random_flag(&flags[i], &r, true);
			if (flags[i].kind == DENY)
				(void)snprintf(flags[i].text, sizeof(flags[i].text), "elsewhere:*");
		}
		derive(&d, base, flags, count);
		for (uint32_t i = 0; i < count; i++) {
			struct policy_host_spec spec;
			struct err err = {0};

			if (flags[i].kind != ALLOW || strpbrk(flags[i].text, "/-"))
				continue;
			ck_rc(policy_host_spec_parse(&spec, flags[i].text, false, &err), 0, &err);
			for (uint32_t k = 0; k < spec.port_count; k++)
				ck_assert_int_eq(policy_net_decide(NULL, &d.policy.net, POLICY_TCP,
						     spec.host, spec.ports[k]),
				    POLICY_ALLOWED);
		}
	}
}
END_TEST

/* Bytes of @p text that are neither before nor behind the arrays that flags may change. */
static const char *const touched[] = {"\"allow_hosts\"", "\"read_roots\"", "\"write_roots\""};

static void without_touched(struct buf *out, const char *text)
{
	while (*text) {
		bool found = false;

		for (size_t i = 0; i < ARRAY_LEN(touched) && !found; i++)
			found = strncmp(text, touched[i], strlen(touched[i])) == 0;
		if (!found) {
			buf_putc(out, *text++);
			continue;
		}
		/* to the bracket that closes the array */
		text += strcspn(text, "[");
		for (int depth = 0; *text; text++) {
			depth += (*text == '[') - (*text == ']');
			if (depth == 0)
				break;
		}
		buf_putc(out, '#');
	}
}

START_TEST(promotion_gives_the_effect_and_nothing_else)
{
	AUTO_FREE char *base = base_text();
	CLEANUP(buf_clear) struct buf outside = buf_init(1 << 20);
	struct random r = {0x853c49e6748fea9bu};

	without_touched(&outside, base);
	for (int n = 0; n < CASES / 2; n++) {
		CLEANUP(policy_derived_clear) struct policy_derived d = {0};
		CLEANUP(policy_clear) struct policy a = {0}, c = {0};
		CLEANUP(policy_changes_clear) struct policy_changes changes = {0}, left = {0};
		CLEANUP(diag_list_clear) struct diag_list diags = {0};
		CLEANUP(buf_clear) struct buf got = buf_init(4 << 20), rest = buf_init(1 << 20);
		struct policy_promotion what = {.base_file = "base.json",
		    .text = str_c(base),
		    .base = &a,
		    .derived = &d.policy};
		struct flag flags[FLAGS_MAX];
		uint32_t count = 1 + next(&r, FLAGS_MAX);
		struct err err = {0};

		for (uint32_t i = 0; i < count; i++)
			random_flag(&flags[i], &r, true);
		derive(&d, base, flags, count);
		ck_rc(policy_parse(&a, base, strlen(base), "b", &diags, &err), 0, &err);
		ck_rc(policy_promote(&got, &changes, &what, &diags, &err), 0, &err);
		ck_rc(policy_parse(&c, got.data, got.len, "c", &diags, &err), 0, &err);
		policy_diff(&left, &c, &d.policy);
		ck_assert_uint_eq(left.count, 0);
		without_touched(&rest, got.data);
		ck_assert_str_eq(rest.data, outside.data);
		if (changes.count == 0)
			ck_assert_str_eq(got.data, base);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy/property");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 50);
	tcase_add_test(t, order_of_flags_does_not_matter);
	tcase_add_test(t, what_is_denied_is_never_reachable);
	tcase_add_test(t, what_is_allowed_and_not_denied_is_reachable);
	tcase_add_test(t, promotion_gives_the_effect_and_nothing_else);
	suite_add_tcase(s, t);
	return test_main(s);
}
