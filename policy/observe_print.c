/* SPDX-License-Identifier: MIT */
/*
 * The two texts of an observed run. The review is Markdown for a person; what the program wrote
 * (paths, keys) stands in it as escaped code, because the program may want to deceive its reviewer.
 */
#include "base/json.h"
#include "policy/observe_print_priv.h"
#include "policy/observe_roots_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the document ---- */

static void number(struct jsonw *w, const char *key, uint64_t n)
{
	jsonw_key(w, key);
	jsonw_uint(w, n);
}

static void roots_json(struct jsonw *w, const char *key, const struct policy_observed_roots *roots)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (uint32_t i = 0; i < roots->count; i++)
		jsonw_string(w, roots->items[i].text);
	jsonw_end_array(w);
}

static void env_json(struct jsonw *w, const struct policy_observed_grants *g)
{
	jsonw_key(w, "env");
	jsonw_object(w);
	jsonw_key(w, "allow_keys");
	jsonw_array(w);
	for (uint32_t i = 0; i < g->key_count; i++)
		jsonw_string(w, g->keys[i]->subject);
	jsonw_end_array(w);
	jsonw_key(w, "deny_keys");
	jsonw_array(w);
	jsonw_end_array(w);
	jsonw_kv_bool(w, "enabled", g->key_count > 0);
	jsonw_end_object(w);
}

static void fs_json(struct jsonw *w, const struct policy_observed_grants *g)
{
	const struct policy_observed *in = g->in;

	jsonw_key(w, "fs");
	jsonw_object(w);
	jsonw_kv_bool(w, "allow_glob", in->glob);
	jsonw_kv_bool(w, "allow_mkdir", in->mkdir);
	jsonw_kv_bool(w, "allow_remove", in->remove);
	jsonw_kv_bool(w, "allow_rename", in->rename);
	jsonw_kv_bool(w, "allow_symlinks", in->symlinks);
	jsonw_kv_bool(w, "allow_walk", in->walk);
	jsonw_kv_bool(w, "deny_hidden", g->deny_hidden);
	jsonw_kv_bool(w, "enabled", g->fs);
	number(w, "max_depth", g->max_depth);
	number(w, "max_entries", g->max_entries);
	number(w, "max_read_bytes", g->max_read);
	number(w, "max_write_bytes", g->max_write);
	roots_json(w, "read_roots", &g->read);
	roots_json(w, "write_roots", &g->write);
	jsonw_end_object(w);
}

static void limits_json(struct jsonw *w, const struct policy_limits *l)
{
	jsonw_key(w, "limits");
	jsonw_object(w);
	jsonw_kv_bool(w, "core_dumps", false);
	number(w, "cpu_ms", l->cpu_ms);
	number(w, "fds", l->fds);
	number(w, "mem_bytes", l->mem_bytes);
	number(w, "procs", l->procs);
	number(w, "wall_ms", l->wall_ms);
	jsonw_end_object(w);
}

/* Length of the host in "host:port". */
static size_t host_len(const char *subject)
{
	const char *colon = strrchr(subject, ':');

	return colon != NULL ? (size_t)(colon - subject) : strlen(subject);
}

static bool has_name(const struct policy_observed_grants *g)
{
	for (uint32_t i = 0; i < g->host_count; i++) {
		const char *s = g->hosts[i]->subject;

		if (strspn(s, "0123456789.") < host_len(s) && s[0] != '[')
			return true;
	}
	return false;
}

/* The hosts are sorted, so equal names follow each other. */
static void hosts_json(struct jsonw *w, const struct policy_observed_grants *g)
{
	for (uint32_t i = 0; i < g->host_count;) {
		const char *s = g->hosts[i]->subject;
		size_t len = host_len(s);

		jsonw_object(w);
		jsonw_key(w, "host");
		if (s[0] == '[') /* an IPv6 address; the document has no brackets */
			jsonw_string_n(w, s + 1, len - 2);
		else
			jsonw_string_n(w, s, len);
		jsonw_key(w, "ports");
		jsonw_array(w);
		for (; i < g->host_count && host_len(g->hosts[i]->subject) == len &&
		       strncmp(g->hosts[i]->subject, s, len) == 0;
		     i++)
			jsonw_uint(w, strtoul(g->hosts[i]->subject + len + 1, NULL, 10));
		jsonw_end_array(w);
		jsonw_end_object(w);
	}
}

