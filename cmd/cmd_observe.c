/* SPDX-License-Identifier: MIT */
/*
 * x07 policy observe: run a program as `x07 run` does, record what it used and what it was refused,
 * and write the smallest policy that it needs, with a page for the person who reviews it. The run
 * itself gets what its policy gives, or with --permissive the whole project.
 * Source: docs/cmd/policy-observe.md.
 */
#include "cmd/cmd_run.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "base/hash.h"
#include "base/path.h"
#include "cmd/report/extra.h"
#include "cmd/report/report.h"
#include "cmd/run/engine.h"
#include "cmd/run/observe_collect.h"
#include "cmd/run/widen.h"
#include "cmd/run_call.h"
#include "policy/observe.h"
#include "policy/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBSERVED_FOLDER ".x07/policies/_observed"
#define REPORT_MAX_BYTES (2ull << 30)

/* Where the two files go. */
struct places {
	char *policy, *review; /* owned, absolute */
	const char *shown;     /* borrowed from policy: relative to the project where it can be */
	bool ours;             /* in our own folder: replaced without asking */
};

static void places_clear(struct places *p)
{
	base_free_ptr(&p->policy);
	base_free_ptr(&p->review);
}

/* "observed.<id of the base>", cut to what a policy_id may be. */
static char *make_id(const struct run_command_options *o, const struct policy *base)
{
	CLEANUP(buf_clear) struct buf id = buf_init(1024);

	if (o->observe_id != NULL)
		return base_strdup(o->observe_id);
	buf_printf(&id, "observed.%.55s", base->policy_id);
	return buf_take(&id);
}

static int find_places(struct places *out, const struct run_command_options *o, const char *root,
    const char *id, struct err *err)
{
	CLEANUP(places_clear) struct places p = {.ours = o->observe_out == NULL};
	CLEANUP(buf_clear) struct buf name = buf_init(8192);
	AUTO_FREE char *joined = NULL;
	size_t root_len = strlen(root);
	size_t len;
	int rc;

	if (p.ours)
		buf_printf(&name, OBSERVED_FOLDER "/%s.policy.json", id);
	else
		buf_puts(&name, o->observe_out);
	joined = path_join(root, buf_str(&name));
	rc = path_absolute(&p.policy, joined, err);
	if (rc < 0 || p.policy == NULL)
		return rc;
	len = strlen(p.policy);
	if (len > 5 && strcmp(p.policy + len - 5, ".json") == 0)
		len -= 5;
	buf_reset(&name);
	buf_add(&name, p.policy, len);
	buf_puts(&name, ".review.md");
	p.review = buf_take(&name);
	p.shown = strncmp(p.policy, root, root_len) == 0 && p.policy[root_len] == '/'
		      ? p.policy + root_len + 1
		      : p.policy;
	*out = TAKE(p);
	return 0;
}

/* Known before the program runs: nobody should lose a run to a file that is in the way. */
static int check_places(const struct places *p, bool force, struct err *err)
{
	if (p->ours || force || !file_is_regular(p->policy))
		return 0;
	return err_set(err, ERR_EXISTS, "%s is there already", p->shown);
}

