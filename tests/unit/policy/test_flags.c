/* SPDX-License-Identifier: MIT */
/*
 * The derived policy allows what the base allows and what the flags name, without what they deny,
 * and nothing else. The second decision is written here, as sets over a small universe: 48
 * addresses and four names by five ports, and a tree of folders. It shares no code with policy/.
 */
#include "tests/unit/policy/policy_doc.h"

#include "policy/decide.h"
#include "policy/derive.h"
#include "policy/diff.h"
#include "policy/net.h"
#include "policy/overrides.h"
#include "policy/parse.h"

#include <stdio.h>

#define CASES 5000
#define FLAGS_MAX 10
#define HOSTS_MAX 6
#define ROOTS_MAX 5

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

/* ---- destinations: 32 addresses of IPv4, 16 of IPv6, then names ---- */

#define V4 32
#define ADDRESSES 48
static const char *const names[] = {"a.example", "intern.example", "zz.example", "a.example."};
#define DESTINATIONS (ADDRESSES + ARRAY_LEN(names))
static const uint16_t ports[] = {1, 80, 443, 8080, 65535};
#define PORTS ARRAY_LEN(ports)

/* One bit for each destination. */
typedef uint64_t set;

static void address(char out[64], uint32_t i, bool mapped)
{
	if (i < V4)
		(void)snprintf(out, 64, "%s10.0.0.%u", mapped ? "::ffff:" : "", i);
	else
		(void)snprintf(out, 64, "2001:db8::%x", i - V4);
}

static set span(uint32_t first, uint32_t last)
{
	set s = 0;

	for (uint32_t i = first; i <= last; i++)
		s |= (set)1 << i;
	return s;
}

/* The text of a host, and what it stands for. A name is told by its index. */
struct host {
	char text[160];
	set holds;
	int name; /* -1: addresses */
};

static struct host random_name(struct random *r)
{
	struct host h = {.name = (int)next(r, ARRAY_LEN(names))};

	(void)snprintf(h.text, sizeof(h.text), "%s", names[h.name]);
	if (next(r, 3) == 0)
		h.text[0] = (char)(h.text[0] - 'a' + 'A');
	h.holds = (set)1 << (ADDRESSES + (uint32_t)h.name);
	return h;
}

static struct host random_host(struct random *r)
{
	uint32_t low = next(r, 3) == 0 ? V4 : 0, size = low ? ADDRESSES - V4 : V4;
	uint32_t first = low + next(r, size), last = first + next(r, low + size - first);
	uint32_t bits = next(r, 5);
	struct host h = {.name = -1};
	char a[64], b[64];

	address(a, first, next(r, 3) == 0);
	address(b, last, false);
	switch (next(r, 4)) {
	case 0:
		return random_name(r);
	case 1:
		(void)snprintf(h.text, sizeof(h.text), "%s", a);
		h.holds = span(first, first);
		break;
	case 2:
		address(a, first, false);
		(void)snprintf(h.text, sizeof(h.text), "%s-%s", a, b);
		h.holds = span(first, last);
		break;
	default: /* the addresses of the whole network, whichever of them is written */
		address(a, first, false);
		(void)snprintf(h.text, sizeof(h.text), "%s/%u", a, (low ? 128 : 32) - bits);
		first = low + ((first - low) >> bits << bits);
		h.holds = span(first, first + (1u << bits) - 1);
		break;
	}
	return h;
}

/* ---- folders ---- */

