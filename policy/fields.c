/* SPDX-License-Identifier: MIT */
/*
 * The table of fields and the walks over it. The table is in document order: a parent, then its
 * members sorted by bytes, which is also the order in which a policy is printed.
 * Source: docs/format/run-os-policy.md, docs/spec/run-and-policy.md 1.1 to 1.7.
 */
#include "policy/fields_priv.h"

#include <string.h>

/* clang-format off */
#define OBJ(p, req, flag, text_) \
	{ .path = (p), .doc = (text_), .kind = POLICY_OBJECT, .required = (req), .offset = (flag) }
#define STR_(p, req, rule, lo, hi, at, text_) \
	{ .path = (p), .doc = (text_), .kind = POLICY_STRING, .text = (rule), .required = (req), \
	  .min = (lo), .max = (hi), .offset = (at) }
#define BOOL(p, req, dflt, at, text_) \
	{ .path = (p), .doc = (text_), .kind = POLICY_BOOL, .required = (req), .def = (dflt), \
	  .offset = (at) }
#define U32(p, req, lo, hi, dflt, at, text_) \
	{ .path = (p), .doc = (text_), .kind = POLICY_U32, .required = (req), .min = (lo), \
	  .max = (hi), .def = (dflt), .offset = (at) }
#define U64(p, req, lo, hi, dflt, at, text_) \
	{ .path = (p), .doc = (text_), .kind = POLICY_U64, .required = (req), .min = (lo), \
	  .max = (hi), .def = (dflt), .offset = (at) }
#define LIST(p, req, items, chars, rule, at, text_) \
	{ .path = (p), .doc = (text_), .kind = POLICY_LIST, .text = (rule), .required = (req), \
	  .min = 1, .max = (chars), .max_items = (items), .offset = (at) }
#define P(member) offsetof(struct policy, member) /* NOLINT(bugprone-macro-parentheses) */
#define H(member) offsetof(struct policy_host, member)

#define REQ true
#define OPT false
#define U32_MAX UINT32_MAX
#define MIB(n) ((uint64_t)(n) << 20)

