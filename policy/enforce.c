/* SPDX-License-Identifier: MIT */
/*
 * The table. Order: that of policy/fields.c; tests/unit/policy/test_enforce.c holds the two equal.
 * When a mechanism arrives, its rows change here and nowhere else.
 */
#include "policy/enforce.h"

#include "policy/codes.h"
#include "policy/fields_priv.h"
#include "policy/locate.h"

#include <stdio.h>
#include <string.h>

#define READER POLICY_BY_READER
#define KERNEL POLICY_BY_KERNEL
#define RUNTIME POLICY_BY_RUNTIME
#define SUPERVISOR POLICY_BY_SUPERVISOR
#define COMPILER POLICY_BY_COMPILER
#define BROKER POLICY_BY_BROKER
#define NOT_YET POLICY_NOT_ENFORCEABLE

#define DB "db/enabled"
#define FS "fs/enabled"
#define NET "net/enabled"
#define PROC "process/enabled"
#define SPAWN "process/allow_spawn"
#define DB_HOW "no database driver in this build; db.enabled=true is refused"
#define SPAWN_HOW "no way to start programs in this build; process.allow_spawn=true is refused"
#define NO_THREADS "the runtime starts no threads, so that any number holds"

/* clang-format off */
static const struct policy_enforce rows[] = {
{ "db/connect_timeout_ms",     NOT_YET, DB, DB_HOW },
{ "db/drivers/mysql",          NOT_YET, DB, DB_HOW },
{ "db/drivers/postgres",       NOT_YET, DB, DB_HOW },
{ "db/drivers/redis",          NOT_YET, DB, DB_HOW },
{ "db/drivers/sqlite",         NOT_YET, DB, DB_HOW },
{ "db/enabled",                NOT_YET, NULL, "no database driver in this build could be held to the limits of `db`" },
{ "db/max_live_conns",         NOT_YET, DB, DB_HOW },
{ "db/max_queries",            NOT_YET, DB, DB_HOW },
{ "db/max_resp_bytes",         NOT_YET, DB, DB_HOW },
{ "db/max_rows",               NOT_YET, DB, DB_HOW },
{ "db/max_sql_bytes",          NOT_YET, DB, DB_HOW },
{ "db/net/allow_cidrs",        NOT_YET, DB, DB_HOW },
{ "db/net/allow_dns",          NOT_YET, DB, DB_HOW },
{ "db/net/allow_ports",        NOT_YET, DB, DB_HOW },
{ "db/net/require_tls",        NOT_YET, DB, DB_HOW },
{ "db/net/require_verify",     NOT_YET, DB, DB_HOW },
{ "db/query_timeout_ms",       NOT_YET, DB, DB_HOW },
{ "db/sqlite/allow_create",    NOT_YET, DB, DB_HOW },
{ "db/sqlite/allow_in_memory", NOT_YET, DB, DB_HOW },
{ "db/sqlite/allow_paths",     NOT_YET, DB, DB_HOW },
{ "db/sqlite/readonly_only",   NOT_YET, DB, DB_HOW },

{ "env/allow_keys", SUPERVISOR, "env/enabled", "the environment is built from this list, never filtered from the caller's" },
{ "env/deny_keys",  SUPERVISOR, "env/enabled", "left out of the environment; the runtime refuses the key as well" },
{ "env/enabled",    SUPERVISOR, NULL, "false: the environment is empty; the runtime refuses every key" },

{ "fs/allow_glob",      RUNTIME, FS, "the listing calls refuse" },
{ "fs/allow_mkdir",     KERNEL,  FS, "Landlock right on the write roots; the runtime refuses as well" },
{ "fs/allow_remove",    KERNEL,  FS, "Landlock rights on the write roots; the runtime refuses as well" },
{ "fs/allow_rename",    KERNEL,  FS, "Landlock right on the write roots; the runtime refuses as well" },
{ "fs/allow_symlinks",  RUNTIME, FS, "openat2 with RESOLVE_NO_SYMLINKS; no link leads out of the mounted roots in any case" },
{ "fs/allow_walk",      RUNTIME, FS, "the listing calls refuse" },
{ "fs/deny_hidden",     RUNTIME, FS, "every path is checked before it is opened" },
{ "fs/enabled",         KERNEL,  NULL, "false: no root is mounted; the runtime refuses every path" },
{ "fs/max_depth",       RUNTIME, FS, "the listing calls stop" },
{ "fs/max_entries",     RUNTIME, FS, "the listing calls stop" },
{ "fs/max_read_bytes",  RUNTIME, FS, "the *_v1 calls stop; read_file is bounded by the memory of the program" },
{ "fs/max_write_bytes", RUNTIME, FS, "the *_v1 calls stop; write_file is bounded by the memory of the program" },
{ "fs/read_roots",      KERNEL,  FS, "only these directories are mounted, read-only; Landlock on top" },
{ "fs/write_roots",     KERNEL,  FS, "only these directories are mounted writable, without exec; Landlock on top" },

{ "language/allow_ffi",    COMPILER, NULL, "extern declarations do not compile" },
{ "language/allow_unsafe", COMPILER, NULL, "false: unsafe blocks and raw pointers do not compile" },

{ "limits/core_dumps", KERNEL,     NULL, "RLIMIT_CORE" },
{ "limits/cpu_ms",     KERNEL,     NULL, "RLIMIT_CPU in seconds, the supervisor to the millisecond" },
{ "limits/fds",        KERNEL,     NULL, "RLIMIT_NOFILE" },
{ "limits/mem_bytes",  KERNEL,     NULL, "RLIMIT_AS, and cgroup memory where the user may use cgroups" },
{ "limits/procs",      KERNEL,     NULL, "RLIMIT_NPROC, and cgroup pids where the user may use cgroups" },
{ "limits/wall_ms",    SUPERVISOR, NULL, "the whole pid namespace is killed at the deadline" },

{ "net/allow_dns",   BROKER, NET, "false: the broker resolves no name" },
{ "net/allow_hosts", BROKER, NET, "the program's network namespace is empty; the broker decides each destination, redirect and address" },
{ "net/allow_tcp",   BROKER, NET, "the broker opens no connection and no listening socket" },
{ "net/allow_udp",   BROKER, NET, "the broker relays each datagram, and decides each destination" },
{ "net/enabled",     BROKER, NULL, "false: no broker is started, and the program has no socket and no way to make one" },

{ "notes",     READER, NULL, "for the reader" },
{ "policy_id", READER, NULL, "names derived policies" },

{ "process/allow_args_regex_lite", NOT_YET, SPAWN, SPAWN_HOW },
{ "process/allow_cwd",             NOT_YET, SPAWN, SPAWN_HOW },
{ "process/allow_cwd_roots",       NOT_YET, SPAWN, SPAWN_HOW },
{ "process/allow_env_keys",        NOT_YET, SPAWN, SPAWN_HOW },
{ "process/allow_exec",            NOT_YET, PROC,  "a program that replaced itself could not be held to the policy yet" },
{ "process/allow_exec_prefixes",   NOT_YET, SPAWN, SPAWN_HOW },
{ "process/allow_execs",           NOT_YET, SPAWN, SPAWN_HOW },
{ "process/allow_exit",            RUNTIME, PROC,  "os.process.exit traps" },
{ "process/allow_spawn",           NOT_YET, PROC,  "started programs could not be held to the policy yet" },
{ "process/enabled",               RUNTIME, NULL,  "false: os.process.exit traps; seccomp refuses new processes in any case" },
{ "process/kill_on_drop",          NOT_YET, SPAWN, SPAWN_HOW },
{ "process/kill_tree",             NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_arg_bytes",         NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_args",              NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_env",               NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_env_key_bytes",     NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_env_val_bytes",     NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_exe_bytes",         NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_live",              NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_runtime_ms",        NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_spawns",            NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_stderr_bytes",      NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_stdin_bytes",       NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_stdout_bytes",      NOT_YET, SPAWN, SPAWN_HOW },
{ "process/max_total_bytes",       NOT_YET, SPAWN, SPAWN_HOW },

{ "schema_version", READER, NULL, "the only version is read" },

{ "threads/enabled",      RUNTIME, NULL, "the runtime starts no threads" },
{ "threads/max_blocking", RUNTIME, NULL, "0: read_file and write_file are refused; otherwise the runtime starts no threads" },
{ "threads/max_queue",    RUNTIME, NULL, NO_THREADS },
{ "threads/max_workers",  RUNTIME, NULL, NO_THREADS },

{ "time/allow_local_tzid", RUNTIME, "time/enabled", "the call refuses" },
{ "time/allow_monotonic",  RUNTIME, "time/enabled", "no call reads this clock" },
{ "time/allow_sleep",      RUNTIME, "time/enabled", "the call refuses" },
{ "time/allow_wall_clock", RUNTIME, "time/enabled", "the calls refuse" },
{ "time/enabled",          RUNTIME, NULL, "false: every call refuses" },
{ "time/max_sleep_ms",     RUNTIME, "time/allow_sleep", "a longer sleep is refused" },
};
/* clang-format on */

