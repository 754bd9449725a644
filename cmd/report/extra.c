/* SPDX-License-Identifier: MIT */
/*
 * The parts of the report that are ours: which image ran, what held the program, how long each
 * step took, and what was refused, for programs and for people.
 */
#include "cmd/report/extra.h"

#include "cmd/report/limit.h"
#include "cmd/report/net.h"
#include "cmd/run/backend.h"
#include "cmd/run/denial.h"
#include "cmd/run/layers.h"
#include "cmd/run/net.h"
#include "lang/rt/config.h"
#include "policy/enforce.h"

#include <stdio.h>
#include <string.h>

void report_image(struct jsonw *w, const struct run_program *program)
{
	jsonw_key(w, "image");
	if (program->image.fd < 0) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_kv_int(w, "bytes", program->image.size);
	jsonw_kv_bool(w, "from_cache", program->image.from_cache);
	jsonw_kv_string(w, "note", program->image_note);
	jsonw_kv_string(w, "opt", program->image.full ? "full" : "fast");
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

static void limits(struct jsonw *w, const struct run_record *run)
{
	const struct sandbox_limits *l = &run->plan->box.limits;
	const char *mem = run->ended->result.mem_mechanism;
	const char *procs = run->ended->result.procs_mechanism;
	bool seccomp = procs != NULL && strcmp(procs, "seccomp") == 0;

	jsonw_key(w, "limits");
	jsonw_object(w);
	limit(w, "cpu_ms", l->cpu_ms, false, "rlimit");
	limit(w, "fds", l->fds, l->no_fds, "rlimit");
	limit(w, "mem_bytes", l->mem_bytes, false, mem != NULL ? mem : "rlimit");
	limit(w, "output_bytes", run->target->max_output, false, "supervisor");
	limit(w, "procs", l->procs, seccomp, procs != NULL ? procs : "rlimit");
	limit(w, "wall_ms", l->wall_ms, false, "supervisor");
	jsonw_end_object(w);
}

static void roots(struct jsonw *w, const struct run_record *run)
{
	jsonw_key(w, "roots");
	jsonw_array(w);
	for (size_t i = 0; i < run->plan->roots.count; i++) {
		const struct sandbox_root *root = &run->plan->roots.items[i];

		jsonw_object(w);
		jsonw_kv_string(w, "access", root->writable ? "write" : "read");
		jsonw_kv_string(w, "path", root->path);
		jsonw_kv_bool(w, "present", root->present);
		jsonw_kv_string(w, "root", run->plan->roots.texts[i]);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static struct run_denial_context denial_context(const struct run_record *run)
{
	return (struct run_denial_context){run->policy, run->target->cwd};
}

static void denials(struct jsonw *w, const struct run_record *run)
{
	const struct run_denial_context context = denial_context(run);
	const struct run_effects *e = &run->ended->effects;

	jsonw_key(w, "denials");
	jsonw_array(w);
	for (size_t i = 0; i < e->count; i++) {
		if (e->items[i].reason != RT_USED)
			run_denial_json(w, &context, &e->items[i]);
	}
	jsonw_end_array(w);
	jsonw_kv_bool(w, "denials_dropped", e->lost_refusals > 0 || e->left_out > 0);
	jsonw_kv_int(w, "denials_left_out", e->left_out);
}

static void notes(struct jsonw *w, const struct run_record *run)
{
	jsonw_key(w, "notes");
	jsonw_array(w);
	if (run->policy->given && run->isolation->backend == RUN_BACKEND_NONE)
		jsonw_string(w, "sandbox_backend=none: the kernel enforces only rlimits; the "
				"policy is checked by the program's own runtime");
	if (lang_world_is_solve(run->target->world))
		jsonw_string(
		    w, run->target->fixture_fs != NULL
			   ? "a solve world grants nothing but the files of its fixture, read-only"
			   : "a solve world grants nothing");
	if (!run->policy->given)
		jsonw_string(w, "world run-os has no policy: the program may do what its user may");
	jsonw_end_array(w);
}

void report_attestation(struct jsonw *w, const struct run_record *run)
{
	if (run->attest_digest[0] == '\0')
		return;
	jsonw_key(w, "runtime_attestation");
	jsonw_object(w);
	jsonw_kv_string(w, "digest", run->attest_digest);
	jsonw_kv_string(
	    w, "network_enforcement", run_net_enforcement(run->net, &run->ended->result));
	jsonw_kv_string(w, "network_mode", run_net_mode(&run->policy->rules.net));
	jsonw_kv_string(w, "path", run->attest);
	jsonw_kv_string(w, "sandbox_backend", run_backend_name(run->isolation->backend));
	jsonw_kv_bool(w, "weaker_isolation", run->isolation->accepted);
	jsonw_end_object(w);
}

void report_sandbox(struct jsonw *w, const struct run_record *run)
{
	const struct run_policy_base *base = &run->policy->base;

	jsonw_key(w, "sandbox");
	if (run->ended->state != RUN_DONE) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_kv_string(w, "backend", run_backend_name(run->isolation->backend));
	jsonw_kv_string(w, "base_policy", base->path);
	jsonw_kv_string(w, "base_policy_sha256", run->policy->derived ? base->rules.digest : NULL);
	denials(w, run);
	jsonw_kv_int(w, "landlock_abi", run->ended->result.landlock_abi);
	run_layers_json(w, &run->ended->result);
	limits(w, run);
	report_network(w, run->net, run->policy);
	notes(w, run);
	jsonw_kv_string(w, "policy", run->policy->path);
	jsonw_kv_string(
	    w, "policy_sha256", run->policy->path != NULL ? run->policy->rules.digest : NULL);
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

void report_timing(struct jsonw *w, const struct run_ended *ended)
{
	bool done = ended->state == RUN_DONE;

	jsonw_key(w, "timing");
	jsonw_object(w);
	microseconds(w, "compile_us", ended->ready_ns, ended->compiled_ns);
	jsonw_key(w, "cpu_us");
	jsonw_int(w, done ? ended->result.cpu_ns / 1000 : 0);
	jsonw_key(w, "peak_rss_bytes");
	jsonw_uint(w, done ? ended->result.peak_rss_bytes : 0);
	microseconds(w, "prepare_us", ended->started_ns, ended->ready_ns);
	jsonw_key(w, "run_us");
	jsonw_int(w, done ? ended->result.wall_ns / 1000 : 0);
	microseconds(w, "total_us", ended->started_ns, ended->finished_ns);
	jsonw_end_object(w);
}

#define EXPLAINED_MAX 32

/* A patch without its document is a riddle. */
static void name_policy(const struct run_record *run)
{
	CLEANUP(buf_clear) struct buf line = buf_init(65536);

	buf_printf(&line, "patches are JSON Patch for %s; `x07 policy check` reads it over",
	    run->policy->derived ? run->policy->base.path : run->policy->path);
	print_hint(line.data);
}

static void explain_denials(const struct run_record *run)
{
	const struct run_denial_context context = denial_context(run);
	const struct run_effects *e = &run->ended->effects;
	size_t told = 0;
	bool patched = false;

	for (size_t i = 0; i < e->count; i++) {
		CLEANUP(buf_clear) struct buf line = buf_init(65536);

		if (e->items[i].reason == RT_USED || told++ >= EXPLAINED_MAX)
			continue;
		patched = run_denial_text(&line, &context, &e->items[i]) || patched;
		print_hint(line.data);
	}
	if (patched && run->policy->path != NULL)
		name_policy(run);
	if (told > EXPLAINED_MAX)
		(void)fprintf(
		    stderr, "hint: %zu more refusals are in the report\n", told - EXPLAINED_MAX);
	if (e->lost_refusals > 0)
		(void)fprintf(stderr, "hint: %llu refusals were only counted\n",
		    (unsigned long long)e->lost_refusals);
}

void report_explain(const struct cmd_call *call, const struct run_record *run)
{
	AUTO_FREE char *limit = NULL;

	if (run->outcome->trap != NULL)
		print_note(call, "the program failed: %s", run->outcome->trap);
	else if (run->ended->state == RUN_DONE && run->ended->result.exit_status != 0)
		print_note(
		    call, "the program exited with status %d", run->ended->result.exit_status);
	limit = report_limit_help(run);
	if (limit != NULL)
		print_hint(limit);
	explain_denials(run);
	if (run->program->hint != NULL)
		print_hint(run->program->hint);
}
