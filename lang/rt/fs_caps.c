/* SPDX-License-Identifier: MIT */
/* FsCapsV1, the policy's flags and limits, and error codes. Source: docs/spec/stdlib.md 4.2. */
#include "lang/rt/fs_caps.h"

#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/effect.h"
#include "lang/rt/fs_place.h"
#include "lang/rt/fs_types.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

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
static rt_u32 limit(struct fs_caps *out, enum rt_limit which, rt_u32 policy, rt_u32 dflt)
{
	rt_u32 most = policy ? policy : dflt;
	rt_u32 asked = out->asked[which];

	if (asked && (!rt_sandboxed() || asked < most))
		return asked;
	if (rt_sandboxed())
		out->by_policy |= 1u << which;
	return most;
}

static enum fs_code refuse(enum fs_code code, rt_u32 gates, bool write, rt_bytes path)
{
	struct rt_effect_key key = {.kind = write ? RT_EV_FS_WRITE : RT_EV_FS_READ,
	    .reason = rt_allowed(RT_GATE_FS) ? RT_WHY_GATE : RT_WHY_DISABLED,
	    .code = code,
	    .detail = gates};

	(void)rt_effect_add(&key, (rt_view){path.ptr, path.len}, 0);
	return code;
}

enum fs_code rt_fs_caps(struct fs_caps *out, rt_bytes caps, rt_u32 need, rt_bytes path, bool write)
{
	const struct rt_config *c = rt_state.config;
	bool links;

	rt_state.fs_linked = false;
	*out = (struct fs_caps){0};
	if (caps.len != CAPS_SIZE || field(caps, 0) != CAPS_VERSION)
		return FS_BAD_CAPS;
	for (rt_u32 i = RT_LIMIT_READ; i <= RT_LIMIT_DEPTH; i++)
		out->asked[i] = field(caps, i);
	out->max_read = limit(out, RT_LIMIT_READ, c->fs_max_read, DEFAULT_BYTES);
	out->max_write = limit(out, RT_LIMIT_WRITE, c->fs_max_write, DEFAULT_BYTES);
	out->max_entries = limit(out, RT_LIMIT_ENTRIES, c->fs_max_entries, DEFAULT_ENTRIES);
	out->max_depth = limit(out, RT_LIMIT_DEPTH, c->fs_max_depth, DEFAULT_DEPTH);
	out->flags = field(caps, 5);
	links = (out->flags & FS_FLAG_SYMLINKS) != 0;
	if (write && (out->flags & FS_FLAG_PARENTS))
		need |= RT_GATE_FS_MKDIR;
	if (write && (out->flags & FS_FLAG_ATOMIC))
		need |= RT_GATE_FS_RENAME;
	out->gates = need | (links ? RT_GATE_FS_SYMLINKS : 0);
	rt_state.fs_gates = out->gates;
	if (links && !rt_allowed(RT_GATE_FS_SYMLINKS))
		return refuse(FS_SYMLINK, out->gates, write, path);
	return rt_allowed(need) ? FS_OK : refuse(FS_POLICY_DENY, out->gates, write, path);
}

static enum rt_event_reason reason_of(int err)
{
	if (err == EBUSY)
		return RT_WHY_READ_ROOT;
	return err == ELOOP || err == EXDEV ? RT_WHY_UNSAFE_PATH : RT_WHY_NO_ROOT;
}

static enum fs_code denied(enum fs_code code, int err, bool write, rt_u32 root, rt_view what)
{
	struct rt_effect_key key = {.kind = write ? RT_EV_FS_WRITE : RT_EV_FS_READ,
	    .reason = reason_of(err),
	    .sys_errno = err,
	    .code = code,
	    .root = root};

	if (rt_sandboxed())
		(void)rt_effect_add(&key, what, 0);
	return code;
}

static enum fs_code code_for(int err, bool write, rt_u32 root, rt_view what)
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
		return denied(FS_PERMISSION, err, write, root, what);
	case EBUSY: /* a root is mounted there or below: it can neither be moved nor removed */
		return denied(FS_POLICY_DENY, err, write, root, what);
	case ELOOP:
		return denied(FS_SYMLINK, err, write, root, what);
	case EXDEV: /* openat2: the path leaves its root */
		return denied(FS_POLICY_DENY, err, write, root, what);
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
	return code_for(err, place->write, place->root, place->path);
}

enum fs_code rt_fs_code_of(int err, bool write, const char *what)
{
	return code_for(err, write, 0, (rt_view){(const rt_u8 *)what, (rt_u32)strlen(what)});
}
