/* SPDX-License-Identifier: MIT */
/*
 * The report of a run, x07-os-runner.report@0.5.0: keys sorted at every level, two spaces, newline
 * at the end. `compile` and `solve` are here; what is ours alone is in cmd/report/extra.c.
 * Source: docs/format/run-report.md.
 */
#include "cmd/report/report.h"

#include "cmd/cmd.h"
#include "cmd/report/extra.h"
#include "cmd/report/limit.h"
#include "cmd/run/backend.h"

#include <string.h>

static bool compiled(const struct run_record *run)
{
	return run->program->error == NULL && run->isolation->failure == NULL;
}

static bool solved(const struct run_record *run)
{
	return run->ended->state == RUN_DONE && run->outcome->trap == NULL &&
	       run->ended->result.exit_status == 0;
}

int report_exit_code(const struct run_record *run)
{
	return compiled(run) && solved(run) ? CMD_EXIT_OK : CMD_EXIT_FAILED;
}

static void diag_data(struct jsonw *w, const struct diag *d)
{
	jsonw_key(w, "data");
	jsonw_object(w);
	if (d->column > 0)
		jsonw_kv_int(w, "column", d->column);
	jsonw_kv_string(w, "file", d->file);
	if (d->line > 0)
		jsonw_kv_int(w, "line", d->line);
	jsonw_end_object(w);
}

void report_diag(struct jsonw *w, const struct diag *d)
{
	jsonw_object(w);
	jsonw_kv_string(w, "code", d->what->id);
	if (d->file != NULL)
		diag_data(w, d);
	if (d->ptr != NULL) {
		jsonw_key(w, "loc");
		jsonw_object(w);
		jsonw_kv_string(w, "kind", "x07ast");
		jsonw_kv_string(w, "ptr", d->ptr);
		jsonw_end_object(w);
	}
	jsonw_kv_string(w, "message", d->message);
	if (d->help != NULL) {
		jsonw_key(w, "notes");
		jsonw_array(w);
		jsonw_string(w, d->help);
		jsonw_end_array(w);
	}
	jsonw_kv_string(w, "severity", diag_severity_name(d->severity));
	jsonw_kv_string(w, "stage", diag_stage_name(d->stage));
	jsonw_end_object(w);
}

