/* SPDX-License-Identifier: MIT */
/*
 * The policy of a run: loads the file that run_target found, derives one when override flags are
 * given, and refuses what this build cannot enforce.
 * Source: docs/cmd/run.md.
 */
#include "cmd/run/policy.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "base/path.h"
#include "cmd/run/folder.h"
#include "policy/codes.h"
#include "policy/derive.h"
#include "policy/enforce.h"
#include "policy/overrides.h"
#include "policy/parse.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a solve world: the runtime beside the values of the program, and its descriptors. */
#define SOLVE_SPARE_MEMORY (256ull << 20)
#define SOLVE_FDS 64
#define GENERATED_FOLDER ".x07/policies/_generated"

static bool has_overrides(const struct run_policy_options *o)
{
	return o->allow_hosts.count + o->allow_host_files.count + o->deny_hosts.count +
		   o->deny_host_files.count + o->allow_read_roots.count +
		   o->allow_write_roots.count >
	       0;
}

/* A named pipe that nobody writes to would be an empty list: of denials, that is none. */
static int refuse_pipe(const char *path, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISFIFO(st.st_mode))
		return 0;
	return err_set(err, ERR_USAGE, "%s: is a pipe; wanted a file", path);
}

/* Host files are relative to the folder that policies are relative to. */
static int add_host_files(struct policy_overrides *out, const char *root,
    const struct option_list *files, bool deny, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < files->count; i++) {
		CLEANUP(buf_clear) struct buf text = buf_init(POLICY_HOST_FILE_MAX_BYTES);
		AUTO_FREE char *path = path_join(root, files->items[i]);

		rc = refuse_pipe(path, err);
		if (rc == 0)
			rc = file_read(&text, path, err);
		if (rc < 0)
			return err_wrap(err, "host file");
		rc = policy_overrides_add_hosts(out, buf_str(&text), text.len, path, deny, err);
	}
	return rc;
}

static int add_hosts(
    struct policy_overrides *out, const struct option_list *specs, bool deny, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < specs->count; i++)
		rc = policy_overrides_add_host(out, specs->items[i], deny, err);
	return rc;
}

static int add_roots(
    struct policy_overrides *out, const struct option_list *roots, bool write, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < roots->count; i++)
		rc = policy_overrides_add_root(out, roots->items[i], write, err);
	return rc;
}

int run_policy_overrides(struct policy_overrides *out, const struct run_policy_options *o,
    const char *root, struct err *err)
{
	int rc = add_host_files(out, root, &o->allow_host_files, false, err);

	if (rc == 0)
		rc = add_host_files(out, root, &o->deny_host_files, true, err);
	if (rc == 0)
		rc = add_hosts(out, &o->allow_hosts, false, err);
	if (rc == 0)
		rc = add_hosts(out, &o->deny_hosts, true, err);
	if (rc == 0)
		rc = add_roots(out, &o->allow_read_roots, false, err);
	return rc == 0 ? add_roots(out, &o->allow_write_roots, true, err) : rc;
}

