/* SPDX-License-Identifier: MIT */
/*
 * The steps of a run in their order. The order makes it fast: every descriptor exists before the
 * sandbox is prepared, the program compiles while the child builds its namespaces, and only then
 * are image and configuration written into the memory files that the child already holds.
 */
#include "cmd/run/engine.h"

#include "base/path.h"
#include "cmd/run/attest.h"
#include "cmd/run/backend.h"
#include "cmd/run/compile.h"
#include "cmd/run/dirs.h"
#include "cmd/run/effects.h"
#include "cmd/run/files.h"
#include "cmd/run/guest_config.h"
#include "cmd/run/hint.h"
#include "cmd/run/input.h"
#include "cmd/run/net.h"
#include "cmd/run/outcome.h"
#include "cmd/run/plan.h"
#include "cmd/run/policy.h"
#include "cmd/run/sources.h"
#include "cmd/run/standalone.h"
#include "cmd/run/target.h"

#include <string.h>
#include <time.h>

#define COMPILE_ERROR_MAX_BYTES ((size_t)1 << 20)

static int64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sandbox_free_ptr(struct sandbox **box)
{
	if (*box != NULL)
		sandbox_free(*box);
}

void run_clear(struct run *run)
{
	run_plan_clear(&run->plan);
	run_effects_clear(&run->ended.effects);
	run_net_clear(&run->net);
	run_outcome_clear(&run->outcome);
	sandbox_result_clear(&run->ended.result);
	run_program_clear(&run->program);
	diag_list_clear(&run->diags);
	run_policy_clear(&run->policy);
	base_close_fd(&run->input.fd);
	run_dirs_clear(&run->dirs);
	run_target_clear(&run->target);
}

struct run_record run_record_of(const struct run *run)
{
	return (struct run_record){.target = &run->target,
	    .isolation = &run->isolation,
	    .policy = &run->policy,
	    .input = &run->input,
	    .plan = &run->plan,
	    .net = &run->net,
	    .program = &run->program,
	    .ended = &run->ended,
	    .outcome = &run->outcome,
	    .diags = &run->diags,
	    .attest = run->options->attest,
	    .attest_digest = run->attest_digest};
}

/* ---- before anything is started ---- */

static int resolve_policy(struct run *run, struct err *err)
{
	const struct run_options *o = run->options;
	int rc = run_policy_load(&run->policy, &o->policy, &run->target, &run->diags, err);

	run->policy_fault = rc == ERR_SCHEMA;
	if (run->policy.derived)
		notes_say(&run->caller->notes, "using derived policy %s", run->policy.path);
	if (rc < 0)
		return rc;
	return o->attest != NULL ? run_attest_check(run->target.world, err) : 0;
}

int run_resolve(struct run *run, struct err *err)
{
	const struct run_options *o = run->options;
	int rc =
	    run_target_resolve(&run->target, run->caller, &o->target, &o->policy, &run->diags, err);

	if (rc < 0)
		return rc;
	rc = run_isolation_resolve(&run->isolation, &o->isolation, run->target.world, err);
	if (rc < 0)
		return rc;
	rc = resolve_policy(run, err);
	if (rc < 0 || run->isolation.failure != NULL)
		return rc;
	return run_input_open(&run->input, &o->input, &run->target, run->caller->is_runner, err);
}

/* ---- the run ---- */

/* Who records what is used: an observer, or an attestation. */
static bool is_observed(const struct run_options *o)
{
	return o->observe || o->attest != NULL;
}

/* The broker starts while the program compiles. */
static int start_net(void *ctx, const struct lang_program *lang, struct err *err)
{
	struct run *run = ctx;

	if (!lang_uses_net(lang))
		return 0;
	return run_net_start(&run->net, &run->policy, run->dirs.rt_dir, &run->caller->notes, err);
}

static int compile(struct run *run, struct err *err)
{
	const struct run_compile_request request = {.target = &run->target,
	    .policy = &run->policy,
	    .dirs = &run->dirs,
	    .options = &run->options->compile,
	    .notes = &run->caller->notes,
	    .observed = is_observed(run->options),
	    .attested = run->options->attest != NULL,
	    .loaded = start_net,
	    .ctx = run};

	return run_compile(&run->program, &request, &run->diags, err);
}

/* What the user can do about it is a part of the error, and a line of its own for people. */
static void add_hint(struct run *run)
{
	struct run_program *p = &run->program;
	CLEANUP(buf_clear) struct buf whole = buf_init(COMPILE_ERROR_MAX_BYTES);

	p->hint = run_hint_module(run->caller, &run->diags);
	if (p->hint == NULL)
		return;
	buf_printf(&whole, "%s\nhint: %s", p->error, p->hint);
	base_free_ptr(&p->error);
	p->error = buf_take(&whole);
}

