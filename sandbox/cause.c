/* SPDX-License-Identifier: MIT */
/* Reads the switches of the host that decide about user namespaces. */
#include "sandbox/cause.h"

#include "base/attr.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* First character of a sysctl file; 0 when it cannot be read. */
static char sysctl_char(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char c = '\0';

	if (fd < 0 || read(fd, &c, 1) != 1)
		return '\0';
	return c;
}

enum sandbox_cause sandbox_namespace_cause(int sys_errno)
{
	if (sysctl_char("/proc/sys/kernel/unprivileged_userns_clone") == '0')
		return SANDBOX_CAUSE_USERNS_CLONE;
	if (sysctl_char("/proc/sys/user/max_user_namespaces") == '0')
		return SANDBOX_CAUSE_USERNS_MAX;
	if (sysctl_char("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == '1')
		return SANDBOX_CAUSE_APPARMOR;
	if (sys_errno == ENOSPC || sys_errno == EUSERS)
		return SANDBOX_CAUSE_COUNT;
	if (sys_errno == EINVAL || sys_errno == ENOSYS)
		return SANDBOX_CAUSE_KERNEL;
	if (sys_errno == EPERM || sys_errno == EACCES)
		return SANDBOX_CAUSE_FORBIDDEN;
	return SANDBOX_CAUSE_NONE;
}

const char *sandbox_cause_text(enum sandbox_cause cause)
{
	static const char *const texts[] = {
	    [SANDBOX_CAUSE_NONE] = NULL,
	    [SANDBOX_CAUSE_USERNS_CLONE] =
		"sysctl kernel.unprivileged_userns_clone is 0; set it to 1",
	    [SANDBOX_CAUSE_USERNS_MAX] = "sysctl user.max_user_namespaces is 0; raise it",
	    [SANDBOX_CAUSE_APPARMOR] =
		"AppArmor restricts user namespaces; set sysctl "
		"kernel.apparmor_restrict_unprivileged_userns to 0 or load a profile for x07 with "
		"'userns,'",
	    [SANDBOX_CAUSE_COUNT] = "too many namespaces: see the sysctls user.max_*_namespaces",
	    [SANDBOX_CAUSE_KERNEL] = "the kernel lacks a namespace type or clone3; Linux 5.13 or "
				     "later with CONFIG_*_NS is needed",
	    [SANDBOX_CAUSE_FORBIDDEN] =
		"a security module, a container's seccomp filter or a chroot forbids it",
	};

	return (size_t)cause < ARRAY_LEN(texts) ? texts[cause] : NULL;
}
