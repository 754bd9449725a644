/* SPDX-License-Identifier: MIT */
/* Overrides, their merge into a policy, and the derived document. */
#include "tests/unit/policy/policy_doc.h"

#include "base/hash.h"
#include "policy/derive.h"
#include "policy/net.h"
#include "policy/overrides.h"
#include "policy/templates.h"

#include <stdio.h>

#define FLAGS 8

/* Flags as on the command line: "+host" allows, "-host" denies, "r:" and "w:" are roots. */
static int add(struct policy_overrides *o, const char *flag, struct err *err)
{
	if (flag[0] == '+' || flag[0] == '-')
		return policy_overrides_add_host(o, flag + 1, flag[0] == '-', err);
	return policy_overrides_add_root(o, flag + 2, flag[0] == 'w', err);
}

static int derive(
    struct policy_derived *d, const char *base, const char *const *flags, struct err *err)
{
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};

	for (int i = 0; i < FLAGS && flags[i]; i++)
		ck_rc(add(&o, flags[i], err), 0, err);
	return policy_derive(d, "base.json", str_c(base), &o, &diags, err);
}

/* "a:80,443 b:1" */
static char *hosts_text(const struct policy *p)
{
	struct buf out = buf_init(1 << 20);

	buf_puts(&out, "");
	for (uint32_t i = 0; i < p->net.host_count; i++) {
		buf_printf(&out, "%s%s", i ? " " : "", p->net.hosts[i].host);
		for (uint32_t n = 0; n < p->net.hosts[i].port_count; n++)
			buf_printf(&out, "%c%u", n ? ',' : ':', p->net.hosts[i].ports[n]);
	}
	return buf_take(&out);
}

/* clang-format off */
static const struct {
	const char *base; /* value of allow_hosts */
	const char *flags[FLAGS];
	const char *want;
} merges[] = {
	{ "[]", { "+b.example:443", "+a.example:80" }, "a.example:80 b.example:443" },
	{ "[]", { "+a:80,443", "-a:80" }, "a:443" },
	{ "[]", { "-a:80", "+a:80,443" }, "a:443" },
	{ "[]", { "+a:443", "-a:*" }, "" },
	{ "[]", { "+a:443", "-a:1", "-a:*", "-a:2" }, "" },
	{ "[]", { "+a:80", "-a:80" }, "" },
	{ "[]", { "-nobody:*" }, "" },
	{ "[]", { "+a:1", "+A:2", "+a:1" }, "a:1,2" },
	{ "[{\"host\":\"Z.example\",\"ports\":[443,80,443]},{\"host\":\"b\",\"ports\":[1]}]",
	  { "+a:1", "+z.example:8080" }, "z.example:80,443,8080 b:1 a:1" },
	{ "[{\"host\":\"A\",\"ports\":[1]},{\"host\":\"a\",\"ports\":[2]}]", { "r:tmp" }, "a:1,2" },
	{ "[{\"host\":\"[::1]\",\"ports\":[1]}]", { "-[0::1]:*" }, "" },
	/* docs/decisions/deny-wins.md */
	{ "[{\"host\":\"10.0.0.0/8\",\"ports\":[1]}]", { "-10.0.0.1:*" },
	  "10.0.0.0:1 10.0.0.2-10.255.255.255:1" },
	{ "[{\"host\":\"10.0.0.0/8\",\"ports\":[1,2]}]", { "-10.0.0.0:2" },
	  "10.0.0.0/8:1 10.0.0.1-10.255.255.255:2" },
	{ "[{\"host\":\"10.0.0.0/8\",\"ports\":[1]}]", { "-10.0.0.1:2" }, "10.0.0.0/8:1" },
	{ "[{\"host\":\"10.0.0.5\",\"ports\":[1]}]", { "-10.0.0.0/30:*", "-10.0.0.4-10.0.0.9:*" }, "" },
	{ "[{\"host\":\"0.0.0.0/0\",\"ports\":[1]}]", { "-0.0.0.0/1:*" }, "128.0.0.0-255.255.255.255:1" },
	{ "[{\"host\":\"0.0.0.0/0\",\"ports\":[1]}]", { "-255.255.255.255:*", "-0.0.0.0:*", "-::/0:*" },
	  "0.0.0.1-255.255.255.254:1" },
	{ "[{\"host\":\"::/0\",\"ports\":[1]}]", { "-::1:*" }, ":::1 ::2-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:1" },
	{ "[{\"host\":\"10.0.0.0/8\",\"ports\":[1]}]", { "-::ffff:10.0.0.0/104:*" }, "" },
	{ "[{\"host\":\"10.0.0.0/8\",\"ports\":[1]}]", { "-::ffff:10.0.0.1:*", "-::ffff:10.0.0.3-::ffff:10.255.255.255:*" },
	  "10.0.0.0:1 10.0.0.2:1" },
	{ "[{\"host\":\"::ffff:10.0.0.0/104\",\"ports\":[1]}]", { "-10.0.0.1:*" },
	  "10.0.0.0:1 10.0.0.2-10.255.255.255:1" },
	{ "[{\"host\":\"a.example.\",\"ports\":[1]},{\"host\":\"a.example\",\"ports\":[2]}]",
	  { "-A.example:*" }, "" },
};
/* clang-format on */

