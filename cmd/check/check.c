/* SPDX-License-Identifier: MIT */
/*
 * The front half of a run, over everything that is the project's own: target and rules as `x07 run`
 * finds them, then the checker without a compiler behind it. Source: docs/cmd/check.md.
 */
#include "cmd/check/check.h"

#include "cmd/check/modules.h"
#include "cmd/run/compile.h"
#include "cmd/run/dirs.h"
#include "cmd/run/policy.h"
#include "cmd/run/target.h"

#include <string.h>

/* What stands between the project and the checker. */
struct work {
	struct run_target target;
	struct run_policy policy;
	struct run_dirs dirs;
	struct check_modules modules;
};

static void work_clear(struct work *w)
{
	check_modules_clear(&w->modules);
	run_dirs_clear(&w->dirs);
	run_policy_clear(&w->policy);
	run_target_clear(&w->target);
}

static bool is_program(const char *what)
{
	size_t len = what != NULL ? strlen(what) : 0;

	return len > 9 && strcmp(what + len - 9, ".x07.json") == 0;
}

static int prepare(
    struct work *w, const struct check_request *r, struct diag_list *diags, struct err *err)
{
	const struct run_policy_options rules = {0};
	struct run_target_options options = {
	    .profile = r->profile, .offline = true, .as_it_is = true};
	int rc;

	if (is_program(r->what))
		options.program = r->what;
	else
		options.project = r->what;
	rc = run_target_resolve(&w->target, r->caller, &options, &rules, diags, err);
	if (rc < 0)
		return rc;
	rc = run_policy_load(&w->policy, &rules, &w->target, diags, err);
	if (rc < 0)
		return rc;
	rc = run_dirs_find(&w->dirs, err);
	return rc < 0 ? rc : check_modules_find(&w->modules, &w->target, err);
}

static int check(struct check_result *out, const struct work *w, struct err *err)
{
	const struct lang_whole whole = {.own_roots = w->modules.own_roots,
	    .modules = (const char *const *)w->modules.ids.items,
	    .module_count = w->modules.ids.count};
	struct lang_options options = run_lang_options(&w->target, &w->policy, &w->dirs);
	struct lang_program *program = NULL;
	int rc;

	options.whole = &whole;
	rc = lang_load(&program, &options, &out->diags, err);

	if (rc == 0) {
		rc = lang_check(program, &out->diags, err);
		lang_stats_get(&out->stats, program);
	}
	lang_program_free(program);
	return rc;
}

int check_run(struct check_result *out, const struct check_request *request, struct err *err)
{
	CLEANUP(work_clear) struct work w = {0};
	int rc = prepare(&w, request, &out->diags, err);

	if (rc == 0)
		rc = check(out, &w, err);
	diag_sort(&out->diags);
	return rc;
}

void check_clear(struct check_result *result)
{
	diag_list_clear(&result->diags);
}
