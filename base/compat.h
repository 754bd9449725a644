/* SPDX-License-Identifier: MIT */
/*
 * What the C libraries we build with do not declare yet, and the only place in base/ that asks
 * about the system. Minimum: Linux 5.13 headers, glibc 2.36 or musl 1.2.3.
 */
#ifndef BASE_COMPAT_H
#define BASE_COMPAT_H

#include <linux/openat2.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#if !defined(__linux__)
#error "Linux only: the sandbox is made of Linux namespaces"
#endif

/** openat2(2), which glibc 2.36 does not wrap. Returns a descriptor, or -1 and errno. */
static inline int compat_openat2(int dirfd, const char *path, const struct open_how *how)
{
	return (int)syscall(SYS_openat2, dirfd, path, how, sizeof(*how));
}

#endif
