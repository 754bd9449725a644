/* SPDX-License-Identifier: MIT */
/* Options of `x07 init`. */
#ifndef CMD_CMD_INIT_H
#define CMD_CMD_INIT_H

#include <stdbool.h>

struct init_options {
	const char *template_name;
	bool package;
};

#endif
