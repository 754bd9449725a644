/* SPDX-License-Identifier: MIT */
/*
 * Refused operations in words. A patch is proposed only where one line of the policy decides; a
 * path that breaks the path rules cannot be allowed by any policy, and says so.
 */
#include "cmd/denial.h"

#include "lang/rt/config.h"

#include <string.h>

/* How the value of a patch is made. */
enum value { VALUE_NONE, VALUE_TRUE, VALUE_FALSE, VALUE_FOLDER, VALUE_SUBJECT };

struct rule {
	uint16_t kind, reason; /* 0 = any */
	enum value value;
	const char *why;
	const char *op;      /* NULL: no policy allows it */
	const char *path;    /* in the policy document */
	const char *subject; /* only this one; NULL = any */
};

/* clang-format off */
static const struct rule rules[] = {
	{ RT_EV_FS_READ,  RT_WHY_DISABLED,    VALUE_TRUE, "fs.enabled is false", "replace", "/fs/enabled", NULL },
	{ RT_EV_FS_WRITE, RT_WHY_DISABLED,    VALUE_TRUE, "fs.enabled is false", "replace", "/fs/enabled", NULL },
	{ RT_EV_FS_READ,  RT_WHY_HIDDEN,      VALUE_FALSE, "fs.deny_hidden is true", "replace", "/fs/deny_hidden", NULL },
	{ RT_EV_FS_WRITE, RT_WHY_HIDDEN,      VALUE_FALSE, "fs.deny_hidden is true", "replace", "/fs/deny_hidden", NULL },
	{ RT_EV_FS_READ,  RT_WHY_NO_ROOT,     VALUE_FOLDER, "no read root holds it", "add", "/fs/read_roots/-", NULL },
	{ RT_EV_FS_WRITE, RT_WHY_NO_ROOT,     VALUE_FOLDER, "no write root holds it", "add", "/fs/write_roots/-", NULL },
	{ 0,              RT_WHY_UNSAFE_PATH, VALUE_NONE, "the path must be relative, without '.', '..', '\\\\' or empty parts", NULL, NULL, NULL },
	{ RT_EV_ENV,      RT_WHY_DISABLED,    VALUE_TRUE, "env.enabled is false", "replace", "/env/enabled", NULL },
	{ RT_EV_ENV,      RT_WHY_NOT_LISTED,  VALUE_SUBJECT, "the key is not in env.allow_keys", "add", "/env/allow_keys/-", NULL },
	{ RT_EV_ENV,      RT_WHY_DENY_LISTED, VALUE_NONE, "the key is in env.deny_keys; take it out", NULL, NULL, NULL },
	{ RT_EV_TIME,     RT_WHY_DISABLED,    VALUE_TRUE, "time.enabled is false", "replace", "/time/enabled", NULL },
	{ RT_EV_PROCESS,  RT_WHY_DISABLED,    VALUE_TRUE, "process.enabled is false", "replace", "/process/enabled", NULL },
	{ RT_EV_NET,      RT_WHY_DISABLED,    VALUE_TRUE, "net.enabled is false", "replace", "/net/enabled", NULL },
	{ RT_EV_TIME,     RT_WHY_GATE,        VALUE_TRUE, "time.allow_wall_clock is false", "replace", "/time/allow_wall_clock", "now_unix_ms" },
	{ RT_EV_TIME,     RT_WHY_GATE,        VALUE_TRUE, "time.allow_wall_clock is false", "replace", "/time/allow_wall_clock", "now_instant_v1" },
	{ RT_EV_TIME,     RT_WHY_GATE,        VALUE_TRUE, "time.allow_sleep is false", "replace", "/time/allow_sleep", "sleep_ms_v1" },
	{ RT_EV_TIME,     RT_WHY_GATE,        VALUE_TRUE, "time.allow_local_tzid is false", "replace", "/time/allow_local_tzid", "local_tzid_v1" },
	{ RT_EV_TIME,     RT_WHY_LIMIT,       VALUE_NONE, "longer than time.max_sleep_ms", NULL, "/time/max_sleep_ms", "sleep_ms_v1" },
	{ RT_EV_PROCESS,  RT_WHY_GATE,        VALUE_TRUE, "process.allow_exit is false", "replace", "/process/allow_exit", NULL },
	{ 0,              RT_WHY_LIMIT,       VALUE_NONE, "a limit of the policy was reached", NULL, NULL, NULL },
	{ 0,              RT_WHY_GATE,        VALUE_NONE, "a flag of the policy's section is false", NULL, NULL, NULL },
	{ 0,              0,                  VALUE_NONE, "the policy does not allow it", NULL, NULL, NULL },
};
/* clang-format on */

