/* SPDX-License-Identifier: MIT */
/* The module roots of tests: those of the project above, and the folders of the tests themselves.
 */
#include "cmd/test/roots.h"

#include "base/path.h"
#include "cmd/run/lock.h"
#include "cmd/run/paths.h"
#include "pkg/discover.h"
#include "pkg/manifest.h"
#include "pkg/place.h"

#include <string.h>

static void add_once(struct run_paths *roots, char *path)
{
	for (size_t i = 0; i < roots->count; i++) {
		if (strcmp(roots->items[i], path) == 0) {
			base_free_ptr(&path);
			return;
		}
	}
	run_paths_add(roots, path);
}

static int add_given(struct run_paths *roots, const struct option_list *given, struct err *err)
{
	for (size_t i = 0; i < given->count; i++) {
		char *path = NULL;
		int rc = path_absolute(&path, given->items[i], err);

		if (rc < 0)
			return rc;
		add_once(roots, path);
	}
	return 0;
}

static int add_project(
    struct run_paths *roots, const struct pkg_manifest *m, struct diag_list *diags, struct err *err)
{
	for (uint32_t i = 0; i < m->module_root_count; i++) {
		char *path = NULL;
		int rc = pkg_place_path(&path, m->root, m->module_roots[i], err);

		if (rc < 0)
			return rc;
		add_once(roots, path);
	}
	return run_lock_roots(roots, m, m->root, diags, err);
}

int test_roots_find(struct run_paths *roots, char **project, const char *manifest_dir,
    const struct option_list *given, struct diag_list *diags, struct err *err)
{
	AUTO_FREE char *found = NULL;
	struct pkg_manifest m;
	struct err none = {0};
	int rc = pkg_manifest_discover(&found, manifest_dir, &none);

	if (rc == ERR_USAGE) {
		*err = none;
		return rc;
	}
	*project = rc == 0 ? path_dirname(found) : base_strdup(manifest_dir);
	if (given->count > 0)
		return add_given(roots, given, err);
	if (found != NULL) {
		rc = pkg_manifest_load(&m, found, diags, err);
		if (rc < 0)
			return rc;
		rc = add_project(roots, &m, diags, err);
		pkg_manifest_clear(&m);
		if (rc < 0)
			return rc;
		add_once(roots, base_strdup(*project));
	}
	add_once(roots, base_strdup(manifest_dir));
	return 0;
}
