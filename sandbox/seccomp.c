/* SPDX-License-Identifier: MIT */
/* Loads the system call filter of the program that runs inside; seccomp_program.c has them all. */
#include "sandbox/seccomp_priv.h"

#include "sandbox/child_step_priv.h"
#include "sandbox/compat.h"
#include "sandbox/seccomp_program.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

static unsigned sets_of(const struct sandbox_plan *plan)
{
	return SET_GUEST | (plan->broker_io ? SET_NET : 0) | (plan->allow_spawn ? SET_SPAWN : 0);
}

void sandbox_child_seccomp(struct sandbox_child *c)
{
	const struct sandbox_seccomp_program *p =
	    sandbox_seccomp_program_find(SANDBOX_ARCH, sets_of(c->box->plan));
	struct sock_fprog prog = {.len = p->count, .filter = (struct sock_filter *)p->code};

	sandbox_child_step(c, SANDBOX_STEP_SECCOMP);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0)
		sandbox_child_fail(c, NULL);
	sandbox_child_step(c, SANDBOX_STEP_SECCOMP_VERIFY);
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != SECCOMP_MODE_FILTER)
		sandbox_child_fail(c, NULL);
	c->layers |= 1u << SANDBOX_LAYER_SECCOMP;
}
