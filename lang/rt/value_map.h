/* SPDX-License-Identifier: MIT */
/* map_value.*: the maps of values that a program made. */
#ifndef RT_VALUE_MAP_H
#define RT_VALUE_MAP_H

/** Drop what all of them hold: the program is over. */
void rt_value_maps_end(void);

#endif
