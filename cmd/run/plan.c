/* SPDX-License-Identifier: MIT */
/*
 * From policy to sandbox plan: roots at absolute paths, limits, environment. Copies numbers and
 * names; what they mean to the kernel is sandbox/'s business.
 */
#include "cmd/run/plan.h"

#include "base/path.h"
#include "cmd/run/roots.h"

#include <stdlib.h>
#include <string.h>

extern char **environ;

static bool lies_below(const char *path, const char *root)
{
	size_t len = strcmp(root, "/") == 0 ? 0 : strlen(root);

	return path != NULL && strncmp(path, root, len) == 0 && path[len] == '/';
}

static bool list_has(const struct policy_list *list, const char *text)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], text) == 0)
			return true;
	}
	return false;
}

/* Only what the policy names enters the environment; nothing is filtered out of the parent's. */
static char **policy_environment(const struct policy_env *env)
{
	size_t max = env->enabled ? env->allow_keys.count : 0;
	char **out = base_calloc(max + 1, sizeof(*out));
	size_t count = 0;

	for (size_t i = 0; i < max; i++) {
		const char *key = env->allow_keys.items[i];
		const char *value = strchr(key, '=') == NULL ? getenv(key) : NULL;
		CLEANUP(buf_clear) struct buf line = buf_init(1u << 20);

		if (value == NULL || list_has(&env->deny_keys, key))
			continue;
		buf_printf(&line, "%s=%s", key, value);
		if (!line.overflow)
			out[count++] = buf_take(&line);
	}
	return out;
}

static char **copy_environment(char **from)
{
	size_t count = 0;
	char **out;

	while (from != NULL && from[count] != NULL)
		count++;
	out = base_calloc(count + 1, sizeof(*out));
	for (size_t i = 0; i < count; i++)
		out[i] = base_strdup(from[i]);
	return out;
}

static void policy_limits(struct sandbox_limits *out, const struct policy_limits *in)
{
	out->cpu_ms = in->cpu_ms;
	out->wall_ms = in->wall_ms;
	out->mem_bytes = in->mem_bytes;
	out->fds = in->fds;
	out->no_fds = in->fds == 0;
	out->procs = in->procs;
	out->core_dumps = in->core_dumps;
}

int run_plan_make(struct run_plan *out, const struct run_target *target,
    const struct run_policy *policy, enum run_backend backend, struct err *err)
{
	static const char *const argv[] = {"x07-guest", NULL};
	struct sandbox_plan *box = &out->box;
	int rc;

	box->backend = backend == RUN_BACKEND_OS ? SANDBOX_BACKEND_OS : SANDBOX_BACKEND_NONE;
	box->cwd = target->cwd;
	box->argv = argv;
	/* The length prefix, the longest output, and one byte more that shows it was too long. */
	box->limits.stdout_max = target->max_output + 5;
	box->limits.stderr_max = RUN_STDERR_MAX;
	if (!policy->given) {
		box->limits.cpu_ms = target->cpu_seconds * 1000;
		box->limits.wall_ms = target->cpu_seconds * 1000 + 1000;
		/* A solve world has nothing: no root, no variable. */
		if (target->world < LANG_RUN_OS) {
			box->envp = (const char *const *)copy_environment(NULL);
			return 0;
		}
		box->envp = (const char *const *)copy_environment(environ);
		return 0;
	}
	policy_limits(&box->limits, &policy->rules.limits);
	box->envp = (const char *const *)policy_environment(&policy->rules.env);
	rc = run_roots_make(&out->roots, &policy->rules.fs, target->cwd, err);
	if (rc < 0)
		return rc;
	box->roots = out->roots.items;
	box->root_count = out->roots.count;
	return 0;
}

uint64_t run_plan_memory(const struct run_target *target, const struct run_policy *policy)
{
	uint64_t allowed = policy->given ? policy->rules.limits.mem_bytes : 0;

	return allowed != 0 && allowed < target->max_memory ? allowed : target->max_memory;
}

/* Whoever can write the policy or the manifest decides what the next run may do. */
void run_plan_warn(const struct run_plan *plan, const struct run_target *target,
    const struct run_policy *policy, const struct notes *notes)
{
	AUTO_FREE char *manifest = path_join(target->root, "x07.json");

	for (size_t i = 0; i < plan->roots.count; i++) {
		const struct sandbox_root *root = &plan->roots.items[i];
		bool own = lies_below(policy->path, root->path);

		if (!root->writable ||
		    !(own || (target->has_manifest && lies_below(manifest, root->path))))
			continue;
		notes_say(notes,
		    "warning: the write root '%s' holds %s, so the program can change what its "
		    "next run may do",
		    plan->roots.texts[i], own ? "its own policy" : "the project's x07.json");
		return;
	}
}

void run_plan_clear(struct run_plan *plan)
{
	char **envp = (char **)(void *)plan->box.envp;

	for (size_t i = 0; envp != NULL && envp[i] != NULL; i++)
		base_free_ptr(&envp[i]);
	base_free_ptr(&envp);
	plan->box.envp = NULL;
	run_roots_clear(&plan->roots);
}
