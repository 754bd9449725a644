/* SPDX-License-Identifier: MIT */
/* From the configuration to the exit status. */
#ifndef RT_START_H
#define RT_START_H

#include "lang/rt/config.h"
#include "lang/rt/protos.h"

/** Everything from the configuration to the exit status. */
int rt_main(void);
/** Put the program's environment and heap in place (unit tests call this). @return 0 or errno. */
int rt_begin(const struct rt_config *config);

#endif
