/* SPDX-License-Identifier: MIT */
/*
 * What a finished run means: takes the framed output apart, finds the metrics line and decides
 * whether the program trapped. All of it is bytes that the guest wrote: hostile until checked.
 * Source: docs/spec/run-and-policy.md 10.1, 10.2.
 */
#include "cmd/run/run.h"

#include "base/json.h"

#include <string.h>

#define METRICS_ARENA_MAX (1u << 16)

static void set_trap(struct run *run, const char *text, size_t len)
{
	char *copy = base_alloc(len + 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	base_free_ptr(&run->trap);
	run->trap = copy;
}

static void set_trap_text(struct run *run, const char *text)
{
	set_trap(run, text, strlen(text));
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

static void find_metrics(struct run *run)
{
	const struct buf *text = &run->result.err;
	const char *end = text->data + text->len;
	struct json_fault fault;
	struct str line;

	if (text->len == 0 || !previous_line(&line, text->data, &end))
		return;
	if (line.len == 0 || line.ptr[0] != '{')
		return;
	arena_init(&run->metrics.arena, METRICS_ARENA_MAX);
	run->metrics.present =
	    json_parse(&run->metrics.doc, &run->metrics.arena, line.ptr, line.len,
		&(struct json_options){.max_depth = 4, .max_nodes = 256}, &fault) == 0 &&
	    run->metrics.doc->kind == JSON_OBJECT;
}

/* The last thing the runtime said replaces whatever the kernel said. */
static void trap_from_stderr(struct run *run)
{
	const struct buf *text = &run->result.err;
	const char *end = text->data + text->len;
	struct str line;

	if (text->len == 0)
		return;
	while (previous_line(&line, text->data, &end)) {
		if (line.len > 0 && line.ptr[0] != '{') {
			set_trap(run, line.ptr, line.len);
			return;
		}
	}
}

static void trap_printf(struct run *run, const char *fmt, uint64_t a, uint64_t b)
{
	CLEANUP(buf_clear) struct buf text = buf_init(256);

	/* The formats are the literals below. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	buf_printf(&text, fmt, (unsigned long long)a, (unsigned long long)b);
#pragma GCC diagnostic pop
	set_trap_text(run, text.data);
}

static void take_output(struct run *run)
{
	const struct buf *out = &run->result.out;
	const unsigned char *p = (const unsigned char *)out->data;
	uint64_t len;

	if (out->len < 4) {
		set_trap_text(run, "native stdout too short for length prefix");
		return;
	}
	len = (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
	if (len > run->target.max_output)
		trap_printf(run, "native output too large: %llu > max_output_bytes=%llu", len,
		    run->target.max_output);
	else if (len != out->len - 4)
		trap_printf(run, "native stdout length mismatch: expected %llu got %llu", len,
		    out->len - 4);
	if (run->trap != NULL)
		return;
	run->output = out->data + 4;
	run->output_len = (size_t)len;
}

static void signal_trap(struct run *run)
{
	trap_printf(run, "terminated by signal %llu", (uint64_t)run->result.signal, 0);
}

static void find_trap(struct run *run)
{
	const struct sandbox_result *r = &run->result;
	bool failed = r->signal != 0 || r->exit_status != 0;

	if (r->timed_out) {
		set_trap_text(run, "timed out");
		return;
	}
	find_metrics(run);
	if (r->stderr_overflow)
		set_trap_text(run, "stderr exceeded cap");
	else if (r->stdout_overflow)
		set_trap_text(run, "stdout exceeded cap");
	else if (r->signal != 0)
		signal_trap(run);
	else if (!failed || r->out.len > 0)
		take_output(run);
	if (run->trap == NULL && !failed && !run->metrics.present)
		set_trap_text(run, "missing metrics json line on stderr");
	if (failed)
		trap_from_stderr(run);
}

void run_outcome(struct run *run)
{
	find_trap(run);
	if (run->trap != NULL) {
		run->output = NULL;
		run->output_len = 0;
	}
}
