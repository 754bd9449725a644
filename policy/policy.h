/* SPDX-License-Identifier: MIT */
/*
 * The policy document x07.run-os-policy@0.1.0 as plain data: every field, validated. Decides
 * nothing about mechanisms; sandbox/ and the guest apply it.
 * Source: docs/format/run-os-policy.md, docs/spec/run-and-policy.md 1.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICY_SCHEMA "x07.run-os-policy@0.1.0"
#define POLICY_MAX_BYTES (1u << 20)

/** NUL-terminated strings in the arena of the policy. */
struct policy_list {
	const char **items;
	uint32_t count;
};

struct policy_host {
	const char *host;
	uint16_t *ports;
	uint32_t port_count;
};

struct policy_limits {
	uint32_t cpu_ms, wall_ms;
	uint64_t mem_bytes;
	uint32_t fds, procs;
	bool core_dumps;
};

struct policy_fs {
	bool enabled, deny_hidden;
	bool allow_symlinks, allow_mkdir, allow_remove, allow_rename, allow_walk, allow_glob;
	struct policy_list read_roots, write_roots;
	uint32_t max_read_bytes, max_write_bytes, max_entries, max_depth;
};

struct policy_net {
	bool enabled, allow_dns, allow_tcp, allow_udp;
	struct policy_host *hosts;
	uint32_t host_count;
};

struct policy_env {
	bool enabled;
	struct policy_list allow_keys, deny_keys;
};

struct policy_time {
	bool enabled, allow_monotonic, allow_wall_clock, allow_sleep, allow_local_tzid;
	uint32_t max_sleep_ms;
};

struct policy_process {
	bool enabled, allow_spawn, allow_exec, allow_exit;
	uint32_t max_live, max_spawns;
	struct policy_list allow_execs, allow_exec_prefixes, allow_args_regex_lite, allow_env_keys;
	uint32_t max_exe_bytes, max_args, max_arg_bytes, max_env, max_env_key_bytes,
	    max_env_val_bytes, max_runtime_ms, max_stdout_bytes, max_stderr_bytes, max_total_bytes,
	    max_stdin_bytes;
	bool kill_on_drop, kill_tree, allow_cwd;
	struct policy_list allow_cwd_roots;
};

struct policy_language {
	bool allow_unsafe, allow_ffi;
};

struct policy_threads {
	bool enabled;
	uint32_t max_workers, max_blocking, max_queue;
};

struct policy_db {
	bool present, enabled;
	bool sqlite, postgres, mysql, redis;
	uint32_t max_live_conns, max_queries, connect_timeout_ms, query_timeout_ms, max_sql_bytes,
	    max_rows, max_resp_bytes;
	struct policy_list sqlite_allow_paths;
	bool sqlite_readonly_only, sqlite_allow_create, sqlite_allow_in_memory;
	bool net_present;
	struct policy_list net_allow_dns, net_allow_cidrs;
	uint16_t *net_allow_ports;
	uint32_t net_allow_port_count;
	bool net_require_tls, net_require_verify;
};

/** A validated policy. Opens with policy_load, closes with policy_clear. */
struct policy {
	struct arena arena; /* owns every string below */
	const char *policy_id;
	const char *notes; /* "" when absent */
	struct policy_limits limits;
	struct policy_fs fs;
	struct policy_net net;
	struct policy_env env;
	struct policy_time time;
	struct policy_process process;
	struct policy_language language;
	struct policy_threads threads;
	struct policy_db db;
	char digest[65]; /* SHA-256 of the file's bytes, hexadecimal */
	uint64_t
	    present[2]; /* which rows of policy/fields.c the document names; for policy_print */
};

#endif
