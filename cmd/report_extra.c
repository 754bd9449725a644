/* SPDX-License-Identifier: MIT */
/*
 * The parts of the report that are ours: which image ran, what held the program, how long each
 * step took, and what was refused, for programs and for people.
 */
#include "cmd/report_parts.h"

#include "cmd/run/denial.h"
#include "policy/enforce.h"

#include <stdio.h>
#include <string.h>

void report_image(struct jsonw *w, const struct run *run)
{
	jsonw_key(w, "image");
	if (run->image.fd < 0) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_kv_int(w, "bytes", run->image.size);
	jsonw_kv_bool(w, "from_cache", run->image.from_cache);
	jsonw_kv_string(w, "note", run->image_note);
	jsonw_kv_string(w, "opt", run->image.full ? "full" : "fast");
	jsonw_end_object(w);
}

void report_layers(struct jsonw *w, const struct run *run)
{
	jsonw_key(w, "layers");
	jsonw_object(w);
	/* In order of names; the enum is in order of set-up. */
	for (const char *last = ""; last != NULL;) {
		const char *next = NULL;
		bool on = false;

		for (int i = 0; i < SANDBOX_LAYER_COUNT; i++) {
			const char *name = sandbox_layer_name((enum sandbox_layer)i);

			if (strcmp(name, last) > 0 && (next == NULL || strcmp(name, next) < 0)) {
				next = name;
				on = run->result.layers[i];
			}
		}
		if (next != NULL)
			jsonw_kv_bool(w, next, on);
		last = next;
	}
	jsonw_end_object(w);
}

/* 0 is no limit, except where the policy says 0. */
static void limit(
    struct jsonw *w, const char *name, uint64_t value, bool zero_holds, const char *held_by)
{
	bool held = value > 0 || zero_holds;

	jsonw_key(w, name);
	jsonw_object(w);
	jsonw_kv_string(w, "held_by", held ? held_by : "nothing");
	jsonw_key(w, "value");
	if (held)
		jsonw_uint(w, value);
	else
		jsonw_null(w);
	jsonw_end_object(w);
}

static void limits(struct jsonw *w, const struct run *run)
{
	const struct sandbox_limits *l = &run->plan.limits;
	const char *mem = run->result.mem_mechanism;
	const char *procs = run->result.procs_mechanism;
	bool seccomp = procs != NULL && strcmp(procs, "seccomp") == 0;

	jsonw_key(w, "limits");
	jsonw_object(w);
	limit(w, "cpu_ms", l->cpu_ms, false, "rlimit");
	limit(w, "fds", l->fds, l->no_fds, "rlimit");
	limit(w, "mem_bytes", l->mem_bytes, false, mem != NULL ? mem : "rlimit");
	limit(w, "output_bytes", run->target.max_output, false, "supervisor");
	limit(w, "procs", l->procs, seccomp, procs != NULL ? procs : "rlimit");
	limit(w, "wall_ms", l->wall_ms, false, "supervisor");
	jsonw_end_object(w);
}

