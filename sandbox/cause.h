/* SPDX-License-Identifier: MIT */
/* Why this host does not let us make namespaces. */
#ifndef SANDBOX_CAUSE_H
#define SANDBOX_CAUSE_H

/** Why namespaces are refused, as far as the host's switches tell. */
enum sandbox_cause {
	SANDBOX_CAUSE_NONE,
	SANDBOX_CAUSE_USERNS_CLONE, /* sysctl kernel.unprivileged_userns_clone is 0 */
	SANDBOX_CAUSE_USERNS_MAX,   /* sysctl user.max_user_namespaces is 0 */
	SANDBOX_CAUSE_APPARMOR,     /* kernel.apparmor_restrict_unprivileged_userns is 1 */
	SANDBOX_CAUSE_COUNT,        /* another limit of namespaces is used up */
	SANDBOX_CAUSE_KERNEL,       /* the kernel does not have it */
	SANDBOX_CAUSE_FORBIDDEN     /* a security module, a container's filter, a chroot */
};

/** The cause, as the switches of this host and the errno of the failed call tell it. */
enum sandbox_cause sandbox_namespace_cause(int sys_errno);

/** The cause in words, with the switch to change; NULL for SANDBOX_CAUSE_NONE. Static storage. */
const char *sandbox_cause_text(enum sandbox_cause cause);

#endif
