/* SPDX-License-Identifier: MIT */
/* Destinations: the text forms and the decision, row by row. */
#include "policy/net.h"
#include "tests/support/support.h"

#include <string.h>

/* clang-format off */
static const struct {
	const char *text;
	bool deny;
	const char *want; /* "host ports", NULL = refused */
} specs[] = {
	{ "host:443", false, "host 443" },
	{ "host:443,80", false, "host 80 443" },
	{ " host : 80 , 443 ", false, "host 80 443" },
	{ "host:80,80,443,80", false, "host 80 443" },
	{ "host:1,65535", true, "host 1 65535" },
	{ "EXAMPLE.Com:443", false, "example.com 443" },
	{ "host:*", true, "host *" },
	{ "host: * ", true, "host *" },
	{ "[::1]:443", false, "::1 443" },
	{ "::1:443", false, "::1 443" },
	{ "[0:0:0:0:0:0:0:1]:443", true, "::1 443" },
	{ "[2001:DB8::]:1", false, "2001:db8:: 1" },
	{ "::ffff:10.0.0.1:1", false, "::ffff:10.0.0.1 1" },
	{ "_srv.a-b.example:1", true, "_srv.a-b.example 1" },
	{ "xn--bcher-kva.ch:443", false, "xn--bcher-kva.ch 443" },
	{ "1.2.3.example:443", false, "1.2.3.example 443" },
	{ "2001:db8::/32:443", true, "2001:db8::/32 443" },
	{ "::1-::9:443", true, "::1-::9 443" },
	/* wildcards, which nothing would match: no false comfort from a denial */
	{ "*.example.com:443", false, NULL }, { "*.example.com:*", true, NULL }, { "*:443", true, NULL },
	/* letters that look like others; what a resolver or a browser would read as an address */
	{ "b\xc3\xbc" "cher.ch:443", false, NULL }, { "ex\xd0\xb0mple.com:443", true, NULL },
	{ "example\xe3\x80\x82" "com:443", false, NULL }, { "\xff:443", false, NULL },
	{ "127.1:443", false, NULL }, { "0x7f.1:443", true, NULL }, { "0x7f000001:443", false, NULL },
	{ "2130706433:443", false, NULL }, { "010.0.0.1:443", false, NULL }, { "1.2.3.4.5:443", false, NULL },
	{ "1.2.3.256:443", false, NULL }, { "1.2.3.4.:443", false, NULL }, { "a.0xff:443", false, NULL },
	{ "a.0x:443", false, NULL },
	{ "ex%61mple.com:443", false, NULL }, { "fe80::1%eth0:443", false, NULL }, { "[fe80::1%1]:443", true, NULL },
	{ "a..b:443", false, NULL }, { ".a:443", false, NULL }, { "a..:443", false, NULL }, { ".:443", false, NULL },
	{ "-a.b:443", false, NULL }, { "a-.b:443", false, NULL }, { "user@host:443", false, NULL },
	{ "https://host:443", false, NULL }, { "host/path:443", false, NULL }, { "a,b:443", false, NULL },
	{ "[1.2.3:443", false, NULL }, { "[host]:443", false, NULL }, { "::1", true, NULL }, { ":::1", true, ":: 1" },
	{ "10.0.0.0/33:443", true, NULL }, { "10.0.0.0/:443", true, NULL }, { "10.0.0.0/8/8:443", true, NULL },
	{ "10.0.0.9-10.0.0.1:443", true, NULL }, { "10.0.0.1-::1:443", true, NULL }, { "10.0.0.1-:443", true, NULL },
	{ "10.0.0.0/8:443", false, "10.0.0.0/8 443" },
	{ "10.0.0.1-10.0.0.9:443", false, "10.0.0.1-10.0.0.9 443" },
	{ "example.com.:443", false, "example.com. 443" },
	{ "host:*", false, NULL }, { "host:*,80", true, NULL }, { "host:80,*", true, NULL },
	{ "", false, NULL }, { "host", false, NULL }, { "host:", false, NULL }, { ":80", false, NULL },
	{ "[::1]", false, NULL }, { "[]:80", false, NULL }, { "[::1:80", false, NULL }, { "::1]:80", false, NULL },
	{ "host:0", false, NULL }, { "host:65536", false, NULL }, { "host:99999999999", false, NULL },
	{ "host:80,", false, NULL }, { "host:,80", false, NULL }, { "host:8a", false, NULL },
	{ "host:-1", false, NULL }, { "host:+1", false, NULL }, { "host:8 0", false, NULL },
	{ "a b:80", false, NULL }, { "a;b:80", false, NULL }, { "a\tb:80", false, NULL }, { "a\001:80", false, NULL },
};
/* clang-format on */

