/* SPDX-License-Identifier: MIT */
/*
 * What may be offered to a person and what may not: each row is a refusal, the disk that stood
 * behind it, and the whole offer.
 */
#include "tests/unit/policy/policy_doc.h"

#include "lang/rt/decide.h"
#include "policy/grant.h"
#include "policy/parse.h"

#include <errno.h>
#include <stdio.h>

#define HIDDEN POLICY_MARK_HIDDEN
#define OUTSIDE POLICY_MARK_OUTSIDE
#define PRIVATE POLICY_MARK_PRIVATE
#define PROJECT POLICY_MARK_PROJECT
#define DENIED POLICY_MARK_DENY_LIST
#define ABSENT POLICY_MARK_ABSENT
#define MKDIR RT_GATE_FS_MKDIR
#define REMOVE RT_GATE_FS_REMOVE
#define RENAME RT_GATE_FS_RENAME
#define WALK RT_GATE_FS_WALK
#define GLOB RT_GATE_FS_GLOB

/* Folders of the disk of all rows; what is a file, a link or leads away says its name. */
static const char *const folders[] = {
    ".", "data", "data/sub", "out", "src", "/srv/other", "/etc", "/srv/me", NULL};

static int disk_root(void *arg, const char *root)
{
	(void)arg;
	if (strstr(root, "file"))
		return ENOTDIR;
	if (strstr(root, "link"))
		return ELOOP;
	if (strstr(root, "leak"))
		return EXDEV;
	for (size_t i = 0; folders[i]; i++) {
		if (strcmp(folders[i], root) == 0)
			return 0;
	}
	return ENOENT;
}

/* Links to a file of the same root, and links that leave it. */
static int disk_open(void *arg, const char *root, const char *rest, bool write, bool symlinks)
{
	(void)arg;
	(void)root;
	(void)write;
	if (strstr(rest, "away"))
		return symlinks ? EXDEV : ELOOP;
	if (strstr(rest, "ring"))
		return ELOOP;
	if (strstr(rest, "to-"))
		return symlinks ? 0 : ELOOP;
	return ENOENT;
}

static const struct policy_disk disk = {.open = disk_open, .root = disk_root};

