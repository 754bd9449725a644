/* SPDX-License-Identifier: MIT */
/*
 * From a refused operation to the rule that refused it and the smallest change of the policy that
 * would allow it. Several rules can stand in the way at once: a section that is off may also lack
 * the root or the key, and the patch holds all of it. What no policy can allow has no patch.
 * Source: docs/format/run-report.md.
 */
#include "cmd/run/denial_priv.h"

#include "base/path.h"
#include "cmd/run/effects.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Gates of the runtime and the flags of the policy behind them. */
struct gate {
	uint32_t bit;
	const char *path;
	const char *why;
};

/* clang-format off */
static const struct gate gates[] = {
	{ RT_GATE_FS_SYMLINKS, "/fs/allow_symlinks",     "fs.allow_symlinks is false" },
	{ RT_GATE_FS_MKDIR,    "/fs/allow_mkdir",        "fs.allow_mkdir is false" },
	{ RT_GATE_FS_REMOVE,   "/fs/allow_remove",       "fs.allow_remove is false" },
	{ RT_GATE_FS_RENAME,   "/fs/allow_rename",       "fs.allow_rename is false" },
	{ RT_GATE_FS_WALK,     "/fs/allow_walk",         "fs.allow_walk is false" },
	{ RT_GATE_FS_GLOB,     "/fs/allow_glob",         "fs.allow_glob is false" },
	{ RT_GATE_WALL_CLOCK,  "/time/allow_wall_clock", "time.allow_wall_clock is false" },
	{ RT_GATE_SLEEP,       "/time/allow_sleep",      "time.allow_sleep is false" },
	{ RT_GATE_TZID,        "/time/allow_local_tzid", "time.allow_local_tzid is false" },
	{ RT_GATE_EXIT,        "/process/allow_exit",    "process.allow_exit is false" },
};

struct section {
	const char *enabled;
	const char *why;
};
static const struct section sections[RT_EV_COUNT] = {
	[RT_EV_FS_READ]  = { "/fs/enabled",      "fs.enabled is false" },
	[RT_EV_FS_WRITE] = { "/fs/enabled",      "fs.enabled is false" },
	[RT_EV_ENV]      = { "/env/enabled",     "env.enabled is false" },
	[RT_EV_TIME]     = { "/time/enabled",    "time.enabled is false" },
	[RT_EV_PROCESS]  = { "/process/enabled", "process.enabled is false" },
	[RT_EV_NET]      = { "/net/enabled",     "net.enabled is false" },
};

struct bound {
	const char *path;
	const char *why;
};
static const struct bound bounds[] = {
	[RT_LIMIT_NONE]    = { "", "a limit of the policy was reached" },
	[RT_LIMIT_READ]    = { "/fs/max_read_bytes",  "larger than fs.max_read_bytes" },
	[RT_LIMIT_WRITE]   = { "/fs/max_write_bytes", "larger than fs.max_write_bytes" },
	[RT_LIMIT_ENTRIES] = { "/fs/max_entries",     "more than fs.max_entries" },
	[RT_LIMIT_DEPTH]   = { "/fs/max_depth",       "deeper than fs.max_depth" },
	[RT_LIMIT_SLEEP]   = { "/time/max_sleep_ms",  "longer than time.max_sleep_ms" },
};
/* clang-format on */

static void copy(char *to, size_t size, const char *text)
{
	(void)snprintf(to, size, "%s", text);
}

static struct denial_op *change(struct denial_advice *a, enum denial_value value, const char *path)
{
	struct denial_op *op = &a->ops[a->count < DENIAL_OPS_MAX ? a->count++ : DENIAL_OPS_MAX - 1];

	*op = (struct denial_op){.value = value};
	copy(op->path, sizeof(op->path), path);
	return op;
}

static void decided(struct denial_advice *a, const char *rule, const char *why)
{
	copy(a->rule, sizeof(a->rule), rule);
	a->why = why;
}

/* Position of a text in a list, or -1. */
static int find(const struct policy_list *list, const struct run_effect *d)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (strlen(list->items[i]) == d->subject_len &&
		    memcmp(list->items[i], d->subject, d->subject_len) == 0)
			return (int)i;
	}
	return -1;
}

static void add_root(struct denial_advice *a, const struct run_effect *d)
{
	change(
	    a, DENIAL_FOLDER, d->kind == RT_EV_FS_WRITE ? "/fs/write_roots/-" : "/fs/read_roots/-");
}

static void advise_root(
    struct denial_advice *a, const struct policy *policy, const struct run_effect *d)
{
	bool write = d->kind == RT_EV_FS_WRITE;

