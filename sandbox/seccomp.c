/* SPDX-License-Identifier: MIT */
/*
 * Loads the system call filter. The programs are made at build time by seccomp_gen.c from
 * syscalls.def, as balanced trees, and are constants here.
 */
#include "sandbox/compat.h"
#include "sandbox/sandbox_priv.h"
#include "sandbox/seccomp_program.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "sandbox/seccomp_filters.h" /* generated */

const struct seccomp_program *seccomp_program_find(enum seccomp_arch arch, unsigned sets)
{
	for (size_t i = 0; i < ARRAY_LEN(seccomp_programs); i++) {
		if (seccomp_programs[i].arch == arch && seccomp_programs[i].sets == sets)
			return &seccomp_programs[i];
	}
	return NULL;
}

static unsigned sets_of(const struct sandbox_plan *plan)
{
	return SET_GUEST | (plan->broker_io ? SET_NET : 0) | (plan->allow_spawn ? SET_SPAWN : 0);
}

void child_seccomp(struct child *c)
{
	const struct seccomp_program *p = seccomp_program_find(SANDBOX_ARCH, sets_of(c->box->plan));
	struct sock_fprog prog = {.len = p->count, .filter = (struct sock_filter *)p->code};

	child_step(c, SANDBOX_STEP_SECCOMP);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0)
		child_fail(c, NULL);
	child_step(c, SANDBOX_STEP_SECCOMP_VERIFY);
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != SECCOMP_MODE_FILTER)
		child_fail(c, NULL);
	c->layers |= 1u << SANDBOX_LAYER_SECCOMP;
}