size_t policy_enforce_count(void)
{
	return ARRAY_LEN(rows);
}

const struct policy_enforce *policy_enforce_at(size_t i)
{
	return i < ARRAY_LEN(rows) ? &rows[i] : NULL;
}

const struct policy_enforce *policy_enforce_find(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].path, path) == 0)
			return &rows[i];
	}
	return NULL;
}

const char *policy_enforcer_name(enum policy_enforcer by)
{
	switch (by) {
	case POLICY_BY_READER:
		return "document";
	case POLICY_BY_KERNEL:
		return "kernel";
	case POLICY_BY_RUNTIME:
		return "runtime";
	case POLICY_BY_SUPERVISOR:
		return "supervisor";
	case POLICY_BY_COMPILER:
		return "compiler";
	case POLICY_BY_BROKER:
		return "broker";
	case POLICY_NOT_ENFORCEABLE:
		return "not enforceable yet";
	}
	return "";
}

static bool is_true(const struct policy *p, const char *path)
{
	const struct policy_field *f = &policy_fields[policy_field_find(path)];

	return f->kind == POLICY_BOOL && *(const bool *)((const char *)p + f->offset);
}

bool policy_enforce_matters(const struct policy_enforce *row, const struct policy *p)
{
	if (policy_fields[policy_field_find(row->path)].kind == POLICY_BOOL &&
	    !is_true(p, row->path))
		return false;
	for (const char *gate = row->gate; gate; gate = policy_enforce_find(gate)->gate) {
		if (!is_true(p, gate))
			return false;
	}
	return true;
}

