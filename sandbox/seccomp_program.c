/* SPDX-License-Identifier: MIT */
/*
 * The system call filters. seccomp_gen.c makes them from syscalls.def when x07 is built, as
 * balanced trees; here they are constants.
 */
#include "sandbox/seccomp_program.h"

#include "base/attr.h"

#include <stddef.h>

#include "sandbox/seccomp_filters.h" /* generated */

const struct sandbox_seccomp_program *sandbox_seccomp_program_find(
    enum sandbox_seccomp_arch arch, unsigned sets)
{
	for (size_t i = 0; i < ARRAY_LEN(seccomp_programs); i++) {
		if (seccomp_programs[i].arch == arch && seccomp_programs[i].sets == sets)
			return &seccomp_programs[i];
	}
	return NULL;
}
