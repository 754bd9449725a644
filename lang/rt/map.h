/* SPDX-License-Identifier: MIT */
/* The end of the maps of a run. */
#ifndef RT_MAP_H
#define RT_MAP_H

#include "lang/rt/protos.h"

/** Free every map, so that a run ends with no live block of them. */
void rt_maps_end(void);

#endif