/* Our own folder lies below the project's, whatever links the project holds. */
static int open_folder(int *out_fd, const struct places *p, const char *project, struct err *err)
{
	AUTO_FREE char *folder = path_dirname(p->policy);
	AUTO_CLOSE int root = -1;
	int rc = p->ours ? 0 : file_mkdirs(folder, err);

	if (rc < 0)
		return rc;
	root = open(p->ours ? project : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_sys(err, ERR_IO, "%s", folder);
	if (p->ours)
		return path_mkdirs_beneath(out_fd, root, OBSERVED_FOLDER, err);
	*out_fd = take_fd(&root);
	return 0;
}

static int write_files(const struct places *p, const char *project,
    const struct policy_proposal *proposal, struct err *err)
{
	AUTO_CLOSE int folder = -1;
	int rc = open_folder(&folder, p, project, err);

	if (rc == 0)
		rc = file_replace_at(folder, path_basename(p->review), proposal->review.data,
		    proposal->review.len, err);
	if (rc == 0)
		rc = file_replace_at(folder, path_basename(p->policy), proposal->policy.data,
		    proposal->policy.len, err);
	return rc < 0 ? err_wrap(err, "%s", p->shown) : 0;
}

/* How the run ended, for the review. */
static void outcome_text(struct buf *out, const struct run_record *run)
{
	if (run->outcome->trap != NULL)
		buf_puts(out, run->outcome->trap);
	else
		buf_printf(out, "exit status %d", run->ended->result.exit_status);
}

static void report(const struct run_record *run, const struct places *places,
    const struct policy_observed *in, const struct policy_proposal *p, struct buf *out)
{
	struct jsonw w = jsonw_init(out, true);
	char digest[SHA256_HEX_SIZE];

	sha256_text(digest, p->policy.data, p->policy.len);
	jsonw_object(&w);
	jsonw_kv_int(&w, "added", p->added);
	jsonw_kv_int(&w, "exit_code", report_exit_code(run));
	jsonw_kv_int(&w, "granted", p->granted);
	jsonw_key(&w, "lost_operations");
	jsonw_uint(&w, in->lost);
	jsonw_kv_string(&w, "out", places->shown);
	jsonw_kv_string(&w, "outcome", in->outcome);
	jsonw_kv_bool(&w, "permissive", in->permissive);
	jsonw_kv_string(&w, "policy_id", in->policy_id);
	jsonw_kv_string(&w, "policy_sha256", digest);
	jsonw_kv_string(&w, "review", places->review + (places->shown - places->policy));
	jsonw_kv_string(&w, "schema_version", "x07.policy.observe.report@0.1.0");
	jsonw_key(&w, "solve_output_b64");
	jsonw_base64(
	    &w, run->outcome->output != NULL ? run->outcome->output : "", run->outcome->output_len);
	jsonw_kv_int(&w, "withheld", p->withheld);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static int propose(const struct cmd_call *call, const struct run_record *run,
    const struct places *places, const char *id, struct buf *text, struct err *err)
{
	CLEANUP(run_observed_clear) struct run_observed observed = {0};
	CLEANUP(policy_proposal_clear) struct policy_proposal proposal = {0};
	CLEANUP(buf_clear) struct buf outcome = buf_init(RUN_STDERR_MAX);
	int rc;

	outcome_text(&outcome, run);
	run_observed_collect(&observed, run);
	observed.run.policy_id = id;
	observed.run.outcome = outcome.data;
	rc = policy_observe(&proposal, &observed.run, err);
	if (rc < 0)
		return rc;
	rc = write_files(places, run->target->root, &proposal, err);
	if (rc < 0)
		return rc;
	report(run, places, &observed.run, &proposal, text);
	print_note(call, "%s: %u grants, %u of them for what this run was refused; read %s",
	    places->shown, proposal.granted, proposal.added,
	    places->review + (places->shown - places->policy));
	if (proposal.withheld > 0)
		print_note(call, "%u kinds of refused operations were not granted: see the review",
		    proposal.withheld);
	return 0;
}

static int check_call(const struct run_command_options *o, struct err *err)
{
	if (o->report != NULL || o->emit != NULL || o->output != NULL || o->report_out != NULL ||
	    o->quiet_json || o->run.attest != NULL || o->run.compiled_out != NULL)
		return err_set(err, ERR_USAGE,
		    "--report, --emit, --output, --report-out, --quiet-json, --attest-runtime and "
		    "--compiled-out belong to x07 run");
	if (o->env_keys.count > 0 && !o->permissive)
		return err_set(err, ERR_USAGE, "--env wants --permissive");
	if (o->observe_id != NULL && !policy_id_is_valid(o->observe_id))
		return err_set(err, ERR_USAGE, "bad --policy-id: %s", o->observe_id);
	if (o->compile_only)
		return err_set(err, ERR_UNSUPPORTED, "--compile-only is not supported yet");
	return 0;
}

static int widen(const struct cmd_call *call, struct run *run, struct err *err)
{
	const struct run_command_options *o = call->options;
	int rc = run_widen(&run->policy, &run->target, run->isolation.backend, &o->env_keys, err);

	if (rc < 0)
		return rc;
	print_note(call,
	    "permissive: the program may read, change and remove every file of %s, and everything "
	    "in it that is hidden; it has no network and sees no other folder",
	    run->target.cwd);
	return 0;
}

/* What can be observed at all; then the widening, if it was asked for. */
static int prepare(const struct cmd_call *call, struct run *run, struct err *err)
{
	const struct run_command_options *o = call->options;
	int rc = check_call(o, err);

	if (rc < 0)
		return rc;
	rc = run_resolve(run, err);
	if (rc < 0)
		return rc;
	if (run->policy.path == NULL)
		return err_set(err, ERR_POLICY,
		    "world %s has no policy to start from: name a profile of the world "
		    "run-os-sandboxed, or --policy FILE",
		    lang_world_name(run->target.world));
	if (run->isolation.failure != NULL)
		return err_set(err, ERR_UNSUPPORTED, "%s", run->isolation.failure);
	return o->permissive ? widen(call, run, err) : 0;
}

static int observe(const struct cmd_call *call, struct run *run, struct buf *text, struct err *err)
{
	const struct run_command_options *o = call->options;
	const struct run_record record = run_record_of(run);
	CLEANUP(places_clear) struct places places = {0};
	AUTO_FREE char *id = NULL;
	int rc = prepare(call, run, err);

	if (rc < 0)
		return rc;
	id = make_id(o, &run->policy.rules);
	rc = find_places(&places, o, run->target.root, id, err);
	if (rc < 0)
		return rc;
	rc = check_places(&places, o->force, err);
	if (rc < 0)
		return rc;
	rc = run_start(run, err);
	if (rc < 0)
		return rc;
	print_diags(&run->diags);
	report_explain(call, &record);
	return propose(call, &record, &places, id, text, err);
}

int cmd_policy_observe(const struct cmd_call *call)
{
	const struct run_command_options *o = call->options;
	struct run_options options = o->run;
	struct run_call who;
	CLEANUP(run_clear) struct run run = RUN_INIT(&who.caller, &options);
	CLEANUP(buf_clear) struct buf text = buf_init(REPORT_MAX_BYTES);
	struct run_record record;
	struct err err = {0};
	int rc;
	int status;

	run_call_init(&who, call);
	run_call_args(&options.input, call);
	options.observe = true;
	rc = observe(call, &run, &text, &err);
	if (rc == ERR_EXISTS)
		return print_err(call, &err, "add --force to replace it, or leave --out away");
	if (rc < 0)
		return run_call_fail(call, &run, &err);
	status = print_out(&text);
	if (status != 0)
		return status;
	record = run_record_of(&run);
	return report_exit_code(&record);
}
