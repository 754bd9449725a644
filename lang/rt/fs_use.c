/* SPDX-License-Identifier: MIT */
/* What the *_v1 family did, for observed runs, and limits of the policy that were reached. */
#include "lang/rt/fs_use.h"

#include "lang/rt/config.h"
#include "lang/rt/effect.h"
#include "lang/rt/fs_caps.h"
#include "lang/rt/fs_place.h"
#include "lang/rt/fs_types.h"
#include "lang/rt/protos.h"
#include "lang/rt/rt_types.h"

#include <stddef.h>

static bool refused(enum fs_code code)
{
	return code == FS_POLICY_DENY || code == FS_DISABLED || code == FS_BAD_PATH ||
	       code == FS_BAD_CAPS || code == FS_PERMISSION || code == FS_SYMLINK;
}

static struct rt_effect *add(
    const struct fs_place *place, enum fs_code code, rt_u32 detail, rt_view subject, uint64_t bytes)
{
	struct rt_effect_key key = {.kind = place->write ? RT_EV_FS_WRITE : RT_EV_FS_READ,
	    .code = code,
	    .root = place->root,
	    .detail = detail | (rt_state.fs_linked ? RT_USE_LINK : 0)};

	return rt_effect_add(&key, subject, bytes);
}

struct rt_effect *rt_fs_used(
    const struct fs_place *place, enum fs_code code, rt_u32 detail, uint64_t bytes)
{
	if (!rt_observed() || refused(code))
		return NULL;
	rt_gates_used(rt_state.fs_gates | RT_GATE_FS);
	return add(place, code, detail, place->path, code ? 0 : bytes);
}

void rt_fs_used_below(const struct fs_place *place, rt_view rest, rt_u32 detail)
{
	if (rt_observed())
		(void)add(place, FS_OK, detail | RT_USE_BELOW, rest, 0);
}

void rt_fs_limit(
    const struct fs_caps *caps, enum rt_limit which, uint64_t needed, bool write, rt_view path)
{
	struct rt_effect_key key = {.kind = write ? RT_EV_FS_WRITE : RT_EV_FS_READ,
	    .reason = RT_WHY_LIMIT,
	    .code = which == RT_LIMIT_ENTRIES ? FS_TOO_MANY
		    : which == RT_LIMIT_DEPTH ? FS_TOO_DEEP
					      : FS_TOO_LARGE,
	    .detail = which};

	if (caps->by_policy & 1u << which)
		(void)rt_effect_add(&key, path, needed);
}
