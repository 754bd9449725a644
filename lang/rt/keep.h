/* SPDX-License-Identifier: MIT */
/* Everything that units may refer to. */
#ifndef RT_KEEP_H
#define RT_KEEP_H

#include "lang/rt/protos.h"

typedef void rt_fn(void);
extern rt_fn *const rt_keep[];
extern const unsigned rt_keep_count;

#endif
