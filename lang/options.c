/* SPDX-License-Identifier: MIT */
/* The names of the worlds. */
#include "lang/options.h"

#include "base/attr.h"

#include <string.h>

static const char *const world_names[] = {
    [LANG_SOLVE_PURE] = "solve-pure",
    [LANG_SOLVE_FS] = "solve-fs",
    [LANG_SOLVE_RR] = "solve-rr",
    [LANG_SOLVE_KV] = "solve-kv",
    [LANG_SOLVE_FULL] = "solve-full",
    [LANG_RUN_OS] = "run-os",
    [LANG_RUN_OS_SANDBOXED] = "run-os-sandboxed",
};

bool lang_world_parse(enum lang_world *out, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(world_names); i++) {
		if (strcmp(world_names[i], name) == 0) {
			*out = (enum lang_world)i;
			return true;
		}
	}
	return false;
}

const char *lang_world_name(enum lang_world world)
{
	return world_names[world];
}

bool lang_world_is_solve(enum lang_world world)
{
	return world != LANG_RUN_OS && world != LANG_RUN_OS_SANDBOXED;
}
