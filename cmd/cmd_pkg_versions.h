/* SPDX-License-Identifier: MIT */
/* What `versions`, `info` and `verify` share. */
#ifndef CMD_CMD_PKG_VERSIONS_H
#define CMD_CMD_PKG_VERSIONS_H

#include "cmd/pkg/work.h"

/**
 * The version that NAME[@VERSION] means: without one the highest release that is not withdrawn,
 * else the highest pre-release. Its signature is not checked.
 * @return 0; ERR_PKG: X07PKG_SPEC_INVALID, X07PKG_INDEX_NO_MATCH, and those of client_get.
 */
MUST_CHECK int pkg_choose_version(
    const struct registry_version **out, struct pkg_work *w, const char *spec, struct err *err);
/** The command without its operand. @return exit status. */
int pkg_missing_operand(struct pkg_work *w, const struct cmd_call *call);

#endif