/* clang-format off */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
static const struct row {
	const char *template, *from, *to; /* the policy */
	struct policy_question q;
	const char *offer; /* "op path value; ... | FLAG"; "-" and a part of why not */
	uint32_t marks;
} rows[] = {
	/* ---- never offered as a root: what a run takes for none ---- */
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "/passwd", .v1 = true }, "-`/`", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "/new/x", .v1 = true, .gates = MKDIR }, "-`/`", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "/proc/self/maps", .v1 = true }, "-in /proc", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "/proc/x", .v1 = true }, "-in /proc", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "/dev/null", .v1 = true }, "-in /dev", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "/dev/shm/x", .v1 = true }, "-in /dev", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "/sys/kernel/x", .v1 = true }, "-in /sys", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "/devices/x", .v1 = true },
	  "add /fs/read_roots/- \"/devices\" | --allow-read-root /devices", OUTSIDE | ABSENT },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "a-file/x" }, "-is a file", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "/srv/a-file/x", .v1 = true }, "-is a file", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "/srv/link/x", .v1 = true }, "-is a link", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "leak/x" }, "-leads out of the project", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "~/x" }, "-nothing expands `~`", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "~me/x" }, "-nothing expands `~me`", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "$HOME/x" }, "-nothing expands `$HOME`", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "${HOME}/x/y", .v1 = true }, "-nothing expands `${HOME}`", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "a;b/x" }, "-no policy can hold", 0 },
	/* ---- only what is needed ---- */
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "data/x" },
	  "add /fs/write_roots/- \"data\" | --allow-write-root data", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "/srv/here/data/x", .v1 = true },
	  "add /fs/write_roots/- \"data\" | --allow-write-root data", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "./data/x", .v1 = true },
	  "add /fs/write_roots/- \"data\" | --allow-write-root data", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "tmp/x" },
	  "add /fs/write_roots/- \"tmp\" | --allow-write-root tmp", ABSENT },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "x" },
	  "add /fs/write_roots/- \".\" | --allow-write-root .", PROJECT },
	/* a folder that is listed is its own root; one that is removed or made lies in its root */
	{ "fs-tool", "\".\"", "\"src\"",
	  { .op = POLICY_FS_READ, .subject = "data/sub", .v1 = true, .gates = WALK },
	  "add /fs/read_roots/- \"data/sub\" | --allow-read-root data/sub", 0 },
	{ "fs-tool", "", "", { .op = POLICY_FS_WRITE, .subject = "data/sub", .v1 = true, .gates = REMOVE },
	  "replace /fs/allow_remove true; add /fs/write_roots/- \"data\"", 0 },
	{ "fs-tool", "", "", { .op = POLICY_FS_WRITE, .subject = "data/new/deep/er", .v1 = true, .gates = MKDIR },
	  "add /fs/write_roots/- \"data\" | --allow-write-root data", 0 },
	/* ---- the permissions of a file are no matter of the policy ---- */
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "x", .seen = EACCES }, "-no change", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "out/x", .seen = EACCES }, "-no change", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "src/x", .seen = EPERM, .v1 = true }, "-no change", 0 },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "data/x", .seen = EROFS },
	  "add /fs/write_roots/- \"data\" | --allow-write-root data", 0 },
	/* ---- links: allowed where they help ---- */
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "src/to-a", .seen = ELOOP },
	  "replace /fs/allow_symlinks true", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "src/to-a", .v1 = true }, "replace /fs/allow_symlinks true", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "src/away", .seen = ELOOP }, "-no change", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "src/ring", .seen = ELOOP }, "-no change", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "src/x", .seen = EXDEV }, "-no change", 0 },
	/* ---- hidden names: the whole patch, with a word on the others ---- */
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "src/.env" }, "replace /fs/deny_hidden false", HIDDEN },
	{ "cli", "", "", { .op = POLICY_FS_WRITE, .subject = "data/.env", .v1 = true },
	  "replace /fs/deny_hidden false; add /fs/write_roots/- \"data\"", HIDDEN },
	{ "worker", "", "", { .op = POLICY_FS_READ, .subject = "/srv/me/.ssh", .v1 = true },
	  "replace /fs/enabled true; replace /fs/deny_hidden false; add /fs/read_roots/- \"/srv/me\"",
	  HIDDEN | OUTSIDE },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "/etc/hostname", .v1 = true },
	  "add /fs/read_roots/- \"/etc\" | --allow-read-root /etc", OUTSIDE },
	/* ---- switches and bounds ---- */
	{ "fs-tool", "\"allow_glob\": true", "\"allow_glob\": false",
	  { .op = POLICY_FS_READ, .subject = "src", .v1 = true, .gates = WALK | GLOB }, "replace /fs/allow_glob true", 0 },
	{ "worker", "", "", { .op = POLICY_FS_WRITE, .subject = "out/x", .v1 = true, .gates = MKDIR | RENAME },
	  "replace /fs/enabled true; replace /fs/allow_mkdir true; replace /fs/allow_rename true; "
	  "add /fs/write_roots/- \"out\"", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "src/x", .v1 = true, .limit = RT_LIMIT_READ, .amount = 99999999 },
	  "replace /fs/max_read_bytes 99999999", 0 },
	{ "cli", "", "", { .op = POLICY_FS_READ, .subject = "src/x", .v1 = true, .limit = RT_LIMIT_READ, .amount = 1ull << 33 },
	  "-more than any policy", 0 },
	{ "worker", "", "", { .op = POLICY_TIME, .subject = "sleep_ms_v1", .gates = RT_GATE_SLEEP, .limit = RT_LIMIT_SLEEP, .amount = 6000 },
	  "replace /time/max_sleep_ms 6000", 0 },
	{ "worker", "", "", { .op = POLICY_TIME, .subject = "now_unix_ms", .gates = RT_GATE_WALL_CLOCK },
	  "replace /time/allow_wall_clock true", 0 },
	{ "cli", "\"allow_wall_clock\": true,\n    \"enabled\": true", "\"allow_wall_clock\": true,\n    \"enabled\": false",
	  { .op = POLICY_TIME, .subject = "sleep_ms_v1", .gates = RT_GATE_SLEEP, .limit = RT_LIMIT_SLEEP, .amount = 7 },
	  "replace /time/enabled true; replace /time/allow_sleep true; replace /time/max_sleep_ms 7", 0 },
	{ "cli", "\"allow_exit\": true", "\"allow_exit\": false", { .op = POLICY_EXIT, .subject = "exit", .gates = RT_GATE_EXIT },
	  "replace /process/allow_exit true", 0 },
	/* a policy that no run takes is no way on */
	{ "worker-parallel", "\"process\": {\n    \"allow_args", "\"process\": {\n    \"allow_args",
	  { .op = POLICY_EXEC, .subject = "/bin/sh" }, "-no change", 0 },
	/* ---- destinations ---- */
	{ "http-client", "", "", { .op = POLICY_NET, .subject = "a.example", .port = 443 },
	  "add /net/allow_hosts/- {\"host\":\"a.example\",\"ports\":[443]} | --allow-host a.example:443", 0 },
	{ "http-client", "", "", { .op = POLICY_NET, .subject = "a.example", .port = 53, .transport = POLICY_UDP },
	  "replace /net/allow_udp true; add /net/allow_hosts/- {\"host\":\"a.example\",\"ports\":[53]}", 0 },
	{ "http-client", "", "", { .op = POLICY_NET, .subject = "127.0.0.1", .port = 80 },
	  "add /net/allow_hosts/- {\"host\":\"127.0.0.1\",\"ports\":[80]} | --allow-host 127.0.0.1:80", PRIVATE },
	{ "http-client", "", "", { .op = POLICY_NET, .subject = "Localhost.", .port = 80 },
	  "add /net/allow_hosts/- {\"host\":\"Localhost.\",\"ports\":[80]} | --allow-host Localhost.:80", PRIVATE },
	{ "http-client", "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"a.example\",\"ports\":[80]}]",
	  { .op = POLICY_NET, .subject = "a.example", .port = 80, .address = "10.0.0.7" },
	  "add /net/allow_hosts/- {\"host\":\"10.0.0.7\",\"ports\":[80]} | --allow-host 10.0.0.7:80", PRIVATE },
	/* a network does not get the port that one of its addresses needs */
	{ "http-client", "\"allow_hosts\": []", "\"allow_hosts\": [{\"host\":\"9.0.0.0/8\",\"ports\":[80]}]",
	  { .op = POLICY_NET, .subject = "9.1.2.3", .port = 81 },
	  "add /net/allow_hosts/- {\"host\":\"9.1.2.3\",\"ports\":[81]} | --allow-host 9.1.2.3:81", 0 },
	{ "http-client", "", "", { .op = POLICY_NET, .subject = "", .port = 80 }, "-no change", 0 },
	{ "http-client", "", "", { .op = POLICY_NET, .subject = "a..b", .port = 80 }, "-no policy can hold", 0 },
	/* ---- variables ---- */
	{ "web-service", "\"deny_keys\": []", "\"deny_keys\": [\"X\", \"K\"]", { .op = POLICY_ENV, .subject = "K" },
	  "remove /env/deny_keys/1; add /env/allow_keys/- \"K\"", DENIED },
};
/* clang-format on */

