/* SPDX-License-Identifier: MIT */
/*
 * Kernel interfaces newer than the oldest headers we build with (Linux 5.13 to 6.1), and thin
 * wrappers of system calls that libc does not have. The only file of sandbox/ with #if on the
 * system. Numbers of the calls below 424 differ between architectures and come from the headers.
 */
#ifndef SANDBOX_COMPAT_H
#define SANDBOX_COMPAT_H

#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif
#ifndef SECBIT_NO_CAP_AMBIENT_RAISE
#define SECBIT_NO_CAP_AMBIENT_RAISE (1 << 6)
#endif

/* Landlock, by ABI version. Source: Documentation/userspace-api/landlock.rst. */
#define LL_FS_ABI1 ((1ULL << 13) - 1)
#define LL_FS_REFER (1ULL << 13)    /* ABI 2 */
#define LL_FS_TRUNCATE (1ULL << 14) /* ABI 3 */
#define LL_NET_BIND_TCP (1ULL << 0) /* ABI 4 */
#define LL_NET_CONNECT_TCP (1ULL << 1)
#define LL_FS_IOCTL_DEV (1ULL << 15)       /* ABI 5 */
#define LL_SCOPE_ABSTRACT_UNIX (1ULL << 0) /* ABI 6 */
#define LL_SCOPE_SIGNAL (1ULL << 1)

/* struct landlock_ruleset_attr as of ABI 6; older kernels take a prefix of it. */
struct ll_ruleset {
	uint64_t fs, net, scoped;
};

#if defined(__x86_64__)
#define SANDBOX_ARCH SECCOMP_ARCH_X86_64
#elif defined(__aarch64__)
#define SANDBOX_ARCH SECCOMP_ARCH_AARCH64
#else
#error "x86-64 and arm64 only"
#endif

/** clone3(2). @return as fork: twice, or -1. */
static inline long sys_clone3(struct clone_args *args)
{
	return syscall(SYS_clone3, args, sizeof *args);
}

/** pidfd_open(2) without flags. */
static inline int sys_pidfd_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/** openat2(2); @p resolve says where a path may not lead. */
static inline int sys_openat2(int dirfd, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = {.flags = flags, .resolve = resolve};

	return (int)syscall(SYS_openat2, dirfd, path, &how, sizeof how);
}

/** open_tree(2). */
static inline int sys_open_tree(int dirfd, const char *path, unsigned flags)
{
	return (int)syscall(SYS_open_tree, dirfd, path, flags);
}

/** move_mount(2) from one descriptor onto another. */
static inline int sys_move_mount(int from, int to)
{
	return (int)syscall(
	    SYS_move_mount, from, "", to, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/** mount_setattr(2) of the mount behind @p fd: sets attributes and clears none. */
static inline int sys_mount_setattr(int fd, unsigned flags, uint64_t set, uint64_t propagation)
{
	struct mount_attr attr = {.attr_set = set, .propagation = propagation};

	return (int)syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | flags, &attr, sizeof attr);
}

/** close_range(2) without flags; both ends are included. */
static inline int sys_close_range(unsigned first, unsigned last)
{
	return (int)syscall(SYS_close_range, first, last, 0);
}

#endif
