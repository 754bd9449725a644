/* SPDX-License-Identifier: MIT */
/* The end of the file streams of a run. */
#ifndef RT_FS_STREAM_H
#define RT_FS_STREAM_H

#include "lang/rt/protos.h"

/** Close streams that the program left open; unfinished atomic files vanish. */
void rt_fs_streams_end(void);

#endif