const struct policy_field policy_fields[] = {
OBJ("", REQ, POLICY_NO_FLAG, "what a program may do in the world run-os-sandboxed"),

OBJ("db", OPT, P(db.present), "databases; absent: none"),
U32("db/connect_timeout_ms", OPT, 0, 600000, 5000, P(db.connect_timeout_ms),
    "time to connect; 0: 30000"),
OBJ("db/drivers", REQ, POLICY_NO_FLAG, "which databases; at least one when db.enabled"),
BOOL("db/drivers/mysql", REQ, 0, P(db.mysql), "MySQL, MariaDB"),
BOOL("db/drivers/postgres", REQ, 0, P(db.postgres), "PostgreSQL"),
BOOL("db/drivers/redis", OPT, 0, P(db.redis), "Redis"),
BOOL("db/drivers/sqlite", REQ, 0, P(db.sqlite), "SQLite"),
BOOL("db/enabled", REQ, 0, P(db.enabled), "databases at all"),
U32("db/max_live_conns", OPT, 0, 1024, 8, P(db.max_live_conns), "connections open at a time; 0: 8"),
U32("db/max_queries", OPT, 0, 1000000, 1000, P(db.max_queries), "queries in one run; 0: 1000"),
U32("db/max_resp_bytes", OPT, 0, MIB(128), MIB(8), P(db.max_resp_bytes),
    "bytes of one answer; 0: 32 MiB"),
U32("db/max_rows", OPT, 0, 1000000, 10000, P(db.max_rows), "rows of one answer; 0: 10000"),
U32("db/max_sql_bytes", OPT, 0, MIB(10), MIB(1), P(db.max_sql_bytes),
    "bytes of one query; 0: 1 MiB"),
OBJ("db/net", OPT, P(db.net_present), "where database servers may be"),
LIST("db/net/allow_cidrs", OPT, 256, 255, POLICY_TEXT_HOST, P(db.net_allow_cidrs),
    "address ranges of servers"),
LIST("db/net/allow_dns", OPT, 256, 255, POLICY_TEXT_HOST, P(db.net_allow_dns), "names of servers"),
{ .path = "db/net/allow_ports", .doc = "ports of servers", .kind = POLICY_PORTS, .min = 1,
  .max = 65535, .max_items = 256, .offset = P(db.net_allow_ports),
  .count_offset = P(db.net_allow_port_count) },
BOOL("db/net/require_tls", OPT, 1, P(db.net_require_tls), "refuse connections without TLS"),
BOOL("db/net/require_verify", OPT, 1, P(db.net_require_verify),
    "refuse certificates that do not verify"),
U32("db/query_timeout_ms", OPT, 0, 600000, 30000, P(db.query_timeout_ms),
    "time for one query; 0: 60000"),
OBJ("db/sqlite", OPT, POLICY_NO_FLAG, "SQLite files"),
BOOL("db/sqlite/allow_create", OPT, 0, P(db.sqlite_allow_create), "create a missing file"),
BOOL("db/sqlite/allow_in_memory", OPT, 0, P(db.sqlite_allow_in_memory), "databases in memory"),
LIST("db/sqlite/allow_paths", OPT, 256, 4096, POLICY_TEXT_PLAIN, P(db.sqlite_allow_paths),
    "files that may be opened"),
BOOL("db/sqlite/readonly_only", OPT, 0, P(db.sqlite_readonly_only), "open files for reading only"),

OBJ("env", REQ, POLICY_NO_FLAG, "environment variables"),
LIST("env/allow_keys", REQ, 256, 256, POLICY_TEXT_PLAIN, P(env.allow_keys),
    "variables the program sees; exact names"),
LIST("env/deny_keys", REQ, 256, 256, POLICY_TEXT_PLAIN, P(env.deny_keys),
    "variables it never sees; wins over allow_keys"),
BOOL("env/enabled", REQ, 0, P(env.enabled), "environment variables at all"),

OBJ("fs", REQ, POLICY_NO_FLAG, "files"),
BOOL("fs/allow_glob", OPT, 0, P(fs.allow_glob), "list by pattern"),
BOOL("fs/allow_mkdir", OPT, 0, P(fs.allow_mkdir), "create directories"),
BOOL("fs/allow_remove", OPT, 0, P(fs.allow_remove), "remove files and directories"),
BOOL("fs/allow_rename", OPT, 0, P(fs.allow_rename), "rename files and directories"),
BOOL("fs/allow_symlinks", OPT, 0, P(fs.allow_symlinks), "follow symbolic links inside the roots"),
BOOL("fs/allow_walk", OPT, 0, P(fs.allow_walk), "list directories recursively"),
BOOL("fs/deny_hidden", REQ, 0, P(fs.deny_hidden),
    "refuse paths with a segment that starts with a dot"),
BOOL("fs/enabled", REQ, 0, P(fs.enabled), "files at all"),
U32("fs/max_depth", OPT, 0, U32_MAX, 0, P(fs.max_depth), "depth of a recursive listing; 0: 64"),
U32("fs/max_entries", OPT, 0, U32_MAX, 0, P(fs.max_entries), "entries of a listing; 0: 10000"),
U32("fs/max_read_bytes", OPT, 0, U32_MAX, 0, P(fs.max_read_bytes), "bytes of one read; 0: 16 MiB"),
U32("fs/max_write_bytes", OPT, 0, U32_MAX, 0, P(fs.max_write_bytes),
    "bytes of one write; 0: 16 MiB"),
LIST("fs/read_roots", REQ, 128, 4096, POLICY_TEXT_PLAIN, P(fs.read_roots),
    "directories open for reading"),
LIST("fs/write_roots", REQ, 128, 4096, POLICY_TEXT_PLAIN, P(fs.write_roots),
    "directories open for writing"),

OBJ("language", OPT, POLICY_NO_FLAG, "parts of the language; absent: both refused"),
BOOL("language/allow_ffi", REQ, 0, P(language.allow_ffi), "extern declarations"),
BOOL("language/allow_unsafe", REQ, 0, P(language.allow_unsafe), "unsafe blocks and raw pointers"),

OBJ("limits", REQ, POLICY_NO_FLAG, "resources of the whole run"),
BOOL("limits/core_dumps", OPT, 0, P(limits.core_dumps), "leave a core file after a crash"),
U32("limits/cpu_ms", REQ, 1, 600000, 0, P(limits.cpu_ms), "processor time"),
U32("limits/fds", REQ, 0, 1024, 0, P(limits.fds), "open files"),
U64("limits/mem_bytes", REQ, MIB(1), MIB(16384), 0, P(limits.mem_bytes), "memory"),
U32("limits/procs", REQ, 0, 1024, 0, P(limits.procs), "processes"),
U32("limits/wall_ms", REQ, 1, 600000, 0, P(limits.wall_ms), "elapsed time"),

OBJ("net", REQ, POLICY_NO_FLAG, "network"),
BOOL("net/allow_dns", REQ, 0, P(net.allow_dns), "resolve names"),
{ .path = "net/allow_hosts", .doc = "destinations; nothing else is reachable",
  .kind = POLICY_HOSTS, .required = REQ, .max_items = 256, .offset = P(net.hosts),
  .count_offset = P(net.host_count) },
STR_("net/allow_hosts/[]/host", REQ, POLICY_TEXT_DESTINATION, 1, 255, H(host),
    "name, address, CIDR or range first-last"),
{ .path = "net/allow_hosts/[]/ports", .doc = "at least one port", .kind = POLICY_PORTS,
  .required = REQ, .min = 1, .max = 65535, .max_items = 64, .offset = H(ports),
  .count_offset = H(port_count) },
BOOL("net/allow_tcp", REQ, 0, P(net.allow_tcp), "TCP, and HTTP over it"),
BOOL("net/allow_udp", REQ, 0, P(net.allow_udp), "UDP"),
BOOL("net/enabled", REQ, 0, P(net.enabled), "network at all"),

STR_("notes", OPT, POLICY_TEXT_FREE, 0, 4096, P(notes), "free text for the reader"),
STR_("policy_id", REQ, POLICY_TEXT_ID, 1, 64, P(policy_id), "name of the policy"),

OBJ("process", REQ, POLICY_NO_FLAG, "other programs, and the end of this one"),
LIST("process/allow_args_regex_lite", OPT, 128, 256, POLICY_TEXT_REGEX,
    P(process.allow_args_regex_lite),
    "each argument must match one; empty: any argument"),
BOOL("process/allow_cwd", OPT, 0, P(process.allow_cwd), "choose the working directory of a child"),
LIST("process/allow_cwd_roots", OPT, 128, 4096, POLICY_TEXT_PLAIN, P(process.allow_cwd_roots),
    "where that directory may be"),
LIST("process/allow_env_keys", OPT, 256, 256, POLICY_TEXT_PLAIN, P(process.allow_env_keys),
    "variables that may be passed to a child"),
BOOL("process/allow_exec", REQ, 0, P(process.allow_exec), "replace the program itself"),
LIST("process/allow_exec_prefixes", OPT, 256, 4096, POLICY_TEXT_PLAIN,
    P(process.allow_exec_prefixes),
    "programs by the start of their path"),
LIST("process/allow_execs", OPT, 256, 4096, POLICY_TEXT_PLAIN, P(process.allow_execs),
    "programs by exact path"),
BOOL("process/allow_exit", REQ, 0, P(process.allow_exit), "end with an exit status"),
BOOL("process/allow_spawn", REQ, 0, P(process.allow_spawn), "start children"),
BOOL("process/enabled", REQ, 0, P(process.enabled), "processes at all"),
BOOL("process/kill_on_drop", OPT, 1, P(process.kill_on_drop),
    "kill a child whose handle is dropped"),
BOOL("process/kill_tree", OPT, 1, P(process.kill_tree), "kill a child with its descendants"),
U32("process/max_arg_bytes", OPT, 0, MIB(1), 4096, P(process.max_arg_bytes),
    "bytes of one argument"),
U32("process/max_args", OPT, 0, 1024, 64, P(process.max_args),
    "arguments, the program included; at most 128"),
U32("process/max_env", OPT, 0, 1024, 64, P(process.max_env), "variables of a child; at most 256"),
U32("process/max_env_key_bytes", OPT, 0, 4096, 256, P(process.max_env_key_bytes),
    "bytes of a variable's name"),
U32("process/max_env_val_bytes", OPT, 0, MIB(1), 4096, P(process.max_env_val_bytes),
    "bytes of a variable's value"),
U32("process/max_exe_bytes", OPT, 0, MIB(1), 4096, P(process.max_exe_bytes),
    "bytes of the program's path; 0: any"),
U32("process/max_live", REQ, 0, 1024, 0, P(process.max_live), "children at a time"),
U32("process/max_runtime_ms", OPT, 0, 600000, 0, P(process.max_runtime_ms),
    "elapsed time of a child"),
U32("process/max_spawns", REQ, 0, 1024, 0, P(process.max_spawns), "children in one run"),
U32("process/max_stderr_bytes", OPT, 0, MIB(256), 0, P(process.max_stderr_bytes),
    "standard error of a child; 0: any"),
U32("process/max_stdin_bytes", OPT, 0, MIB(256), 0, P(process.max_stdin_bytes),
    "standard input of a child; 0: any"),
U32("process/max_stdout_bytes", OPT, 0, MIB(256), 0, P(process.max_stdout_bytes),
    "standard output of a child; 0: any"),
U32("process/max_total_bytes", OPT, 0, MIB(512), 0, P(process.max_total_bytes),
    "both outputs of a child together; 0: any"),

{ .path = "schema_version", .doc = "the format of this document", .kind = POLICY_CONST,
  .required = REQ },

OBJ("threads", OPT, POLICY_NO_FLAG, "threads of the runtime"),
BOOL("threads/enabled", OPT, 1, P(threads.enabled), "threads at all"),
U32("threads/max_blocking", OPT, 0, 4096, 4, P(threads.max_blocking),
    "threads for blocking calls; 0 refuses these calls"),
U32("threads/max_queue", OPT, 0, 1000000, 1024, P(threads.max_queue),
    "calls that wait for a thread"),
U32("threads/max_workers", OPT, 0, 256, 0, P(threads.max_workers),
    "worker threads; 0: chosen by the runner"),

OBJ("time", REQ, POLICY_NO_FLAG, "clocks"),
BOOL("time/allow_local_tzid", REQ, 0, P(time.allow_local_tzid), "name of the local time zone"),
BOOL("time/allow_monotonic", REQ, 0, P(time.allow_monotonic), "clock of elapsed time"),
BOOL("time/allow_sleep", REQ, 0, P(time.allow_sleep), "sleep"),
BOOL("time/allow_wall_clock", REQ, 0, P(time.allow_wall_clock), "date and time of day"),
BOOL("time/enabled", REQ, 0, P(time.enabled), "clocks at all"),
U32("time/max_sleep_ms", REQ, 0, 86400000, 0, P(time.max_sleep_ms), "time of one sleep"),
};
/* clang-format on */

