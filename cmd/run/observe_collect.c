/* SPDX-License-Identifier: MIT */
/*
 * From the effects of a run to the uses that a policy is made from. Looks at the file system for
 * two facts that the program cannot give: where links lead, and which directories are there.
 */
#include "cmd/run/observe_collect.h"

#include "base/file.h"
#include "base/path.h"
#include "cmd/run/denial.h"
#include "cmd/run/effects.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FS_GATES                                                                                   \
	(RT_GATE_FS_SYMLINKS | RT_GATE_FS_MKDIR | RT_GATE_FS_REMOVE | RT_GATE_FS_RENAME |          \
	    RT_GATE_FS_WALK | RT_GATE_FS_GLOB | RT_GATE_BLOCKING_IO)

void run_observed_clear(struct run_observed *o)
{
	base_free_ptr(&o->uses);
	arena_clear(&o->arena);
}

static enum policy_use_kind kind_of(const struct run_effect *e)
{
	switch ((enum rt_event_kind)e->kind) {
	case RT_EV_FS_READ:
		return POLICY_USE_READ;
	case RT_EV_FS_WRITE:
		return POLICY_USE_WRITE;
	case RT_EV_ENV:
		return POLICY_USE_ENV;
	case RT_EV_PROCESS:
		return POLICY_USE_EXIT;
	case RT_EV_NET:
	case RT_EV_COUNT:
		return POLICY_USE_NET;
	case RT_EV_TIME:
		break;
	}
	if (e->op == RT_OP_TIME_SLEEP)
		return POLICY_USE_SLEEP;
	return e->op == RT_OP_TIME_TZID ? POLICY_USE_TZID : POLICY_USE_CLOCK;
}

/* Relative to the project where it lies in it. */
static const char *in_project(const struct run_record *run, const char *path)
{
	size_t len = strlen(run->target->cwd);

	if (strcmp(path, run->target->cwd) == 0)
		return ".";
	if (strncmp(path, run->target->cwd, len) == 0 && path[len] == '/')
		return path + len + 1;
	return path;
}

/* "host:port", with a port that a list can name. */
static bool is_destination(const char *subject)
{
	const char *colon = strrchr(subject, ':');

	return colon != NULL && colon > subject && strlen(colon + 1) <= 5 &&
	       strspn(colon + 1, "0123456789") == strlen(colon + 1) &&
	       strtoul(colon + 1, NULL, 10) - 1 < 65535;
}

/*
 * Why a refused operation gets no grant; NULL: it may have one. What the one answer withholds
 * (policy/grant.h) stays withheld, and so does what a person has to decide: addresses that a name
 * led to, and what somebody denied by name.
 */
static const char *why_not(
    struct run_observed *o, const struct run_record *run, const struct run_effect *e)
{
	const struct run_denial_context context = {run->policy, run->target->cwd};
	CLEANUP(run_denial_clear) struct run_denial d = {0};

	if (e->reason == RT_USED)
		return NULL;
	if (e->net != NULL && e->net->verdict == BROKER_DENIED_ADDRESS)
		return "the name led to an address of this host or of its networks; list that "
		       "address by hand if you mean it";
	if (e->kind == RT_EV_NET && e->net == NULL && !is_destination(e->subject))
		return "no policy allows such a destination";
	run_denial_ask(&d, &context, e);
	if (d.grant.marks & POLICY_MARK_DENY_LIST)
		return "the policy of the run denies it by name";
	if (d.grant.count > 0)
		return NULL;
	if (d.grant.withheld == NULL)
		return d.decision.reason;
	return arena_printf(&o->arena, "%s; %s", d.decision.reason, d.grant.withheld);
}

static bool is_name_change(const struct run_effect *e)
{
	return e->op == RT_OP_FS_REMOVE_FILE || e->op == RT_OP_FS_REMOVE_DIR ||
	       e->op == RT_OP_FS_RENAME;
}

static void add_link(struct run_observed *o, struct policy_use *u, const struct run_record *run,
    const struct run_effect *e)
{
	char real[PATH_MAX];

	if (realpath(e->path, real) != NULL && strcmp(real, e->path) != 0)
		u->real = in_project(run, arena_strndup(&o->arena, real, strlen(real)));
}

static void fill_path(struct run_observed *o, struct policy_use *u, const struct run_record *run,
    const struct run_effect *e)
{
	bool refused = e->reason != RT_USED;

	if (e->path == NULL)
		return;
	u->path = in_project(run, e->path);
	if (refused ? e->sys_errno == ELOOP : (e->detail & RT_USE_LINK) != 0)
		add_link(o, u, run, e);
	if (refused) {
		u->moved = is_name_change(e);
		u->dir = !u->moved && file_is_directory(e->path);
		return;
	}
	u->dir = (e->detail & RT_USE_DIR) != 0;
	u->created = (e->detail & RT_USE_CREATED) != 0;
	u->moved = (e->detail & RT_USE_MOVED) != 0;
	u->internal = (e->detail & RT_USE_BELOW) != 0;
}

static struct policy_use *add(
    struct run_observed *o, const struct run_record *run, const struct run_effect *e)
{
	struct policy_use *u = &o->uses[o->run.count++];

	*u = (struct policy_use){.kind = kind_of(e),
	    .what = run_effects_head(e->op),
	    .subject = e->subject,
	    .root = e->root,
	    .joined = run_effects_is_legacy(e->op),
	    .refused = e->reason != RT_USED,
	    .why_not = why_not(o, run, e),
	    .count = e->count,
	    .most = e->most};
	if (run_effect_is_fs(e))
		fill_path(o, u, run, e);
	u->udp = e->op == RT_OP_NET_UDP || e->op == RT_OP_NET_UDP_BIND;
	u->lookup = e->op == RT_OP_NET_DNS;
	return u;
}

