/* SPDX-License-Identifier: MIT */
/* One test of the report as JSON. Keys stand in the order of the format. */
#include "cmd/test/report.h"

#include "cmd/run/backend.h"
#include "cmd/test/status.h"

#include <string.h>

#define FRAGMENT_MAX ((size_t)64 << 20)

/* A number or object of the metrics that the runtime printed, when it did. */
static void metric(struct jsonw *w, const struct run *run, const char *name)
{
	const struct run_metrics *m = &run->outcome.metrics;
	const struct json *v = m->present ? json_get(m->doc, name) : NULL;

	if (v == NULL || (v->kind != JSON_INT && v->kind != JSON_OBJECT))
		return;
	jsonw_key(w, name);
	jsonw_value(w, v, false);
}

static void base64(struct jsonw *w, const char *key, const char *data, size_t len)
{
	if (len == 0)
		return;
	jsonw_key(w, key);
	jsonw_base64(w, data, len);
}

void test_report_run(struct buf *out, const struct run *run, const uint32_t *code, bool ok)
{
	const struct sandbox_result *r = &run->ended.result;
	struct jsonw w = jsonw_init(out, false);

	jsonw_object(&w);
	jsonw_kv_bool(&w, "ok", ok);
	jsonw_kv_int(&w, "exit_code", r->exit_status);
	metric(&w, run, "fuel_used");
	metric(&w, run, "mem_stats");
	metric(&w, run, "sched_stats");
	base64(&w, "solve_output_b64", run->outcome.output, run->outcome.output_len);
	base64(&w, "stdout_b64", r->out.data, r->out.len);
	base64(&w, "stderr_b64", r->err.data, r->err.len);
	if (code != NULL)
		jsonw_kv_int(&w, "failure_code_u32", *code);
	if (run->target.world == LANG_RUN_OS_SANDBOXED)
		jsonw_kv_string(&w, "sandbox_backend", run_backend_name(run->isolation.backend));
	jsonw_end_object(&w);
}

/* A fragment that is JSON already, as the value of a key. */
static void embed(struct jsonw *w, const char *key, const char *text, size_t len)
{
	struct arena arena;
	const struct json *v = NULL;
	struct json_fault fault;

	arena_init(&arena, FRAGMENT_MAX);
	jsonw_key(w, key);
	if (json_parse(&v, &arena, text, len, NULL, &fault) == 0)
		jsonw_value(w, v, false);
	else
		jsonw_null(w);
	arena_clear(&arena);
}

static void print_diag(struct jsonw *w, const struct test_diag *d)
{
	jsonw_object(w);
	jsonw_kv_string(w, "code", d->what->id);
	jsonw_key(w, "message");
	jsonw_string_n(w, d->message, strlen(d->message));
	if (d->details != NULL)
		embed(w, "details", d->details, strlen(d->details));
	jsonw_end_object(w);
}

static void print_compile(struct jsonw *w, const struct test_ended *result)
{
	jsonw_key(w, "compile");
	jsonw_object(w);
	jsonw_kv_bool(w, "ok", result->compile_ok);
	if (result->artifact != NULL && result->compile_ok)
		jsonw_kv_string(w, "artifact_path", result->artifact);
	jsonw_end_object(w);
}

static void print_diags(struct jsonw *w, const struct test_ended *result)
{
	if (result->diag_count == 0)
		return;
	jsonw_key(w, "diags");
	jsonw_array(w);
	for (size_t i = 0; i < result->diag_count; i++)
		print_diag(w, &result->diags[i]);
	jsonw_end_array(w);
}

void test_report_case(
    struct buf *out, const struct test_case *test, const struct test_ended *result)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_object(&w);
	jsonw_kv_string(&w, "id", test->id);
	jsonw_kv_string(&w, "world", lang_world_name(test->world));
	jsonw_kv_string(&w, "expect", test_expect_name(test->expect));
	jsonw_kv_string(&w, "status", test_status_name(result->status));
	jsonw_kv_int(&w, "duration_ms", result->duration_ms);
	jsonw_kv_string(&w, "entry_kind", test->is_async ? "defasync" : "defn");
	if (result->failure_kind != NULL)
		jsonw_kv_string(&w, "failure_kind", result->failure_kind);
	if (result->contract_repro != NULL)
		jsonw_kv_string(&w, "contract_repro_path", result->contract_repro);
	jsonw_kv_string(&w, "entry", test->entry);
	if (test->fixture_root != NULL)
		jsonw_kv_string(&w, "fixture_root", test->fixture_root);
	if (result->compiled)
		print_compile(&w, result);
	if (result->run.len > 0)
		embed(&w, "run", result->run.data, result->run.len);
	print_diags(&w, result);
	jsonw_end_object(&w);
}