const size_t policy_field_count = ARRAY_LEN(policy_fields);

_Static_assert(ARRAY_LEN(policy_fields) <= 8 * sizeof(((struct policy *)0)->present),
    "struct policy.present has a bit for each row");

/* Depth of a row: the number of components of its path. */
static size_t depth(size_t row)
{
	const char *p = policy_fields[row].path;
	size_t n = *p != '\0';

	for (; *p; p++)
		n += *p == '/';
	return n;
}

/* The `[]` of an array's items is a component without a row of its own. */
static bool is_array(size_t row)
{
	return policy_fields[row].kind == POLICY_HOSTS;
}

size_t policy_field_first(size_t row)
{
	size_t want = depth(row) + (is_array(row) ? 2 : 1);

	return row + 1 < policy_field_count && depth(row + 1) == want ? row + 1 : 0;
}

size_t policy_field_next(size_t row)
{
	size_t own = depth(row), i = row + 1;

	while (i < policy_field_count && depth(i) > own)
		i++;
	return i < policy_field_count && depth(i) == own ? i : 0;
}

const char *policy_field_name(size_t row)
{
	const char *slash = strrchr(policy_fields[row].path, '/');

	return slash ? slash + 1 : policy_fields[row].path;
}

size_t policy_field_member(size_t row, struct str name)
{
	size_t i = policy_field_first(row);

	while (i && !str_eq_c(name, policy_field_name(i)))
		i = policy_field_next(i);
	return i;
}

size_t policy_field_find(const char *path)
{
	for (size_t i = 1; i < policy_field_count; i++) {
		if (strcmp(policy_fields[i].path, path) == 0)
			return i;
	}
	return 0;
}