START_TEST(merge_unions_allowed_hosts_and_lets_deny_win)
{
	AUTO_FREE char *text = template_text("http-client");
	AUTO_FREE char *base = NULL;
	AUTO_FREE char *got = NULL;
	CLEANUP(buf_clear) struct buf hosts = buf_init(4096);
	CLEANUP(policy_derived_clear) struct policy_derived d = {0};
	struct err err = {0};

	buf_printf(&hosts, "\"allow_hosts\": %s", merges[_i].base);
	base = edited(text, "\"allow_hosts\": []", hosts.data);
	ck_rc(derive(&d, base, merges[_i].flags, &err), 0, &err);
	got = hosts_text(&d.policy);
	ck_assert_str_eq(got, merges[_i].want);
}
END_TEST

START_TEST(merge_adds_roots_that_are_not_there)
{
	static const char *const flags[FLAGS] = {"w: tmp ", "w:out", "r:/data", "r:.", "r:/srv/up"};
	AUTO_FREE char *base = template_text("cli");
	CLEANUP(policy_derived_clear) struct policy_derived d = {0};
	struct err err = {0};

	ck_rc(derive(&d, base, flags, &err), 0, &err);
	ck_assert_uint_eq(d.policy.fs.write_roots.count, 2);
	ck_assert_str_eq(d.policy.fs.write_roots.items[0], "out");
	ck_assert_str_eq(d.policy.fs.write_roots.items[1], "tmp");
	ck_assert_uint_eq(d.policy.fs.read_roots.count, 3);
	ck_assert_str_eq(d.policy.fs.read_roots.items[1], "/data");
	ck_assert_str_eq(d.policy.fs.read_roots.items[2], "/srv/up");
	ck_assert(!d.policy.net.enabled && !d.policy.net.allow_dns);
}
END_TEST

START_TEST(merge_refuses_what_the_base_has_switched_off)
{
	static const struct {
		const char *template, *from, *to, *flag, *message;
	} rows[] = {
	    {"cli", "", "", "+a:1", "net.enabled=false"},
	    {"cli", "", "", "-a:*", "net.enabled=false"},
	    {"http-client", "\"allow_tcp\": true", "\"allow_tcp\": false", "+a:1",
		"net.allow_tcp=false"},
	    {"http-client", "\"allow_dns\": true", "\"allow_dns\": false", "+a.example:1",
		"set /net/allow_dns to true"},
	    {"worker", "", "", "r:x", "fs.enabled=false"},
	    {"worker", "", "", "w:x", "fs.enabled=false"},
	};
	AUTO_FREE char *text = template_text(rows[_i].template);
	AUTO_FREE char *base = edited(text, rows[_i].from, rows[_i].to);
	const char *const flags[FLAGS] = {rows[_i].flag};
	struct policy_derived d = {0};
	struct err err = {0};

	ck_rc(derive(&d, base, flags, &err), ERR_POLICY, &err);
	ck_assert_msg(strstr(err.message, rows[_i].message) != NULL, "%s", err.message);
}
END_TEST

