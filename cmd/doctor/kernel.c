/* SPDX-License-Identifier: MIT */
/* Checks of `x07 doctor`: what the kernel lets this user do (sandbox/probe.h does it). */
#include "cmd/doctor/kernel.h"

#include "cmd/doctor/host.h"
#include "cmd/doctor/list.h"
#include "sandbox/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#define KVM_GET_API_VERSION_IOCTL 0xae00 /* linux/kvm.h */

static const char *reason(const struct sandbox_probed *p)
{
	return p->sys_errno != 0 ? strerror(p->sys_errno) : "it has no effect";
}

void doctor_kernel(struct doctor *d, struct doctor_line *l)
{
	struct sandbox_probed p = sandbox_probe(SANDBOX_PROBE_CALLS);
	struct utsname host = {0};

	(void)uname(&host);
	if (p.ok) {
		doctor_ok(l, "Linux %s has every system call that is needed", host.release);
		return;
	}
	doctor_bad(l, "Linux %s: %s: %s", host.release, p.what, reason(&p));
	if (d->host.container != NULL)
		doctor_fix(l, "the host of the container needs Linux 5.13 or later and a runtime "
			      "that passes its system calls on");
	else
		doctor_fix_install(l, &d->host, "linux-image-amd64 (Linux 5.13 or later), reboot",
		    "kernel, reboot", "linux-lts, reboot");
}

static void fix_container(struct doctor_line *l, const struct doctor_host *h)
{
	const char *name = h->container != NULL ? h->container : "";

	if (strcmp(name, "docker") == 0 || strcmp(name, "podman") == 0)
		doctor_fix(l,
		    "start it with `%s run --security-opt seccomp=unconfined --security-opt "
		    "%s`, or run x07 outside of the container",
		    name,
		    name[0] == 'd' ? "apparmor=unconfined --security-opt systempaths=unconfined"
				   : "unmask=ALL --security-opt label=disable");
	else if (h->container != NULL)
		doctor_fix(l, "let the container nest user namespaces (lxc: security.nesting=true; "
			      "systemd-nspawn: --system-call-filter='@default @mount'), or run x07 "
			      "outside of it");
	else
		doctor_fix(l,
		    "run x07 outside of a chroot, and of a seccomp or SELinux profile that "
		    "forbids user namespaces (SELinux: `ausearch -m avc` names the rule)");
}

static void fix_namespaces(
    struct doctor_line *l, const struct doctor_host *h, enum sandbox_cause cause)
{
	switch (cause) {
	case SANDBOX_CAUSE_USERNS_CLONE:
		doctor_fix_sysctl(l, h, "kernel.unprivileged_userns_clone=1");
		break;
	case SANDBOX_CAUSE_USERNS_MAX:
		doctor_fix_sysctl(l, h, "user.max_user_namespaces=15000");
		break;
	case SANDBOX_CAUSE_APPARMOR:
		doctor_fix_sysctl(l, h, "kernel.apparmor_restrict_unprivileged_userns=0");
		doctor_fix(l, "or load an AppArmor profile for x07 that holds `userns,`");
		break;
	case SANDBOX_CAUSE_COUNT:
		doctor_fix(l, "raise the sysctls user.max_*_namespaces; `sysctl user` lists them");
		break;
	case SANDBOX_CAUSE_KERNEL:
		doctor_fix(l, "boot a kernel of your distribution: Linux 5.13 or later with "
			      "CONFIG_USER_NS, _PID_NS, _NET_NS, _IPC_NS, _UTS_NS");
		break;
	case SANDBOX_CAUSE_FORBIDDEN:
	case SANDBOX_CAUSE_NONE:
		fix_container(l, h);
		break;
	}
}

void doctor_namespaces(struct doctor *d, struct doctor_line *l)
{
	struct sandbox_probed p = sandbox_probe(SANDBOX_PROBE_NAMESPACES);
	const char *cause = sandbox_cause_text(p.cause);

	if (p.ok) {
		doctor_ok(l,
		    "user, mount, pid, net, ipc, uts and cgroup namespaces with a mount "
		    "inside%s",
		    d->host.root ? "" : ", as an ordinary user");
		return;
	}
	doctor_bad(l, "%s: %s%s%s", p.what != NULL ? p.what : "namespaces", reason(&p),
	    cause != NULL ? "; " : "", cause != NULL ? cause : "");
	fix_namespaces(l, &d->host, p.cause);
}

