/* SPDX-License-Identifier: MIT */
/*
 * Answers: one function for each kind of question, each a call of the code that enforces and a
 * phrase for what it said. What would change the answer is policy/grant.c.
 * Source: spec run-and-policy 2.1 to 2.5.
 */
#include "policy/decide.h"

#include "lang/rt/decide.h"
#include "policy/enforce.h"
#include "policy/net.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *policy_op_name(enum policy_op op)
{
	switch (op) {
	case POLICY_FS_READ:
		return "fs.read";
	case POLICY_FS_WRITE:
		return "fs.write";
	case POLICY_NET:
		return "net";
	case POLICY_ENV:
		return "env";
	case POLICY_EXEC:
		return "exec";
	}
	return "";
}

static uint32_t gate(bool on, uint32_t bit)
{
	return on ? bit : 0;
}

uint32_t policy_gates(const struct policy *p)
{
	uint32_t g = RT_GATE_SANDBOXED;

	g |= gate(p->fs.enabled, RT_GATE_FS);
	g |= gate(p->fs.deny_hidden, RT_GATE_DENY_HIDDEN);
	g |= gate(p->fs.allow_symlinks, RT_GATE_FS_SYMLINKS);
	g |= gate(p->fs.allow_mkdir, RT_GATE_FS_MKDIR);
	g |= gate(p->fs.allow_remove, RT_GATE_FS_REMOVE);
	g |= gate(p->fs.allow_rename, RT_GATE_FS_RENAME);
	g |= gate(p->fs.allow_walk, RT_GATE_FS_WALK);
	g |= gate(p->fs.allow_glob, RT_GATE_FS_GLOB);
	g |= gate(p->env.enabled, RT_GATE_ENV);
	g |= gate(p->time.enabled, RT_GATE_TIME);
	g |= gate(p->time.allow_wall_clock, RT_GATE_WALL_CLOCK);
	g |= gate(p->time.allow_sleep, RT_GATE_SLEEP);
	g |= gate(p->time.allow_local_tzid, RT_GATE_TZID);
	g |= gate(p->process.enabled, RT_GATE_PROCESS);
	g |= gate(p->process.allow_exit, RT_GATE_EXIT);
	g |= gate(p->threads.max_blocking > 0, RT_GATE_BLOCKING_IO);
	g |= gate(p->net.enabled, RT_GATE_NET);
	return g;
}

void policy_decision_clear(struct policy_decision *d)
{
	base_free_ptr(&d->resolved);
	*d = (struct policy_decision){0};
}

static void PRINTF_LIKE(4, 5)
    answer(struct policy_decision *d, bool allowed, const char *reason, const char *rule, ...)
{
	va_list args;

	d->allowed = allowed;
	d->reason = reason;
	va_start(args, rule);
	(void)vsnprintf(d->rule, sizeof(d->rule), rule, args);
	va_end(args);
}

static const char *item(const void *list, uint32_t i)
{
	return ((const struct policy_list *)list)->items[i];
}

static struct rt_texts texts(const struct policy_list *list)
{
	return (struct rt_texts){item, list, list->count};
}

/* ---- files ---- */

static const char *roots_name(const struct policy_question *q)
{
	return q->op == POLICY_FS_WRITE ? "write_roots" : "read_roots";
}

static const struct policy_list *roots_of(const struct policy *p, const struct policy_question *q)
{
	return q->op == POLICY_FS_WRITE ? &p->fs.write_roots : &p->fs.read_roots;
}

/* Refusals that do not depend on the roots. */
static void file_refused(struct policy_decision *d, int why, bool v1)
{
	if (why == RT_WHY_DISABLED)
		answer(d, false, "fs.enabled is false", "/fs/enabled");
	else if (why == RT_WHY_GATE)
		answer(d, false, "threads.max_blocking is 0", "/threads/max_blocking");
	else if (why == RT_WHY_HIDDEN)
		answer(d, false, "a segment starts with a dot and fs.deny_hidden is true",
		    "/fs/deny_hidden");
	else if (v1)
		answer(d, false, "the path has \"..\", an empty segment or a \"\\\"", "%s", "");
	else
		answer(d, false,
		    "the path must be relative, without \".\", \"..\", \"\\\", empty or \".x07_\" "
		    "segments",
		    "%s", "");
}

static void no_root(struct policy_decision *d, const struct policy_question *q)
{
	answer(d, false,
	    q->op == POLICY_FS_WRITE ? "no write root holds it" : "no read root holds it", "/fs/%s",
	    roots_name(q));
}

/* @param text  moved. */
static void replace(char **slot, char *text)
{
	base_free_ptr(slot);
	*slot = text;
}

static char *join(const char *root, const char *rest)
{
	struct buf text = buf_init(3 * (size_t)RT_PATH_MAX);
	size_t len = strlen(root);

	buf_printf(&text, "%s%s%s", root, len && root[len - 1] == '/' ? "" : "/", rest);
	return buf_take(&text);
}