#define FOLDER "/project"
/* In pairs: a text, and the folder that it means. */
static const struct {
	const char *text, *place;
} roots[] = {
    {".", "/project"},
    {"a", "/project/a"},
    {"a/b", "/project/a/b"},
    {"a/b/c", "/project/a/b/c"},
    {"ab", "/project/ab"},
    {"./a/./b", "/project/a/b"},
    {"/project/a", "/project/a"},
    {"/project/a/b/c", "/project/a/b/c"},
    {"/srv", "/srv"},
    {"/srv/x/", "/srv/x"},
    {"/srv/x/y", "/srv/x/y"},
    {"d", "/project/d"},
};
static const char *const files[] = {"/project/f", "/project/a/f", "/project/a/b/f",
    "/project/a/b/c/f", "/project/a/b/c/d/f", "/project/ab/f", "/project/d/e/f", "/project/aa/f",
    "/srv/f", "/srv/x/f", "/srv/x/y/f", "/srv/x/yy/f", "/srvx/f", "/f"};

struct folders {
	uint32_t at[ROOTS_MAX + FLAGS_MAX];
	uint32_t count;
};

/* Length of the innermost root that holds the file; 0 when none does. */
static size_t innermost(const struct folders *f, const char *file)
{
	size_t best = 0;

	for (uint32_t i = 0; i < f->count; i++) {
		const char *place = roots[f->at[i]].place;
		size_t len = strlen(place);

		if (strncmp(file, place, len) == 0 && file[len] == '/' && len > best)
			best = len;
	}
	return best;
}

/* ---- a policy and flags, as text and as sets ---- */

struct world {
	bool net, tcp, dns, fs;
	set reach[PORTS];
	struct folders read, write;
};

struct flags {
	struct policy_overrides overrides;
	set allow[PORTS], deny[PORTS];
	bool any_host, allows_name;
	struct folders read, write;
};

static set names_like(int name)
{
	/* the dot that ends a full name is no difference for a denial */
	return name == 0 || name == 3 ? (set)1 << ADDRESSES | (set)1 << (ADDRESSES + 3)
				      : (set)1 << (ADDRESSES + (uint32_t)name);
}

static void host_list(struct buf *out, struct world *w, struct random *r)
{
	uint32_t count = next(r, HOSTS_MAX + 1);

	for (uint32_t i = 0; i < count; i++) {
		struct host h = random_host(r);
		uint32_t port = next(r, PORTS), other = next(r, PORTS);

		w->reach[port] |= h.holds;
		w->reach[other] |= h.holds;
		buf_printf(out, "%s{\"host\": \"%s\", \"ports\": [%u, %u]}", i ? ", " : "", h.text,
		    ports[port], ports[other]);
	}
}

static void root_list(struct buf *out, struct folders *f, struct random *r)
{
	f->count = next(r, ROOTS_MAX + 1);
	for (uint32_t i = 0; i < f->count; i++) {
		f->at[i] = next(r, ARRAY_LEN(roots));
		buf_printf(out, "%s\"%s\"", i ? ", " : "", roots[f->at[i]].text);
	}
}

static const char *text_of(bool b)
{
	return b ? "true" : "false";
}

static void random_policy(struct buf *out, struct world *w, struct random *r)
{
	*w = (struct world){next(r, 8) != 0, next(r, 8) != 0, next(r, 2) != 0, next(r, 8) != 0, {0},
	    {{0}, 0}, {{0}, 0}};
	buf_printf(out,
	    "{\"schema_version\": \"x07.run-os-policy@0.1.0\", \"policy_id\": \"p\",\n"
	    "\"limits\": {\"cpu_ms\": 1, \"wall_ms\": 1, \"mem_bytes\": 1048576, \"fds\": 9, "
	    "\"procs\": 1},\n\"net\": {\"enabled\": %s, \"allow_tcp\": %s, \"allow_dns\": %s, "
	    "\"allow_udp\": %s, \"allow_hosts\": [",
	    text_of(w->net), text_of(w->tcp), text_of(w->dns), text_of(next(r, 2) != 0));
	host_list(out, w, r);
	buf_printf(out, "]},\n\"fs\": {\"enabled\": %s, \"deny_hidden\": true, \"read_roots\": [",
	    text_of(w->fs));
	root_list(out, &w->read, r);
	buf_puts(out, "], \"write_roots\": [");
	root_list(out, &w->write, r);
	buf_puts(out, "]},\n\"env\": {\"enabled\": false, \"allow_keys\": [], \"deny_keys\": []},\n"
		      "\"time\": {\"enabled\": false, \"allow_wall_clock\": false, "
		      "\"allow_monotonic\": false, "
		      "\"allow_sleep\": false, \"allow_local_tzid\": false, \"max_sleep_ms\": 0},\n"
		      "\"process\": {\"enabled\": false, \"allow_spawn\": false, \"max_live\": 0, "
		      "\"max_spawns\": 0, \"allow_exec\": false, \"allow_exit\": false}}\n");
}

