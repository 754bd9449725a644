/* SPDX-License-Identifier: MIT */
/* The descriptors that a program is handed, and what is written into them. */
#ifndef CMD_RUN_FILES_H
#define CMD_RUN_FILES_H

#include "cmd/run/types.h"

/** Descriptors of one run, each owned, -1 = none. RUN_FILES_NONE; run_files_close. */
struct run_files {
	int guest, config, image, effects;
};
#define RUN_FILES_NONE                                                                             \
	{                                                                                          \
		-1, -1, -1, -1                                                                     \
	}

/** Open the guest program and empty memory files for the rest. @return 0; ERR_IO. */
MUST_CHECK int run_files_open(struct run_files *out, const char *rt_dir, struct err *err);
/**
 * Write image and configuration into the files that the child already holds, and seal them.
 * @param image_fd  borrowed: the compiled image.
 * @param config    the document of lang/rt/config.h.
 */
MUST_CHECK int run_files_fill(
    const struct run_files *files, int image_fd, const struct buf *config, struct err *err);
/** Close them. */
void run_files_close(struct run_files *files);

#endif
