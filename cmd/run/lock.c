/* SPDX-License-Identifier: MIT */
/*
 * The packages of a project: checks the lock against the manifest and the installed files, and
 * yields their module roots. Never changes anything; completing packages is `x07 pkg`.
 * Source: docs/format/lock.md.
 */
#include "cmd/run/lock.h"

#include "base/path.h"
#include "cmd/run/paths.h"
#include "pkg/lock.h"
#include "pkg/lock_verify.h"
#include "pkg/place.h"

#include <unistd.h>

static int check(const struct pkg_lock *lock, const struct pkg_manifest *m, struct err *err)
{
	int rc = pkg_lock_verify(lock, m, err);

	return rc == 0 && m->dependency_count > 0 ? pkg_lock_verify_files(lock, m, err) : rc;
}

int run_lock_roots(struct run_paths *out, const struct pkg_manifest *manifest, const char *root,
    struct diag_list *diags, struct err *err)
{
	CLEANUP(pkg_lock_clear) struct pkg_lock lock = {0};
	AUTO_FREE char *path = pkg_lock_path(manifest);
	int rc;

	/* A project without packages runs without a lock too. */
	if (manifest->dependency_count == 0 && access(path, F_OK) < 0)
		return 0;
	rc = pkg_lock_load(&lock, path, diags, err);
	if (rc < 0)
		return rc;
	rc = check(&lock, manifest, err);
	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < lock.count; i++) {
		AUTO_FREE char *package = NULL;

		rc = pkg_place_path(&package, root, lock.entries[i].path, err);
		if (rc < 0)
			return rc;
		run_paths_add(out, path_join(package, lock.entries[i].module_root));
	}
	return 0;
}
