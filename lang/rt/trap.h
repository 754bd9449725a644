/* SPDX-License-Identifier: MIT */
/* How a run ends before its time. */
#ifndef RT_TRAP_H
#define RT_TRAP_H

#include "lang/rt/protos.h"

/** Trap with " path=<path>". */
_Noreturn void rt_trap_path(const char *message, rt_view path);
/** Message and exit status 2: input or output failed, or the configuration is not usable. */
_Noreturn void rt_fail(const char *message);
/** SIGSEGV becomes the trap `stack overflow` or `invalid memory access`. @return 0 or an errno. */
int rt_trap_install(void);

#endif