	if (d->root != NULL) {
		decided(a, "",
		    "a root of the policy holds it, but its own permissions do not "
		    "allow it");
		return;
	}
	decided(a, write ? "/fs/write_roots" : "/fs/read_roots",
	    write ? "no write root holds it" : "no read root holds it");
	if (d->path == NULL)
		return;
	add_root(a, d);
	if (policy->fs.enabled)
		a->flag = write ? "--allow-write-root" : "--allow-read-root";
}

/* A write root at the place itself is more specific than the read root that decided. */
static void advise_read_root(struct denial_advice *a, const struct run_effect *d)
{
	decided(a, "/fs/read_roots",
	    d->sys_errno == EBUSY
		? "a root of the policy is there or below, and stays where it is"
		: "a read root inside the write root holds it, and the inner one decides");
	if (d->sys_errno == EBUSY || d->path == NULL)
		return;
	add_root(a, d);
	a->flag = "--allow-write-root";
}

static void advise_gates(struct denial_advice *a, uint32_t lacking)
{
	for (size_t i = 0; i < ARRAY_LEN(gates); i++) {
		if ((lacking & gates[i].bit) == 0)
			continue;
		if (a->count == 0)
			decided(a, gates[i].path, gates[i].why);
		change(a, DENIAL_TRUE, gates[i].path);
	}
	if (lacking & RT_GATE_BLOCKING_IO) {
		decided(a, "/threads/max_blocking", "threads.max_blocking is 0");
		change(a, DENIAL_NUMBER, "/threads/max_blocking")->number = 1;
	}
}

/* Flags of the policy that are on, as gates. */
static uint32_t gates_on(const struct policy *p)
{
	const struct policy_fs *fs = &p->fs;

	return (fs->allow_symlinks ? RT_GATE_FS_SYMLINKS : 0u) |
	       (fs->allow_mkdir ? RT_GATE_FS_MKDIR : 0u) |
	       (fs->allow_remove ? RT_GATE_FS_REMOVE : 0u) |
	       (fs->allow_rename ? RT_GATE_FS_RENAME : 0u) |
	       (fs->allow_walk ? RT_GATE_FS_WALK : 0u) | (fs->allow_glob ? RT_GATE_FS_GLOB : 0u) |
	       (p->threads.max_blocking > 0 ? RT_GATE_BLOCKING_IO : 0u) |
	       (p->time.allow_wall_clock ? RT_GATE_WALL_CLOCK : 0u) |
	       (p->time.allow_sleep ? RT_GATE_SLEEP : 0u) |
	       (p->time.allow_local_tzid ? RT_GATE_TZID : 0u) |
	       (p->process.allow_exit ? RT_GATE_EXIT : 0u);
}

/* Every switch that is off between the program and the destination, and the destination itself. */
static void open_net(struct denial_advice *a, const struct policy_net *net,
    enum policy_transport transport, const char *host, uint16_t port)
{
	struct policy_net open = *net;

	for (int i = 0; i < DENIAL_OPS_MAX; i++) {
		enum policy_verdict verdict = policy_net_decide(NULL, &open, transport, host, port);

		if (verdict == POLICY_DENIED_NET)
			open.enabled = true;
		else if (verdict == POLICY_DENIED_TCP)
			open.allow_tcp = true;
		else if (verdict == POLICY_DENIED_UDP)
			open.allow_udp = true;
		else if (verdict == POLICY_DENIED_DNS)
			open.allow_dns = true;
		else if (verdict == POLICY_ALLOWED || verdict == POLICY_DENIED_FORM)
			return;
		else
			break;
		change(a, DENIAL_TRUE, policy_verdict_pointer(verdict));
	}
	change(a, DENIAL_HOST, "/net/allow_hosts/-");
}

/* "host:port" or "[address]:port", as the runtime writes a destination. */
static void advise_net_section(
    struct denial_advice *a, const struct policy *p, const struct run_effect *d)
{
	enum policy_transport transport =
	    d->op == RT_OP_NET_UDP || d->op == RT_OP_NET_UDP_BIND ? POLICY_UDP : POLICY_TCP;
	AUTO_FREE char *text = base_strdup(d->subject);
	char *host = text, *colon = strrchr(text, ':');
	size_t len;

	if (colon == NULL) {
		change(a, DENIAL_TRUE, sections[RT_EV_NET].enabled);
		return;
	}
	*colon = '\0';
	len = strlen(host);
	if (len > 1 && host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		host++;
	}
	open_net(a, &p->net, transport, host, (uint16_t)(strtoul(colon + 1, NULL, 10) & 0xffff));
}