void report_diags(struct buf *out, const struct diag_list *diags)
{
	struct jsonw w = jsonw_init(out, false);

	w.for_terminal = true;
	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", "x07.x07diag@0.1.0");
	jsonw_kv_bool(&w, "ok", false);
	jsonw_key(&w, "diagnostics");
	jsonw_array(&w);
	for (uint32_t i = 0; i < diags->count; i++)
		report_diag(&w, &diags->items[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

#define DIAGS_MAX 20

static void diagnostics(struct jsonw *w, const struct run_record *run)
{
	if (run->diags->count == 0)
		return;
	jsonw_key(w, "diagnostics");
	jsonw_array(w);
	for (uint32_t i = 0; i < run->diags->count && i < DIAGS_MAX; i++)
		report_diag(w, &run->diags->items[i]);
	jsonw_end_array(w);
}

static void native_requires(struct jsonw *w, const struct run_record *run)
{
	jsonw_key(w, "native_requires");
	jsonw_object(w);
	jsonw_key(w, "requires");
	jsonw_array(w);
	jsonw_end_array(w);
	jsonw_kv_string(w, "schema_version", "x07.native-requires@0.1.0");
	jsonw_kv_string(w, "world", lang_world_name(run->target->world));
	jsonw_end_object(w);
}

static void compile_section(struct jsonw *w, const struct run_record *run)
{
	bool ok = compiled(run);

	jsonw_key(w, "compile");
	jsonw_object(w);
	jsonw_kv_int(w, "c_source_size", (int64_t)run->program->stats.c_bytes);
	jsonw_kv_string(w, "compile_error",
	    run->isolation->failure != NULL ? run->isolation->failure : run->program->error);
	jsonw_kv_string(w, "compiled_exe", run->program->executable);
	jsonw_key(w, "compiled_exe_size");
	if (run->program->executable != NULL)
		jsonw_uint(w, run->program->executable_size);
	else
		jsonw_null(w);
	diagnostics(w, run);
	jsonw_kv_int(w, "exit_status", ok ? 0 : 1);
	jsonw_kv_string(w, "fuel_used", NULL);
	jsonw_kv_string(w, "lang_id", LANG_ID);
	native_requires(w, run);
	jsonw_kv_bool(w, "ok", ok);
	jsonw_kv_string(w, "stderr_b64", "");
	jsonw_kv_string(w, "stdout_b64", "");
	jsonw_key(w, "trap");
	if (run->isolation->failure != NULL) {
		CLEANUP(buf_clear) struct buf text = buf_init(8192);

		buf_printf(&text, "vm backend failure: %s", run->isolation->failure);
		jsonw_string(w, text.data);
	} else {
		jsonw_null(w);
	}
	jsonw_end_object(w);
}

/* A number that the guest reported under @p name; null when it did not. */
static void metric(struct jsonw *w, const struct json *doc, const char *name)
{
	const struct json *v = doc != NULL ? json_get(doc, name) : NULL;

	jsonw_key(w, name);
	if (v != NULL && v->kind == JSON_INT)
		jsonw_int(w, v->integer);
	else
		jsonw_null(w);
}

static const char *const mem_fields[] = {"alloc_calls", "bytes_alloc_total", "bytes_freed_total",
    "free_calls", "live_allocs", "live_bytes", "memcpy_bytes", "peak_live_allocs",
    "peak_live_bytes", "realloc_calls"};

static const char *const sched_fields[] = {"blocked_waits", "chan_recv_calls", "chan_send_calls",
    "ctx_switches", "join_calls", "sched_trace_hash", "sleep_calls", "spawn_calls", "tasks_spawned",
    "virtual_time_end", "wake_events", "yield_calls"};

static void metric_group(struct jsonw *w, const struct json *doc, const char *name,
    const char *const *fields, size_t count)
{
	const struct json *group = doc != NULL ? json_get(doc, name) : NULL;

	jsonw_key(w, name);
	if (group == NULL || group->kind != JSON_OBJECT) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	for (size_t i = 0; i < count; i++) {
		const struct json *v = json_get(group, fields[i]);

		if (v != NULL && v->kind == JSON_STRING) {
			jsonw_key(w, fields[i]);
			jsonw_string_n(w, v->text.ptr, v->text.len);
		} else {
			metric(w, group, fields[i]);
		}
	}
	jsonw_end_object(w);
}

/* Owned. */
static char *trap_help(const struct run_record *run)
{
	char *limit = report_limit_help(run);

	if (limit != NULL)
		return limit;
	if (run->outcome->trap == NULL)
		return NULL;
	if (strstr(run->outcome->trap, "X07T_BUDGET_EXCEEDED_FUEL") != NULL)
		return base_strdup("a budget scope of the program ran out of fuel");
	if (strstr(run->outcome->trap, "map_u32 full") != NULL)
		return base_strdup("create the map with a larger capacity");
	return NULL;
}

static void base64(struct jsonw *w, const char *key, const char *data, size_t len)
{
	jsonw_key(w, key);
	jsonw_base64(w, data != NULL ? data : "", len);
}

static void solve_section(struct jsonw *w, const struct run_record *run)
{
	const struct json *doc = run->outcome->metrics.present ? run->outcome->metrics.doc : NULL;
	const struct sandbox_result *r = &run->ended->result;
	AUTO_FREE char *help = trap_help(run);

	jsonw_object(w);
	jsonw_kv_string(w, "debug_stats", NULL);
	jsonw_kv_int(w, "exit_status", r->exit_status);
	metric(w, doc, "fs_list_dir_calls");
	metric(w, doc, "fs_read_file_calls");
	metric(w, doc, "fuel_used");
	metric(w, doc, "heap_used");
	metric(w, doc, "kv_get_calls");
	metric(w, doc, "kv_set_calls");
	metric_group(w, doc, "mem_stats", mem_fields, ARRAY_LEN(mem_fields));
	jsonw_kv_bool(w, "ok", solved(run));
	metric(w, doc, "rr_append_calls");
	metric(w, doc, "rr_close_calls");
	metric(w, doc, "rr_next_calls");
	metric(w, doc, "rr_next_miss_calls");
	metric(w, doc, "rr_open_calls");
	metric(w, doc, "rr_stats_calls");
	metric_group(w, doc, "sched_stats", sched_fields, ARRAY_LEN(sched_fields));
	base64(w, "solve_output_b64", run->outcome->output, run->outcome->output_len);
	base64(w, "stderr_b64", r->err.data, r->err.len);
	base64(w, "stdout_b64", r->out.data, r->out.len);
	jsonw_kv_string(w, "trap", run->outcome->trap);
	if (help != NULL)
		jsonw_kv_string(w, "trap_help", help);
	jsonw_end_object(w);
}

static void runner_report(struct jsonw *w, const struct run_record *run)
{
	bool sandboxed = run->target->world == LANG_RUN_OS_SANDBOXED;

	jsonw_object(w);
	compile_section(w, run);
	jsonw_kv_int(w, "exit_code", report_exit_code(run));
	report_image(w, run->program);
	jsonw_kv_string(w, "mode", run->target->is_project ? "project-compile-run" : "compile-run");
	report_attestation(w, run);
	report_sandbox(w, run);
	if (sandboxed && run->isolation->failure == NULL)
		jsonw_kv_string(w, "sandbox_backend", run_backend_name(run->isolation->backend));
	jsonw_kv_string(w, "schema_version", "x07-os-runner.report@0.5.0");
	jsonw_key(w, "solve");
	if (run->ended->state == RUN_DONE)
		solve_section(w, run);
	else
		jsonw_null(w);
	/* The mirror that the tutorial reads; see docs/format/run-report.md. */
	if (run->ended->state == RUN_DONE)
		base64(w, "solve_output_b64", run->outcome->output, run->outcome->output_len);
	report_timing(w, run->ended);
	jsonw_kv_string(w, "world", lang_world_name(run->target->world));
	jsonw_end_object(w);
}

static void wrapped_target(struct jsonw *w, const struct run_record *run)
{
	const struct run_target *t = run->target;

	jsonw_object(w);
	jsonw_kv_string(w, "kind", t->is_project ? "project" : "program");
	jsonw_kv_string(w, "lockfile",
	    t->is_project && t->manifest.lockfile != NULL ? t->manifest.lockfile : NULL);
	jsonw_kv_string(w, "path", t->is_project ? t->manifest.path : t->entry);
	jsonw_kv_string(w, "project_root", t->has_manifest ? t->root : NULL);
	jsonw_key(w, "resolved_module_roots");
	jsonw_array(w);
	for (size_t i = 0; i < t->module_roots.count; i++)
		jsonw_string(w, t->module_roots.items[i]);
	jsonw_end_array(w);
	jsonw_end_object(w);
}

void report_build(struct buf *out, const struct run_record *run, bool wrapped)
{
	struct jsonw w = jsonw_init(out, true);

	w.for_terminal = true;
	if (!wrapped) {
		runner_report(&w, run);
	} else {
		jsonw_object(&w);
		jsonw_key(&w, "report");
		runner_report(&w, run);
		jsonw_kv_string(&w, "runner", "os");
		jsonw_kv_string(&w, "schema_version", "x07.run.report@0.3.0");
		jsonw_key(&w, "target");
		wrapped_target(&w, run);
		jsonw_kv_string(&w, "world", lang_world_name(run->target->world));
		jsonw_end_object(&w);
	}
	buf_putc(out, '\n');
}