/* A base that lists a name and looks none up: no flag makes that name answer. */
START_TEST(merge_leaves_the_look_up_of_names_as_it_is)
{
	static const char *const rows[] = {
	    "-zz.example:1", "r:in", "w:out", "+1.2.3.4:80", "-10.0.0.1:*", "+10.0.0.0/8:1"};
	AUTO_FREE char *text = template_text("http-client");
	AUTO_FREE char *quiet = edited(text, "\"allow_dns\": true", "\"allow_dns\": false");
	AUTO_FREE char *base = edited(quiet, "\"allow_hosts\": []",
	    "\"allow_hosts\": [{\"host\": \"intern.example\", \"ports\": [1]}]");
	const char *const flags[FLAGS] = {rows[_i]};
	CLEANUP(policy_derived_clear) struct policy_derived d = {0};
	struct err err = {0};

	ck_rc(derive(&d, base, flags, &err), 0, &err);
	ck_assert(!d.policy.net.allow_dns);
	ck_assert_int_eq(policy_net_decide(NULL, &d.policy.net, POLICY_TCP, "intern.example", 1),
	    POLICY_DENIED_DNS);
}
END_TEST

START_TEST(merge_keeps_what_a_read_root_inside_a_write_root_could_write)
{
	static const char *const flags[FLAGS] = {"r:out/in", "r:/project/out/other", "r:src"};
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {.folder = "/project"};
	AUTO_FREE char *base = template_text("cli");
	CLEANUP(policy_derived_clear) struct policy_derived d = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};

	for (int i = 0; flags[i]; i++)
		ck_rc(policy_overrides_add_root(&o, flags[i] + 2, false, &err), 0, &err);
	ck_rc(policy_derive(&d, "b", str_c(base), &o, &diags, &err), 0, &err);
	ck_assert_uint_eq(d.policy.fs.write_roots.count, 3);
	ck_assert_str_eq(d.policy.fs.write_roots.items[1], "/project/out/other");
	ck_assert_str_eq(d.policy.fs.write_roots.items[2], "out/in");
	ck_assert_uint_eq(d.policy.fs.read_roots.count, 4);
}
END_TEST

START_TEST(merge_keeps_the_limits_before_the_denials)
{
	AUTO_FREE char *base = template_text("http-client");
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct policy_derived d = {0};
	struct err err = {0};
	char spec[64];

	for (int i = 0; i < 65; i++) {
		(void)snprintf(spec, sizeof(spec), "a:%d", i + 1);
		ck_rc(policy_overrides_add_host(&o, spec, false, &err), 0, &err);
	}
	ck_rc(policy_overrides_add_host(&o, "a:1", true, &err), 0, &err);
	ck_rc(policy_derive(&d, "b", str_c(base), &o, &diags, &err), ERR_LIMIT, &err);
	ck_assert_ptr_nonnull(strstr(err.message, "more than 64 ports"));
	policy_overrides_clear(&o);
	for (int i = 0; i < 257; i++) {
		(void)snprintf(spec, sizeof(spec), "h%d:1", i);
		ck_rc(policy_overrides_add_host(&o, spec, false, &err), 0, &err);
	}
	ck_rc(policy_derive(&d, "b", str_c(base), &o, &diags, &err), ERR_LIMIT, &err);
	ck_assert_ptr_nonnull(strstr(err.message, "more than 256 hosts"));
	policy_overrides_clear(&o);
	for (int i = 0; i < 128; i++) {
		(void)snprintf(spec, sizeof(spec), "r%d", i);
		ck_rc(policy_overrides_add_root(&o, spec, false, &err), 0, &err);
	}
	ck_rc(policy_overrides_add_root(&o, "one-more", false, &err), ERR_LIMIT, &err);
	ck_rc(policy_derive(&d, "b", str_c(base), &o, &diags, &err), ERR_LIMIT, &err);
	ck_assert_ptr_nonnull(strstr(err.message, "more than 128 roots"));
}
END_TEST