static void random_host_flag(struct flags *f, struct random *r, bool deny)
{
	struct host h = random_host(r);
	uint32_t port = next(r, PORTS);
	bool all = deny && next(r, 3) == 0;
	char spec[200];
	struct err err = {0};

	if (all)
		(void)snprintf(spec, sizeof(spec), "%s:*", h.text);
	else
		(void)snprintf(spec, sizeof(spec), "%s:%u", h.text, ports[port]);
	/* --allow-host and --allow-host-file, --deny-host and --deny-host-file */
	if (next(r, 2))
		ck_rc(policy_overrides_add_host(&f->overrides, spec, deny, &err), 0, &err);
	else
		ck_rc(policy_overrides_add_hosts(
			  &f->overrides, spec, strlen(spec), "file", deny, &err),
		    0, &err);
	f->any_host = true;
	f->allows_name |= !deny && h.name >= 0;
	for (uint32_t p = 0; p < PORTS; p++) {
		if (p == port || all)
			(deny ? f->deny : f->allow)[p] |=
			    deny && h.name >= 0 ? names_like(h.name) : h.holds;
	}
}

static void random_flag(struct flags *f, struct random *r)
{
	uint32_t kind = next(r, 4);
	struct folders *list = kind == 2 ? &f->read : &f->write;
	struct err err = {0};

	if (kind < 2) {
		random_host_flag(f, r, kind == 1);
		return;
	}
	list->at[list->count] = next(r, ARRAY_LEN(roots));
	ck_rc(policy_overrides_add_root(
		  &f->overrides, roots[list->at[list->count]].text, kind == 3, &err),
	    0, &err);
	list->count++;
}

/* ---- the second decision ---- */

static bool may_derive(const struct world *w, const struct flags *f)
{
	if (f->any_host && (!w->net || !w->tcp))
		return false;
	if (f->allows_name && !w->dns)
		return false;
	return w->fs || !(f->read.count || f->write.count);
}

static set reachable(const struct world *w, const struct flags *f, uint32_t port)
{
	set s = (w->reach[port] | f->allow[port]) & ~f->deny[port];

	if (!w->dns)
		s &= span(0, ADDRESSES - 1);
	return w->net && w->tcp ? s : 0;
}

static bool readable(const struct world *w, const struct flags *f, const char *file)
{
	return w->fs && (innermost(&w->read, file) || innermost(&f->read, file));
}

/* What the base lets be written; and what a flag names, except where a read root is closer. */
static bool writable(const struct world *w, const struct flags *f, const char *file)
{
	size_t read = innermost(&w->read, file), write = innermost(&w->write, file);
	size_t named = innermost(&f->write, file), also = innermost(&f->read, file);

	if (!w->fs)
		return false;
	return (write && write >= read) || (named && named >= read && named >= also);
}

/* ---- and the first ---- */

static void ck_destinations(
    const struct policy *p, const struct world *w, const struct flags *f, const char *text)
{
	char host[64];

	for (uint32_t i = 0; i < DESTINATIONS; i++) {
		for (uint32_t port = 0; port < PORTS; port++) {
			bool want = reachable(w, f, port) >> i & 1;

			if (i < ADDRESSES)
				address(host, i, false);
			else
				(void)snprintf(host, sizeof(host), "%s", names[i - ADDRESSES]);
			ck_assert_msg((policy_net_decide(NULL, &p->net, POLICY_TCP, host,
					   ports[port]) == POLICY_ALLOWED) == want,
			    "%s:%u must be %s under\n%s", host, ports[port],
			    want ? "allowed" : "denied", text);
		}
	}
}

