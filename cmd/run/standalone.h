/* SPDX-License-Identifier: MIT */
/* --compiled-out: guest, image, configuration and footer in one executable file. */
#ifndef CMD_RUN_STANDALONE_H
#define CMD_RUN_STANDALONE_H

#include "cmd/run/types.h"

#define RUN_STANDALONE_MAX_BYTES (512u << 20)

/** The parts of an executable. Descriptors are borrowed; their offsets stay. */
struct run_standalone {
	int guest_fd, image_fd, config_fd;
};

/**
 * Write the program as a standalone executable (footer of lang/rt/config.h). The file is replaced
 * whole or not at all.
 * @param size  of the file, in bytes.
 * @return 0; ERR_LIMIT, ERR_IO.
 */
MUST_CHECK int run_standalone_write(
    uint64_t *size, const char *path, const struct run_standalone *parts, struct err *err);

#endif