/* A read root inside the write root that holds the path: the more specific one decides. */
static bool is_read_only(uint32_t *which, const struct policy *p, const struct policy_question *q,
    const struct rt_path *path)
{
	struct rt_texts reads = texts(&p->fs.read_roots), writes = texts(&p->fs.write_roots);

	return q->op == POLICY_FS_WRITE &&
	       rt_decide_read_only(which, &reads, &writes, q->cwd, path);
}

static void read_only(struct policy_decision *d, uint32_t which)
{
	answer(d, false, "a read root inside the write root holds it, and the inner one decides",
	    "/fs/read_roots/%u", (unsigned)which);
}

/* What the last look at the disk said, when no root could serve the path. */
static void not_opened(struct policy_decision *d, const struct policy_question *q, int failed,
    uint32_t first, bool in_root)
{
	if (failed == ELOOP)
		answer(d, false, "a symbolic link is on the way and fs.allow_symlinks is false",
		    "/fs/allow_symlinks");
	else if (failed == EXDEV)
		answer(d, false, "a symbolic link leads out of the root", "%s", "");
	else if (!in_root)
		no_root(d, q);
	else
		answer(d, true, "a root holds it", "/fs/%s/%u", roots_name(q), (unsigned)first);
	if (d->allowed && q->probe)
		d->note = failed != ENOENT           ? "it cannot be opened"
			  : q->op == POLICY_FS_WRITE ? "its folder does not exist (yet)"
						     : "it does not exist (yet)";
}

/* Roots are tried in order, as the runtime does; the first that opens wins. */
static void decide_legacy(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	const struct policy_list *roots = roots_of(p, q);
	int why = rt_decide_file(policy_gates(p), q->subject, strlen(q->subject));
	uint32_t first = 0, reader = 0, unused = 0;
	bool in_root = false, shut = false;
	struct rt_path path;
	int failed = ENOENT;

	if (why) {
		file_refused(d, why, false);
		return;
	}
	for (uint32_t i = 0; i < roots->count; i++) {
		bool here = false;
		const char *rest = q->subject + rt_decide_below(&here, roots->items[i], q->subject);

		if (rt_path_of(&path, q->cwd, roots->items[i], rest) &&
		    is_read_only(shut ? &unused : &reader, p, q, &path)) {
			if (!shut)
				replace(&d->resolved, join(roots->items[i], rest));
			shut = true;
			continue;
		}
		failed = q->probe ? q->probe(q->probe_arg, roots->items[i], rest,
					q->op == POLICY_FS_WRITE)
				  : ENOENT;
		if (here && !in_root)
			first = i;
		if (!d->resolved || failed == 0 || (here && !in_root && !shut))
			replace(&d->resolved, join(roots->items[i], rest));
		in_root = in_root || here;
		if (failed)
			continue;
		answer(d, true, "a root holds it", "/fs/%s/%u", roots_name(q), (unsigned)i);
		if (!here)
			d->note = "the root is put in front of the path";
		return;
	}
	if (shut)
		read_only(d, reader);
	else
		not_opened(d, q, failed, first, in_root);
}

static void decide_v1(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	const struct policy_list *list = roots_of(p, q);
	struct rt_texts roots = texts(list);
	size_t len = strlen(q->subject), rest = 0;
	struct rt_path path;
	uint32_t which = 0;
	int failed;

	if (!p->fs.enabled) {
		file_refused(d, RT_WHY_DISABLED, true);
		return;
	}
	if (!rt_path_start(&path, q->subject[0] == '/' ? "/" : q->cwd) ||
	    !rt_path_add(&path, q->subject, len)) {
		file_refused(d, RT_WHY_UNSAFE_PATH, true);
		return;
	}
	d->resolved = base_strdup(path.at);
	if (p->fs.deny_hidden && rt_decide_hidden(q->subject, len)) {
		file_refused(d, RT_WHY_HIDDEN, true);
		return;
	}
	if (is_read_only(&which, p, q, &path)) {
		read_only(d, which);
		return;
	}
	if (!rt_decide_root(&which, &rest, &roots, q->cwd, &path)) {
		no_root(d, q);
		return;
	}
	failed = q->probe ? q->probe(q->probe_arg, list->items[which],
				path.at[rest] ? path.at + rest : ".", q->op == POLICY_FS_WRITE)
			  : 0;
	if (failed)
		not_opened(d, q, failed, which, true);
	else
		answer(d, true, "a root holds it", "/fs/%s/%u", roots_name(q), (unsigned)which);
}

/* ---- destinations ---- */

static const char *verdict_reason(enum policy_verdict verdict)
{
	switch (verdict) {
	case POLICY_ALLOWED:
		return "net.allow_hosts lists it";
	case POLICY_DENIED_NET:
		return "net.enabled is false";
	case POLICY_DENIED_TCP:
		return "net.allow_tcp is false";
	case POLICY_DENIED_UDP:
		return "net.allow_udp is false";
	case POLICY_DENIED_DNS:
		return "it is a name and net.allow_dns is false";
	case POLICY_DENIED_HOST:
		return "net.allow_hosts does not list the host";
	case POLICY_DENIED_PORT:
		return "net.allow_hosts lists the host without this port";
	case POLICY_DENIED_FORM:
		return "it is no destination";
	}
	return "";
}