/* Rows behind a gate that is refused itself say nothing of their own. */
static bool is_refused(const struct policy_enforce *row, const struct policy *p)
{
	const struct policy_enforce *gate = row->gate ? policy_enforce_find(row->gate) : NULL;

	return row->by == POLICY_NOT_ENFORCEABLE && !(gate && gate->by == POLICY_NOT_ENFORCEABLE) &&
	       policy_enforce_matters(row, p);
}

/* "process/allow_spawn" as "process.allow_spawn" and "/process/allow_spawn". */
static void names_of(char dotted[64], char pointer[64], const char *path)
{
	(void)snprintf(dotted, 64, "%s", path);
	for (char *c = dotted; *c; c++)
		*c = (char)(*c == '/' ? '.' : *c);
	(void)snprintf(pointer, 64, "/%s", path);
}

static void refuse(
    struct diag_list *diags, struct diag d, const struct policy_enforce *row, struct str text)
{
	char dotted[64], pointer[64], message[320], help[128];
	struct policy_spot spot;

	names_of(dotted, pointer, row->path);
	spot = policy_locate(text.ptr, text.len, pointer);
	(void)snprintf(message, sizeof(message),
	    "`%s` is true, which this build cannot enforce: %s", dotted, row->how);
	(void)snprintf(
	    help, sizeof(help), "set `%s` to false; until then no program runs under it", dotted);
	d.message = message;
	d.help = help;
	d.ptr = pointer;
	d.line = spot.line;
	d.column = spot.column;
	diag_add(diags, &d);
}

uint32_t policy_enforce_check(struct diag_list *diags, enum diag_severity severity,
    const struct policy *p, struct str text, const char *file)
{
	struct diag d = {
	    .severity = severity, .stage = DIAG_LINK, .what = POLICY_CODE(ENFORCE), .file = file};
	uint32_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!is_refused(&rows[i], p))
			continue;
		refuse(diags, d, &rows[i], text);
		count++;
	}
	return count;
}
