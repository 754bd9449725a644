/* SPDX-License-Identifier: MIT */
/* The external form of the functions in inline.h, checked against the prototypes of the table. */
#include "lang/rt/protos.h"

#define RT_INLINE
#include "lang/rt/inline.h"