static void net_json(struct jsonw *w, const struct policy_observed_grants *g)
{
	bool on = g->host_count > 0;

	jsonw_key(w, "net");
	jsonw_object(w);
	jsonw_kv_bool(w, "allow_dns", on && has_name(g));
	jsonw_key(w, "allow_hosts");
	jsonw_array(w);
	hosts_json(w, g);
	jsonw_end_array(w);
	jsonw_kv_bool(w, "allow_tcp", g->tcp);
	jsonw_kv_bool(w, "allow_udp", g->udp);
	jsonw_kv_bool(w, "enabled", on);
	jsonw_end_object(w);
}

static void process_json(struct jsonw *w, const struct policy_observed_grants *g)
{
	jsonw_key(w, "process");
	jsonw_object(w);
	jsonw_kv_bool(w, "allow_exec", false);
	jsonw_kv_bool(w, "allow_exit", g->exit);
	jsonw_kv_bool(w, "allow_spawn", false);
	jsonw_kv_bool(w, "enabled", g->exit);
	number(w, "max_live", 0);
	number(w, "max_spawns", 0);
	jsonw_end_object(w);
}

static void threads_json(struct jsonw *w, const struct policy_observed_grants *g)
{
	jsonw_key(w, "threads");
	jsonw_object(w);
	jsonw_kv_bool(w, "enabled", false);
	number(w, "max_blocking", g->blocking ? 1 : 0);
	number(w, "max_queue", 0);
	number(w, "max_workers", 0);
	jsonw_end_object(w);
}

static void time_json(struct jsonw *w, const struct policy_observed_grants *g)
{
	jsonw_key(w, "time");
	jsonw_object(w);
	jsonw_kv_bool(w, "allow_local_tzid", g->tzid);
	jsonw_kv_bool(w, "allow_monotonic", false);
	jsonw_kv_bool(w, "allow_sleep", g->sleep);
	jsonw_kv_bool(w, "allow_wall_clock", g->clock);
	jsonw_kv_bool(w, "enabled", g->clock || g->sleep || g->tzid);
	number(w, "max_sleep_ms", g->max_sleep_ms);
	jsonw_end_object(w);
}

void policy_observed_print_policy(struct buf *out, const struct policy_observed_grants *g)
{
	struct jsonw w = jsonw_init(out, true);

	jsonw_object(&w);
	env_json(&w, g);
	fs_json(&w, g);
	if (g->in->unsafe || g->in->ffi) {
		jsonw_key(&w, "language");
		jsonw_object(&w);
		jsonw_kv_bool(&w, "allow_ffi", g->in->ffi);
		jsonw_kv_bool(&w, "allow_unsafe", g->in->unsafe);
		jsonw_end_object(&w);
	}
	limits_json(&w, &g->limits);
	net_json(&w, g);
	jsonw_kv_string(&w, "notes",
	    "Written by `x07 policy observe`: what one run used. Read the review beside it before "
	    "relying on it.");
	jsonw_kv_string(&w, "policy_id", g->in->policy_id);
	process_json(&w, g);
	jsonw_kv_string(&w, "schema_version", POLICY_SCHEMA);
	threads_json(&w, g);
	time_json(&w, g);
	jsonw_end_object(&w);
}

/* ---- the review ---- */

#define SHOWN_MAX 200u

/* Bytes of the program as code: nothing of it ends the code, the cell or the line. */
static void code(struct buf *out, const char *text)
{
	size_t n = 0;

	buf_putc(out, '`');
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
		if (++n > SHOWN_MAX) {
			buf_puts(out, "...");
			break;
		}
		if (*p < ' ' || *p > '~' || *p == '`' || *p == '|' || *p == '\\')
			buf_printf(out, "\\x%02x", *p);
		else
			buf_putc(out, (char)*p);
	}
	buf_putc(out, '`');
}

static void operation(struct buf *out, const struct policy_use *u)
{
	buf_printf(out, "`%s` ", u->what);
	code(out, u->subject);
	buf_printf(out, " x%llu", (unsigned long long)u->count);
	if (u->refused)
		buf_puts(out, " (refused)");
}

/* A row starts with its grant; reasons follow in one cell, at most this many. */
#define REASONS_MAX 8u

