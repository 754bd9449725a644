/* SPDX-License-Identifier: MIT */
/* A list of paths that grows. */
#ifndef CMD_RUN_PATHS_H
#define CMD_RUN_PATHS_H

#include "cmd/run/types.h"

/** Append a path. @param path  moved. */
void run_paths_add(struct run_paths *paths, char *path);
/** Free the paths. */
void run_paths_clear(struct run_paths *paths);

#endif
