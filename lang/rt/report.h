/* SPDX-License-Identifier: MIT */
/* What a run writes at its end. */
#ifndef RT_REPORT_H
#define RT_REPORT_H

#include "lang/rt/protos.h"

/** Write the framed output with its test trailer. @return 0 or errno. */
int rt_write_output(int fd, rt_view output);
/** Free what handles hold and write the statistics line. @return 0 or errno. */
int rt_write_stats(int fd);

#endif