static void roots(struct jsonw *w, const struct run *run)
{
	jsonw_key(w, "roots");
	jsonw_array(w);
	for (size_t i = 0; i < run->facts.root_count; i++) {
		const struct sandbox_root *root = &run->facts.roots[i];

		jsonw_object(w);
		jsonw_kv_string(w, "access", root->writable ? "write" : "read");
		jsonw_kv_string(w, "path", root->path);
		jsonw_kv_bool(w, "present", root->present);
		jsonw_kv_string(w, "root", run->facts.root_texts[i]);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void denials(struct jsonw *w, const struct run *run)
{
	const struct run_effects *e = &run->facts.effects;

	jsonw_key(w, "denials");
	jsonw_array(w);
	for (size_t i = 0; i < e->count; i++) {
		if (e->items[i].reason != RT_USED)
			denial_json(w, run, &e->items[i]);
	}
	jsonw_end_array(w);
	jsonw_kv_bool(w, "denials_dropped", e->lost_refusals > 0);
}

static void notes(struct jsonw *w, const struct run *run)
{
	jsonw_key(w, "notes");
	jsonw_array(w);
	if (run->has_policy && run->isolation.backend == RUN_BACKEND_NONE)
		jsonw_string(w, "sandbox_backend=none: the kernel enforces only rlimits; the "
				"policy is checked by the program's own runtime");
	if (!run->has_policy)
		jsonw_string(w, "world run-os has no policy: the program may do what its user may");
	jsonw_end_array(w);
}

void report_attestation(struct jsonw *w, const struct run *run)
{
	if (run->attest_digest[0] == '\0')
		return;
	jsonw_key(w, "runtime_attestation");
	jsonw_object(w);
	jsonw_kv_string(w, "digest", run->attest_digest);
	jsonw_kv_string(w, "network_enforcement", run_network_enforcement(run));
	jsonw_kv_string(w, "network_mode", run_network_mode(run));
	jsonw_kv_string(w, "path", run->options->attest);
	jsonw_kv_string(w, "sandbox_backend", run_backend_name(run->isolation.backend));
	jsonw_kv_bool(w, "weaker_isolation", run->isolation.accepted);
	jsonw_end_object(w);
}

void report_sandbox(struct jsonw *w, const struct run *run)
{
	jsonw_key(w, "sandbox");
	if (run->state != RUN_DONE) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_kv_string(w, "backend", run_backend_name(run->isolation.backend));
	jsonw_kv_string(w, "base_policy", run->base.path);
	jsonw_kv_string(
	    w, "base_policy_sha256", run->base.path != NULL ? run->base.policy.digest : NULL);
	denials(w, run);
	jsonw_kv_int(w, "landlock_abi", run->result.landlock_abi);
	report_layers(w, run);
	limits(w, run);
	report_network(w, run);
	notes(w, run);
	jsonw_kv_string(w, "policy", run->target.policy_path);
	jsonw_kv_string(w, "policy_sha256", run->has_policy ? run->policy.digest : NULL);
	roots(w, run);
	jsonw_end_object(w);
}

static void microseconds(struct jsonw *w, const char *key, int64_t from_ns, int64_t to_ns)
{
	jsonw_key(w, key);
	if (from_ns > 0 && to_ns >= from_ns)
		jsonw_int(w, (to_ns - from_ns) / 1000);
	else
		jsonw_null(w);
}

void report_timing(struct jsonw *w, const struct run *run)
{
	bool done = run->state == RUN_DONE;

	jsonw_key(w, "timing");
	jsonw_object(w);
	microseconds(w, "compile_us", run->ready_ns, run->compiled_ns);
	jsonw_key(w, "cpu_us");
	jsonw_int(w, done ? run->result.cpu_ns / 1000 : 0);
	jsonw_key(w, "peak_rss_bytes");
	jsonw_uint(w, done ? run->result.peak_rss_bytes : 0);
	microseconds(w, "prepare_us", run->started_ns, run->ready_ns);
	jsonw_key(w, "run_us");
	jsonw_int(w, done ? run->result.wall_ns / 1000 : 0);
	microseconds(w, "total_us", run->started_ns, run->finished_ns);
	jsonw_end_object(w);
}

#define EXPLAINED_MAX 32

/* A patch without its document is a riddle. */
static void name_policy(const struct run *run)
{
	CLEANUP(buf_clear) struct buf line = buf_init(65536);

	buf_printf(&line, "patches are JSON Patch for %s; `x07 policy check` reads it over",
	    run->base.path != NULL ? run->base.path : run->target.policy_path);
	print_hint(line.data);
}

static void explain_denials(const struct run *run)
{
	const struct run_effects *e = &run->facts.effects;
	size_t told = 0;
	bool patched = false;

	for (size_t i = 0; i < e->count; i++) {
		CLEANUP(buf_clear) struct buf line = buf_init(65536);

		if (e->items[i].reason == RT_USED || told++ >= EXPLAINED_MAX)
			continue;
		patched = denial_text(&line, run, &e->items[i]) || patched;
		print_hint(line.data);
	}
	if (patched && run->target.policy_path != NULL)
		name_policy(run);
	if (told > EXPLAINED_MAX)
		(void)fprintf(
		    stderr, "hint: %zu more refusals are in the report\n", told - EXPLAINED_MAX);
	if (e->lost_refusals > 0)
		(void)fprintf(stderr, "hint: %llu refusals were only counted\n",
		    (unsigned long long)e->lost_refusals);
}

void report_explain(const struct run *run)
{
	if (run->trap != NULL)
		print_note(run->call, "the program failed: %s", run->trap);
	else if (run->state == RUN_DONE && run->result.exit_status != 0)
		print_note(run->call, "the program exited with status %d", run->result.exit_status);
	explain_denials(run);
	if (run->hint != NULL)
		print_hint(run->hint);
}
