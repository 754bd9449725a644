/* SPDX-License-Identifier: MIT */
/*
 * Checks of `x07 doctor` that compile and run a program of ours: with libtcc, with the C compiler,
 * in the sandbox that a run of this project would have.
 */
#include "cmd/doctor/run.h"

#include "cmd/doctor/host.h"
#include "cmd/doctor/list.h"
#include "cmd/run/backend.h"
#include "cmd/run/engine.h"

#include <stdlib.h>
#include <string.h>

#define PROBE_INPUT_B64 "eDA3" /* "x07": the program gives back what it gets */
#define PROBE_INPUT "x07"

static void lang_program_free_ptr(struct lang_program **p)
{
	if (*p != NULL)
		lang_program_free(*p);
}

/* Translate our program and make an image of it, full or fast. */
static int make_image(struct doctor *d, bool full, struct err *err)
{
	struct lang_options options = {.entry_path = d->program,
	    .std_root = d->dirs.std_root,
	    .rt_dir = d->dirs.rt_dir,
	    .world = LANG_RUN_OS_SANDBOXED};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(lang_program_free_ptr) struct lang_program *program = NULL;
	CLEANUP(lang_image_clear) struct lang_image image = {.fd = -1};
	int rc = lang_load(&program, &options, &diags, err);

	if (rc == 0)
		rc = lang_translate(program, &diags, err);
	if (rc == 0)
		rc = full ? lang_image_full(&image, program, err)
			  : lang_image_fast(&image, program, err);
	return rc;
}

void doctor_libtcc(struct doctor *d, struct doctor_line *l)
{
	struct err err = {0};

	if (make_image(d, false, &err) == 0) {
		doctor_ok(l, "compiles a program in this process");
		return;
	}
	doctor_bad(l, "%s", err.message);
	doctor_fix(l,
	    "install x07 anew, all files together; where memory may not become executable "
	    "(SELinux: `setsebool -P deny_execmem 0`) libtcc cannot work");
}

void doctor_compiler(struct doctor *d, struct doctor_line *l)
{
	const char *named = getenv("X07_CC");
	AUTO_FREE char *path = lang_cc_path();
	struct err err = {0};

	if (path == NULL && named != NULL && *named != '\0') {
		doctor_bad(l, "X07_CC is '%s', which is no program", named);
		doctor_fix(l, "unset X07_CC, or let it name a C compiler");
		return;
	}
	if (path == NULL)
		doctor_bad(l, "there is none: every run stays on libtcc, whose code is slower");
	else if (make_image(d, true, &err) == 0)
		doctor_ok(l, "%s", path);
	else
		doctor_bad(l, "%s does not build a program: %s", path, err.message);
	if (l->state != DOCTOR_OK)
		doctor_fix_install(l, &d->host, "gcc libc6-dev", "gcc glibc-devel", "gcc musl-dev");
}

void doctor_cache(struct doctor *d, struct doctor_line *l)
{
	(void)d;
	if (lang_have_cache()) {
		doctor_ok(l, "compiled programs are kept");
		return;
	}
	doctor_bad(l, "no folder that is yours, writable, and closed to others: every run compiles "
		      "anew");
	doctor_fix(l,
	    "let X07_NATIVE_CACHE_DIR, XDG_CACHE_HOME or HOME lead to a folder of mode 700 "
	    "that is yours");
}

/* What every run that is tried has in common. */
static struct run_options probe_options(const char *backend)
{
	return (struct run_options){.target.as_it_is = true,
	    .isolation = {.backend = backend, .accept_weaker = true},
	    .input.b64 = PROBE_INPUT_B64,
	    .compile.opt = "fast"};
}

/* With a project the run is the project's. */
static struct run_options options_of(const struct doctor *d)
{
	struct run_options o = probe_options(d->os_backend ? "os" : "none");

	if (d->project) {
		o.target.profile = "sandbox";
		o.target.project = d->manifest;
	} else {
		o.target.program = d->program;
		o.policy.file = d->policy;
		o.policy.root =
		    d->dir; /* the roots of the policy are relative: to our own folder */
		o.target.world = "run-os-sandboxed";
	}
	return o;
}

