/* SPDX-License-Identifier: MIT */
/*
 * What the supervisor tells the guest at start: one document in a sealed memory file, fixed header
 * first, then a table of NUL-terminated strings. Written by cmd/run/guest_config.c, read by
 * lang/rt/start.c. Little-endian, same machine on both sides; the guest checks magic and size.
 */
#ifndef RT_CONFIG_H
#define RT_CONFIG_H

#include <stdint.h>

/* Descriptors of the guest, fixed. 0 is /dev/null, 1 the framed output, 2 traps and statistics. */
#define RT_FD_CONFIG 3
#define RT_FD_IMAGE 4
#define RT_FD_INPUT 5   /* regular or memory file with the input, read from offset 0 to its end */
#define RT_FD_EFFECTS 6 /* shared memory file of struct rt_effects; may be absent */
#define RT_FD_NET 7     /* its end of the pair with the network broker; may be absent */

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
	RT_GATE_OBSERVE = 1u << 18,   /* record what is used, not only what is refused */
	RT_GATE_ENV_ANY = 1u << 19,   /* a key that no list names is unset, not refused */
	RT_GATE_REAL_TIME = 1u << 20, /* a world of the operating system: tasks sleep for real */
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

/*
 * What the program did and what it was refused: a table in memory that the guest shares with the
 * supervisor (docs/decisions/effect-table.md). The guest adds entries and counts; the supervisor
 * reads a copy when the guest is dead, so a killed program loses nothing. A file of zeros is the
 * empty table. The supervisor believes no index and no length of it.
 */
enum rt_event_kind {
	RT_EV_FS_READ = 1,
	RT_EV_FS_WRITE,
	RT_EV_ENV,
	RT_EV_TIME,
	RT_EV_PROCESS,
	RT_EV_NET,
	RT_EV_COUNT
};

/* The heads that have effects: X(id, name). */
#define RT_OPS(X)                                                                                  \
	X(NONE, "unknown")                                                                         \
	X(FS_READ_FILE, "os.fs.read_file")                                                         \
	X(FS_WRITE_FILE, "os.fs.write_file")                                                       \
	X(FS_READ, "fs.read")                                                                      \
	X(FS_OPEN, "fs.open_read")                                                                 \
	X(FS_LIST_DIR, "fs.list_dir")                                                              \
	X(FS_READ_ALL, "os.fs.read_all_v1")                                                        \
	X(FS_WRITE_ALL, "os.fs.write_all_v1")                                                      \
	X(FS_APPEND_ALL, "os.fs.append_all_v1")                                                    \
	X(FS_MKDIRS, "os.fs.mkdirs_v1")                                                            \
	X(FS_REMOVE_FILE, "os.fs.remove_file_v1")                                                  \
	X(FS_REMOVE_DIR, "os.fs.remove_dir_all_v1")                                                \
	X(FS_RENAME, "os.fs.rename_v1")                                                            \
	X(FS_LIST, "os.fs.list_dir_sorted_text_v1")                                                \
	X(FS_WALK, "os.fs.walk_glob_sorted_text_v1")                                               \
	X(FS_STAT, "os.fs.stat_v1")                                                                \
	X(FS_OPEN_WRITE, "os.fs.stream_open_write_v1")                                             \
	X(FS_OPEN_READ, "os.fs.stream_open_read_v1")                                               \
	X(FS_STREAM_WRITE, "os.fs.stream_write_all_v1")                                            \
	X(FS_STREAM_READ, "os.fs.stream_read_some_v1")                                             \
	X(ENV_GET, "os.env.get")                                                                   \
	X(TIME_NOW, "os.time.now_unix_ms")                                                         \
	X(TIME_INSTANT, "os.time.now_instant_v1")                                                  \
	X(TIME_SLEEP, "os.time.sleep_ms_v1")                                                       \
	X(TIME_TZID, "os.time.local_tzid_v1")                                                      \
	X(PROCESS_EXIT, "os.process.exit")                                                         \
	X(NET_HTTP, "os.net.http_fetch_v1")                                                        \
	X(NET_DNS, "os.net.dns_lookup_v1")                                                         \
	X(NET_TCP, "os.net.tcp_connect_v1")                                                        \
	X(NET_TLS, "os.net.tls_connect_v1")                                                        \
	X(NET_LISTEN, "os.net.tcp_listen_v1")                                                      \
	X(NET_UDP_BIND, "os.net.udp_bind_v1")                                                      \
	X(NET_UDP, "os.net.udp_sendto_v1")                                                         \
	X(NET, "std.net")