/* The name itself was allowed, and is needed next time, too: only where it led to was not. */
static void add_name(struct run_observed *o, const struct policy_use *refused)
{
	struct policy_use *u = &o->uses[o->run.count++];

	*u = *refused;
	u->refused = false;
	u->why_not = NULL;
}

/* A refused operation that would have made directories: the first missing one is no root. */
static void add_missing(
    struct run_observed *o, const struct run_record *run, const struct policy_use *u)
{
	size_t len = u->path != NULL && u->path[0] != '/' ? strlen(u->path) : 0;
	bool all = strcmp(u->what, run_effects_head(RT_OP_FS_MKDIRS)) == 0;

	for (size_t i = 1; i <= len; i++) {
		const char *part;
		AUTO_FREE char *full = NULL;

		if (i < len && u->path[i] != '/')
			continue;
		if (i == len && !all)
			return;
		part = arena_strndup(&o->arena, u->path, i);
		full = path_join(run->target->cwd, part);
		if (file_is_directory(full))
			continue;
		o->uses[o->run.count++] = (struct policy_use){.kind = u->kind,
		    .what = u->what,
		    .subject = part,
		    .path = part,
		    .created = true,
		    .internal = true};
		return;
	}
}

/* Limits that were too small; what would have been enough is known, or guessed at twice. */
static void note_limit(
    struct policy_observed *out, const struct run_record *run, const struct run_effect *e)
{
	const struct policy_fs *fs = &run->policy->rules.fs;
	uint32_t entries = fs->max_entries > 0 ? fs->max_entries : 10000;
	uint32_t depth = fs->max_depth > 0 ? fs->max_depth : 64;

	if (e->detail == RT_LIMIT_ENTRIES && out->most_entries < 2 * entries)
		out->most_entries = entries < UINT32_MAX / 2 ? 2 * entries : UINT32_MAX;
	if (e->detail == RT_LIMIT_DEPTH && out->most_depth < 2 * depth)
		out->most_depth = depth < UINT32_MAX / 2 ? 2 * depth : UINT32_MAX;
	out->walk = out->walk || e->op == RT_OP_FS_LIST || e->op == RT_OP_FS_WALK;
	out->glob = out->glob || e->op == RT_OP_FS_WALK;
	out->remove = out->remove || e->op == RT_OP_FS_REMOVE_DIR;
}

/* Flags that a grantable refusal needs. */
static uint32_t gates_of(struct run_observed *o, const struct run_record *run,
    const struct run_effect *e, const struct policy_use *u)
{
	if (e->reason == RT_USED || !run_effect_is_fs(e) || u->why_not != NULL)
		return 0;
	if (e->reason == RT_WHY_LIMIT) {
		note_limit(&o->run, run, e);
		return 0;
	}
	if (e->reason == RT_WHY_UNSAFE_PATH)
		return RT_GATE_FS_SYMLINKS;
	return e->path != NULL && in_project(run, e->path)[0] != '/' ? e->detail & FS_GATES : 0;
}

static void set_flags(struct policy_observed *out, uint32_t gates)
{
	out->fs = (gates & RT_GATE_FS) != 0;
	out->symlinks = (gates & RT_GATE_FS_SYMLINKS) != 0;
	out->mkdir = (gates & RT_GATE_FS_MKDIR) != 0;
	out->remove = out->remove || (gates & RT_GATE_FS_REMOVE) != 0;
	out->rename = (gates & RT_GATE_FS_RENAME) != 0;
	out->walk = out->walk || (gates & RT_GATE_FS_WALK) != 0;
	out->glob = out->glob || (gates & RT_GATE_FS_GLOB) != 0;
	out->hidden_listed = (gates & RT_GATE_DENY_HIDDEN) != 0;
	out->blocking = (gates & RT_GATE_BLOCKING_IO) != 0;
}

void run_observed_collect(struct run_observed *out, const struct run_record *run)
{
	const struct run_effects *e = &run->ended->effects;
	uint32_t gates = e->gates;

	arena_init(&out->arena, 0);
	out->uses = base_calloc(2 * e->count + 1, sizeof(*out->uses));
	out->run = (struct policy_observed){.uses = out->uses,
	    .unsafe = run->program->used_unsafe,
	    .ffi = run->program->used_ffi,
	    .most_fd = e->most_fd < 1024 ? e->most_fd : 1023,
	    .most_entries = e->most_entries,
	    .most_depth = e->most_depth,
	    .cpu_ns = run->ended->result.cpu_ns,
	    .wall_ns = run->ended->result.wall_ns,
	    .mem_bytes = run->target->max_memory,
	    .lost = e->lost_uses + e->lost_refusals,
	    .program = in_project(run, run->target->entry),
	    .base = in_project(run, run->policy->path),
	    .permissive = run->policy->widened};
	for (size_t i = 0; i < e->count; i++) {
		const struct run_effect *item = &e->items[i];
		const struct policy_use *u;

		/* the table was full: counted, but nobody knows what it was */
		if (item->subject_len == 0 && item->kind != RT_EV_ENV) {
			out->run.lost += item->count;
			continue;
		}
		if (memchr(item->subject, '\0', item->subject_len) != NULL)
			continue;
		u = add(out, run, item);
		if (u->refused && (item->detail & RT_GATE_FS_MKDIR) && run_effect_is_fs(item))
			add_missing(out, run, u);
		if (item->net != NULL && item->net->verdict == BROKER_DENIED_ADDRESS)
			add_name(out, u);
		gates |= gates_of(out, run, item, u);
	}
	set_flags(&out->run, gates);
}
