/* SPDX-License-Identifier: MIT */
/* FsCapsV1, the policy's flags and limits, and error codes. Source: spec stdlib 4.2. */
#include "lang/rt/fs_priv.h"

#include <errno.h>
#include <string.h>

#define CAPS_SIZE 24
#define CAPS_VERSION 1u
#define DEFAULT_BYTES (16u << 20)
#define DEFAULT_ENTRIES 10000u
#define DEFAULT_DEPTH 64u

static rt_u32 field(rt_bytes caps, rt_u32 i)
{
	return rt_codec_read_u32_le((rt_view){caps.ptr, caps.len}, 4 * i);
}

/* The program may lower a limit of the policy; without a policy it may choose. */
static rt_u32 limit(rt_u32 policy, rt_u32 dflt, rt_u32 asked)
{
	rt_u32 most = policy ? policy : dflt;

	if (asked == 0)
		return most;
	return !rt_sandboxed() || asked < most ? asked : most;
}

static enum fs_code refuse(enum fs_code code, bool write, rt_bytes path)
{
	rt_deny(
	    write ? RT_EV_FS_WRITE : RT_EV_FS_READ, RT_WHY_GATE, 0, (rt_view){path.ptr, path.len});
	return code;
}

enum fs_code rt_fs_caps(struct fs_caps *out, rt_bytes caps, rt_u32 need, rt_bytes path, bool write)
{
	const struct rt_config *c = rt_state.config;

	if (caps.len != CAPS_SIZE || field(caps, 0) != CAPS_VERSION)
		return FS_BAD_CAPS;
	out->max_read = limit(c->fs_max_read, DEFAULT_BYTES, field(caps, 1));
	out->max_write = limit(c->fs_max_write, DEFAULT_BYTES, field(caps, 2));
	out->max_entries = limit(c->fs_max_entries, DEFAULT_ENTRIES, field(caps, 3));
	out->max_depth = limit(c->fs_max_depth, DEFAULT_DEPTH, field(caps, 4));
	out->flags = field(caps, 5);
	if ((out->flags & FS_FLAG_SYMLINKS) && !rt_allowed(RT_GATE_FS_SYMLINKS))
		return refuse(FS_SYMLINK, write, path);
	if (write && (out->flags & FS_FLAG_PARENTS))
		need |= RT_GATE_FS_MKDIR;
	if (write && (out->flags & FS_FLAG_ATOMIC))
		need |= RT_GATE_FS_RENAME;
	return rt_allowed(need) ? FS_OK : refuse(FS_POLICY_DENY, write, path);
}

static enum fs_code denied(enum fs_code code, int err, bool write, rt_view what)
{
	if (rt_sandboxed())
		rt_deny(write ? RT_EV_FS_WRITE : RT_EV_FS_READ,
		    code == FS_PERMISSION ? RT_WHY_NO_ROOT : RT_WHY_UNSAFE_PATH, err, what);
	return code;
}

static enum fs_code code_for(int err, bool write, rt_view what)
{
	switch (err) {
	case 0:
		return FS_OK;
	case ENOENT:
		return FS_NOT_FOUND;
	case EEXIST:
	case ENOTEMPTY:
		return FS_EXISTS;
	case ENOTDIR:
		return FS_NOT_DIR;
	case EISDIR:
		return FS_IS_DIR;
	case EACCES:
	case EPERM:
	case EROFS:
		return denied(FS_PERMISSION, err, write, what);
	case ELOOP:
		return denied(FS_SYMLINK, err, write, what);
	case EXDEV: /* openat2: the path leaves its root */
		return denied(FS_POLICY_DENY, err, write, what);
	case ENAMETOOLONG:
	case EINVAL:
		return FS_BAD_PATH;
	case EFBIG:
		return FS_TOO_LARGE;
	default:
		return FS_IO;
	}
}

enum fs_code rt_fs_code(int err, const struct fs_place *place)
{
	return code_for(err, place->write, place->path);
}

enum fs_code rt_fs_code_of(int err, bool write, const char *what)
{
	return code_for(err, write, (rt_view){(const rt_u8 *)what, (rt_u32)strlen(what)});
}
