/* SPDX-License-Identifier: MIT */
/*
 * A permissive run has the whole project, so that one run shows everything that a program uses. It
 * must not be more than a project: a person's secrets lie in the home folder.
 */
#include "cmd/run/widen.h"

#include <stdlib.h>
#include <string.h>

/* The project must not be the place where a person's secrets are. */
static int check_project(const struct run_target *target, enum run_backend backend, struct err *err)
{
	const char *cwd = target->cwd;
	const char *home = getenv("HOME");
	AUTO_FREE char *real_home = home != NULL ? realpath(home, NULL) : NULL;
	AUTO_FREE char *real_cwd = realpath(cwd, NULL);
	size_t len = real_cwd != NULL ? strlen(real_cwd) : 0;
	bool holds_home = real_cwd != NULL && real_home != NULL &&
			  strncmp(real_home, real_cwd, len) == 0 &&
			  (real_home[len] == '/' || real_home[len] == '\0');

	if (target->folder == NULL)
		return err_set(err, ERR_POLICY,
		    "--permissive opens the project, and there is no x07.json above the program; "
		    "name the folder with --root DIR");
	if (real_cwd == NULL || strcmp(real_cwd, "/") == 0 || holds_home)
		return err_set(err, ERR_POLICY,
		    "--permissive would open %s, which is or holds your home folder", cwd);
	if (backend != RUN_BACKEND_OS)
		return err_set(
		    err, ERR_POLICY, "--permissive runs in namespaces only: --sandbox-backend os");
	return 0;
}

static void one_root(struct policy *p, struct policy_list *list)
{
	list->items = arena_alloc(&p->arena, sizeof(*list->items));
	list->items[0] = ".";
	list->count = 1;
}

static void add_keys(struct policy *p, const struct option_list *keys)
{
	struct policy_list *list = &p->env.allow_keys;
	const char **items =
	    arena_alloc(&p->arena, ((size_t)list->count + keys->count + 1) * sizeof(*items));
	uint32_t n = 0;

	for (uint32_t i = 0; p->env.enabled && i < list->count; i++)
		items[n++] = list->items[i];
	for (size_t i = 0; i < keys->count; i++)
		items[n++] = keys->items[i];
	list->items = items;
	list->count = n;
	p->env.enabled = true;
}

int run_widen(struct run_policy *policy, const struct run_target *target, enum run_backend backend,
    const struct option_list *keys, struct err *err)
{
	struct policy *p = &policy->rules;
	struct policy_fs *fs = &p->fs;
	int rc = check_project(target, backend, err);

	if (rc < 0)
		return rc;
	one_root(p, &fs->read_roots);
	one_root(p, &fs->write_roots);
	fs->enabled = true;
	fs->deny_hidden = false;
	fs->allow_symlinks = fs->allow_mkdir = fs->allow_remove = true;
	fs->allow_rename = fs->allow_walk = fs->allow_glob = true;
	fs->max_read_bytes = fs->max_write_bytes = fs->max_entries = UINT32_MAX;
	fs->max_depth = 200;
	p->time = (struct policy_time){true, true, true, true, true, 86400000};
	p->process.enabled = p->process.allow_exit = true;
	p->threads.enabled = true;
	p->threads.max_blocking = 4;
	p->language.allow_unsafe = p->language.allow_ffi = true;
	p->net = (struct policy_net){0};
	add_keys(p, keys);
	policy->widened = true;
	return 0;
}
