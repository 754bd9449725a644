/* SPDX-License-Identifier: MIT */
/*
 * What a finished run means: takes the framed output apart, finds the metrics line and decides
 * whether the program trapped. All of it is bytes that the guest wrote: hostile until checked.
 * Source: docs/format/run-report.md.
 */
#include "cmd/run/outcome.h"

#include "base/json.h"

#include <string.h>

#define METRICS_ARENA_MAX (1u << 16)

static void set_trap(struct run_outcome *o, const char *text, size_t len)
{
	char *copy = base_alloc(len + 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	base_free_ptr(&o->trap);
	o->trap = copy;
}

static void set_trap_text(struct run_outcome *o, const char *text)
{
	set_trap(o, text, strlen(text));
}

/* The line before @p end; moves @p end to its start. False when there is none left. */
static bool previous_line(struct str *line, const char *start, const char **end)
{
	const char *stop = *end;
	const char *at;

	if (stop > start && stop[-1] == '\n')
		stop--;
	if (stop <= start && *end <= start)
		return false;
	at = stop;
	while (at > start && at[-1] != '\n')
		at--;
	*line = (struct str){at, (uint32_t)(stop - at)};
	*end = at;
	return true;
}

static void find_metrics(struct run_outcome *o, const struct buf *text)
{
	const char *end = text->data + text->len;
	struct json_fault fault;
	struct str line;

	if (text->len == 0 || !previous_line(&line, text->data, &end))
		return;
	if (line.len == 0 || line.ptr[0] != '{')
		return;
	arena_init(&o->metrics.arena, METRICS_ARENA_MAX);
	o->metrics.present =
	    json_parse(&o->metrics.doc, &o->metrics.arena, line.ptr, line.len,
		&(struct json_options){.max_depth = 4, .max_nodes = 256}, &fault) == 0 &&
	    o->metrics.doc->kind == JSON_OBJECT;
}

/* The last thing the runtime said replaces whatever the kernel said. */
static void trap_from_stderr(struct run_outcome *o, const struct buf *text)
{
	const char *end = text->data + text->len;
	struct str line;

	if (text->len == 0)
		return;
	while (previous_line(&line, text->data, &end)) {
		if (line.len > 0 && line.ptr[0] != '{') {
			set_trap(o, line.ptr, line.len);
			return;
		}
	}
}

static void trap_printf(struct run_outcome *o, const char *fmt, uint64_t a, uint64_t b)
{
	CLEANUP(buf_clear) struct buf text = buf_init(256);

	/* The formats are the literals below. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	buf_printf(&text, fmt, (unsigned long long)a, (unsigned long long)b);
#pragma GCC diagnostic pop
	set_trap_text(o, text.data);
}

static void take_output(struct run_outcome *o, const struct buf *out, uint64_t max_output)
{
	const unsigned char *p = (const unsigned char *)out->data;
	uint64_t len;

	if (out->len < 4) {
		set_trap_text(o, "native stdout too short for length prefix");
		return;
	}
	len = (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
	if (len > max_output)
		trap_printf(
		    o, "native output too large: %llu > max_output_bytes=%llu", len, max_output);
	else if (len != out->len - 4)
		trap_printf(
		    o, "native stdout length mismatch: expected %llu got %llu", len, out->len - 4);
	if (o->trap != NULL)
		return;
	o->output = out->data + 4;
	o->output_len = (size_t)len;
}

static void find_trap(
    struct run_outcome *o, const struct sandbox_result *r, uint64_t max_output, uint64_t cpu_ms)
{
	bool failed = r->signal != 0 || r->exit_status != 0;

	if (r->timed_out) {
		set_trap_text(o, "timed out");
		return;
	}
	if (r->cpu_exceeded) {
		trap_printf(o, "processor time used up: cpu_ms=%llu", cpu_ms, 0);
		return;
	}
	find_metrics(o, &r->err);
	if (r->stderr_overflow)
		set_trap_text(o, "stderr exceeded cap");
	else if (r->stdout_overflow)
		set_trap_text(o, "stdout exceeded cap");
	else if (r->signal != 0)
		trap_printf(o, "terminated by signal %llu", (uint64_t)r->signal, 0);
	else if (!failed || r->out.len > 0)
		take_output(o, &r->out, max_output);
	if (o->trap == NULL && !failed && !o->metrics.present)
		set_trap_text(o, "missing metrics json line on stderr");
	if (failed)
		trap_from_stderr(o, &r->err);
}

void run_outcome_find(struct run_outcome *out, const struct sandbox_result *result,
    uint64_t max_output, uint64_t cpu_ms)
{
	find_trap(out, result, max_output, cpu_ms);
	if (out->trap == NULL)
		return;
	out->output = NULL;
	out->output_len = 0;
}

void run_outcome_clear(struct run_outcome *outcome)
{
	arena_clear(&outcome->metrics.arena);
	base_free_ptr(&outcome->trap);
}
