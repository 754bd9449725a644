/* SPDX-License-Identifier: MIT */
/* The modules that lie in a project, imported or not. */
#ifndef CMD_CHECK_MODULES_H
#define CMD_CHECK_MODULES_H

#include "cmd/run/types.h"

/** Modules of a project. */
struct check_modules {
	struct run_paths ids; /* sorted: "app.util" */
	size_t own_roots;     /* so many of the first module roots are the project's own */
};

/**
 * Find the modules in the module roots of a project; those of packages, hidden folders and links
 * to folders are left out. A program file alone has none.
 * @param out  check_modules_clear, also after a failure.
 * @return 0; ERR_LIMIT when there are more than a program can have.
 */
MUST_CHECK int check_modules_find(
    struct check_modules *out, const struct run_target *target, struct err *err);
/** Free the ids. */
void check_modules_clear(struct check_modules *modules);

#endif
