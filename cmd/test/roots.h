/* SPDX-License-Identifier: MIT */
/* Where the modules of tests are found. */
#ifndef CMD_TEST_ROOTS_H
#define CMD_TEST_ROOTS_H

#include "base/err.h"
#include "cmd/run/types.h"

/**
 * The module roots of tests: those given; else those of the project above the manifest and of its
 * packages, the project's folder and the manifest's; without a project the manifest's alone.
 * @param roots    run_paths_clear.
 * @param project  owned: the project's folder, else the manifest's.
 * @return 0 or what the project and its lock say.
 */
MUST_CHECK int test_roots_find(struct run_paths *roots, char **project, const char *manifest_dir,
    const struct option_list *given, struct diag_list *diags, struct err *err);

#endif
