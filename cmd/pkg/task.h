/* SPDX-License-Identifier: MIT */
/* What the steps of the engine that resolve, install and write have in common. */
#ifndef CMD_PKG_TASK_H
#define CMD_PKG_TASK_H

#include "base/arena.h"
#include "cmd/pkg/project.h"
#include "cmd/pkg/supply.h"

/** One job on one project. Everything borrowed. */
struct pkg_task {
	struct pkg_project *project; /* held for writing unless nothing is to be written */
	struct pkg_supply *supply;
	struct arena *arena;     /* of the texts that items borrow; lives longer than they */
	const char *x07_version; /* of this toolchain, for the lock */
	bool allow_yanked;       /* a version that its registry withdrew may be chosen */
	bool pre;                /* so may a pre-release */
	bool lock_03;            /* the lock is written as x07.lock@0.3.0 */
};

#endif