START_TEST(overrides_refuse_more_hosts_than_they_hold)
{
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {0};
	struct err err = {0};
	char spec[64];

	ck_assert(policy_overrides_are_empty(&o));
	for (int i = 0; i < POLICY_OVERRIDES_MAX; i++) {
		(void)snprintf(spec, sizeof(spec), "h%d:*", i);
		ck_rc(policy_overrides_add_host(&o, spec, true, &err), 0, &err);
	}
	ck_rc(policy_overrides_add_host(&o, "one-more:1", true, &err), ERR_LIMIT, &err);
	ck_assert(!policy_overrides_are_empty(&o));
}
END_TEST

START_TEST(overrides_refuse_bad_roots)
{
	static const char *const bad[] = {"", "  ", "a;b"};
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {0};
	struct err err = {0};

	ck_rc(policy_overrides_add_root(&o, bad[_i], _i & 1, &err), ERR_USAGE, &err);
	ck_assert(policy_overrides_are_empty(&o));
}
END_TEST

START_TEST(host_file_is_one_spec_a_line_with_comments)
{
	static const char text[] = "# dev hosts\n\nexample.com:443 # main\r\n  example.com:80\n\t\n"
				   "last.example:1";
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {0};
	struct err err = {0};

	ck_rc(policy_overrides_add_hosts(&o, text, strlen(text), "f", false, &err), 0, &err);
	ck_assert_uint_eq(o.allow.count, 2);
	ck_assert_str_eq(o.allow.items[0].host, "example.com");
	ck_assert_uint_eq(o.allow.items[0].port_count, 2);
	ck_assert_str_eq(o.allow.items[1].host, "last.example");
}
END_TEST

START_TEST(host_file_fault_names_file_and_line)
{
	static const struct {
		const char *text;
		size_t len;
		const char *message;
	} rows[] = {
	    {"a:1\n\nbad\n", 9, "f:3: --allow-host: bad host \"bad\""},
	    {"a:*\n", 4, "f:1: --allow-host"},
	    {"a:1\0b\n", 6, "f:1: not a line of text"},
	};
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {0};
	CLEANUP(buf_clear) struct buf wide = buf_init(POLICY_HOST_FILE_MAX_BYTES + 8);
	struct err err = {0};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ck_rc(policy_overrides_add_hosts(&o, rows[i].text, rows[i].len, "f", false, &err),
		    ERR_USAGE, &err);
		ck_assert_msg(strstr(err.message, rows[i].message) != NULL, "%s", err.message);
	}
	while (wide.len < 2048)
		buf_putc(&wide, 'a');
	ck_rc(
	    policy_overrides_add_hosts(&o, wide.data, wide.len, "f", false, &err), ERR_USAGE, &err);
	ck_rc(policy_overrides_add_hosts(
		  &o, wide.data, POLICY_HOST_FILE_MAX_BYTES + 1, "f", false, &err),
	    ERR_LIMIT, &err);
}
END_TEST

START_TEST(derived_document_is_named_after_base_and_digest)
{
	static const char *const flags[FLAGS] = {"-b:*", "+b:2,1", "+a:80", "w:w", "r:r"};
	static const char *const again[FLAGS] = {
	    "r:r", "+a:80", "+b:1", "w:w", "-b:7", "-b:*", "+b:2"};
	static const char json[] = "{\"allow_hosts\":[{\"host\":\"a\",\"ports\":[80]},"
				   "{\"host\":\"b\",\"ports\":[1,2]}],\"allow_read_roots\":[\"r\"],"
				   "\"allow_write_roots\":[\"w\"],\"deny_hosts\":[{\"all_ports\":"
				   "true,\"host\":\"b\",\"ports\":[]}]}";
	AUTO_FREE char *base = template_text("http-client");
	CLEANUP(buf_clear) struct buf hashed = buf_init(1 << 20), want = buf_init(1 << 20);
	CLEANUP(policy_derived_clear) struct policy_derived d = {0}, e = {0};
	struct err err = {0};
	char hex[SHA256_HEX_SIZE];

	ck_rc(derive(&d, base, flags, &err), 0, &err);
	ck_rc(derive(&e, base, again, &err), 0, &err);
	ck_assert_str_eq(d.text.data, e.text.data); /* order of flags does not matter */
	buf_puts(&hashed, base);
	buf_puts(&hashed, json);
	sha256_text(hex, hashed.data, hashed.len);
	hex[8] = '\0';
	ck_assert_str_eq(d.digest8, hex);
	buf_printf(&want, "sandbox.http-client.base.g%s", hex);
	ck_assert_str_eq(d.policy.policy_id, want.data);
	buf_puts(&want, ".policy.json");
	ck_assert_str_eq(d.file_name, want.data);
	buf_reset(&want);
	buf_printf(&want, "\nderived from base.json with g%s", hex);
	ck_assert_ptr_nonnull(strstr(d.policy.notes, want.data));
}
END_TEST