START_TEST(host_spec_is_read_as_the_table_says)
{
	struct policy_host_spec s = {.host = "untouched"};
	CLEANUP(buf_clear) struct buf got = buf_init(4096);
	struct err err = {0};
	int rc = policy_host_spec_parse(&s, specs[_i].text, specs[_i].deny, &err);

	if (!specs[_i].want) {
		ck_rc(rc, ERR_USAGE, &err);
		ck_assert_str_eq(s.host, "untouched");
		ck_assert_ptr_nonnull(strstr(err.message, "1..65535"));
		return;
	}
	ck_rc(rc, 0, &err);
	buf_puts(&got, s.host);
	for (uint32_t i = 0; i < s.port_count; i++)
		buf_printf(&got, " %u", s.ports[i]);
	if (s.all_ports)
		buf_puts(&got, " *");
	ck_assert_str_eq(got.data, specs[_i].want);
}
END_TEST

START_TEST(host_spec_has_at_most_64_ports_and_253_bytes)
{
	CLEANUP(buf_clear) struct buf text = buf_init(4096);
	struct policy_host_spec s;
	struct err err = {0};

	buf_puts(&text, "h:1");
	for (int i = 2; i <= 64; i++)
		buf_printf(&text, ",%d", i);
	ck_rc(policy_host_spec_parse(&s, text.data, false, &err), 0, &err);
	ck_assert_uint_eq(s.port_count, 64);
	buf_puts(&text, ",65");
	ck_rc(policy_host_spec_parse(&s, text.data, false, &err), ERR_USAGE, &err);
	ck_assert_ptr_nonnull(strstr(err.message, "more than 64 ports"));
	for (int extra = 0; extra <= 1; extra++) {
		buf_reset(&text);
		for (int i = 0; i < 253 + extra; i++)
			buf_putc(&text, i % 64 == 63 ? '.' : 'a');
		buf_puts(&text, ":80");
		ck_rc(policy_host_spec_parse(&s, text.data, false, &err), extra ? ERR_USAGE : 0,
		    &err);
	}
}
END_TEST

static uint16_t web[] = {80, 443};
static uint16_t tls[] = {443};
static uint16_t dns[] = {53};
static struct policy_host hosts[] = {
    {"Example.com", tls, 1},
    {"10.0.0.0/8", web, 2},
    {"192.168.1.10-192.168.1.20", tls, 1},
    {"1.2.3.4", tls, 1},
    {"2001:db8::/33", tls, 1},
    {"[::1]", tls, 1},
    {"*.wild.example", tls, 1},
    {"example.com", dns, 1},
    {"172.16.0.0/99", tls, 1},
    {"9.9.9.0/", tls, 1},
    {"0.0.0.0/0x", tls, 1},
    {"10.1.0.0/129", dns, 1},
    {"dot.example.", tls, 1},
    {"::ffff:100.64.0.0/106", tls, 1},
    {"::ffff:9.0.0.1-::ffff:9.0.0.3", tls, 1},
};

/* clang-format off */
static const struct {
	const char *host;
	uint16_t port;
	enum policy_verdict verdict;
	uint32_t entry;
} decisions[] = {
	{ "example.com", 443, POLICY_ALLOWED, 0 },
	{ "EXAMPLE.COM", 443, POLICY_ALLOWED, 0 },
	{ "example.com", 53, POLICY_ALLOWED, 7 },
	{ "example.com", 80, POLICY_DENIED_PORT, 0 },
	{ "example.com.", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "dot.example", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "www.example.com", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "example.com.evil.test", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "xexample.com", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "a.wild.example", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "10.0.0.0", 80, POLICY_ALLOWED, 1 },
	{ "10.255.255.255", 443, POLICY_ALLOWED, 1 },
	{ "11.0.0.0", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "10.0.0.1", 22, POLICY_DENIED_PORT, 1 },
	{ "192.168.1.10", 443, POLICY_ALLOWED, 2 },
	{ "192.168.1.20", 443, POLICY_ALLOWED, 2 },
	{ "192.168.1.9", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "192.168.1.21", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "1.2.3.4", 443, POLICY_ALLOWED, 3 },
	{ "1.2.3.5", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "::ffff:1.2.3.4", 443, POLICY_ALLOWED, 3 }, /* the kernel connects to IPv4 */
	{ "::ffff:1.2.3.5", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "1.2.3.04", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "0x01020304", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "16909060", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "2001:db8:7fff::1", 443, POLICY_ALLOWED, 4 },
	{ "[2001:db8::1]", 443, POLICY_ALLOWED, 4 },
	{ "2001:db8:8000::1", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "::1", 443, POLICY_ALLOWED, 5 },
	{ "0:0::1", 443, POLICY_ALLOWED, 5 },
	{ "::1%lo", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "172.16.0.1", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "9.9.9.9", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "100.65.0.1", 443, POLICY_ALLOWED, 13 }, /* mapped networks and ranges are IPv4 */
	{ "::ffff:100.65.0.1", 443, POLICY_ALLOWED, 13 },
	{ "100.128.0.1", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "9.0.0.3", 443, POLICY_ALLOWED, 14 },
	{ "9.0.0.4", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "ex%61mple.com", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "ex\xd0\xb0mple.com", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "example.com\n", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "example.com:443", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "example.com@evil.test", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "8.8.8.8", 443, POLICY_DENIED_HOST, UINT32_MAX },
	{ "10.1.0.0", 53, POLICY_DENIED_PORT, 1 },
	{ "example.com", 0, POLICY_DENIED_FORM, UINT32_MAX },
	{ "", 443, POLICY_DENIED_FORM, UINT32_MAX },
};
/* clang-format on */