void doctor_landlock(struct doctor *d, struct doctor_line *l)
{
	struct sandbox_probed p = sandbox_probe(SANDBOX_PROBE_LANDLOCK);
	char modules[256], parameter[300];

	if (p.ok) {
		doctor_ok(l, "ABI %d refuses what no rule allows%s", p.value,
		    p.value < 6 ? "; ABI 6 (Linux 6.12) would also fence signals and abstract "
				  "sockets, which namespaces fence already"
				: "");
		return;
	}
	doctor_bad(l, "%s: %s", p.what != NULL ? p.what : "landlock", reason(&p));
	if (p.sys_errno == EOPNOTSUPP) {
		bool known = doctor_read_line(modules, sizeof(modules), "/sys/kernel/security/lsm");

		(void)snprintf(parameter, sizeof(parameter), "lsm=landlock%s%s", known ? "," : "",
		    known ? modules : "");
		doctor_fix_boot(l, &d->host, parameter);
	} else if (p.sys_errno == EPERM || d->host.container != NULL) {
		fix_container(l, &d->host);
	} else {
		doctor_fix(l, "boot a kernel of your distribution: Linux 5.13 or later with "
			      "CONFIG_SECURITY_LANDLOCK");
	}
}

void doctor_seccomp(struct doctor *d, struct doctor_line *l)
{
	struct sandbox_probed p = sandbox_probe(SANDBOX_PROBE_SECCOMP);

	if (p.ok) {
		doctor_ok(l, "a filter refuses what it should");
		return;
	}
	doctor_bad(l, "%s: %s", p.what != NULL ? p.what : "seccomp", reason(&p));
	if (p.sys_errno == EPERM || p.sys_errno == EACCES)
		fix_container(l, &d->host);
	else
		doctor_fix(
		    l, "boot a kernel of your distribution: CONFIG_SECCOMP_FILTER is needed");
}

void doctor_notify(struct doctor *d, struct doctor_line *l)
{
	struct sandbox_probed p = sandbox_probe(SANDBOX_PROBE_NOTIFY);

	(void)d;
	if (p.ok)
		doctor_ok(l, "a supervisor can answer a call in place of the kernel");
	else if (p.sys_errno == EBUSY)
		doctor_warn(l, "%s: another supervisor watches this process already", p.what);
	else
		doctor_bad(l, "%s: %s", p.what != NULL ? p.what : "seccomp", reason(&p));
}

void doctor_cgroup(struct doctor *d, struct doctor_line *l)
{
	struct sandbox_probed p = sandbox_probe(SANDBOX_PROBE_CGROUP);

	if (p.ok) {
		doctor_ok(l, "%s: a group with limits of memory and processes", p.what);
		return;
	}
	doctor_bad(l,
	    "no writable group with limits of memory and processes%s; rlimits hold them for each "
	    "process%s",
	    p.what != NULL ? " (only one of the two)" : "",
	    d->host.root ? ", and root may not start programs that start processes" : "");
	if (d->host.container != NULL)
		doctor_fix(l, "start the container with a writable /sys/fs/cgroup "
			      "(--cgroupns=private), or ignore this");
	else if (d->host.systemd)
		doctor_fix(l, "systemd-run %s--scope -p Delegate=yes x07 run ...",
		    d->host.root ? "" : "--user ");
	else
		doctor_fix(l, "give this user a cgroup of its own with the controllers memory and "
			      "pids (OpenRC: rc_cgroup_mode=\"unified\" in /etc/rc.conf)");
}

void doctor_vm(struct doctor *d, struct doctor_line *l)
{
	AUTO_CLOSE int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int version = fd < 0 ? -1 : ioctl(fd, KVM_GET_API_VERSION_IOCTL, 0);

	(void)d;
	doctor_skip(l, "this build has no VM runtime; /dev/kvm %s",
	    version >= 0      ? "works"
	    : errno == EACCES ? "may not be opened by this user"
	    : errno == ENOENT ? "is not there"
			      : "does not work");
}
