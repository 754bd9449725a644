/* SPDX-License-Identifier: MIT */
/* What to say of a package that is not there: a name that is nearly it, or that it ships with x07.
 */
#ifndef CMD_PKG_NEAR_H
#define CMD_PKG_NEAR_H

#include "cmd/pkg/project.h"
#include "cmd/pkg/supply.h"
#include "pkg/plan.h"

/**
 * For a conflict: that a package which the registry lacks ships with x07, and how to have both.
 *
 * @return a sentence without its end, owned; NULL when nothing of the kind is the matter.
 */
char *pkg_near_shipped(const struct client_settings *s, const struct pkg_conflict *conflict);
/** X07PKG_DEP_NOT_FOUND for a name that x07.json lacks, with the one that is nearly it. */
int pkg_near_no_dependency(struct err *err, const struct pkg_project *project, const char *name);
/** X07PKG_INDEX_NO_MATCH for a name that the registry lacks, with what could be meant. */
int pkg_near_no_package(struct err *err, struct pkg_supply *supply, const char *name);

#endif
