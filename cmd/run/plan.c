/* SPDX-License-Identifier: MIT */
/*
 * From policy to sandbox plan: roots at absolute paths, limits, environment. Copies numbers and
 * names; what they mean to the kernel is sandbox/'s business.
 */
#include "cmd/run/run.h"

#include "base/path.h"

#include <stdlib.h>
#include <string.h>

extern char **environ;

static bool lies_below(const char *path, const char *root)
{
	size_t len = strcmp(root, "/") == 0 ? 0 : strlen(root);

	return path != NULL && strncmp(path, root, len) == 0 && path[len] == '/';
}

/* Whoever can write the policy or the manifest decides what the next run may do. */
static void warn_about_own_policy(const struct run *run)
{
	const struct run_facts *f = &run->facts;
	AUTO_FREE char *manifest = path_join(run->target.root, "x07.json");

	for (size_t i = 0; i < f->root_count; i++) {
		const struct sandbox_root *root = &f->roots[i];
		bool policy = lies_below(run->target.policy_path, root->path);

		if (!root->writable || run->options->permissive ||
		    !(policy || (run->target.has_manifest && lies_below(manifest, root->path))))
			continue;
		print_note(run->call,
		    "warning: the write root '%s' holds %s, so the program can change what its "
		    "next run may do",
		    f->root_texts[i], policy ? "its own policy" : "the project's x07.json");
		return;
	}
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

int run_plan_make(struct run *run, struct err *err)
{
	static const char *const argv[] = {"x07-guest", NULL};
	struct sandbox_plan *plan = &run->plan;
	int rc = 0;

	plan->backend =
	    run->isolation.backend == RUN_BACKEND_OS ? SANDBOX_BACKEND_OS : SANDBOX_BACKEND_NONE;
	plan->cwd = run->target.cwd;
	plan->argv = argv;
	if (run->has_policy) {
		rc = run_roots_make(&run->facts, &run->policy.fs, run->target.cwd, err);
		if (rc == 0)
			warn_about_own_policy(run);
		policy_limits(&plan->limits, &run->policy.limits);
		plan->envp = (const char *const *)policy_environment(&run->policy.env);
	} else {
		plan->limits.cpu_ms = run->target.cpu_seconds * 1000;
		plan->limits.wall_ms = run->target.cpu_seconds * 1000 + 1000;
		plan->envp = (const char *const *)copy_environment(environ);
	}
	plan->roots = run->facts.roots;
	plan->root_count = run->facts.root_count;
	/* The length prefix, the longest output, and one byte more that shows it was too long. */
	plan->limits.stdout_max = run->target.max_output + 5;
	plan->limits.stderr_max = RUN_STDERR_MAX;
	return rc;
}

void run_plan_clear(struct run *run)
{
	struct run_facts *f = &run->facts;
	char **envp = (char **)(void *)run->plan.envp;

	for (size_t i = 0; envp != NULL && envp[i] != NULL; i++)
		base_free_ptr(&envp[i]);
	base_free_ptr(&envp);
	run->plan.envp = NULL;
	run_roots_clear(f);
	run_effects_clear(&f->effects);
	*f = (struct run_facts){0};
}
