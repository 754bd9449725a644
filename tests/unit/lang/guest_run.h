/* SPDX-License-Identifier: MIT */
/* Runs an image in the guest, without a sandbox: what the unit tests of the compiler need. */
#ifndef TESTS_LANG_GUEST_RUN_H
#define TESTS_LANG_GUEST_RUN_H

#include "base/buf.h"
#include "lang/lang.h"

/** What a run gave. */
struct guest_result {
	struct buf output; /* the program's bytes, without the frame */
	struct buf notes;  /* standard error: trap or statistics */
	int status;        /* of waitpid */
	double seconds;    /* wall time from fork to end */
};

void guest_result_clear(struct guest_result *r);

/** Run with this input and fuel; false when the guest could not be started or framed nothing. */
bool guest_run(struct guest_result *out, const struct lang_image *image, const char *rt_dir,
    const void *input, size_t len, uint64_t fuel);

#endif
