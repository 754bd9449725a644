/* SPDX-License-Identifier: MIT */
/*
 * From the roots of a policy, which are texts, to folders at absolute paths with the rights that
 * the policy gives in them.
 */
#include "cmd/run/roots.h"

#include "base/path.h"
#include "sandbox/roots.h"

#include <string.h>

static struct sandbox_root *find_root(struct run_roots *r, const char *path)
{
	for (size_t i = 0; i < r->count; i++) {
		if (strcmp(r->items[i].path, path) == 0)
			return &r->items[i];
	}
	return NULL;
}

/* The same folder as read and write root is one writable root. */
static int add_root(struct run_roots *r, const struct policy_fs *fs, const char *cwd,
    const char *text, bool writable, struct err *err)
{
	AUTO_FREE char *joined = path_join(cwd != NULL ? cwd : "", text);
	AUTO_FREE char *path = NULL;
	struct sandbox_root *root;
	int rc;

	if (joined[0] != '/') /* nobody knows where it is */
		return 0;
	rc = path_absolute(&path, joined, err);
	if (rc < 0)
		return rc;
	root = find_root(r, path);
	if (root == NULL) {
		root = &r->items[r->count];
		/* Read roots come first: a path that is both stays readable. */
		*root = (struct sandbox_root){.path = TAKE(path), .write_only = writable};
		r->texts[r->count++] = text;
	}
	if (writable) {
		root->writable = true;
		root->mkdir = fs->allow_mkdir;
		root->remove = fs->allow_remove;
		root->rename = fs->allow_rename;
	}
	return 0;
}

int run_roots_make(
    struct run_roots *out, const struct policy_fs *fs, const char *cwd, struct err *err)
{
	size_t count = (size_t)fs->read_roots.count + fs->write_roots.count;
	int rc = 0;

	if (!fs->enabled || count == 0)
		return 0;
	if (count > SANDBOX_ROOTS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d roots", SANDBOX_ROOTS_MAX);
	out->items = base_calloc(count, sizeof(*out->items));
	out->texts = base_calloc(count, sizeof(*out->texts));
	for (uint32_t i = 0; rc == 0 && i < fs->read_roots.count; i++)
		rc = add_root(out, fs, cwd, fs->read_roots.items[i], false, err);
	for (uint32_t i = 0; rc == 0 && i < fs->write_roots.count; i++)
		rc = add_root(out, fs, cwd, fs->write_roots.items[i], true, err);
	return rc;
}

void run_roots_clear(struct run_roots *roots)
{
	for (size_t i = 0; i < roots->count; i++)
		base_free_ptr(&roots->items[i].path);
	base_free_ptr(&roots->items);
	base_free_ptr(&roots->texts);
	roots->count = 0;
}

int run_roots_check(const struct policy *p, const char *folder, struct err *err)
{
	CLEANUP(run_roots_clear) struct run_roots roots = {0};
	struct sandbox_plan plan = {
	    .backend = SANDBOX_BACKEND_OS, .cwd = folder != NULL ? folder : "/"};
	int rc = run_roots_make(&roots, &p->fs, folder, err);

	if (rc < 0)
		return rc;
	plan.roots = roots.items;
	plan.root_count = roots.count;
	return sandbox_roots_check(&plan, err);
}
