/* SPDX-License-Identifier: MIT */
/* The tables of switches and bounds. Source: lang/rt/config.h, lang/rt/fs_caps.c. */
#include "policy/gates.h"

#include "lang/rt/decide.h"

/* What stands for 0 (lang/rt/fs_caps.c). */
#define DEFAULT_BYTES (16u << 20)
#define DEFAULT_ENTRIES 10000u
#define DEFAULT_DEPTH 64u

/* clang-format off */
/* In the order in which the runtime asks: links first. */
static const struct policy_gate gates[] = {
	{ RT_GATE_FS_SYMLINKS, "fs/allow_symlinks",     "fs.allow_symlinks is false" },
	{ RT_GATE_FS_MKDIR,    "fs/allow_mkdir",        "fs.allow_mkdir is false" },
	{ RT_GATE_FS_REMOVE,   "fs/allow_remove",       "fs.allow_remove is false" },
	{ RT_GATE_FS_RENAME,   "fs/allow_rename",       "fs.allow_rename is false" },
	{ RT_GATE_FS_WALK,     "fs/allow_walk",         "fs.allow_walk is false" },
	{ RT_GATE_FS_GLOB,     "fs/allow_glob",         "fs.allow_glob is false" },
	{ RT_GATE_WALL_CLOCK,  "time/allow_wall_clock", "time.allow_wall_clock is false" },
	{ RT_GATE_SLEEP,       "time/allow_sleep",      "time.allow_sleep is false" },
	{ RT_GATE_TZID,        "time/allow_local_tzid", "time.allow_local_tzid is false" },
	{ RT_GATE_EXIT,        "process/allow_exit",    "process.allow_exit is false" },
};

static const struct policy_bound bounds[] = {
	[RT_LIMIT_NONE]    = { "", "a limit of the policy was reached" },
	[RT_LIMIT_READ]    = { "fs/max_read_bytes",  "larger than fs.max_read_bytes" },
	[RT_LIMIT_WRITE]   = { "fs/max_write_bytes", "larger than fs.max_write_bytes" },
	[RT_LIMIT_ENTRIES] = { "fs/max_entries",     "more than fs.max_entries" },
	[RT_LIMIT_DEPTH]   = { "fs/max_depth",       "deeper than fs.max_depth" },
	[RT_LIMIT_SLEEP]   = { "time/max_sleep_ms",  "longer than time.max_sleep_ms" },
};
/* clang-format on */

static uint32_t gate(bool on, uint32_t bit)
{
	return on ? bit : 0;
}

uint32_t policy_gates(const struct policy *p)
{
	uint32_t g = RT_GATE_SANDBOXED;

	g |= gate(p->fs.enabled, RT_GATE_FS);
	g |= gate(p->fs.deny_hidden, RT_GATE_DENY_HIDDEN);
	g |= gate(p->fs.allow_symlinks, RT_GATE_FS_SYMLINKS);
	g |= gate(p->fs.allow_mkdir, RT_GATE_FS_MKDIR);
	g |= gate(p->fs.allow_remove, RT_GATE_FS_REMOVE);
	g |= gate(p->fs.allow_rename, RT_GATE_FS_RENAME);
	g |= gate(p->fs.allow_walk, RT_GATE_FS_WALK);
	g |= gate(p->fs.allow_glob, RT_GATE_FS_GLOB);
	g |= gate(p->env.enabled, RT_GATE_ENV);
	g |= gate(p->time.enabled, RT_GATE_TIME);
	g |= gate(p->time.allow_wall_clock, RT_GATE_WALL_CLOCK);
	g |= gate(p->time.allow_sleep, RT_GATE_SLEEP);
	g |= gate(p->time.allow_local_tzid, RT_GATE_TZID);
	g |= gate(p->process.enabled, RT_GATE_PROCESS);
	g |= gate(p->process.allow_exit, RT_GATE_EXIT);
	g |= gate(p->threads.max_blocking > 0, RT_GATE_BLOCKING_IO);
	g |= gate(p->net.enabled, RT_GATE_NET);
	return g;
}

const struct policy_gate *policy_gate_lacking(const struct policy *p, uint32_t needs)
{
	uint32_t lacking = needs & ~policy_gates(p);

	for (size_t i = 0; i < ARRAY_LEN(gates); i++) {
		if (lacking & gates[i].bit)
			return &gates[i];
	}
	return NULL;
}

const struct policy_bound *policy_bound_of(uint32_t limit)
{
	return &bounds[limit < ARRAY_LEN(bounds) ? limit : RT_LIMIT_NONE];
}

static uint64_t or_default(uint32_t value, uint32_t dflt)
{
	return value ? value : dflt;
}

uint64_t policy_bound_value(const struct policy *p, uint32_t limit)
{
	switch (limit) {
	case RT_LIMIT_READ:
		return or_default(p->fs.max_read_bytes, DEFAULT_BYTES);
	case RT_LIMIT_WRITE:
		return or_default(p->fs.max_write_bytes, DEFAULT_BYTES);
	case RT_LIMIT_ENTRIES:
		return or_default(p->fs.max_entries, DEFAULT_ENTRIES);
	case RT_LIMIT_DEPTH:
		return or_default(p->fs.max_depth, DEFAULT_DEPTH);
	case RT_LIMIT_SLEEP:
		return p->time.max_sleep_ms;
	default:
		return UINT64_MAX;
	}
}
