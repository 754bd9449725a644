/* SPDX-License-Identifier: MIT */
/*
 * What the broker gives up before it reads the guest's first word: privileges, files, programs,
 * memory, every system call that network clients do not make. A layer that the kernel refuses
 * ends the broker. Source: landlock(7), seccomp(2), sandbox/broker/syscalls.def.
 */
#include "sandbox/broker/confine.h"

#include "base/compat.h"
#include "sandbox/compat.h"
#include "sandbox/seccomp_program.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define MEMORY_DEFAULT (1ull << 30)
#define FDS_WANTED 16384

static bool limit(int which, rlim_t value)
{
	const struct rlimit l = {value, value};

	return setrlimit(which, &l) == 0;
}

static const char *limits(const struct broker_config *config)
{
	struct rlimit fds;

	if (getrlimit(RLIMIT_NOFILE, &fds) == 0) {
		fds.rlim_cur = fds.rlim_max < FDS_WANTED ? fds.rlim_max : FDS_WANTED;
		(void)setrlimit(RLIMIT_NOFILE, &fds);
	}
	if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_NPROC, 0))
		return "rlimits";
	if (!COMPAT_SANITIZED &&
	    !limit(RLIMIT_AS, config->mem_bytes != 0 ? config->mem_bytes : MEMORY_DEFAULT))
		return "rlimit of memory";
	return NULL;
}

static const char *drop_privileges(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	if (syscall(SYS_capset, &head, none) < 0)
		return "dropping capabilities";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return "no_new_privs";
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return "dumpable";
	return NULL;
}

static uint64_t every_fs_right(int abi)
{
	return LL_FS_ABI1 | (abi >= 2 ? LL_FS_REFER : 0) | (abi >= 3 ? LL_FS_TRUNCATE : 0) |
	       (abi >= 5 ? LL_FS_IOCTL_DEV : 0);
}

/* The rule for a port, since Landlock ABI 4: the header that we build with may not know it. */
struct port_rule {
	uint64_t rights, port;
};
#define RULE_NET_PORT 2

static bool allow_port(int ruleset, uint64_t rights, uint64_t port)
{
	const struct port_rule rule = {rights, port};

	return syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0) == 0;
}

static bool allow_ports(int ruleset, const struct policy_net *net)
{
	for (uint32_t i = 0; i < net->host_count; i++) {
		for (uint32_t p = 0; p < net->hosts[i].port_count; p++) {
			if (!allow_port(ruleset, LL_NET_BIND_TCP | LL_NET_CONNECT_TCP,
				net->hosts[i].ports[p]))
				return false;
		}
	}
	/* name servers are asked over TCP when an answer does not fit into a datagram */
	return !net->allow_dns || allow_port(ruleset, LL_NET_CONNECT_TCP, 53);
}

static bool allow_bundle(int ruleset, const char *path)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE};
	AUTO_CLOSE int fd = path[0] != '\0' ? open(path, O_PATH | O_CLOEXEC) : -1;

	/* without the bundle every TLS connection will fail, and say why */
	if (fd < 0)
		return true;
	rule.parent_fd = fd;
	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

static const char *landlock(const struct broker_config *config)
{
	struct ll_ruleset attr = {0};
	size_t size = sizeof(uint64_t);
	AUTO_CLOSE int ruleset = -1;
	int abi =
	    (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	bool ports = abi >= 4 && config->net != NULL;

	if (abi < 1)
		return "Landlock";
	attr.fs = every_fs_right(abi);
	if (abi >= 4)
		size = 2 * sizeof(uint64_t);
	if (ports)
		attr.net = LL_NET_BIND_TCP | LL_NET_CONNECT_TCP;
	if (abi >= 6) {
		attr.scoped = LL_SCOPE_ABSTRACT_UNIX | LL_SCOPE_SIGNAL;
		size = sizeof(attr);
	}
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (ruleset < 0 || !allow_bundle(ruleset, config->ca_bundle) ||
	    (ports && !allow_ports(ruleset, config->net)) ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return "Landlock";
	return NULL;
}

static const char *seccomp(void)
{
#if !defined(__SANITIZE_ADDRESS__)
	const struct sandbox_seccomp_program *p =
	    sandbox_seccomp_program_find(SANDBOX_ARCH, SET_BROKER);
	struct sock_fprog prog = {0};

	if (p == NULL)
		return "seccomp";
	prog.len = p->count;
	prog.filter = (struct sock_filter *)p->code;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0)
		return "seccomp";
#endif
	return NULL;
}

const char *broker_confine(const struct broker_config *config)
{
	const char *fault = limits(config);

	if (fault == NULL)
		fault = drop_privileges();
	if (fault == NULL)
		fault = landlock(config);
	return fault != NULL ? fault : seccomp();
}