START_TEST(derived_id_is_cut_to_54_characters)
{
	static const char *const flags[FLAGS] = {"r:r"};
	static const char id[] = "0123456789012345678901234567890123456789012345678901234567890123";
	CLEANUP(buf_clear) struct buf text = buf_init(1 << 20);
	CLEANUP(policy_derived_clear) struct policy_derived d = {0};
	struct err err = {0};

	ck_rc(policy_template_print(&text, "cli", id, &err), 0, &err);
	ck_rc(derive(&d, text.data, flags, &err), 0, &err);
	ck_assert_uint_eq(strlen(d.policy.policy_id), 64);
	ck_assert_int_eq(strncmp(d.policy.policy_id, id, 54), 0);
	ck_assert_int_eq(strncmp(d.file_name, id, 64), 0);
}
END_TEST

START_TEST(derived_notes_stay_when_they_would_become_too_long)
{
	static const char *const flags[FLAGS] = {"r:r"};
	AUTO_FREE char *text = template_text("cli");
	CLEANUP(buf_clear) struct buf base = buf_init(1 << 20);
	CLEANUP(policy_derived_clear) struct policy_derived d = {0};
	char *notes = strstr(text, "\"notes\": \"");
	struct err err = {0};

	buf_add(&base, text, (size_t)(notes - text));
	buf_puts(&base, "\"notes\": \"");
	for (int i = 0; i < 4090; i++)
		buf_putc(&base, 'n');
	buf_puts(&base, strstr(notes, "\",\n"));
	ck_rc(derive(&d, base.data, flags, &err), 0, &err);
	ck_assert_uint_eq(strlen(d.policy.notes), 4090);
}
END_TEST

START_TEST(derive_reports_the_faults_of_the_base)
{
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct policy_derived d = {.digest8 = "kept"};
	struct err err = {0};

	ck_rc(policy_derive(&d, "base.json", str_c("{}"), &o, &diags, &err), ERR_SCHEMA, &err);
	ck_assert_uint_gt(diags.count, 5);
	ck_assert_str_eq(diags.items[0].file, "base.json");
	ck_assert_str_eq(d.digest8, "kept");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy/derive");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(
	    t, merge_unions_allowed_hosts_and_lets_deny_win, 0, (int)ARRAY_LEN(merges));
	tcase_add_test(t, merge_adds_roots_that_are_not_there);
	tcase_add_loop_test(t, merge_refuses_what_the_base_has_switched_off, 0, 6);
	tcase_add_loop_test(t, merge_leaves_the_look_up_of_names_as_it_is, 0, 6);
	tcase_add_test(t, merge_keeps_what_a_read_root_inside_a_write_root_could_write);
	tcase_add_test(t, merge_keeps_the_limits_before_the_denials);
	tcase_add_test(t, overrides_refuse_more_hosts_than_they_hold);
	tcase_add_loop_test(t, overrides_refuse_bad_roots, 0, 3);
	tcase_add_test(t, host_file_is_one_spec_a_line_with_comments);
	tcase_add_test(t, host_file_fault_names_file_and_line);
	tcase_add_test(t, derived_document_is_named_after_base_and_digest);
	tcase_add_test(t, derived_id_is_cut_to_54_characters);
	tcase_add_test(t, derived_notes_stay_when_they_would_become_too_long);
	tcase_add_test(t, derive_reports_the_faults_of_the_base);
	suite_add_tcase(s, t);
	return test_main(s);
}