static struct policy_net open_net(void)
{
	return (struct policy_net){.enabled = true,
	    .allow_dns = true,
	    .allow_tcp = true,
	    .hosts = hosts,
	    .host_count = ARRAY_LEN(hosts)};
}

START_TEST(decision_follows_the_list_of_hosts)
{
	struct policy_net net = open_net();
	uint32_t entry = 0;
	enum policy_verdict v =
	    policy_net_decide(&entry, &net, POLICY_TCP, decisions[_i].host, decisions[_i].port);

	ck_assert_msg(v == decisions[_i].verdict, "%s:%u: verdict %d", decisions[_i].host,
	    decisions[_i].port, (int)v);
	ck_assert_uint_eq(entry, decisions[_i].entry);
}
END_TEST

START_TEST(decision_names_the_gate_that_is_shut)
{
	struct policy_net net = open_net();

	ck_assert_int_eq(
	    policy_net_decide(NULL, &net, POLICY_UDP, "1.2.3.4", 443), POLICY_DENIED_UDP);
	net.allow_dns = false;
	ck_assert_int_eq(
	    policy_net_decide(NULL, &net, POLICY_TCP, "example.com", 443), POLICY_DENIED_DNS);
	ck_assert_int_eq(policy_net_decide(NULL, &net, POLICY_TCP, "1.2.3.4", 443), POLICY_ALLOWED);
	net.allow_tcp = false;
	ck_assert_int_eq(
	    policy_net_decide(NULL, &net, POLICY_TCP, "1.2.3.4", 443), POLICY_DENIED_TCP);
	net.enabled = false;
	ck_assert_int_eq(
	    policy_net_decide(NULL, &net, POLICY_TCP, "1.2.3.4", 443), POLICY_DENIED_NET);
	ck_assert_ptr_null(policy_verdict_pointer(POLICY_ALLOWED));
	ck_assert_str_eq(policy_verdict_pointer(POLICY_DENIED_NET), "/net/enabled");
	ck_assert_str_eq(policy_verdict_pointer(POLICY_DENIED_TCP), "/net/allow_tcp");
	ck_assert_str_eq(policy_verdict_pointer(POLICY_DENIED_UDP), "/net/allow_udp");
	ck_assert_str_eq(policy_verdict_pointer(POLICY_DENIED_DNS), "/net/allow_dns");
	ck_assert_str_eq(policy_verdict_pointer(POLICY_DENIED_PORT), "/net/allow_hosts");
}
END_TEST

START_TEST(refused_name_is_answered_with_what_to_write)
{
	struct policy_host_spec s;
	struct err err = {0};

	ck_rc(policy_host_spec_parse(&s,
		  "b\xc3\xbc"
		  "cher.ch:443",
		  false, &err),
	    ERR_USAGE, &err);
	ck_assert_ptr_nonnull(strstr(err.message, "`idn2 NAME` prints it"));
	ck_rc(policy_host_spec_parse(&s, "xn--bcher-kva.ch:443", false, &err), 0, &err);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy/net");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, host_spec_is_read_as_the_table_says, 0, (int)ARRAY_LEN(specs));
	tcase_add_test(t, host_spec_has_at_most_64_ports_and_253_bytes);
	tcase_add_loop_test(t, decision_follows_the_list_of_hosts, 0, (int)ARRAY_LEN(decisions));
	tcase_add_test(t, decision_names_the_gate_that_is_shut);
	tcase_add_test(t, refused_name_is_answered_with_what_to_write);
	suite_add_tcase(s, t);
	return test_main(s);
}
