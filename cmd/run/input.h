/* SPDX-License-Identifier: MIT */
/* The input of a program as a descriptor. */
#ifndef CMD_RUN_INPUT_H
#define CMD_RUN_INPUT_H

#include "cmd/run/types.h"

#define RUN_INPUT_MAX (1ull << 30)

/**
 * Open the input: the option's, else the profile's, else what is piped in (not for the runner).
 * @param is_runner  of the caller.
 * @return 0; ERR_NOT_FOUND, ERR_IO, ERR_LIMIT; ERR_USAGE for what is not base64.
 */
MUST_CHECK int run_input_open(struct run_input *out, const struct run_input_options *options,
    const struct run_target *target, bool is_runner, struct err *err);

#endif
