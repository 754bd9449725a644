/* SPDX-License-Identifier: MIT */
/* Options of `x07 policy init`. */
#ifndef CMD_CMD_POLICY_H
#define CMD_CMD_POLICY_H

#include <stdbool.h>

struct policy_init_options {
	const char *template_name, *project, *policy_id, *emit, *out;
	bool force, mkdir_out;
};

#endif
