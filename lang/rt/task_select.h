/* SPDX-License-Identifier: MIT */
/* The events of select, as scopes see them. */
#ifndef RT_TASK_SELECT_H
#define RT_TASK_SELECT_H

#include "lang/rt/task_scope.h"

/** Free the events of a scope that closes. */
void rt_events_drop(const struct rt_scope *scope);

#endif
