/* SPDX-License-Identifier: MIT */
/* Names of policies. */
#ifndef POLICY_TEXT_H
#define POLICY_TEXT_H

#include <stdbool.h>

/** True when @p id matches ^[a-zA-Z0-9_.-]{1,64}$. */
bool policy_id_is_valid(const char *id);

#endif