enum rt_op {
#define RT_OP(id, name) RT_OP_##id,
	RT_OPS(RT_OP)
#undef RT_OP
	    RT_OP_COUNT
};

/* Limits of fs; `detail` of a refusal for RT_WHY_LIMIT. */
enum rt_limit {
	RT_LIMIT_NONE,
	RT_LIMIT_READ,
	RT_LIMIT_WRITE,
	RT_LIMIT_ENTRIES,
	RT_LIMIT_DEPTH,
	RT_LIMIT_SLEEP
};

/* Bits of `detail` of a use. */
#define RT_USE_DIR 1u     /* the path is a directory that was listed or stands for its contents */
#define RT_USE_CREATED 2u /* the directory was made by this run */
#define RT_USE_MOVED 4u   /* the name itself was removed or renamed: its root lies above it */
#define RT_USE_LINK 8u    /* a symbolic link was followed on the way */
#define RT_USE_BELOW 32u  /* the subject is relative to the root, not to the working directory */
#define RT_USE_ABSENT 16u /* the environment variable is not set */

struct rt_effect {
	uint16_t kind;     /* enum rt_event_kind */
	uint16_t reason;   /* RT_USED or enum rt_event_reason */
	uint16_t op;       /* enum rt_op */
	uint16_t root;     /* number of the root that held the path, plus one; 0 = none */
	int32_t sys_errno; /* errno of a refusal, 0 when there is none */
	uint32_t code;     /* code that the program was given, 0 for success, errno or trap */
	uint32_t detail;   /* refusals: needed gates or enum rt_limit; uses: RT_USE_* */
	uint32_t text_at, text_len; /* subject: path as written, key, host:port */
	uint32_t hash;              /* the guest's */
	uint64_t count;             /* operations */
	uint64_t bytes;             /* read or written, in total */
	uint64_t most;              /* largest single one: bytes, milliseconds */
};

#define RT_EFFECT_SLOTS 1024u
#define RT_EFFECT_SLOTS_SPARE                                                                      \
	128u /* the last ones: entries without subject, when others are used up */
#define RT_EFFECT_BUCKETS 2048u
#define RT_EFFECT_TEXT (256u << 10)
#define RT_EFFECT_SUBJECT_MAX 4096u
struct rt_effects {
	uint32_t used;      /* entries */
	uint32_t text_used; /* bytes of text */
	uint32_t gates;     /* gates that allowed something; DENY_HIDDEN: a hidden name was used */
	uint32_t most_fd;   /* highest descriptor */
	uint32_t most_entries, most_depth;
	uint64_t lost_uses, lost_refusals;  /* operations that found no entry at all */
	uint16_t bucket[RT_EFFECT_BUCKETS]; /* the guest's: entry plus one */
	struct rt_effect entry[RT_EFFECT_SLOTS];
	char text[RT_EFFECT_TEXT];
};

#define RT_USED 0
enum rt_event_reason {
	RT_WHY_DISABLED = 1, /* the section's `enabled` is false */
	RT_WHY_UNSAFE_PATH,
	RT_WHY_HIDDEN,
	RT_WHY_NO_ROOT,    /* no root holds it */
	RT_WHY_NOT_LISTED, /* env key not in allow_keys */
	RT_WHY_DENY_LISTED,
	RT_WHY_GATE, /* a flag of the section is false */
	RT_WHY_LIMIT,
	RT_WHY_READ_ROOT, /* in a write root, but a read root inside that one holds it */
	RT_WHY_COUNT
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
