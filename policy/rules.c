/* SPDX-License-Identifier: MIT */
/*
 * The rules that join several fields of a policy: when one is true, another must say something.
 * They look at the document, not at the parsed values, so that they also speak when other fields
 * are wrong, and stay silent about fields that are reported already.
 * Source: docs/spec/run-and-policy.md 1.6 and 1.7.
 */
#include "policy/rules_priv.h"

#include "policy/fields_priv.h"

#include <string.h>

#define RULE_PATHS 4

/* When `when` is true, one of `needs` must be true, non-zero or a non-empty list. */
struct rule {
	const char *when;
	const char *needs[RULE_PATHS];
	const char *message;
	const char *help;
};

/* clang-format off */
static const struct rule rules[] = {
	{ "process/allow_spawn", { "process/allow_execs", "process/allow_exec_prefixes" },
	  "`allow_spawn` is true but no program may be started",
	  "name programs in `allow_execs` or `allow_exec_prefixes`, or set `allow_spawn` to "
	  "false" },
	{ "process/allow_spawn", { "process/max_live" },
	  "`allow_spawn` is true but `max_live` is 0", "set `max_live` to 1 or more" },
	{ "process/allow_spawn", { "process/max_spawns" },
	  "`allow_spawn` is true but `max_spawns` is 0", "set `max_spawns` to 1 or more" },
	{ "process/allow_spawn", { "process/max_runtime_ms" },
	  "`allow_spawn` is true but `max_runtime_ms` is 0", "set `max_runtime_ms` to 1 or more" },
	{ "process/allow_cwd", { "process/allow_cwd_roots" },
	  "`allow_cwd` is true but `allow_cwd_roots` is empty",
	  "name directories in `allow_cwd_roots`, or set `allow_cwd` to false" },
	{ "db/enabled",
	  { "db/drivers/mysql", "db/drivers/postgres", "db/drivers/redis", "db/drivers/sqlite" },
	  "`db.enabled` is true but no driver is", "set one of `db.drivers` to true" },
};
/* clang-format on */

static const struct json *value_at(const struct json *root, const char *path)
{
	char name[64];

	while (root && *path) {
		size_t len = strcspn(path, "/");

		if (len >= sizeof(name))
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		root = json_get(root, name);
		path += len + (path[len] == '/');
	}
	return root;
}

/* Says nothing: false, 0 or empty; also absent, unless its absence is reported already. */
static bool is_void(const struct json *root, const char *path)
{
	const struct json *v = value_at(root, path);
	const struct policy_field *f = &policy_fields[policy_field_find(path)];

	if (!v)
		return !f->required && f->def == 0;
	switch ((enum json_kind)v->kind) {
	case JSON_FALSE:
		return f->kind == POLICY_BOOL;
	case JSON_INT:
		return v->integer == 0 && f->kind == POLICY_U32;
	case JSON_ARRAY:
		return v->count == 0 && f->kind == POLICY_LIST;
	case JSON_NULL:
	case JSON_TRUE:
	case JSON_NUMBER:
	case JSON_STRING:
	case JSON_OBJECT:
		return false;
	}
	return false;
}

void policy_rules_check(struct jsondoc *doc, const struct json *root)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct rule *r = &rules[i];
		const struct json *when = value_at(root, r->when);
		bool all_void = true;

		if (!when || when->kind != JSON_TRUE)
			continue;
		for (size_t n = 0; n < RULE_PATHS && r->needs[n]; n++)
			all_void = all_void && is_void(root, r->needs[n]);
		if (all_void)
			jsondoc_fault(
			    doc, (struct jsondoc_at){.value = when}, r->help, "%s", r->message);
	}
}
