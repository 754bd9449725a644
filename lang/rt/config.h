/* SPDX-License-Identifier: MIT */
/*
 * What the supervisor tells the guest at start: one document in a sealed memory file, fixed header
 * first, then a table of NUL-terminated strings. Written by cmd/guest_config.c, read by
 * lang/rt/start.c. Little-endian, same machine on both sides; the guest checks magic and size.
 */
#ifndef RT_CONFIG_H
#define RT_CONFIG_H

#include <stdint.h>

/* Descriptors of the guest, fixed. 0 is /dev/null, 1 the framed output, 2 traps and statistics. */
#define RT_FD_CONFIG 3
#define RT_FD_IMAGE 4
#define RT_FD_INPUT 5  /* regular or memory file with the input, read from offset 0 to its end */
#define RT_FD_EVENTS 6 /* one frame for each denied operation: see rt_event; may be absent */

#define RT_CONFIG_MAGIC 0x31303778u /* "x701" */
#define RT_CONFIG_MAX (1u << 20)

enum rt_gate {
	RT_GATE_SANDBOXED = 1u << 0, /* policy rules apply; otherwise everything is allowed */
	RT_GATE_FS = 1u << 1,
	RT_GATE_DENY_HIDDEN = 1u << 2,
	RT_GATE_FS_SYMLINKS = 1u << 3,
	RT_GATE_FS_MKDIR = 1u << 4,
	RT_GATE_FS_REMOVE = 1u << 5,
	RT_GATE_FS_RENAME = 1u << 6,
	RT_GATE_FS_WALK = 1u << 7,
	RT_GATE_FS_GLOB = 1u << 8,
	RT_GATE_ENV = 1u << 9,
	RT_GATE_TIME = 1u << 10,
	RT_GATE_WALL_CLOCK = 1u << 11,
	RT_GATE_SLEEP = 1u << 12,
	RT_GATE_TZID = 1u << 13,
	RT_GATE_PROCESS = 1u << 14,
	RT_GATE_EXIT = 1u << 15,
	RT_GATE_BLOCKING_IO = 1u << 16, /* threads.max_blocking is not 0 */
	RT_GATE_NET = 1u << 17,
};

/* Lists are `count` consecutive strings starting at byte `at` of the document. */
struct rt_list {
	uint32_t at;
	uint32_t count;
};

struct rt_config {
	uint32_t magic;
	uint32_t size; /* of the whole document */
	uint64_t fuel;
	uint64_t mem_cap; /* bytes of the program's arena */
	uint32_t max_output;
	uint32_t gates; /* enum rt_gate */
	uint32_t max_sleep_ms;
	uint32_t fs_max_read, fs_max_write, fs_max_entries, fs_max_depth; /* 0 = built-in default */
	uint32_t image_entry;                                             /* address of x07_solve */
	uint32_t image_size; /* bytes to map from RT_FD_IMAGE at RT_UNIT_BASE */
	uint32_t reserved;
	struct rt_list read_roots; /* policy texts, trailing slashes trimmed: ".", "out", "/data" */
	struct rt_list write_roots; /* relative ones are relative to the working directory */
	struct rt_list env_allow, env_deny;
};

/* A refused operation, one write of at most RT_EVENT_MAX bytes to RT_FD_EVENTS. */
#define RT_EVENT_MAX 4096
enum rt_event_kind {
	RT_EV_FS_READ = 1,
	RT_EV_FS_WRITE,
	RT_EV_ENV,
	RT_EV_TIME,
	RT_EV_PROCESS,
	RT_EV_NET,
	RT_EV_LOST, /* sys_errno frames before this one found the pipe full; no subject */
};
struct rt_event {
	uint32_t size;     /* of the whole frame: header + subject */
	uint16_t kind;     /* enum rt_event_kind */
	uint16_t reason;   /* enum rt_event_reason */
	int32_t sys_errno; /* errno given to the program, 0 for a trap */
	uint32_t reserved;
	/* then the subject: path, key or host:port; not NUL-terminated */
};
enum rt_event_reason {
	RT_WHY_DISABLED = 1, /* the section's `enabled` is false */
	RT_WHY_UNSAFE_PATH,
	RT_WHY_HIDDEN,
	RT_WHY_NO_ROOT,    /* no root holds it */
	RT_WHY_NOT_LISTED, /* env key not in allow_keys */
	RT_WHY_DENY_LISTED,
	RT_WHY_GATE, /* a flag of the section is false */
	RT_WHY_LIMIT,
};

/*
 * Standalone form (`--compiled-out`): a copy of the guest with the unit's image, a configuration
 * document and this footer appended. The footer is the last bytes of the file; both parts lie
 * before it, image_size and config_size bytes from the given file offsets. Used when RT_FD_CONFIG
 * is not a configuration; the input is then read from descriptor 0 as a frame: u32 length, bytes.
 */
#define RT_FOOTER_MAGIC "x07-standalone-1" /* 16 bytes, no NUL */
struct rt_footer {
	uint64_t image_at, image_size;
	uint64_t config_at, config_size;
	char magic[16];
};

#endif
