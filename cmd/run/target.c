/* SPDX-License-Identifier: MIT */
/*
 * What a run is about: which manifest, profile, world, program file, module roots and numbers.
 * Reads the manifest and nothing else.
 * Source: docs/cmd/run.md.
 */
#include "cmd/run/target.h"

#include "base/file.h"
#include "base/path.h"
#include "cmd/run/codes.h"
#include "cmd/run/fixtures.h"
#include "cmd/run/folder.h"
#include "cmd/run/lock.h"
#include "cmd/run/packages.h"
#include "cmd/run/paths.h"
#include "pkg/discover.h"
#include "pkg/place.h"
#include "pkg/profile.h"
#include "policy/templates.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the search for the target goes by. */
struct find {
	const struct run_caller *caller;
	const struct run_target_options *o;
	const struct run_policy_options *rules;
	struct diag_list *diags;
};

void run_target_clear(struct run_target *t)
{
	if (t->has_manifest)
		pkg_manifest_clear(&t->manifest);
	base_free_ptr(&t->root);
	base_free_ptr(&t->folder);
	base_free_ptr(&t->cwd);
	base_free_ptr(&t->entry);
	base_free_ptr(&t->policy_path);
	base_free_ptr(&t->fixture_fs);
	run_paths_clear(&t->module_roots);
	pkg_txn_end(t->reading);
	*t = (struct run_target){0};
}

/* What is read from here until the packages are checked belongs together. */
static int load_manifest(
    struct run_target *t, const struct find *f, const char *path, struct err *err)
{
	int rc = run_packages_hold(&t->reading, f->caller, path, err);

	if (rc < 0)
		return rc;
	rc = pkg_manifest_load(&t->manifest, path, f->diags, err);
	if (rc < 0)
		return rc;
	t->has_manifest = true;
	if (!f->caller->is_runner && !f->o->as_it_is) {
		rc = run_packages_complete(t, f->caller, f->o->offline, f->diags, err);
		if (rc < 0)
			return rc;
	}
	t->root = base_strdup(t->manifest.root);
	return 0;
}

/* The program file; its manifest, if there is one above it, gives profiles and policies. */
static int target_program(struct run_target *t, const struct find *f, struct err *err)
{
	const char *program = f->o->program;
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *manifest = NULL;
	struct err none = {0};
	size_t len = strlen(program);
	int rc;

	if (len < 9 || strcmp(program + len - 9, ".x07.json") != 0)
		return err_set(
		    err, ERR_USAGE, "--program wants a file *.x07.json, not %s", program);
	rc = path_absolute(&t->entry, program, err);
	if (rc < 0)
		return rc;
	if (!file_is_regular(t->entry))
		return err_code(err, ERR_NOT_FOUND, RUN_CODE(ENTRY_READ), "program file is %s: %s",
		    file_fault_text(t->entry), program);
	dir = path_dirname(t->entry);
	if (pkg_manifest_discover(&manifest, dir, &none) == 0)
		return load_manifest(t, f, manifest, err);
	return path_absolute(&t->root, ".", err);
}

static int target_project(struct run_target *t, const struct find *f, struct err *err)
{
	const char *project = f->o->project;
	AUTO_FREE char *found = NULL;
	AUTO_FREE char *here = NULL;
	int rc;

	if (project == NULL) {
		rc = path_absolute(&here, ".", err);
		if (rc == 0)
			rc = pkg_manifest_discover(&found, here, err);
		if (rc < 0)
			return rc;
		project = found;
	}
	rc = load_manifest(t, f, project, err);
	if (rc < 0)
		return rc;
	t->is_project = true;
	t->entry = path_join(t->root, t->manifest.entry);
	if (!file_is_regular(t->entry))
		return err_code(err, ERR_NOT_FOUND, RUN_CODE(ENTRY_READ), "program file is %s: %s",
		    file_fault_text(t->entry), t->entry);
	return 0;
}

