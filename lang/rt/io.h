/* SPDX-License-Identifier: MIT */
/* The end of the readers of a run. */
#ifndef RT_IO_H
#define RT_IO_H

#include "lang/rt/protos.h"

/** Free every reader, so that a run ends with no live block of them. */
void rt_io_end(void);

#endif