static void load(struct policy *p, const char *template, const char *from, const char *to)
{
	AUTO_FREE char *base = template_text(template);
	AUTO_FREE char *text = edited(base, from, to);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct err err = {0};

	ck_rc(policy_parse(p, text, strlen(text), "t", &diags, &err), 0, &err);
}

static void offer_text(struct buf *out, const struct policy_grant *g)
{
	if (g->withheld)
		buf_printf(out, "-%s", g->withheld);
	for (uint32_t i = 0; i < g->count; i++) {
		const struct policy_step *s = &g->steps[i];

		buf_printf(out, "%s%s %s%s%s", i ? "; " : "", s->op, s->path, s->value ? " " : "",
		    s->value ? s->value : "");
	}
	if (g->flag)
		buf_printf(out, " | %s", g->flag);
	buf_puts(out, "");
}

START_TEST(offer_is_what_a_run_accepts_and_no_more)
{
	CLEANUP(policy_clear) struct policy p = {0};
	CLEANUP(policy_grant_clear) struct policy_grant g = {0};
	CLEANUP(buf_clear) struct buf got = buf_init(8192);
	struct policy_question q = rows[_i].q;

	q.cwd = "/srv/here";
	q.disk = &disk;
	load(&p, rows[_i].template, rows[_i].from, rows[_i].to);
	ck_assert(policy_grant_find(&g, &(struct policy_basis){.policy = &p}, &q) ==
		  (rows[_i].offer[0] != '-'));
	offer_text(&got, &g);
	if (rows[_i].offer[0] == '-') {
		ck_assert_msg(strstr(got.data, rows[_i].offer + 1), "%s", got.data);
		ck_assert_ptr_null(g.flag);
		ck_assert_uint_eq(g.count, 0);
	} else {
		ck_assert_str_eq(got.data, rows[_i].offer);
	}
	ck_assert_uint_eq(g.marks, rows[_i].marks);
}
END_TEST

