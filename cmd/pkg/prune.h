/* SPDX-License-Identifier: MIT */
/* Removing what a project no longer wants. */
#ifndef CMD_PKG_PRUNE_H
#define CMD_PKG_PRUNE_H

#include "cmd/pkg/item.h"
#include "cmd/pkg/project.h"

/**
 * Remove the directories below .x07/deps that no item has. What cannot be removed stays.
 *
 * @param project  borrowed; held for writing.
 * @param items    borrowed: all packages that the project has now.
 */
void pkg_prune(const struct pkg_project *project, const struct pkg_items *items);
/**
 * Remove what a process left in .x07/tmp that was killed while it installed.
 *
 * @param project  borrowed; held for writing.
 */
void pkg_prune_leftovers(const struct pkg_project *project);

#endif
