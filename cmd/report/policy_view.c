/* SPDX-License-Identifier: MIT */
/* Finds and reads the policy of a `x07 policy` command, and prints what several of them print. */
#include "cmd/report/policy_view.h"

#include "base/file.h"
#include "base/path.h"
#include "cmd/run/folder.h"
#include "cmd/run/policy.h"
#include "cmd/run/roots.h"
#include "cmd/run/target.h"
#include "cmd/run_call.h"
#include "policy/derive.h"
#include "policy/diff.h"
#include "policy/locate.h"
#include "policy/overrides.h"
#include "policy/parse.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void policy_view_clear(struct policy_view *v)
{
	base_free_ptr(&v->path);
	base_free_ptr(&v->cwd);
	base_free_ptr(&v->refusal);
	buf_clear(&v->text);
	policy_clear(&v->policy);
	policy_clear(&v->base);
	policy_overrides_clear(&v->overrides);
	diag_list_clear(&v->diags);
}

static struct run_policy_options as_rules(const struct policy_options *o)
{
	return (struct run_policy_options){.root = o->root,
	    .allow_hosts = o->allow_hosts,
	    .allow_host_files = o->allow_host_files,
	    .deny_hosts = o->deny_hosts,
	    .deny_host_files = o->deny_host_files,
	    .allow_read_roots = o->allow_read_roots,
	    .allow_write_roots = o->allow_write_roots};
}

/* The profile's policy, where `x07 run --profile NAME` would find it. */
static int find_profile(struct policy_view *v, char **root, const struct cmd_call *call,
    const struct policy_options *o, struct err *err)
{
	CLEANUP(run_target_clear) struct run_target target = {0};
	const struct run_policy_options rules = as_rules(o);
	const struct run_target_options options = {.project = o->project,
	    .program = o->program,
	    .profile = o->profile != NULL ? o->profile : "sandbox"};
	struct run_call who;
	int rc;

	run_call_init(&who, call);
	rc = run_target_resolve(&target, &who.caller, &options, &rules, &v->diags, err);
	if (rc < 0)
		return rc;
	if (target.policy_path == NULL)
		return err_set(err, ERR_USAGE, "profile %s has no policy: its world is %s",
		    options.profile, lang_world_name(target.world));
	v->path = TAKE(target.policy_path);
	v->cwd = TAKE(target.cwd);
	*root = TAKE(target.root);
	return 0;
}

/* A policy of its own, and the project that it is asked about. */
static int find_file(struct policy_view *v, char **root, const char *file,
    const struct policy_options *o, struct err *err)
{
	AUTO_FREE char *project = NULL;
	int rc = run_folder_look(&project, o->project, o->program, err);

	if (rc < 0)
		return rc;
	rc = run_folder_find(&v->cwd, o->root, true, project, err);
	if (rc < 0)
		return rc;
	v->path = base_strdup(file);
	if (project == NULL)
		return path_absolute(root, ".", err);
	*root = TAKE(project);
	return 0;
}

static int read_text(struct policy_view *v, struct err *err)
{
	int rc = file_read(&v->text, v->path, err);

	if (rc == 0 && v->text.data == NULL)
		buf_puts(&v->text, "");
	return rc < 0 ? err_wrap(err, "policy") : 0;
}

static int derive(struct policy_view *v, struct err *err)
{
	CLEANUP(policy_derived_clear) struct policy_derived d = {0};
	int rc = policy_derive(&d, v->path, (struct str){v->text.data, (uint32_t)v->text.len},
	    &v->overrides, &v->diags, err);

	if (rc == 0)
		rc = policy_parse(&v->base, v->text.data, v->text.len, v->path, &v->diags, err);
	if (rc < 0)
		return rc;
	buf_clear(&v->text);
	v->text = TAKE(d.text);
	v->policy = TAKE(d.policy);
	v->derived = true;
	return 0;
}

