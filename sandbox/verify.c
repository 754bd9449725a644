/* SPDX-License-Identifier: MIT */
/*
 * The child looks at its own sandbox: what it reports as a layer is what it saw, not what was
 * asked for. A layer that is not there ends the run.
 */
#include "sandbox/verify_priv.h"

#include "sandbox/child_step_priv.h"
#include "sandbox/compat.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <linux/securebits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

void sandbox_child_drop_caps(struct sandbox_child *c)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}, {0}};

	sandbox_child_step(c, SANDBOX_STEP_CAPS);
	for (unsigned long cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) >= 0; cap++)
		continue; /* ends with EINVAL behind the last one; sandbox_child_verify reads them
			     all */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		sandbox_child_fail(c, "ambient set");
	if (prctl(PR_SET_SECUREBITS,
		SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
		    SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
		    SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
		0, 0, 0) < 0)
		sandbox_child_fail(c, "securebits");
	if (syscall(SYS_capset, &head, none) < 0)
		sandbox_child_fail(c, "capset");
}

static bool no_caps(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct now[2] = {{0}, {0}};
	uint32_t any = 0;

	if (syscall(SYS_capget, &head, now) < 0)
		return false;
	for (int i = 0; i < 2; i++)
		any |= now[i].effective | now[i].permitted | now[i].inheritable;
	for (unsigned long cap = 0; any == 0; cap++) {
		int in = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);

		if (in < 0)
			return true;
		any = (uint32_t)in;
	}
	return false;
}

static bool root_is_ours(bool proc)
{
	struct statfs fs;
	struct stat st;

	if (statfs("/", &fs) < 0 || (long)fs.f_type != TMPFS_MAGIC)
		return false;
	if ((fs.f_flags & ST_RDONLY) == 0)
		return false;
	return proc || (stat("/proc/self", &st) < 0 && errno == ENOENT);
}

void sandbox_child_verify(struct sandbox_child *c)
{
	int death = 0;

	sandbox_child_step(c, SANDBOX_STEP_VERIFY);
	errno = EBADE; /* what was set up is not what is there */
	if (!root_is_ours(c->box->plan->allow_spawn))
		sandbox_child_fail(c, "root file system");
	if (!no_caps())
		sandbox_child_fail(c, "capabilities");
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		sandbox_child_fail(c, "no_new_privs");
	/* A change of credentials takes it away (prctl(2)). */
	if (prctl(PR_GET_PDEATHSIG, &death, 0, 0, 0) < 0 || death != SIGKILL)
		sandbox_child_fail(c, "death signal");
	c->layers |= 1u << SANDBOX_LAYER_TMPFS_ROOT | 1u << SANDBOX_LAYER_CAPS_DROPPED |
		     1u << SANDBOX_LAYER_NO_NEW_PRIVS;
}