struct row {
	struct buf *out;
	uint32_t reasons;
	bool used;
};

static void row_end(struct policy_proposal *p, struct row *r)
{
	if (r->reasons > REASONS_MAX)
		buf_printf(r->out, "; and %u more", r->reasons - REASONS_MAX);
	buf_printf(r->out, " | %s |\n", r->used ? "used" : "**refused in this run**");
	p->granted++;
	if (!r->used)
		p->added++;
}

static struct row row_start(struct policy_proposal *p, const char *field, const char *value)
{
	struct row r = {.out = &p->review};

	buf_printf(r.out, "| `%s` ", field);
	code(r.out, value);
	buf_puts(r.out, " | ");
	return r;
}

static void reason(struct row *r, const struct policy_use *u)
{
	r->used |= !u->refused;
	if (r->reasons++ >= REASONS_MAX)
		return;
	if (r->reasons > 1)
		buf_puts(r->out, "; ");
	operation(r->out, u);
}

static void root_rows(struct policy_proposal *p, const struct policy_observed_grants *g,
    const struct policy_observed_roots *roots, enum policy_use_kind kind)
{
	const char *field = kind == POLICY_USE_WRITE ? "fs.write_roots" : "fs.read_roots";

	for (uint32_t i = 0; i < roots->count; i++) {
		struct row r = row_start(p, field, roots->items[i].text);

		for (size_t k = 0; k < g->in->count; k++) {
			const struct policy_use *u = &g->in->uses[k];

			if (u->kind == kind && !u->created && !u->internal &&
			    policy_observed_grantable(u) &&
			    policy_observed_root_of(roots, u) == &roots->items[i])
				reason(&r, u);
		}
		if (r.reasons == 0) { /* policy_observed_roots_nest */
			buf_puts(r.out, "what is written or moved takes it along");
			r.used = roots->items[i].used;
		}
		row_end(p, &r);
	}
}

/* Rows whose reason is every use of one kind with this subject (NULL = any). */
static void kind_row(struct policy_proposal *p, const struct policy_observed_grants *g,
    const char *field, const char *value, enum policy_use_kind kind, const char *subject)
{
	struct row r = row_start(p, field, value);

	for (size_t k = 0; k < g->in->count; k++) {
		const struct policy_use *u = &g->in->uses[k];

		if (u->kind == kind && (subject == NULL || strcmp(u->subject, subject) == 0))
			reason(&r, u);
	}
	row_end(p, &r);
}

static void flag_row(struct policy_proposal *p, bool on, const char *field, const char *why)
{
	if (!on)
		return;
	buf_printf(&p->review, "| `%s` | %s | |\n", field, why);
	p->granted++;
}

static void flag_rows(struct policy_proposal *p, const struct policy_observed_grants *g)
{
	const struct policy_observed *in = g->in;

	flag_row(p, !g->deny_hidden, "fs.deny_hidden false",
	    "a path or listing with a name that starts with a dot: **every** hidden file of the "
	    "roots is open");
	flag_row(p, in->symlinks, "fs.allow_symlinks", "a symbolic link on the way, or asked for");
	flag_row(p, in->mkdir, "fs.allow_mkdir", "directories made, or asked for");
	flag_row(p, in->remove, "fs.allow_remove", "files or directories removed");
	flag_row(p, in->rename, "fs.allow_rename", "files renamed, or written atomically");
	flag_row(p, in->walk, "fs.allow_walk", "directories listed");
	flag_row(p, in->glob, "fs.allow_glob", "directories walked by pattern");
	flag_row(p, g->blocking, "threads.max_blocking 1", "`os.fs.read_file`, `os.fs.write_file`");
	flag_row(p, in->unsafe, "language.allow_unsafe", "the program does not compile without");
	flag_row(p, in->ffi, "language.allow_ffi", "the program does not compile without");
}

