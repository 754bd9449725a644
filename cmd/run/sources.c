/* SPDX-License-Identifier: MIT */
/*
 * A program in the sandbox can change nothing but its write roots. Where these hold sources, what
 * it left there runs with all rights of the user as soon as somebody runs the project without a
 * policy.
 */
#include "cmd/run/sources.h"

#include "base/path.h"
#include "cmd/run/roots.h"
#include "policy/parse.h"

#include <string.h>

static bool holds(const char *path, const char *dir)
{
	size_t len = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static bool holds_sources(const struct run_target *t, const char *root)
{
	for (size_t i = 0; i < t->module_roots.count; i++) {
		/* Below the project: the standard library and the store are no sources of it. */
		if (holds(t->module_roots.items[i], t->root) &&
		    (holds(t->module_roots.items[i], root) ||
			holds(root, t->module_roots.items[i])))
			return true;
	}
	return t->entry != NULL && holds(t->entry, root);
}

/* The first write root of a policy that holds sources, as the policy writes it; owned. */
static char *first_root(const struct run_target *t, const char *policy_path)
{
	CLEANUP(policy_clear) struct policy policy = {0};
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(run_roots_clear) struct run_roots roots = {0};
	struct err ignored = {0};

	if (policy_load(&policy, policy_path, &diags, &ignored) < 0 ||
	    run_roots_make(&roots, &policy.fs, t->manifest.root, &ignored) < 0)
		return NULL;
	for (size_t i = 0; i < roots.count; i++) {
		if (roots.items[i].writable && holds_sources(t, roots.items[i].path))
			return base_strdup(roots.texts[i]);
	}
	return NULL;
}

void run_sources_warn(const struct run_target *t, const struct notes *notes)
{
	for (uint32_t i = 0; t->has_manifest && i < t->manifest.profile_count; i++) {
		const struct pkg_profile *profile = &t->manifest.profiles[i];
		AUTO_FREE char *path = NULL;
		AUTO_FREE char *root = NULL;

		if (profile->policy == NULL)
			continue;
		path = path_join(t->manifest.root, profile->policy);
		root = first_root(t, path);
		if (root == NULL)
			continue;
		notes_say(notes,
		    "warning: this run has no policy, and under profile %s programs may write its "
		    "sources (write root '%s'): what they left there runs with all your rights",
		    profile->name, root);
		return;
	}
}
