/* SPDX-License-Identifier: MIT */
/* What the filter generator and its user agree on. */
#ifndef SANDBOX_SECCOMP_PROGRAM_H
#define SANDBOX_SECCOMP_PROGRAM_H

#include <linux/filter.h>

/* Sets of syscalls.def; a program is the union of some of them, SET_GUEST always among them. */
#define SET_GUEST 1u
#define SET_NET 2u
#define SET_SPAWN 4u
#define SET_ALL 7u
#define SET_BROKER 8u /* the network broker: alone, without SET_GUEST */

/** The architectures that we have filters for. */
enum sandbox_seccomp_arch { SECCOMP_ARCH_X86_64, SECCOMP_ARCH_AARCH64 };

/** One filter. `code` has `count` instructions, static storage. */
struct sandbox_seccomp_program {
	enum sandbox_seccomp_arch arch;
	unsigned sets;
	const struct sock_filter *code;
	unsigned short count;
};

/** The program of an architecture and a union of sets; NULL when there is none. */
const struct sandbox_seccomp_program *sandbox_seccomp_program_find(
    enum sandbox_seccomp_arch arch, unsigned sets);

#endif