static int find_target(struct run_target *t, const struct find *f, struct err *err)
{
	const struct run_target_options *o = f->o;

	if (o->artifact != NULL)
		return err_set(err, ERR_UNSUPPORTED,
		    "--artifact is not supported yet; run the file itself, or use --project or "
		    "--program");
	if (o->program != NULL)
		return target_program(t, f, err);
	if (o->project == NULL && f->caller->is_runner)
		return err_set(err, ERR_USAGE, "give exactly one of --project and --program");
	return target_project(t, f, err);
}

static void profile_names(struct buf *out, const struct pkg_manifest *m)
{
	for (uint32_t i = 0; i < m->profile_count; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", m->profiles[i].name);
}

static int no_profile(const struct pkg_manifest *m, const char *name, struct err *err)
{
	CLEANUP(buf_clear) struct buf names = buf_init(512);

	profile_names(&names, m);
	return err_set(err, ERR_USAGE, "%s has no profile '%s'; it has: %s", m->path, name,
	    names.len > 0 ? names.data : "none");
}

static int select_profile(struct run_target *t, const struct run_target_options *o, struct err *err)
{
	const char *name = o->profile;

	if (!t->has_manifest || !t->manifest.has_profiles) {
		if (name != NULL)
			return err_set(err, ERR_USAGE, "--profile %s: %s", name,
			    t->has_manifest ? "the manifest has no profiles"
					    : "there is no x07.json");
		return 0;
	}
	if (name == NULL || name[0] == '\0')
		name = t->manifest.default_profile;
	if (name == NULL)
		name = pkg_profile_find(&t->manifest, "dev") != NULL ? "dev" : "os";
	t->profile = pkg_profile_find(&t->manifest, name);
	return t->profile != NULL ? 0 : no_profile(&t->manifest, name, err);
}

static int select_world(struct run_target *t, const struct run_target_options *o, struct err *err)
{
	const char *name = "run-os";

	if (o->world != NULL)
		name = o->world;
	else if (t->profile != NULL)
		name = t->profile->world;
	else if (t->has_manifest && t->manifest.world != NULL)
		name = t->manifest.world;
	if (!lang_world_parse(&t->world, name))
		return err_set(err, ERR_USAGE,
		    "unknown world '%s'; there are run-os, run-os-sandboxed, solve-pure and "
		    "solve-fs",
		    name);
	if (lang_world_is_solve(t->world) && t->world != LANG_SOLVE_PURE &&
	    t->world != LANG_SOLVE_FS)
		return err_set(err, ERR_UNSUPPORTED,
		    "world %s is not there yet; of the solve worlds solve-pure and solve-fs are",
		    name);
	return 0;
}

/* Names the override flags that were given, for a refusal. */
static void name_overrides(struct buf *out, const struct run_policy_options *o)
{
	const struct {
		const struct option_list *list;
		const char *flag;
	} flags[] = {
	    {&o->allow_hosts, "--allow-host"},
	    {&o->allow_host_files, "--allow-host-file"},
	    {&o->deny_hosts, "--deny-host"},
	    {&o->deny_host_files, "--deny-host-file"},
	    {&o->allow_read_roots, "--allow-read-root"},
	    {&o->allow_write_roots, "--allow-write-root"},
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (flags[i].list->count > 0)
			buf_printf(out, "%s%s", out->len > 0 ? ", " : "", flags[i].flag);
	}
	if (o->file != NULL)
		buf_printf(out, "%s--policy", out->len > 0 ? ", " : "");
	if (o->root != NULL)
		buf_printf(out, "%s--root", out->len > 0 ? ", " : "");
}

/* A missing base policy names the command that makes it. */
static int no_policy(const char *path, struct err *err)
{
	const char *base = path_basename(path);
	const char *template_name = NULL;

	for (size_t i = 0; i < policy_template_count() && template_name == NULL; i++) {
		size_t len = strlen(policy_template_name(i));

		if (strncmp(base, policy_template_name(i), len) == 0 &&
		    strcmp(base + len, ".sandbox.base.policy.json") == 0)
			template_name = policy_template_name(i);
	}
	if (template_name == NULL || access(path, F_OK) == 0)
		return err_set(
		    err, ERR_NOT_FOUND, "policy file is %s: %s", file_fault_text(path), path);
	return err_set(err, ERR_NOT_FOUND,
	    "policy file is missing: %s; create it with 'x07 policy init --template %s'", path,
	    template_name);
}

/* @param here  what --policy is relative to. */
static int select_policy(
    struct run_target *t, const struct run_policy_options *o, const char *here, struct err *err)
{
	CLEANUP(buf_clear) struct buf flags = buf_init(256);
	const char *text = o->file;

	name_overrides(&flags, o);
	if (t->world != LANG_RUN_OS_SANDBOXED) {
		if (flags.len > 0)
			return err_set(err, ERR_USAGE,
			    "%s: only for world run-os-sandboxed, this run is in %s; --profile "
			    "NAME "
			    "chooses another (`x07 init` makes one called sandbox)",
			    flags.data, lang_world_name(t->world));
		return 0;
	}
	if (text == NULL && t->profile != NULL)
		text = t->profile->policy;
	if (text == NULL)
		return err_set(err, ERR_USAGE,
		    "world run-os-sandboxed needs a policy: --policy FILE or `policy` in the "
		    "profile");
	t->policy_path = path_join(here, text);
	if (!file_is_regular(t->policy_path))
		return no_policy(t->policy_path, err);
	return 0;
}

/*
 * Under a policy a program runs in the folder of its roots, wherever the caller stands. Without
 * one, the program of a project runs in its folder, and any other where the caller stands.
 */
static int select_folder(
    struct run_target *t, const struct run_policy_options *o, const char *here, struct err *err)
{
	int rc;

	if (lang_world_is_solve(t->world)) {
		t->cwd = base_strdup("/"); /* where the caller stands is no part of the world */
		return 0;
	}
	if (t->policy_path == NULL) {
		t->cwd = base_strdup(t->is_project ? t->root : here);
		return 0;
	}
	rc = run_folder_find(
	    &t->folder, o->root, o->file != NULL, t->has_manifest ? t->root : NULL, err);
	if (rc < 0)
		return rc;
	t->cwd = t->folder != NULL ? base_strdup(t->folder) : path_dirname(t->entry);
	return 0;
}

/* Option, else profile, else default; never over @p max. */
static int number(uint64_t *out, const struct option_uint *option, const char *name,
    const uint64_t limits[3], struct err *err)
{
	uint64_t profile = limits[0];
	uint64_t value = option->set ? option->value : profile;

	if (!option->set && profile == UINT64_MAX)
		value = limits[1];
	if (value > limits[2])
		return err_set(err, ERR_USAGE, "%s is %llu; at most %llu is possible", name,
		    (unsigned long long)value, (unsigned long long)limits[2]);
	*out = value;
	return 0;
}

#define FROM_PROFILE(t, field)                                                                     \
	((t)->profile != NULL && (t)->profile->has_##field ? (t)->profile->field : UINT64_MAX)

static int numbers(struct run_target *t, const struct run_target_options *o, struct err *err)
{
	const uint64_t fuel[] = {FROM_PROFILE(t, solve_fuel), RUN_SOLVE_FUEL_DEFAULT, INT64_MAX};
	const uint64_t mem[] = {
	    FROM_PROFILE(t, max_memory_bytes), RUN_MEMORY_DEFAULT, RUN_MEMORY_MAX};
	const uint64_t output[] = {
	    FROM_PROFILE(t, max_output_bytes), RUN_OUTPUT_DEFAULT, RUN_OUTPUT_MAX};
	const uint64_t cpu[] = {
	    FROM_PROFILE(t, cpu_time_limit_seconds), RUN_CPU_SECONDS_DEFAULT, RUN_CPU_SECONDS_MAX};
	int rc = number(&t->solve_fuel, &o->solve_fuel, "--solve-fuel", fuel, err);

	if (rc == 0)
		rc = number(&t->max_memory, &o->max_memory, "--max-memory-bytes", mem, err);
	if (rc == 0)
		rc = number(&t->max_output, &o->max_output, "--max-output-bytes", output, err);
	if (rc == 0)
		rc = number(&t->cpu_seconds, &o->cpu_seconds, "--cpu-time-limit-seconds", cpu, err);
	return rc;
}

static int module_roots(struct run_target *t, const struct find *f, struct err *err)
{
	const struct run_target_options *o = f->o;

	if (t->is_project) {
		if (o->module_roots.count > 0)
			return err_set(err, ERR_USAGE, "--module-root is only for --program");
		for (uint32_t i = 0; i < t->manifest.module_root_count; i++) {
			char *path = NULL;
			int rc = pkg_place_path(&path, t->root, t->manifest.module_roots[i], err);

			if (rc < 0)
				return rc;
			run_paths_add(&t->module_roots, path);
		}
		return run_lock_roots(&t->module_roots, &t->manifest, t->root, f->diags, err);
	}
	for (size_t i = 0; i < o->module_roots.count; i++) {
		char *path = NULL;
		int rc = path_absolute(&path, o->module_roots.items[i], err);

		if (rc < 0)
			return rc;
		run_paths_add(&t->module_roots, path);
	}
	if (o->module_roots.count > 0)
		return 0;
	/* Roots that are given are all there are; else the packages of the project come along. */
	run_paths_add(&t->module_roots, path_dirname(t->entry));
	if (!t->has_manifest || f->caller->is_runner)
		return 0;
	return run_lock_roots(&t->module_roots, &t->manifest, t->root, f->diags, err);
}

/* The runner has no profiles: a world that is not named is run-os. */
static int select_rules(struct run_target *t, const struct find *f, struct err *err)
{
	bool runner = f->caller->is_runner;
	AUTO_FREE char *here = NULL;
	int rc = runner ? 0 : select_profile(t, f->o, err);

	if (rc < 0)
		return rc;
	t->world = LANG_RUN_OS;
	if (!runner || f->o->world != NULL)
		rc = select_world(t, f->o, err);
	if (rc < 0)
		return rc;
	if (runner && lang_world_is_solve(t->world))
		return err_set(err, ERR_UNSUPPORTED,
		    "x07-os-runner runs the worlds run-os and run-os-sandboxed; `x07 run --world "
		    "%s` runs this one",
		    lang_world_name(t->world));
	rc = run_fixtures_find(&t->fixture_fs, t->world, f->o->fixtures, err);
	if (rc < 0)
		return rc;
	rc = path_absolute(&here, ".", err);
	if (rc < 0)
		return rc;
	rc = select_policy(t, f->rules, runner ? here : t->root, err);
	return rc < 0 ? rc : select_folder(t, f->rules, here, err);
}

static int resolve(struct run_target *t, const struct find *f, struct err *err)
{
	int rc = find_target(t, f, err);

	if (rc < 0)
		return rc;
	rc = select_rules(t, f, err);
	if (rc < 0)
		return rc;
	rc = numbers(t, f->o, err);
	return rc < 0 ? rc : module_roots(t, f, err);
}

int run_target_resolve(struct run_target *out, const struct run_caller *caller,
    const struct run_target_options *options, const struct run_policy_options *rules,
    struct diag_list *diags, struct err *err)
{
	CLEANUP(run_target_clear) struct run_target t = {0};
	const struct find find = {caller, options, rules, diags};
	int rc = resolve(&t, &find, err);

	pkg_txn_end(t.reading);
	t.reading = NULL;
	if (rc < 0)
		return rc;
	*out = TAKE(t);
	return 0;
}
