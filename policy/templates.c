/* SPDX-License-Identifier: MIT */
/*
 * The eight base policies. The tables below are those of the specification, one column for each
 * template, every value as a JSON literal; a document is put together from them in the order of
 * the table of fields, read by the same validator as a user's file, and printed.
 * Source: docs/spec/run-and-policy.md 4.
 */
#include "policy/templates.h"

#include "policy/fields_priv.h"
#include "policy/parse.h"
#include "policy/print.h"
#include "policy/text.h"

#include <string.h>

#define TEMPLATES 8
#define TEMPLATE_TEXT_MAX (64u << 10)

enum process_set { PROCESS_BASE, PROCESS_PARALLEL };
enum db_set { DB_SQLITE, DB_POSTGRES, DB_NONE };

struct template_row {
	const char *name;
	enum process_set process;
	enum db_set db;
	const char *notes;
};

struct value_row {
	const char *path;
	const char *values[TEMPLATES]; /* JSON; NULL = the field is absent */
};

/* clang-format off */
static const struct template_row templates[TEMPLATES] = {
	{ "cli", PROCESS_BASE, DB_NONE,
	  "For a command-line program: reads below the project, writes below out/, no network. "
	  "Grant more only when a run shows that it is needed." },
	{ "http-client", PROCESS_BASE, DB_NONE,
	  "For a program that fetches over HTTP: as cli, with TCP and name resolution. The list of "
	  "hosts is empty: name each one in net.allow_hosts, or with --allow-host for one run." },
	{ "web-service", PROCESS_BASE, DB_NONE,
	  "For a service that listens for requests: name the addresses and ports it may use in "
	  "net.allow_hosts. It sees the variables PORT, HOST and LOG_LEVEL." },
	{ "fs-tool", PROCESS_BASE, DB_NONE,
	  "For a tool that works on many files: reads below the project, writes below src/ and "
	  "out/, no network." },
	{ "sqlite-app", PROCESS_BASE, DB_SQLITE,
	  "For a program with a SQLite database in out/app.sqlite, no network. The language flags "
	  "are on because the driver is foreign code." },
	{ "postgres-client", PROCESS_BASE, DB_POSTGRES,
	  "For a program that queries PostgreSQL: name the servers in db.net. Connections need TLS "
	  "with a certificate that verifies." },
	{ "worker", PROCESS_BASE, DB_NONE,
	  "For a pure worker: input to output, no files, no network, no date. It may sleep and "
	  "measure elapsed time." },
	{ "worker-parallel", PROCESS_PARALLEL, DB_NONE,
	  "For a worker that starts helper programs from deps/x07/: no files, no network. At most "
	  "16 helpers at a time and 64 in one run." },
};

#define T "true"
#define F "false"
#define ALL(x) { x, x, x, x, x, x, x, x }

