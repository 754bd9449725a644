/* SPDX-License-Identifier: MIT */
/* The budget profiles of a project, as files: their names and their digest. */
#ifndef LANG_PROFILES_H
#define LANG_PROFILES_H

#include "base/arena.h"
#include "base/hash.h"

#include <stdbool.h>

#define LANG_PROFILE_MAX_BYTES (64u << 10)

/** A name of letters, digits, `_` and `-`: safe as part of a path. */
bool lang_profile_id_is_valid(struct str id);
/** `<arch root>/arch/budgets/profiles/<id>.budget.json`, owned. */
char *lang_profile_path(const char *arch_root, struct str id);
/** Add names and contents of all profiles to a digest, in the order of their names. */
void lang_profiles_digest(struct sha256 *h, const char *arch_root);

#endif