static void grant_rows(struct policy_proposal *p, const struct policy_observed_grants *g)
{
	char ms[24];

	root_rows(p, g, &g->read, POLICY_USE_READ);
	root_rows(p, g, &g->write, POLICY_USE_WRITE);
	for (uint32_t i = 0; i < g->key_count; i++)
		kind_row(p, g, "env.allow_keys", g->keys[i]->subject, POLICY_USE_ENV,
		    g->keys[i]->subject);
	for (uint32_t i = 0; i < g->host_count; i++)
		kind_row(p, g, "net.allow_hosts", g->hosts[i]->subject, POLICY_USE_NET,
		    g->hosts[i]->subject);
	(void)snprintf(ms, sizeof(ms), "max_sleep_ms %u", g->max_sleep_ms);
	if (g->clock)
		kind_row(p, g, "time.allow_wall_clock", "true", POLICY_USE_CLOCK, NULL);
	if (g->sleep)
		kind_row(p, g, "time.allow_sleep", ms, POLICY_USE_SLEEP, NULL);
	if (g->tzid)
		kind_row(p, g, "time.allow_local_tzid", "true", POLICY_USE_TZID, NULL);
	if (g->exit)
		kind_row(p, g, "process.allow_exit", "true", POLICY_USE_EXIT, NULL);
	flag_rows(p, g);
}

static void withheld(struct policy_proposal *p, const struct policy_observed_grants *g)
{
	for (size_t i = 0; i < g->in->count; i++) {
		const struct policy_use *u = &g->in->uses[i];

		if (!u->refused || policy_observed_grantable(u))
			continue;
		if (p->withheld++ == 0)
			buf_puts(&p->review, "\n## Refused, and not granted\n\n");
		buf_puts(&p->review, "- ");
		operation(&p->review, u);
		buf_printf(&p->review, ": %s\n",
		    u->why_not != NULL ? u->why_not
				       : "outside the project; add a root by hand if you mean it");
	}
}

static void limit_rows(struct buf *out, const struct policy_observed_grants *g)
{
	const struct policy_observed *in = g->in;

	buf_puts(out, "\n## Limits\n\n| limit | value | measured |\n| --- | --- | --- |\n");
	buf_printf(out, "| `limits.cpu_ms` | %u | %lld |\n", g->limits.cpu_ms,
	    (long long)(in->cpu_ns / 1000000));
	buf_printf(out, "| `limits.wall_ms` | %u | %lld |\n", g->limits.wall_ms,
	    (long long)(in->wall_ns / 1000000));
	buf_printf(out, "| `limits.mem_bytes` | %llu | %llu reserved |\n",
	    (unsigned long long)g->limits.mem_bytes, (unsigned long long)in->mem_bytes);
	buf_printf(
	    out, "| `limits.fds` | %u | highest descriptor %u |\n", g->limits.fds, in->most_fd);
	if (!g->fs)
		return;
	buf_printf(out, "| `fs.max_read_bytes` | %u | |\n| `fs.max_write_bytes` | %u | |\n",
	    g->max_read, g->max_write);
	buf_printf(out, "| `fs.max_entries` | %u | %u |\n| `fs.max_depth` | %u | %u |\n",
	    g->max_entries, in->most_entries, g->max_depth, in->most_depth);
	buf_puts(out, "\nThe `fs.max_*` limits bind the `*_v1` heads; 1 stands where none of them "
		      "was used, because 0 would mean the built-in default.\n");
}

void policy_observed_print_review(struct policy_proposal *p, const struct policy_observed_grants *g)
{
	const struct policy_observed *in = g->in;
	struct buf *out = &p->review;

	buf_printf(out, "# Review of the policy `%s`\n\nProgram ", in->policy_id);
	code(out, in->program);
	buf_puts(out, ", observed under ");
	code(out, in->base);
	buf_puts(out, "; the run ended: ");
	code(out, in->outcome);
	buf_puts(out, ".\n\n");
	if (in->permissive)
		buf_puts(out, "**The run was permissive**: nothing in the project was refused to "
			      "it. The grants are what the program wanted, not what somebody "
			      "had allowed.\n\n");
	if (in->lost > 0)
		buf_printf(out,
		    "**%llu operations could not be recorded** and are not covered.\n\n",
		    (unsigned long long)in->lost);
	buf_puts(out, "One run shows one path through the program: what it did not do this time "
		      "is not granted.\n\n## Grants\n\n| grant | because of | in this run |\n"
		      "| --- | --- | --- |\n");
	grant_rows(p, g);
	if (p->granted == 0)
		buf_puts(out, "| none | the program only computes | |\n");
	withheld(p, g);
	limit_rows(out, g);
}