static const struct value_row common[] = {
	/*
	 * cli, http-client, web-service, fs-tool,
	 * sqlite-app, postgres-client, worker, worker-parallel
	 */
	{ "env/allow_keys", { "[]", "[]", "[\"PORT\",\"HOST\",\"LOG_LEVEL\"]", "[]", "[]", "[]",
			      "[]", "[]" } },
	{ "env/deny_keys", ALL("[]") },
	{ "env/enabled",        { F, F, T, F, F, F, F, F } },
	{ "fs/allow_glob",      { T, F, T, T, T, T, F, F } },
	{ "fs/allow_mkdir",     { T, T, T, T, T, T, F, F } },
	{ "fs/allow_remove",    ALL(F) },
	{ "fs/allow_rename",    { T, T, T, T, T, T, F, F } },
	{ "fs/allow_symlinks",  ALL(F) },
	{ "fs/allow_walk",      { T, T, T, T, T, T, F, F } },
	{ "fs/deny_hidden",     ALL(T) },
	{ "fs/enabled",         { T, T, T, T, T, T, F, F } },
	{ "fs/max_depth",       { "64", "32", "64", "128", "64", "64", "0", "0" } },
	{ "fs/max_entries",     { "50000", "20000", "50000", "200000", "100000", "50000",
				  "0", "0" } },
	{ "fs/max_read_bytes",  { "67108864", "67108864", "67108864", "268435456", "134217728",
				  "67108864", "0", "0" } },
	{ "fs/max_write_bytes", { "67108864", "268435456", "134217728", "268435456", "268435456",
				  "67108864", "0", "0" } },
	{ "fs/read_roots",  { "[\".\"]", "[\".\"]", "[\".\"]", "[\".\"]", "[\".\"]", "[\".\"]",
			      "[]", "[]" } },
	{ "fs/write_roots", { "[\"out\"]", "[\"out\"]", "[\"out\"]", "[\"src\",\"out\"]",
			      "[\"out\"]", "[\"out\"]", "[]", "[]" } },
	{ "language/allow_ffi",    { F, T, T, F, T, T, F, F } },
	{ "language/allow_unsafe", { F, T, T, F, T, T, F, F } },
	{ "limits/core_dumps",  ALL(F) },
	{ "limits/cpu_ms",      { "60000", "180000", "180000", "90000", "120000", "120000",
				  "300000", "300000" } },
	{ "limits/fds",         { "128", "256", "512", "256", "256", "256", "64", "128" } },
	{ "limits/mem_bytes",   { "536870912", "1073741824", "1073741824", "536870912",
				  "1073741824", "1073741824", "1073741824", "1073741824" } },
	{ "limits/procs",       { "16", "32", "64", "16", "32", "32", "16", "1024" } },
	{ "limits/wall_ms",     { "120000", "300000", "600000", "180000", "300000", "300000",
				  "300000", "300000" } },
	{ "net/allow_dns",      { F, T, T, F, F, F, F, F } },
	{ "net/allow_hosts",    ALL("[]") },
	{ "net/allow_tcp",      { F, T, T, F, F, F, F, F } },
	{ "net/allow_udp",      ALL(F) },
	{ "net/enabled",        { F, T, T, F, F, F, F, F } },
	{ "schema_version",     ALL("\"" POLICY_SCHEMA "\"") },
	{ "threads/enabled",      ALL(T) },
	{ "threads/max_blocking", ALL("4") },
	{ "threads/max_queue",    ALL("1024") },
	{ "threads/max_workers",  ALL("0") },
	{ "time/allow_local_tzid", ALL(F) },
	{ "time/allow_monotonic",  ALL(T) },
	{ "time/allow_sleep",      { F, T, T, F, F, F, T, T } },
	{ "time/allow_wall_clock", { T, T, T, T, T, T, F, F } },
	{ "time/enabled",          ALL(T) },
	{ "time/max_sleep_ms",     { "0", "5000", "1000", "0", "0", "0", "5000", "5000" } },
};

/* Columns: enum process_set. */
static const struct value_row process[] = {
	{ "process/allow_args_regex_lite", { "[]", "[]" } },
	{ "process/allow_cwd",             { F, F } },
	{ "process/allow_cwd_roots",       { "[]", "[]" } },
	{ "process/allow_env_keys",        { "[]", "[]" } },
	{ "process/allow_exec",            { F, T } },
	{ "process/allow_exec_prefixes",   { "[]", "[\"deps/x07/\"]" } },
	{ "process/allow_execs",           { "[]", "[]" } },
	{ "process/allow_exit",            { T, T } },
	{ "process/allow_spawn",           { F, T } },
	{ "process/enabled",               { T, T } },
	{ "process/kill_on_drop",          { T, T } },
	{ "process/kill_tree",             { T, T } },
	{ "process/max_arg_bytes",         { "4096", "4096" } },
	{ "process/max_args",              { "64", "64" } },
	{ "process/max_env",               { "64", "64" } },
	{ "process/max_env_key_bytes",     { "256", "256" } },
	{ "process/max_env_val_bytes",     { "4096", "4096" } },
	{ "process/max_exe_bytes",         { "4096", "4096" } },
	{ "process/max_live",              { "0", "16" } },
	{ "process/max_runtime_ms",        { "0", "60000" } },
	{ "process/max_spawns",            { "0", "64" } },
	{ "process/max_stderr_bytes",      { "10485760", "10485760" } },
	{ "process/max_stdin_bytes",       { "1048576", "1048576" } },
	{ "process/max_stdout_bytes",      { "10485760", "10485760" } },
	{ "process/max_total_bytes",       { "16777216", "16777216" } },
};

