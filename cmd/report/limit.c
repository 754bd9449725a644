/* SPDX-License-Identifier: MIT */
/*
 * The limit that ended a program, in words: its name, its value, the line of the policy that sets
 * it and the option or field of a profile that does. Read only when a run has failed.
 */
#include "cmd/report/limit.h"

#include "base/file.h"
#include "cmd/run/plan.h"
#include "policy/locate.h"
#include "policy/parse.h"

#include <inttypes.h>
#include <string.h>

#define TEXT_MAX ((size_t)1 << 16)

/* A limit that was met: in a policy, or else among the numbers of the target. */
struct met {
	const char *what;
	const char *name; /* "cpu_ms" */
	uint64_t value;
	const char *pointer; /* in the policy; NULL: it is no field of one */
	const char *option;  /* that raises it beside the policy; NULL: none does */
};

static struct met of_policy(const struct run_record *run, bool wall)
{
	const struct sandbox_limits *l = &run->plan->box.limits;

	if (wall)
		return (struct met){"its time on the clock", "wall_ms", l->wall_ms,
		    "/limits/wall_ms", "--cpu-time-limit-seconds N"};
	return (struct met){"its processor time", "cpu_ms", l->cpu_ms, "/limits/cpu_ms",
	    "--cpu-time-limit-seconds N"};
}

static struct met of_memory(const struct run_record *run)
{
	uint64_t arena = run_plan_memory(run->target, run->policy);

	if (run->policy->given && arena < run->target->max_memory)
		return (struct met){"its memory", "mem_bytes", arena, "/limits/mem_bytes", NULL};
	return (struct met){"its memory", "max_memory_bytes", arena, NULL,
	    "--max-memory-bytes N, or max_memory_bytes in the profile"};
}

static bool find_met(struct met *out, const struct run_record *run)
{
	const struct sandbox_result *r = &run->ended->result;
	const char *trap = run->outcome->trap;

	if (r->timed_out || r->cpu_exceeded)
		*out = of_policy(run, r->timed_out);
	else if (strncmp(trap, "out of memory", 13) == 0)
		*out = of_memory(run);
	else if (strncmp(trap, "native output too large", 23) == 0 ||
		 strcmp(trap, "stdout exceeded cap") == 0)
		*out =
		    (struct met){"its room for output", "max_output_bytes", run->target->max_output,
			NULL, "--max-output-bytes N, or max_output_bytes in the profile"};
	else if (strncmp(trap, "fuel exhausted", 14) == 0)
		*out = (struct met){"its steps", "solve_fuel", run->target->solve_fuel, NULL,
		    "--solve-fuel N, or solve_fuel in the profile, or look for a loop that does "
		    "not end"};
	else
		return false;
	return true;
}

/* "FILE:LINE:COLUMN", of the file that a person edits. */
static void add_place(struct buf *out, const struct run_record *run, const char *pointer)
{
	const char *path = run->policy->derived ? run->policy->base.path : run->policy->path;
	CLEANUP(buf_clear) struct buf text = buf_init(POLICY_MAX_BYTES);
	struct policy_spot spot = {0};
	struct err ignored = {0};

	if (file_read(&text, path, &ignored) == 0 && text.data != NULL)
		spot = policy_locate(text.data, text.len, pointer);
	buf_printf(out, "%s in the policy %s:%u:%u", pointer, path, (unsigned)spot.line,
	    (unsigned)spot.column);
}

char *report_limit_help(const struct run_record *run)
{
	CLEANUP(buf_clear) struct buf text = buf_init(TEXT_MAX);
	struct met met;

	if (run->outcome->trap == NULL || run->ended->state != RUN_DONE || !find_met(&met, run))
		return NULL;
	buf_printf(
	    &text, "the program used up %s: %s=%" PRIu64 "; raise ", met.what, met.name, met.value);
	if (met.pointer != NULL && run->policy->given)
		add_place(&text, run, met.pointer);
	else
		buf_puts(&text, met.option != NULL ? met.option : met.name);
	return text.overflow ? NULL : buf_take(&text);
}