/* What is off besides the section itself. */
static void advise_section(
    struct denial_advice *a, const struct policy *p, const struct run_effect *d)
{
	if (d->kind == RT_EV_NET)
		advise_net_section(a, p, d);
	else
		change(a, DENIAL_TRUE, sections[d->kind].enabled);
	advise_gates(a, d->detail & ~gates_on(p));
	if (d->kind == RT_EV_TIME && d->detail == RT_GATE_SLEEP && d->most > p->time.max_sleep_ms)
		change(a, DENIAL_NUMBER, "/time/max_sleep_ms")->number = d->most;
	if (d->kind == RT_EV_ENV && find(&p->env.allow_keys, d) < 0)
		change(a, DENIAL_SUBJECT, "/env/allow_keys/-");
	if (run_effect_is_fs(d) && d->path != NULL)
		add_root(a, d);
	decided(a, sections[d->kind].enabled, sections[d->kind].why);
}

static void advise_deny_list(
    struct denial_advice *a, const struct policy *p, const struct run_effect *d)
{
	int at = find(&p->env.deny_keys, d);

	decided(a, "/env/deny_keys", "the key is in env.deny_keys");
	if (d->kind != RT_EV_ENV || at < 0)
		return;
	(void)snprintf(a->rule, sizeof(a->rule), "/env/deny_keys/%d", at);
	change(a, DENIAL_REMOVE, a->rule);
	if (find(&p->env.allow_keys, d) < 0)
		change(a, DENIAL_SUBJECT, "/env/allow_keys/-");
}

static uint64_t present_bound(const struct policy *p, uint32_t which)
{
	switch ((enum rt_limit)which) {
	case RT_LIMIT_ENTRIES:
		return p->fs.max_entries > 0 ? p->fs.max_entries : 10000;
	case RT_LIMIT_DEPTH:
		return p->fs.max_depth > 0 ? p->fs.max_depth : 64;
	case RT_LIMIT_NONE:
	case RT_LIMIT_READ:
	case RT_LIMIT_WRITE:
	case RT_LIMIT_SLEEP:
		return 0;
	}
	return 0;
}

static void advise_limit(
    struct denial_advice *a, const struct policy *p, const struct run_effect *d)
{
	uint32_t which = d->detail < ARRAY_LEN(bounds) ? d->detail : RT_LIMIT_NONE;
	uint64_t want = d->most > 0 ? d->most : 2 * present_bound(p, which);

	decided(a, bounds[which].path, bounds[which].why);
	if (which != RT_LIMIT_NONE && want > 0 && want <= UINT32_MAX)
		change(a, DENIAL_NUMBER, bounds[which].path)->number = want;
}

static void advise_path(struct denial_advice *a, const struct run_effect *d)
{
	if (d->sys_errno == EXDEV) {
		decided(a, "", "a link or mount on the way leads out of the root");
	} else if (d->sys_errno == ELOOP) {
		decided(a, "/fs/allow_symlinks",
		    "a symbolic link is on the way, and "
		    "fs.allow_symlinks is false");
		change(a, DENIAL_TRUE, "/fs/allow_symlinks");
	} else if (d->op != RT_OP_FS_READ_FILE && d->op != RT_OP_FS_WRITE_FILE) {
		decided(a, "", "the path has '..', a '\\' or an empty part");
	} else {
		decided(a, "",
		    d->subject_len > 0 && d->subject[0] == '/'
			? "the path must be relative here; std.os.fs.read_all_v1, write_all_v1 and "
			  "the like take absolute ones, below a root of the policy"
			: "the path must be relative, without '.', '..', '\\' or empty parts");
	}
}

static void advise_not_listed(struct denial_advice *a, const struct run_effect *d)
{
	if (d->kind == RT_EV_NET) {
		decided(a, "/net/allow_hosts", "no entry of net.allow_hosts holds it");
		change(a, DENIAL_HOST, "/net/allow_hosts/-");
		a->flag = "--allow-host";
		return;
	}
	decided(a, "/env/allow_keys", "the key is not in env.allow_keys");
	change(a, DENIAL_SUBJECT, "/env/allow_keys/-");
}

/* The policy's own verdict on a destination. The broker names one switch; several may be off. */
static void advise_verdict(
    struct denial_advice *a, const struct policy *p, const struct run_effect *d)
{
	static const char no_destination[] = "no destination: what stands for the host is no host "
					     "name or address, or the port is 0";
	static const char *const why[] = {
	    [POLICY_DENIED_NET] = "net.enabled is false",
	    [POLICY_DENIED_TCP] = "net.allow_tcp is false",
	    [POLICY_DENIED_UDP] = "net.allow_udp is false",
	    [POLICY_DENIED_DNS] = "net.allow_dns is false",
	    [POLICY_DENIED_HOST] = "no entry of net.allow_hosts holds it",
	    [POLICY_DENIED_PORT] = "net.allow_hosts has the host, but not this port",
	    [POLICY_DENIED_FORM] = no_destination,
	};
	enum policy_verdict verdict = d->net->policy;
	const char *pointer = policy_verdict_pointer(verdict);
	enum policy_transport transport =
	    d->net->op == BROKER_OP_UDP || d->net->op == BROKER_OP_UDP_BIND ? POLICY_UDP
									    : POLICY_TCP;
	struct policy_net open = p->net;
	AUTO_FREE char *host = base_strdup(d->net->host);
	uint32_t entry = UINT32_MAX;

