/* SPDX-License-Identifier: MIT */
/*
 * The walls around a child of x07-unpack: rlimits, Landlock for the file system, a seccomp filter
 * for everything else. Small enough to be written out here: the filter is a list of two dozen
 * calls. Source: landlock(7), seccomp(2); docs/decisions/unpack-process.md.
 */
#include "registry/unpack/confine.h"

#include "base/compat.h"
#include "pkg/tree.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights by the version of Landlock that knows them; older headers lack the later ones. */
#define RIGHTS_ABI1 ((UINT64_C(1) << 13) - 1)
#define RIGHT_REFER (UINT64_C(1) << 13)
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)
#define RIGHT_IOCTL_DEV (UINT64_C(1) << 15)

#ifdef __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#else
#define ARCH AUDIT_ARCH_AARCH64
#endif

static int landlock_abi(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

int unpack_confine_check(struct err *err)
{
	if (landlock_abi() < 1)
		return err_set(err, ERR_SANDBOX,
		    "archives are unpacked under Landlock, which this kernel does not offer: use "
		    "Linux 5.13 or later with landlock in the list of the boot option lsm=");
	return 0;
}

static int apply_limits(struct err *err)
{
	const struct {
		__rlimit_resource_t what;
		rlim_t most;
	} limits[] = {
	    {RLIMIT_NOFILE, 64},
	    {RLIMIT_CPU, 20},
	    {RLIMIT_AS, 256 << 20},
	    {RLIMIT_FSIZE, PKG_TREE_FILE_MAX},
	    {RLIMIT_CORE, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct rlimit limit = {limits[i].most, limits[i].most};

		if (COMPAT_SANITIZED && limits[i].what == RLIMIT_AS)
			continue;
		if (setrlimit(limits[i].what, &limit) < 0)
			return err_sys(err, ERR_SANDBOX, "setrlimit");
	}
	return 0;
}

static int apply_landlock(int dirfd, struct err *err)
{
	const int abi = landlock_abi();
	const uint64_t handled = RIGHTS_ABI1 | (abi >= 2 ? RIGHT_REFER : 0) |
				 (abi >= 3 ? RIGHT_TRUNCATE : 0) | (abi >= 5 ? RIGHT_IOCTL_DEV : 0);
	struct landlock_ruleset_attr attr = {.handled_access_fs = handled};
	struct landlock_path_beneath_attr below = {.parent_fd = dirfd,
	    .allowed_access = LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |
			      LANDLOCK_ACCESS_FS_WRITE_FILE};
	AUTO_CLOSE int rules = -1;

	rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(uint64_t), 0);
	if (rules < 0)
		return err_sys(err, ERR_SANDBOX, "Landlock");
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return err_sys(err, ERR_SANDBOX, "Landlock");
	return 0;
}

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
/* Allowed as it is. */
#define CALL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), RETURN(SECCOMP_RET_ALLOW)
/* Allowed unless it makes memory executable; the third argument, low half (little-endian). */
#define CALL_NOT_EXEC(name)                                                                        \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 4), LOAD(args[2]),                      \
	    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),                                 \
	    RETURN(SECCOMP_RET_ERRNO | EPERM), RETURN(SECCOMP_RET_ALLOW)

/* clang-format off */
static const struct sock_filter calls[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
	CALL(read), CALL(pread64), CALL(write), CALL(openat), CALL(close), CALL(fstat), CALL(newfstatat),
	CALL(lseek), CALL(fcntl), CALL(mkdirat), CALL(brk), CALL(munmap), CALL(mremap),
	CALL(madvise), CALL(futex), CALL(getrandom), CALL(clock_gettime), CALL(rt_sigprocmask),
	CALL(rt_sigreturn), CALL(exit), CALL(exit_group),
	CALL_NOT_EXEC(mmap), CALL_NOT_EXEC(mprotect),
	RETURN(SECCOMP_RET_ERRNO | EPERM),
};
/* clang-format on */

static int apply_seccomp(struct err *err)
{
	struct sock_fprog program = {ARRAY_LEN(calls), (struct sock_filter *)calls};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return err_sys(err, ERR_SANDBOX, "seccomp");
	return 0;
}

int unpack_confine(int dirfd, struct err *err)
{
	int rc = apply_limits(err);

	/* Over the size a write fails, which is reported; the signal would only kill. */
	if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_sys(err, ERR_SANDBOX, "prctl");
	if (rc == 0)
		rc = apply_landlock(dirfd, err);
	return rc < 0 ? rc : apply_seccomp(err);
}
