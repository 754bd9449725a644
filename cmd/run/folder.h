/* SPDX-License-Identifier: MIT */
/* The folder that relative roots of a policy belong to. */
#ifndef CMD_RUN_FOLDER_H
#define CMD_RUN_FOLDER_H

#include "base/err.h"
#include "policy/policy.h"

/**
 * The folder that relative roots belong to.
 *
 * @param out            owned; NULL when there is none.
 * @param root_option    value of --root; NULL when not given.
 * @param own_policy     the policy is --policy's or a FILE, not a profile's.
 * @param manifest_root  folder of the project's x07.json; NULL when there is none.
 * @return 0; ERR_USAGE, ERR_NOT_FOUND, ERR_IO for a bad --root.
 */
MUST_CHECK int run_folder_find(char **out, const char *root_option, bool own_policy,
    const char *manifest_root, struct err *err);
/**
 * The folder of the x07.json that a command without a run is about: of @p project, else nearest
 * above @p program, else above the caller.
 * @param out  owned; NULL when there is none.
 */
MUST_CHECK int run_folder_look(
    char **out, const char *project, const char *program, struct err *err);
/**
 * Refuse relative roots that belong nowhere.
 * @param path  of the policy, for the message.
 * @return 0; ERR_POLICY, naming --root.
 */
MUST_CHECK int run_folder_check(
    const struct policy *p, const char *path, const char *folder, struct err *err);

#endif