/* Below the project's folder, whatever links the project holds: its files may be hostile. */
static int open_generated(int *out_fd, const struct run_target *target, struct err *err)
{
	AUTO_CLOSE int root = open(target->root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return err_sys(err, ERR_IO, "%s", target->root);
	return path_mkdirs_beneath(out_fd, root, GENERATED_FOLDER, err);
}

/* For review: the file is what runs; it is written only when its bytes change. */
static int store(char **out, const struct run_target *target, const struct policy_derived *derived,
    struct err *err)
{
	CLEANUP(buf_clear) struct buf old = buf_init(POLICY_MAX_BYTES);
	AUTO_FREE char *folder = path_join(target->root, GENERATED_FOLDER);
	const char *name = derived->file_name;
	AUTO_CLOSE int dir = -1;
	AUTO_CLOSE int fd = -1;
	struct err ignored = {0};
	int rc = open_generated(&dir, target, err);

	if (rc < 0)
		return err_wrap(err, "derived policy");
	if (path_open_beneath(&fd, dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, &ignored) <
		0 ||
	    file_read_fd(&old, fd, name, &ignored) < 0 || old.len != derived->text.len ||
	    memcmp(old.data, derived->text.data, old.len) != 0)
		rc = file_replace_at(dir, name, derived->text.data, derived->text.len, err);
	if (rc < 0)
		return err_wrap(err, "derived policy %s/%s", folder, name);
	*out = path_join(folder, name);
	return 0;
}

static int derive(struct run_policy *out, const struct run_policy_options *options,
    const struct run_target *target, struct diag_list *diags, struct err *err)
{
	CLEANUP(policy_overrides_clear) struct policy_overrides overrides = {0};
	CLEANUP(policy_derived_clear) struct policy_derived derived = {0};
	CLEANUP(policy_clear) struct policy edited = {0};
	CLEANUP(buf_clear) struct buf base = buf_init(POLICY_MAX_BYTES);
	int rc = run_policy_overrides(&overrides, options, target->root, err);

	overrides.folder = target->folder;
	if (rc < 0)
		return rc;
	rc = file_read(&base, target->policy_path, err);
	if (rc < 0)
		return rc;
	rc = policy_derive(&derived, target->policy_path,
	    (struct str){buf_str(&base), (uint32_t)base.len}, &overrides, diags, err);
	/* A document at fault is a machine-readable report here, with exit status 3. */
	if (rc == ERR_FORMAT) {
		err->code = ERR_SCHEMA;
		return ERR_SCHEMA;
	}
	if (rc < 0)
		return rc;
	rc = policy_parse(&edited, buf_str(&base), base.len, target->policy_path, diags, err);
	if (rc < 0)
		return rc;
	rc = store(&out->path, target, &derived, err);
	if (rc < 0)
		return rc;
	out->base = (struct run_policy_base){.path = base_strdup(target->policy_path),
	    .rules = TAKE(edited),
	    .overrides = TAKE(overrides)};
	out->rules = TAKE(derived.policy);
	out->given = out->derived = true;
	return 0;
}

/* A fault of the document is exit status 2 here; 3 is for derived policies. */
static int load(struct run_policy *out, const char *path, struct diag_list *diags, struct err *err)
{
	int rc = policy_load(&out->rules, path, diags, err);

	if (rc == ERR_SCHEMA || rc == ERR_FORMAT)
		return err_set(err, ERR_FORMAT, "invalid policy: %s", path);
	if (rc < 0)
		return err_wrap(err, "policy %s", path);
	out->path = base_strdup(path);
	out->given = true;
	return 0;
}

/* What nothing could hold to its limits does not run. */
static int check_enforceable(
    const struct run_policy *policy, struct diag_list *diags, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(POLICY_MAX_BYTES);
	CLEANUP(diag_list_clear) struct diag_list faults = {0};
	struct err ignored = {0};

	if (policy_enforce_check(&faults, DIAG_ERROR, &policy->rules, STR(""), policy->path) == 0)
		return 0;
	/* again, with the text for line and column */
	if (file_read(&text, policy->path, &ignored) < 0)
		buf_reset(&text);
	(void)policy_enforce_check(diags, DIAG_ERROR, &policy->rules,
	    (struct str){buf_str(&text), (uint32_t)text.len}, policy->path);
	return err_code(err, ERR_UNSUPPORTED, POLICY_CODE(ENFORCE),
	    "policy %s grants what this build cannot enforce, so it runs no program under it",
	    policy->path);
}

/* The rules of a solve world: nothing, but that the files of the fixture are read. */
static void grant_fixtures(struct run_policy *out, const struct run_target *target)
{
	struct policy *p = &out->rules;

	p->policy_id = lang_world_name(target->world);
	p->notes = "";
	p->limits = (struct policy_limits){.cpu_ms = (uint32_t)(target->cpu_seconds * 1000),
	    .wall_ms = (uint32_t)(target->cpu_seconds * 1000 + 1000),
	    .mem_bytes = target->max_memory + SOLVE_SPARE_MEMORY,
	    .fds = SOLVE_FDS,
	    .procs = 1};
	if (target->fixture_fs != NULL) {
		p->fs.enabled = p->fs.allow_walk = true;
		p->fs.read_roots.items = arena_alloc(&p->arena, sizeof(char *));
		p->fs.read_roots.items[0] = target->fixture_fs;
		p->fs.read_roots.count = 1;
		p->threads = (struct policy_threads){.enabled = true, .max_blocking = 1};
	}
	out->given = true;
}

int run_policy_load(struct run_policy *out, const struct run_policy_options *options,
    const struct run_target *target, struct diag_list *diags, struct err *err)
{
	int rc;

	if (lang_world_is_solve(target->world)) {
		grant_fixtures(out, target);
		return 0;
	}
	if (target->policy_path == NULL)
		return 0;
	rc = has_overrides(options) ? derive(out, options, target, diags, err)
				    : load(out, target->policy_path, diags, err);
	if (rc < 0)
		return rc;
	rc = run_folder_check(&out->rules, out->path, target->folder, err);
	return rc < 0 ? rc : check_enforceable(out, diags, err);
}

void run_policy_clear(struct run_policy *policy)
{
	if (policy->given)
		policy_clear(&policy->rules);
	base_free_ptr(&policy->path);
	base_free_ptr(&policy->base.path);
	policy_clear(&policy->base.rules);
	policy_overrides_clear(&policy->base.overrides);
	policy->given = policy->derived = false;
}