static void fix_diag(struct doctor_line *l, const struct diag *g)
{
	doctor_fix(l, "%s:%u:%u: %s%s%s%s%s", g->file != NULL ? g->file : "", g->line, g->column,
	    g->message, g->ptr != NULL ? ", at " : "", g->ptr != NULL ? g->ptr : "",
	    g->help != NULL ? ": " : "", g->help != NULL ? g->help : "");
}

void doctor_project(struct doctor *d, struct doctor_line *l)
{
	struct run_options o = probe_options("os");
	CLEANUP(run_clear) struct run run = RUN_INIT(d->caller, &o);
	struct err err = {0};

	if (d->manifest == NULL) {
		doctor_skip(l, "there is no x07.json here or above; `x07 init` makes a project");
		return;
	}
	o.target.profile = "sandbox";
	o.target.project = d->manifest;
	if (run_resolve(&run, &err) == 0) {
		d->project = true;
		d->net = run.policy.given && run.policy.rules.net.enabled;
		doctor_ok(l, "%s, profile sandbox, policy %s%s", d->manifest,
		    run.policy.given ? run.policy.rules.policy_id : "none",
		    d->net ? ", with network" : "");
		return;
	}
	doctor_bad(l, "%s", err.message);
	if (err.code == ERR_LOCKED)
		doctor_fix(l, "x07 pkg lock (a run installs what is locked and missing by itself)");
	if (run.diags.count > 0)
		fix_diag(l, &run.diags.items[0]);
}

static const char *missing_layer(const struct sandbox_result *result)
{
	for (int i = 0; i < SANDBOX_LAYER_COUNT; i++) {
		if (!result->layers[i] && i != SANDBOX_LAYER_TIME_NS)
			return sandbox_layer_name((enum sandbox_layer)i);
	}
	return NULL;
}

/* What came back from the program is what went in. */
static void judge(struct doctor *d, struct doctor_line *l, const struct run *run)
{
	bool same = run->outcome.output != NULL && run->outcome.output_len == strlen(PROBE_INPUT) &&
		    memcmp(run->outcome.output, PROBE_INPUT, run->outcome.output_len) == 0;
	const char *missing = d->os_backend ? missing_layer(&run->ended.result) : NULL;

	if (run->outcome.trap != NULL || !same)
		doctor_bad(l, "the program ran and %s%s",
		    run->outcome.trap != NULL ? "trapped: " : "gave a wrong answer",
		    run->outcome.trap != NULL ? run->outcome.trap : "");
	else if (missing != NULL)
		doctor_bad(l, "the program ran without %s", missing);
	else
		doctor_ok(l, "a program ran in it%s",
		    d->os_backend ? ", with every layer seen from inside"
				  : "; backend none holds it by rlimits only");
}

void doctor_sandbox(struct doctor *d, struct doctor_line *l)
{
	struct run_options o = options_of(d);
	CLEANUP(run_clear) struct run run = RUN_INIT(d->caller, &o);
	struct err err = {0};
	int rc = run_resolve(&run, &err);

	if (rc == 0) {
		base_free_ptr(&run.target.entry);
		run.target.entry = base_strdup(d->program);
		rc = run_start(&run, &err);
	}
	if (rc == 0) {
		judge(d, l, &run);
		return;
	}
	doctor_bad(l, "%s", err.message);
	doctor_fix(l, "see the red lines of this table, else the message");
}

void doctor_backend(struct doctor *d, struct doctor_line *l)
{
	const struct run_isolation_options none = {0};
	struct run_isolation isolation = {0};
	struct err err = {0};

	d->os_backend = true;
	if (run_isolation_resolve(&isolation, &none, LANG_RUN_OS_SANDBOXED, &err) < 0) {
		doctor_bad(l, "%s", err.message);
	} else if (isolation.backend == RUN_BACKEND_VM) {
		doctor_bad(l, "vm, the default, has no runtime here and fails closed");
	} else {
		d->os_backend = isolation.backend == RUN_BACKEND_OS;
		doctor_ok(l, "%s, as the environment says", run_backend_name(isolation.backend));
		return;
	}
	doctor_fix(l, "export X07_SANDBOX_BACKEND=os X07_I_ACCEPT_WEAKER_ISOLATION=1");
}
