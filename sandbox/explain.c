/* SPDX-License-Identifier: MIT */
/*
 * Turns a failed set-up step into a message that says what to change on this host: the sysctl, the
 * security module or the kernel version. Runs in the supervisor.
 */
#include "sandbox/explain_priv.h"

#include "sandbox/cause.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

struct step_row {
	const char *text;
	unsigned when;
};

static const struct step_row steps[SANDBOX_STEP_COUNT] = {
    [SANDBOX_STEP_NONE] = {"creating the namespaces", STEP_O | STEP_N},
#define STEP(id, text, when) [SANDBOX_STEP_##id] = {text, when},
#include "sandbox/steps.def"
#undef STEP
};

const char *sandbox_step_text(enum sandbox_step step)
{
	return (unsigned)step < SANDBOX_STEP_COUNT ? steps[step].text : "unknown step";
}

unsigned sandbox_step_when(enum sandbox_step step)
{
	return (unsigned)step < SANDBOX_STEP_COUNT ? steps[step].when : 0;
}

static const char *namespace_hint(int sys_errno)
{
	return sandbox_cause_text(sandbox_namespace_cause(sys_errno));
}

static const char *hint(enum sandbox_step step, int sys_errno)
{
	bool denied = sys_errno == EPERM || sys_errno == EACCES;

	if (step == SANDBOX_STEP_NONE)
		return namespace_hint(sys_errno);
	if (step == SANDBOX_STEP_FDS && (sys_errno == EINVAL || sys_errno == EMFILE))
		return "the limit of open files is too low: `ulimit -n` must give 400 or more";
	if ((step == SANDBOX_STEP_LANDLOCK || step == SANDBOX_STEP_LANDLOCK_ENFORCE) &&
	    (sys_errno == ENOSYS || sys_errno == EOPNOTSUPP))
		return "Landlock is not enabled; boot with 'landlock' in the lsm= list, on Linux "
		       "5.13 or later with CONFIG_SECURITY_LANDLOCK";
	if (step == SANDBOX_STEP_SECCOMP && (sys_errno == EINVAL || sys_errno == ENOSYS))
		return "seccomp filters need CONFIG_SECCOMP_FILTER";
	if (step == SANDBOX_STEP_PROC && denied)
		return "the host's /proc is masked (a container?), so a new one may not be mounted";
	if (sys_errno == ESTALE)
		return "it was replaced while the sandbox was built";
	if (sys_errno == ENOSYS)
		return "Linux 5.13 or later is needed";
	if (denied && (step == SANDBOX_STEP_ID_MAP || step == SANDBOX_STEP_PROPAGATION ||
			  step == SANDBOX_STEP_TMPFS))
		return namespace_hint(sys_errno);
	return NULL;
}

int sandbox_explain(struct err *err, enum sandbox_step step, int sys_errno)
{
	char subject[256] = "", reason[128];
	const char *more = hint(step, sys_errno);
	struct utsname host = {0};
	int code = 0;

	if (err == NULL)
		return ERR_SANDBOX;
	if (err->message[0] != '\0')
		(void)snprintf(subject, sizeof(subject), " (%.250s)", err->message);
	(void)uname(&host);
	code = err_set(err, ERR_SANDBOX, "%s%s: %s%s%s [Linux %s]", sandbox_step_text(step),
	    subject, strerror_r(sys_errno, reason, sizeof(reason)), more == NULL ? "" : "; ",
	    more == NULL ? "" : more, host.release);
	err->sys_errno = sys_errno;
	return code;
}