/* Flags, as "+HOST:PORT", "-HOST:PORTS", "r ROOT", "w ROOT". */
static const struct {
	const char *hosts; /* of the base policy */
	const char *flags[3];
	struct policy_question q;
	const char *offer;
} flagged[] = {
    {"", {"-a.example:*"}, {.op = POLICY_NET, .subject = "a.example", .port = 443},
	"---deny-host a.example:* takes it away"},
    {"", {"-a.example:443"}, {.op = POLICY_NET, .subject = "A.example.", .port = 443},
	"---deny-host a.example:443 takes it away"},
    {"", {"-a.example:80"}, {.op = POLICY_NET, .subject = "a.example", .port = 443},
	"add /net/allow_hosts/- {\"host\":\"a.example\",\"ports\":[443]} | --allow-host "
	"a.example:443"},
    {"{\"host\":\"a.example\",\"ports\":[80,443]}", {"-a.example:443"},
	{.op = POLICY_NET, .subject = "a.example", .port = 443},
	"---deny-host a.example:443 takes it away"},
    {"{\"host\":\"9.0.0.0/8\",\"ports\":[80]}", {"-9.1.0.0/16:*"},
	{.op = POLICY_NET, .subject = "9.1.2.3", .port = 80},
	"---deny-host 9.1.0.0/16:* takes it away"},
    /* the patch is for the file: what a flag added is not there, and its places are others */
    {"{\"host\":\"z.example\",\"ports\":[80]}", {"+a.example:80"},
	{.op = POLICY_NET, .subject = "a.example", .port = 81},
	"add /net/allow_hosts/- {\"host\":\"a.example\",\"ports\":[81]} | --allow-host "
	"a.example:81"},
    {"{\"host\":\"z.example\",\"ports\":[80]}", {"+a.example:80"},
	{.op = POLICY_NET, .subject = "z.example", .port = 81},
	"add /net/allow_hosts/0/ports/- 81 | --allow-host z.example:81"},
    {"", {"+a.example:80"},
	{.op = POLICY_NET, .subject = "a.example", .port = 80, .address = "10.1.2.3"},
	"add /net/allow_hosts/- {\"host\":\"10.1.2.3\",\"ports\":[80]} | --allow-host 10.1.2.3:80"},
    /* what a flag gives is not asked for again */
    {"", {"w data"}, {.op = POLICY_FS_WRITE, .subject = "data/x", .v1 = true, .gates = REMOVE},
	"replace /fs/allow_remove true"},
    {"", {"r /etc", "w data"}, {.op = POLICY_FS_READ, .subject = "/etc/.x", .v1 = true},
	"replace /fs/deny_hidden false"},
};

static void add_flag(struct policy_overrides *o, const char *flag)
{
	struct err err = {0};

	if (flag[0] == '+' || flag[0] == '-')
		ck_rc(policy_overrides_add_host(o, flag + 1, flag[0] == '-', &err), 0, &err);
	else
		ck_rc(policy_overrides_add_root(o, flag + 2, flag[0] == 'w', &err), 0, &err);
}

START_TEST(offer_beside_flags_is_for_the_file_that_a_person_edits)
{
	CLEANUP(policy_clear) struct policy p = {0};
	CLEANUP(policy_grant_clear) struct policy_grant g = {0};
	CLEANUP(policy_overrides_clear) struct policy_overrides o = {0};
	CLEANUP(buf_clear) struct buf got = buf_init(8192);
	CLEANUP(buf_clear) struct buf hosts = buf_init(1024);
	struct policy_question q = flagged[_i].q;
	bool net = q.op == POLICY_NET;

	q.cwd = "/srv/here";
	q.disk = &disk;
	buf_printf(&hosts, "\"allow_hosts\": [%s]", flagged[_i].hosts);
	load(&p, net ? "http-client" : "cli", net ? "\"allow_hosts\": []" : "",
	    net ? hosts.data : "");
	for (size_t i = 0; i < 3 && flagged[_i].flags[i]; i++)
		add_flag(&o, flagged[_i].flags[i]);
	(void)policy_grant_find(&g, &(struct policy_basis){.policy = &p, .overrides = &o}, &q);
	offer_text(&got, &g);
	ck_assert_str_eq(got.data, flagged[_i].offer);
}
END_TEST

START_TEST(derived_policy_gets_no_patch)
{
	CLEANUP(policy_clear) struct policy p = {0};
	CLEANUP(policy_grant_clear) struct policy_grant g = {0};
	struct policy_question q = {.op = POLICY_FS_WRITE, .subject = "data/x", .cwd = "/srv/here"};

	load(&p, "cli", "", "");
	ck_assert(!policy_grant_find(
	    &g, &(struct policy_basis){.policy = &p, .derived_from = "base.json"}, &q));
	ck_assert_ptr_nonnull(strstr(g.withheld, "change base.json"));
}
END_TEST

START_TEST(each_mark_has_its_word)
{
	for (uint32_t i = 0; i < POLICY_MARK_COUNT; i++)
		ck_assert_uint_gt(strlen(policy_mark_text(1u << i)), 20);
	ck_assert_ptr_null(policy_mark_text(1u << POLICY_MARK_COUNT));
	ck_assert_ptr_null(policy_mark_text(0));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy/grant");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, offer_is_what_a_run_accepts_and_no_more, 0, (int)ARRAY_LEN(rows));
	tcase_add_loop_test(
	    t, offer_beside_flags_is_for_the_file_that_a_person_edits, 0, (int)ARRAY_LEN(flagged));
	tcase_add_test(t, derived_policy_gets_no_patch);
	tcase_add_test(t, each_mark_has_its_word);
	suite_add_tcase(s, t);
	return test_main(s);
}
