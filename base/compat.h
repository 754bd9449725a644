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

#if defined(__SANITIZE_ADDRESS__)
#define COMPAT_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COMPAT_SANITIZED 1
#endif
#endif

/*
 * A sanitized program reserves terabytes of addresses, so no RLIMIT_AS; and at its end it looks for
 * leaks with calls that a confined process may not make: such a program has COMPAT_NO_LEAK_CHECK
 * once, in place of a function.
 */
#if defined(COMPAT_SANITIZED)
#define COMPAT_NO_LEAK_CHECK                                                                       \
	int __lsan_is_turned_off(void);                                                            \
	int __lsan_is_turned_off(void)                                                             \
	{                                                                                          \
		return 1;                                                                          \
	}
#else
#define COMPAT_SANITIZED 0
#define COMPAT_NO_LEAK_CHECK
#endif

#endif
