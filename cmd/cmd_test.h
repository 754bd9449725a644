/* SPDX-License-Identifier: MIT */
/* `x07 test` and its options. */
#ifndef CMD_CMD_TEST_H
#define CMD_CMD_TEST_H

#include "base/option.h"

struct cmd_call;

/** See the rows of cmd/table.c. */
struct test_options {
	const char *manifest, *stdlib_lock, *filter, *artifact_dir, *junit, *json, *compat;
	struct option_list module_roots;
	struct option_uint jobs, repeat;
	bool exact, allow_empty, list, no_fail_fast, keep_artifacts, verbose;
};

/** The command. @return exit status. */
int cmd_test(const struct cmd_call *call);

#endif