/* Columns: enum db_set. */
static const struct value_row db[] = {
	{ "db/connect_timeout_ms",    { "2000", "5000" } },
	{ "db/drivers/mysql",         { F, F } },
	{ "db/drivers/postgres",      { F, T } },
	{ "db/drivers/redis",         { F, F } },
	{ "db/drivers/sqlite",        { T, F } },
	{ "db/enabled",               { T, T } },
	{ "db/max_live_conns",        { "8", "8" } },
	{ "db/max_queries",           { "10000", "10000" } },
	{ "db/max_resp_bytes",        { "16777216", "16777216" } },
	{ "db/max_rows",              { "100000", "100000" } },
	{ "db/max_sql_bytes",         { "1048576", "1048576" } },
	{ "db/net/allow_cidrs",       { NULL, "[]" } },
	{ "db/net/allow_dns",         { NULL, "[]" } },
	{ "db/net/allow_ports",       { NULL, "[]" } },
	{ "db/net/require_tls",       { NULL, T } },
	{ "db/net/require_verify",    { NULL, T } },
	{ "db/query_timeout_ms",      { "30000", "30000" } },
	{ "db/sqlite/allow_create",   { T, NULL } },
	{ "db/sqlite/allow_in_memory", { T, NULL } },
	{ "db/sqlite/allow_paths",    { "[\"out/app.sqlite\"]", NULL } },
	{ "db/sqlite/readonly_only",  { F, NULL } },
};
/* clang-format on */

static const char *find_value(
    const struct value_row *rows, size_t count, const char *path, size_t column)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].path, path) == 0)
			return rows[i].values[column];
	}
	return NULL;
}

/* The literal of a field in a template; NULL when the field is absent or an object. */
static const char *literal(size_t template, const char *path)
{
	const struct template_row *t = &templates[template];
	const char *v = find_value(common, ARRAY_LEN(common), path, template);

	if (!v)
		v = find_value(process, ARRAY_LEN(process), path, t->process);
	if (!v && t->db != DB_NONE)
		v = find_value(db, ARRAY_LEN(db), path, t->db);
	return v;
}

static bool has_any(size_t template, size_t row)
{
	if (policy_fields[row].kind != POLICY_OBJECT)
		return literal(template, policy_fields[row].path) != NULL;
	for (size_t i = policy_field_first(row); i; i = policy_field_next(i)) {
		if (has_any(template, i))
			return true;
	}
	return false;
}

/* `first` carries the comma over from the two strings that are not in the tables. */
static void put_members(struct buf *out, size_t template, size_t row, bool first)
{
	for (size_t i = policy_field_first(row); i; i = policy_field_next(i)) {
		if (!has_any(template, i))
			continue;
		buf_printf(out, "%s\"%s\":", first ? "" : ",", policy_field_name(i));
		first = false;
		if (policy_fields[i].kind != POLICY_OBJECT) {
			buf_puts(out, literal(template, policy_fields[i].path));
			continue;
		}
		buf_putc(out, '{');
		put_members(out, template, i, true);
		buf_putc(out, '}');
	}
}

static void put_document(struct buf *out, size_t template, const char *policy_id)
{
	const struct template_row *t = &templates[template];

	buf_printf(out, "{\"notes\":\"%s\",\"policy_id\":\"", t->notes);
	if (policy_id)
		buf_puts(out, policy_id);
	else
		buf_printf(out, "sandbox.%s.base", t->name);
	buf_putc(out, '"');
	put_members(out, template, POLICY_ROOT_FIELD, false);
	buf_putc(out, '}');
}

size_t policy_template_count(void)
{
	return TEMPLATES;
}

const char *policy_template_name(size_t i)
{
	return i < TEMPLATES ? templates[i].name : NULL;
}

static int unknown_template(const char *name, struct err *err)
{
	CLEANUP(buf_clear) struct buf names = buf_init(256);

	for (size_t i = 0; i < TEMPLATES; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", templates[i].name);
	return err_set(err, ERR_USAGE, "unknown policy template \"%.64s\"; the templates are %s",
	    name, names.data);
}

int policy_template_print(struct buf *out, const char *name, const char *policy_id, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(TEMPLATE_TEXT_MAX);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(policy_clear) struct policy p = {0};
	size_t i = 0;
	int rc;

	while (i < TEMPLATES && strcmp(templates[i].name, name) != 0)
		i++;
	if (i == TEMPLATES)
		return unknown_template(name, err);
	if (policy_id && !policy_id_is_valid(policy_id))
		return err_set(err, ERR_USAGE,
		    "bad policy id \"%.80s\": 1 to 64 of a-z A-Z 0-9 _ . -", policy_id);
	put_document(&text, i, policy_id);
	rc = policy_parse(&p, text.data, text.len, name, &diags, err);
	if (rc < 0)
		return err_wrap(err, "built-in template");
	policy_print(out, &p);
	return 0;
}
