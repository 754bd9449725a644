/* SPDX-License-Identifier: MIT */
/* The end of the scratch buffers of a run. */
#ifndef RT_SCRATCH_H
#define RT_SCRATCH_H

#include "lang/rt/protos.h"

/** Free every scratch buffer, so that a run ends with no live block of them. */
void rt_scratch_end(void);

#endif