	if (verdict == POLICY_ALLOWED || verdict == POLICY_DENIED_FORM) {
		decided(a, "", why[POLICY_DENIED_FORM]);
		return;
	}
	decided(a, pointer, why[verdict]);
	open.enabled = open.allow_tcp = open.allow_udp = open.allow_dns = true;
	(void)policy_net_decide(&entry, &open, transport, host, d->net->port);
	if (verdict == POLICY_DENIED_PORT && entry != UINT32_MAX)
		(void)snprintf(
		    a->rule, sizeof(a->rule), "/net/allow_hosts/%u/ports", (unsigned)entry);
	open_net(a, &p->net, transport, host, d->net->port);
	if (verdict == POLICY_DENIED_HOST || verdict == POLICY_DENIED_PORT)
		a->flag = "--allow-host";
}

static void advise_net(struct denial_advice *a, const struct policy *p, const struct run_effect *d)
{
	switch ((enum broker_verdict)d->net->verdict) {
	case BROKER_DENIED_POLICY:
		advise_verdict(a, p, d);
		break;
	case BROKER_DENIED_ADDRESS:
		decided(a, "/net/allow_hosts",
		    "the name leads to an address of this host or of its networks, which an "
		    "allowed name does not stand for");
		change(a, DENIAL_HOST, "/net/allow_hosts/-");
		a->flag = "--allow-host";
		break;
	case BROKER_DENIED_SCHEME:
		decided(a, "", "only http and https URLs are fetched, and no redirect leaves them");
		break;
	case BROKER_VIOLATION:
		decided(a, "",
		    "the program broke the protocol of the network broker, and has no "
		    "network any more");
		break;
	case BROKER_ENDED:
		decided(a, "",
		    "the network broker ended before the program, which had no network from "
		    "then on; this is a defect of x07 or a limit of this host");
		break;
	case BROKER_ALLOWED:
	case BROKER_NO_NAME:
	case BROKER_VERDICT_COUNT:
		break;
	}
}

char *denial_host(const struct run_effect *d)
{
	CLEANUP(buf_clear) struct buf text = buf_init(512);

	if (d->net == NULL || d->net->verdict != BROKER_DENIED_ADDRESS)
		return base_strdup(d->subject);
	buf_printf(&text, strchr(d->net->address, ':') != NULL ? "[%s]:%u" : "%s:%u",
	    d->net->address, (unsigned)d->net->port);
	return buf_take(&text);
}

void denial_advise(
    struct denial_advice *out, const struct policy *policy, const struct run_effect *d)
{
	*out = (struct denial_advice){.why = "the policy does not allow it"};
	if (d->net != NULL) {
		advise_net(out, policy, d);
		return;
	}
	switch ((enum rt_event_reason)d->reason) {
	case RT_WHY_DISABLED:
		advise_section(out, policy, d);
		break;
	case RT_WHY_UNSAFE_PATH:
		advise_path(out, d);
		break;
	case RT_WHY_HIDDEN:
		decided(out, "/fs/deny_hidden", "fs.deny_hidden is true");
		change(out, DENIAL_FALSE, "/fs/deny_hidden");
		break;
	case RT_WHY_NO_ROOT:
		advise_root(out, policy, d);
		break;
	case RT_WHY_NOT_LISTED:
		advise_not_listed(out, d);
		break;
	case RT_WHY_DENY_LISTED:
		advise_deny_list(out, policy, d);
		break;
	case RT_WHY_GATE:
		advise_gates(out, d->detail & ~gates_on(policy));
		break;
	case RT_WHY_LIMIT:
		advise_limit(out, policy, d);
		break;
	case RT_WHY_READ_ROOT:
		advise_read_root(out, d);
		break;
	case RT_WHY_COUNT:
		break;
	}
}

char *denial_folder(const struct run_effect *d, const char *cwd)
{
	AUTO_FREE char *dir = path_dirname(d->path != NULL ? d->path : d->subject);
	size_t len = strlen(cwd);

	if (strcmp(dir, cwd) == 0)
		return base_strdup(".");
	if (strncmp(dir, cwd, len) == 0 && dir[len] == '/')
		return base_strdup(dir + len + 1);
	return TAKE(dir);
}