static const struct rule *rule_of(const struct run_denial *d)
{
	for (size_t i = 0; i + 1 < ARRAY_LEN(rules); i++) {
		if ((rules[i].kind == 0 || rules[i].kind == d->kind) &&
		    rules[i].reason == d->reason &&
		    (rules[i].subject == NULL || strcmp(rules[i].subject, d->subject) == 0))
			return &rules[i];
	}
	return &rules[ARRAY_LEN(rules) - 1];
}

static const char *operation(const struct run_denial *d)
{
	static const char *const names[] = {
	    "unknown", "fs.read", "fs.write", "env.get", "time", "process", "net"};

	return d->kind < ARRAY_LEN(names) ? names[d->kind] : names[0];
}

/* The folder that a root would have to be: up to the first slash, else the project itself. */
static size_t folder_len(const struct run_denial *d)
{
	const char *slash = memchr(d->subject, '/', d->subject_len);

	return slash != NULL && slash != d->subject ? (size_t)(slash - d->subject) : 0;
}

static void value_json(struct jsonw *w, const struct rule *rule, const struct run_denial *d)
{
	size_t len = folder_len(d);

	switch (rule->value) {
	case VALUE_NONE:
		jsonw_null(w);
		break;
	case VALUE_TRUE:
	case VALUE_FALSE:
		jsonw_bool(w, rule->value == VALUE_TRUE);
		break;
	case VALUE_FOLDER:
		if (len > 0)
			jsonw_string_n(w, d->subject, len);
		else
			jsonw_string(w, ".");
		break;
	case VALUE_SUBJECT:
		jsonw_string_n(w, d->subject, d->subject_len);
		break;
	}
}

static void patch_json(struct jsonw *w, const struct rule *rule, const struct run_denial *d)
{
	jsonw_array(w);
	jsonw_object(w);
	jsonw_kv_string(w, "op", rule->op);
	jsonw_kv_string(w, "path", rule->path);
	jsonw_key(w, "value");
	value_json(w, rule, d);
	jsonw_end_object(w);
	jsonw_end_array(w);
}

void denial_json(struct jsonw *w, const struct run_denial *d)
{
	const struct rule *rule = rule_of(d);

	jsonw_object(w);
	jsonw_kv_int(w, "errno", d->sys_errno);
	jsonw_kv_string(w, "operation", operation(d));
	jsonw_key(w, "patch");
	if (rule->op != NULL)
		patch_json(w, rule, d);
	else
		jsonw_null(w);
	jsonw_kv_string(w, "policy_line", rule->path);
	jsonw_kv_string(w, "reason", rule->why);
	jsonw_key(w, "subject");
	jsonw_string_n(w, d->subject, d->subject_len);
	jsonw_end_object(w);
}

void denial_text(struct buf *out, const struct run_denial *d)
{
	const struct rule *rule = rule_of(d);
	struct jsonw w = jsonw_init(out, false);

	buf_printf(out, "%s ", operation(d));
	jsonw_string_n(&w, d->subject, d->subject_len);
	buf_printf(out, " was refused: %s", rule->why);
	if (rule->op == NULL)
		return;
	buf_printf(out, "; to allow it: %s %s ", rule->op, rule->path);
	w = jsonw_init(out, false);
	value_json(&w, rule, d);
}
