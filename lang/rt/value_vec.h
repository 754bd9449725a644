/* SPDX-License-Identifier: MIT */
/* vec_value.*: the vectors of values that a program made. */
#ifndef RT_VALUE_VEC_H
#define RT_VALUE_VEC_H

/** Drop what all of them hold: the program is over. */
void rt_value_vecs_end(void);

#endif
