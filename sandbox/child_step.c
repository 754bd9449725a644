/* SPDX-License-Identifier: MIT */
/*
 * How the child speaks: each step has a name, and each failure goes through the status pipe and
 * ends the child, so that the program never runs in a half-built sandbox.
 */
#include "sandbox/child_step_priv.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void sandbox_child_send(const struct sandbox_child *c, const struct sandbox_msg *msg)
{
	ssize_t n = write(c->status_fd, msg, sizeof(*msg));

	(void)n; /* a dead supervisor is noticed elsewhere */
}

void sandbox_child_fail(struct sandbox_child *c, const char *subject)
{
	struct sandbox_msg msg = {.kind = SANDBOX_MSG_ERROR, .value = (int32_t)c->step};
	size_t len = subject == NULL ? 0 : strnlen(subject, sizeof(msg.err.message) - 1);

	msg.err.code = ERR_SANDBOX;
	msg.err.sys_errno = errno;
	if (len != 0)
		memcpy(msg.err.message, subject, len);
	sandbox_child_send(c, &msg);
	_exit(126);
}

void sandbox_child_step(struct sandbox_child *c, enum sandbox_step step)
{
	c->step = step;
	if (c->box->plan->fail_step == (int)step) {
		errno = ECANCELED;
		sandbox_child_fail(c, "made to fail by a test");
	}
}