static int fill_files(struct run *run, const struct run_files *files, struct err *err)
{
	CLEANUP(buf_clear) struct buf config = buf_init((size_t)2 * RT_CONFIG_MAX);
	const struct run_guest_facts facts = {
	    &run->target, &run->policy, &run->program.image, is_observed(run->options)};
	const char *executable = run->options->compiled_out;
	int rc = run_guest_config_build(&config, &facts, err);

	if (rc < 0)
		return rc;
	rc = run_files_fill(files, run->program.image.fd, &config, err);
	if (rc < 0 || executable == NULL)
		return rc;
	rc = run_standalone_write(&run->program.executable_size, executable,
	    &(struct run_standalone){files->guest, files->image, files->config}, err);
	if (rc < 0)
		return rc;
	run->program.executable = executable;
	return 0;
}

/* Until the program has ended and what it did is known. */
static int run_box(
    struct run *run, struct sandbox *box, const struct run_files *files, struct err *err)
{
	struct run_ended *ended = &run->ended;
	int rc = sandbox_run(box, &ended->result, err);

	if (rc < 0)
		return rc;
	ended->state = RUN_DONE;
	run_outcome_find(
	    &run->outcome, &ended->result, run->target.max_output, run->plan.box.limits.cpu_ms);
	rc = run_effects_read(&ended->effects, files->effects, &run->policy, run->target.cwd, err);
	return rc < 0 ? rc : run_net_finish(&run->net, &ended->effects, err);
}

static int prepare_and_run(struct run *run, const struct run_files *files, struct err *err)
{
	const struct sandbox_fd fds[] = {
	    {files->config, RT_FD_CONFIG}, {files->image, RT_FD_IMAGE},
	    {run->input.fd, RT_FD_INPUT}, {files->effects, RT_FD_EFFECTS},
	    {run->net.broker.guest, RT_FD_NET}, /* the last: left out without a network */
	};
	CLEANUP(sandbox_free_ptr) struct sandbox *box = NULL;
	struct sandbox_plan *plan = &run->plan.box;
	int rc;

	plan->exec_fd = files->guest;
	plan->fds = fds;
	plan->fd_count = run->net.open ? ARRAY_LEN(fds) : ARRAY_LEN(fds) - 1;
	plan->broker_io = run->net.open;
	rc = sandbox_prepare(&box, plan, err);
	if (rc < 0)
		return rc;
	run->ended.ready_ns = now_ns();
	rc = compile(run, err);
	if (rc < 0)
		return rc;
	run->ended.state = RUN_NOT_STARTED;
	rc = fill_files(run, files, err);
	if (rc < 0)
		return rc;
	run->ended.compiled_ns = now_ns();
	return run_box(run, box, files, err);
}

static int execute(struct run *run, struct err *err)
{
	CLEANUP(run_files_close) struct run_files files = RUN_FILES_NONE;
	int rc;

	run->ended.started_ns = now_ns();
	rc = run_files_open(&files, run->dirs.rt_dir, err);
	if (rc == 0 && run_net_given(&run->policy, run->target.world))
		rc = run_net_open(&run->net, err);
	if (rc == 0)
		rc = prepare_and_run(run, &files, err);
	run->ended.finished_ns = now_ns();
	run->plan.box.fds = NULL;
	return rc;
}

int run_start(struct run *run, struct err *err)
{
	const struct run_record record = run_record_of(run);
	int rc = run_dirs_find(&run->dirs, err);

	if (rc < 0)
		return rc;
	rc = run_plan_make(&run->plan, &run->target, &run->policy, run->isolation.backend, err);
	if (rc < 0)
		return rc;
	if (!run->policy.widened)
		run_plan_warn(&run->plan, &run->target, &run->policy, &run->caller->notes);
	if (!run->policy.given)
		run_sources_warn(&run->target, &run->caller->notes);
	rc = execute(run, err);
	if (rc == ERR_COMPILE)
		add_hint(run);
	if (rc < 0 || run->options->attest == NULL)
		return rc;
	return run_attest_write(run->attest_digest, run->options->attest, &record, err);
}

void run_build_later(struct run *run)
{
	const char *opt = run->options->compile.opt;
	const struct run_program *p = &run->program;
	bool wanted = opt == NULL || strcmp(opt, "auto") == 0;

	if (wanted && p->lang != NULL && p->image.fd >= 0 && !p->image.full &&
	    p->image_note == NULL)
		lang_image_full_in_background(p->lang);
}
