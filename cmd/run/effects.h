/* SPDX-License-Identifier: MIT */
/* What the program used and was refused, as the guest counted it. */
#ifndef CMD_RUN_EFFECTS_H
#define CMD_RUN_EFFECTS_H

#include "cmd/run/types.h"
#include "lang/rt/config.h"

/** Bytes of subjects of all refusals together: a report names each several times. */
#define RUN_REFUSALS_TEXT (64u << 10)

/** Is it an operation on files, with a path as subject? */
static inline bool run_effect_is_fs(const struct run_effect *e)
{
	return e->kind == RT_EV_FS_READ || e->kind == RT_EV_FS_WRITE;
}

/** A head of os.fs without a version, or one of fs: its path is tried below each root in order. */
bool run_effects_is_legacy(unsigned op);
/** Name of a head ("os.fs.read_file"). Static storage. */
const char *run_effects_head(unsigned op);
/** The memory file of the table of effects: empty, of fixed size. @param out  owned. */
MUST_CHECK int run_effects_open(int *out, struct err *err);
/**
 * Read the table after the end of the run: hostile bytes until checked.
 * @param out     run_effects_clear. Borrows the roots from @p policy.
 * @param policy  whose roots the entries name.
 * @param cwd     absolute; what relative paths of the program belong to.
 * @return 0; ERR_IO.
 */
MUST_CHECK int run_effects_read(struct run_effects *out, int fd, const struct run_policy *policy,
    const char *cwd, struct err *err);
/** Free the entries. */
void run_effects_clear(struct run_effects *effects);

#endif