static bool decides(const struct policy *p, enum policy_op op, const char *file)
{
	CLEANUP(policy_decision_clear) struct policy_decision d = {0};

	policy_decide(
	    &d, p, &(struct policy_question){.op = op, .subject = file, .v1 = true, .cwd = FOLDER});
	return d.allowed;
}

static void ck_files(
    const struct policy *p, const struct world *w, const struct flags *f, const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		ck_assert_msg(decides(p, POLICY_FS_READ, files[i]) == readable(w, f, files[i]),
		    "reading %s under\n%s", files[i], text);
		ck_assert_msg(decides(p, POLICY_FS_WRITE, files[i]) == writable(w, f, files[i]),
		    "writing %s under\n%s", files[i], text);
	}
}

/* Only the three lists may differ. */
static void ck_rest(const struct policy *base, const struct policy *derived)
{
	CLEANUP(policy_changes_clear) struct policy_changes changes = {0};

	policy_diff(&changes, base, derived);
	for (uint32_t i = 0; i < changes.count; i++) {
		const char *at = changes.items[i].pointer;

		ck_assert_msg(strncmp(at, "/net/allow_hosts", 16) == 0 ||
				  strncmp(at, "/fs/read_roots", 14) == 0 ||
				  strncmp(at, "/fs/write_roots", 15) == 0,
		    "%s", at);
	}
}

static void flags_clear(struct flags *f)
{
	policy_overrides_clear(&f->overrides);
}

START_TEST(derived_policy_is_the_base_and_what_flags_name_without_what_they_deny)
{
	static const struct flags none;
	struct random r = {0x6a09e667f3bcc909u + (uint64_t)_i};
	uint32_t derived = 0, refused = 0;

	for (int n = 0; n < CASES; n++) {
		CLEANUP(buf_clear) struct buf text = buf_init(1 << 16);
		CLEANUP(policy_derived_clear) struct policy_derived d = {0};
		CLEANUP(policy_clear) struct policy base = {0};
		CLEANUP(diag_list_clear) struct diag_list diags = {0};
		CLEANUP(flags_clear) struct flags f = {.overrides.folder = FOLDER};
		uint32_t count = 1 + next(&r, FLAGS_MAX);
		struct world w;
		struct err err = {0};
		int rc;

		random_policy(&text, &w, &r);
		ck_rc(policy_parse(&base, text.data, text.len, "b", &diags, &err), 0, &err);
		if (n % 8 == 0) { /* the two decisions agree without flags, too */
			ck_destinations(&base, &w, &none, text.data);
			ck_files(&base, &w, &none, text.data);
		}
		for (uint32_t i = 0; i < count; i++)
			random_flag(&f, &r);
		rc = policy_derive(&d, "b", str_c(text.data), &f.overrides, &diags, &err);
		ck_assert_msg(
		    rc == (may_derive(&w, &f) ? 0 : ERR_POLICY), "%d: %s", rc, err.message);
		refused += rc != 0;
		if (rc != 0)
			continue;
		derived++;
		ck_destinations(&d.policy, &w, &f, d.text.data);
		ck_files(&d.policy, &w, &f, d.text.data);
		ck_rest(&base, &d.policy);
	}
	ck_assert_uint_gt(derived, CASES / 4);
	ck_assert_uint_gt(refused, CASES / 10);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy/flags");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 100);
	tcase_add_loop_test(
	    t, derived_policy_is_the_base_and_what_flags_name_without_what_they_deny, 0, 1);
	suite_add_tcase(s, t);
	return test_main(s);
}