static void decide_net(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	uint32_t entry = UINT32_MAX;
	enum policy_verdict verdict =
	    policy_net_decide(&entry, &p->net, POLICY_TCP, q->subject, q->port);
	struct buf text = buf_init(2 * (size_t)POLICY_HOST_MAX);

	if (entry == UINT32_MAX)
		answer(d, false, verdict_reason(verdict), "%s", policy_verdict_pointer(verdict));
	else
		answer(d, verdict == POLICY_ALLOWED, verdict_reason(verdict),
		    "/net/allow_hosts/%u%s", (unsigned)entry,
		    verdict == POLICY_ALLOWED ? "" : "/ports");
	buf_printf(&text, strchr(q->subject, ':') ? "[%.300s]:%u" : "%.300s:%u", q->subject,
	    (unsigned)q->port);
	d->resolved = buf_take(&text);
}

/* ---- variables ---- */

static uint32_t index_of(const struct policy_list *list, const char *text)
{
	uint32_t i = 0;

	while (i < list->count && strcmp(list->items[i], text) != 0)
		i++;
	return i;
}

static void decide_env(
    struct policy_decision *d, const struct policy *p, const struct policy_question *q)
{
	struct rt_texts allow = texts(&p->env.allow_keys), deny = texts(&p->env.deny_keys);
	int why = rt_decide_env(policy_gates(p), &allow, &deny, q->subject, strlen(q->subject));

	if (why == RT_WHY_DISABLED)
		answer(d, false, "env.enabled is false", "/env/enabled");
	else if (why == RT_WHY_DENY_LISTED)
		answer(d, false, "env.deny_keys lists it, which wins", "/env/deny_keys/%u",
		    (unsigned)index_of(&p->env.deny_keys, q->subject));
	else if (why)
		answer(d, false, "env.allow_keys does not list it", "/env/allow_keys");
	else
		answer(d, true, "env.allow_keys lists it", "/env/allow_keys/%u",
		    (unsigned)index_of(&p->env.allow_keys, q->subject));
}

/* ---- programs ---- */

/* A prefix speaks about paths that stay where they say: "deps/x07/../../bin/sh" does not. */
static bool is_straight(const char *path)
{
	path += *path == '/';
	while (*path) {
		size_t len = strcspn(path, "/");

		if (!len || (len == 1 && path[0] == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		path += len + (path[len] == '/');
	}
	return true;
}

static void search_exec(struct policy_decision *d, const struct policy_process *p, const char *exe)
{
	uint32_t i = index_of(&p->allow_execs, exe);

	if (i < p->allow_execs.count) {
		answer(d, true, "process.allow_execs lists it", "/process/allow_execs/%u",
		    (unsigned)i);
		return;
	}
	for (i = 0; i < p->allow_exec_prefixes.count && is_straight(exe); i++) {
		const char *prefix = p->allow_exec_prefixes.items[i];

		if (strncmp(exe, prefix, strlen(prefix)) != 0)
			continue;
		answer(d, true, "process.allow_exec_prefixes has its start",
		    "/process/allow_exec_prefixes/%u", (unsigned)i);
		return;
	}
	answer(d, false, "neither process.allow_execs nor process.allow_exec_prefixes names it",
	    "/process/allow_execs");
}

static void decide_exec(
    struct policy_decision *d, const struct policy *policy, const struct policy_question *q)
{
	const struct policy_process *p = &policy->process;
	const struct policy_enforce *row = policy_enforce_find("process/allow_spawn");
	size_t len = strlen(q->subject);

	if (!p->enabled)
		answer(d, false, "process.enabled is false", "/process/enabled");
	else if (!p->allow_spawn)
		answer(d, false, "process.allow_spawn is false", "/process/allow_spawn");
	else if (!len || (p->max_exe_bytes && len > p->max_exe_bytes))
		answer(d, false, "the path is empty or longer than process.max_exe_bytes",
		    "/process/max_exe_bytes");
	else
		search_exec(d, p, q->subject);
	if (row->by != POLICY_NOT_ENFORCEABLE)
		return;
	if (d->allowed)
		answer(d, false,
		    "the policy names it, but this build runs no program under such a policy",
		    "/process/allow_spawn");
	d->note = row->how;
}

void policy_decide(
    struct policy_decision *out, const struct policy *p, const struct policy_question *q)
{
	*out = (struct policy_decision){0};
	switch (q->op) {
	case POLICY_FS_READ:
	case POLICY_FS_WRITE:
		if (q->v1)
			decide_v1(out, p, q);
		else
			decide_legacy(out, p, q);
		break;
	case POLICY_NET:
		decide_net(out, p, q);
		break;
	case POLICY_ENV:
		decide_env(out, p, q);
		break;
	case POLICY_EXEC:
		decide_exec(out, p, q);
		break;
	}
}
