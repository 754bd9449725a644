/* SPDX-License-Identifier: MIT */
/*
 * The one way to files: openat2 below a descriptor of a root. The rules on the text (decide.c)
 * decide which error a program sees; what keeps it inside is RESOLVE_BENEATH.
 */
#include "lang/rt/fs_path.h"

#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/decide.h"
#include "lang/rt/effect.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Source: openat2(2); the C library has no header for it. */
struct open_how {
	uint64_t flags, mode, resolve;
};
#define NO_MAGICLINKS 0x02u
#define NO_SYMLINKS 0x04u
#define BENEATH 0x08u

bool rt_fs_hidden(rt_view path)
{
	return rt_decide_hidden((const char *)path.ptr, path.len);
}

static int open_root(bool write, rt_u32 i)
{
	const struct rt_config *c = rt_state.config;
	const char *text = rt_list_item(write ? &c->write_roots : &c->read_roots, i);
	int fd = openat(AT_FDCWD, text, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int rt_fs_root(bool write, rt_u32 i)
{
	int *slot = i < RT_ROOTS_KEPT ? &rt_state.roots[write][i]
				      : &rt_state.roots[write][RT_ROOTS_KEPT - 1];
	int fd;

	if (i < RT_ROOTS_KEPT - 1 && *slot)
		return *slot - 1;
	fd = open_root(write, i);
	if (fd < 0)
		return fd;
	/* the last slot serves all roots beyond the others, one at a time */
	if (*slot)
		close(*slot - 1);
	*slot = fd + 1;
	rt_fd_used(fd);
	return fd;
}

static int open_below(int base, const char *rest, const struct open_how *how)
{
	long fd;

	/* EAGAIN: a rename elsewhere raced with the look-up */
	do
		fd = syscall(SYS_openat2, base, rest, how, sizeof(*how));
	while (fd < 0 && (errno == EINTR || errno == EAGAIN));
	return fd < 0 ? -errno : (int)fd;
}

int rt_fs_open(int base, const char *rest, int flags, mode_t mode)
{
	struct open_how how = {.flags = (uint64_t)flags | O_CLOEXEC, .mode = mode};
	bool may_follow = rt_allowed(RT_GATE_FS_SYMLINKS);
	int fd;

	/* openat2 takes few flags beside O_PATH */
	if (!(flags & O_PATH))
		how.flags |= O_NOCTTY;
	if (rt_sandboxed()) {
		how.resolve = BENEATH | NO_MAGICLINKS;
		/* observed: first without, to learn whether a link is on the way */
		if (!may_follow || rt_observed())
			how.resolve |= NO_SYMLINKS;
	}
	fd = open_below(base, rest, &how);
	if (fd == -ELOOP && may_follow && (how.resolve & NO_SYMLINKS)) {
		how.resolve &= ~(uint64_t)NO_SYMLINKS;
		fd = open_below(base, rest, &how);
		rt_state.fs_linked = true;
		rt_gates_used(RT_GATE_FS_SYMLINKS);
	}
	rt_fd_used(fd);
	return fd;
}