int policy_view_open(struct policy_view *out, const struct cmd_call *call,
    const struct policy_options *options, const char *file, struct err *err)
{
	const struct run_policy_options rules = as_rules(options);
	AUTO_FREE char *root = NULL;
	int rc;

	*out = (struct policy_view){.text = buf_init(POLICY_MAX_BYTES)};
	if (file == NULL)
		file = options->policy;
	rc = file != NULL ? find_file(out, &root, file, options, err)
			  : find_profile(out, &root, call, options, err);
	if (rc < 0)
		return rc;
	rc = run_policy_overrides(&out->overrides, &rules, root, err);
	if (rc < 0)
		return rc;
	out->overrides.folder = out->cwd;
	rc = read_text(out, err);
	if (rc < 0)
		return rc;
	if (!policy_overrides_are_empty(&out->overrides))
		return derive(out, err);
	return policy_parse(
	    &out->policy, out->text.data, out->text.len, out->path, &out->diags, err);
}

int policy_view_roots(struct policy_view *v, bool wants_folder, struct err *err)
{
	struct err why = {0};
	int rc = wants_folder ? run_folder_check(&v->policy, v->path, v->cwd, err) : 0;

	if (rc < 0)
		return rc;
	if (run_roots_check(&v->policy, v->cwd, &why) < 0)
		v->refusal = base_strdup(why.message);
	return 0;
}

int policy_view_fail(
    const struct cmd_call *call, const struct policy_view *v, const struct err *err)
{
	int status;

	print_diags(&v->diags);
	status = print_err(call, err, NULL);
	return err->code == ERR_FORMAT && v->diags.errors > 0 ? err_exit_status(ERR_SCHEMA)
							      : status;
}

bool policy_wants_text(const struct policy_options *options)
{
	if (options->emit != NULL)
		return strcmp(options->emit, "text") == 0;
	return isatty(STDOUT_FILENO) == 1;
}

void policy_view_place(struct buf *out, const struct policy_view *v, const char *pointer)
{
	struct policy_spot spot = policy_locate(v->text.data, v->text.len, pointer);

	buf_printf(out, "%s%s:%u:%u", v->derived ? "derived from " : "", v->path,
	    (unsigned)spot.line, (unsigned)spot.column);
}

void policy_json_text(struct jsonw *w, const char *text)
{
	CLEANUP(arena_clear) struct arena values = {0};
	struct json_fault fault = {0};
	const struct json *v = NULL;

	if (text == NULL || json_parse(&v, &values, text, strlen(text), NULL, &fault) < 0)
		jsonw_null(w);
	else
		jsonw_value(w, v, false);
}

/* ---- changes ---- */

static void change_text(struct buf *out, const struct policy_change *c)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%s", c->pointer + 1);
	for (char *at = name; *at != '\0'; at++)
		*at = (char)(*at == '/' ? '.' : *at);
	buf_printf(out, "  %c %s ",
	    c->kind == POLICY_GRANT ? '+' : (c->kind == POLICY_REVOKE ? '-' : '~'), name);
	if (c->before != NULL && c->after != NULL)
		buf_printf(out, "%s -> %s\n", c->before, c->after);
	else
		buf_printf(out, "%s\n", c->before != NULL ? c->before : c->after);
}

void policy_changes_text(struct buf *out, const struct policy_changes *changes)
{
	const char *last = "";
	size_t last_len = 0;

	for (uint32_t i = 0; i < changes->count; i++) {
		const char *section = changes->items[i].pointer + 1;
		size_t len = strcspn(section, "/");

		if (len != last_len || memcmp(section, last, len) != 0)
			buf_printf(out, "%.*s\n", (int)len, section);
		last = section;
		last_len = len;
		change_text(out, &changes->items[i]);
	}
}

void policy_changes_json(struct jsonw *w, const struct policy_changes *changes)
{
	jsonw_array(w);
	for (uint32_t i = 0; i < changes->count; i++) {
		const struct policy_change *c = &changes->items[i];

		jsonw_object(w);
		jsonw_key(w, "after");
		policy_json_text(w, c->after);
		jsonw_key(w, "before");
		policy_json_text(w, c->before);
		jsonw_kv_string(w, "kind", policy_change_kind_name(c->kind));
		jsonw_kv_string(w, "ptr", c->pointer);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}
