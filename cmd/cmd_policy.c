/* SPDX-License-Identifier: MIT */
/*
 * x07 policy init: write a base policy below the project. The file is created or left alone, never
 * replaced without --force.
 * Source: docs/spec/run-and-policy.md 5, docs/cmd/policy-init.md.
 */
#include "cmd/cmd_policy.h"
#include "cmd/cmd.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "base/json.h"
#include "base/path.h"
#include "pkg/manifest.h"
#include "policy/policy.h"
#include "policy/templates.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPORT_MAX_BYTES (1u << 16)
#define BASE_FOLDER ".x07/policies/base"

/* Where the policy goes and what happened to it. */
struct place {
	char *root;     /* owned: project folder, absolute */
	char *path;     /* owned: absolute */
	char *relative; /* owned: as the report shows it */
	const char *status;
};

static void place_clear(struct place *p)
{
	base_free_ptr(&p->root);
	base_free_ptr(&p->path);
	base_free_ptr(&p->relative);
}

static int find_root(char **out, const struct policy_init_options *o, struct err *err)
{
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *manifest = NULL;
	int rc;

	if (o->project != NULL) {
		rc = path_absolute(&manifest, o->project, err);
		if (rc < 0)
			return rc;
		if (!file_is_regular(manifest))
			return err_set(
			    err, ERR_NOT_FOUND, "--project is not a file: %s", o->project);
		*out = path_dirname(manifest);
		return 0;
	}
	rc = path_absolute(&dir, ".", err);
	if (rc < 0)
		return rc;
	for (;;) {
		AUTO_FREE char *candidate = path_join(dir, "x07.json");
		char *up;

		if (file_is_regular(candidate)) {
			*out = TAKE(dir);
			return 0;
		}
		if (strcmp(dir, "/") == 0)
			return path_absolute(out, ".", err);
		up = path_dirname(dir);
		base_free_ptr(&dir);
		dir = up;
	}
}

static int find_place(struct place *out, const struct policy_init_options *o, struct err *err)
{
	CLEANUP(place_clear) struct place p = {.status = ""};
	AUTO_FREE char *text = NULL;
	size_t root_len;
	int rc = find_root(&p.root, o, err);

	if (rc < 0)
		return rc;
	if (o->out != NULL) {
		text = path_join(p.root, o->out);
	} else {
		char name[128];

		(void)snprintf(name, sizeof(name), BASE_FOLDER "/%s.sandbox.base.policy.json",
		    o->template_name);
		text = path_join(p.root, name);
	}
	rc = path_absolute(&p.path, text, err);
	if (rc < 0)
		return rc;
	root_len = strcmp(p.root, "/") == 0 ? 0 : strlen(p.root);
	if (strncmp(p.path, p.root, root_len) == 0 && p.path[root_len] == '/')
		p.relative = base_strdup(p.path + root_len + 1);
	else
		p.relative = base_strdup(p.path);
	*out = TAKE(p);
	return 0;
}

/* Below the project's folder, whatever links the project holds. */
static int make_base_folder(const struct place *p, struct err *err)
{
	AUTO_CLOSE int root = open(p->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int folder = -1;
	int rc;

	if (root < 0)
		return err_sys(err, ERR_IO, "%s", p->root);
	rc = path_mkdirs_beneath(&folder, root, BASE_FOLDER, err);
	return rc < 0 ? err_wrap(err, "%s/" BASE_FOLDER, p->root) : 0;
}

static int make_parent(const struct place *p, const struct policy_init_options *o, struct err *err)
{
	AUTO_FREE char *parent = path_dirname(p->path);

	if (o->out == NULL)
		return make_base_folder(p, err);
	if (o->mkdir_out)
		return file_mkdirs(parent, err);
	if (!file_is_directory(parent))
		return err_set(err, ERR_NOT_FOUND,
		    "folder of --out is missing: %s; create it or add --mkdir-out", parent);
	return 0;
}

/* Compare with what is there and write unless that would lose something. */
static int write_policy(
    struct place *p, const struct policy_init_options *o, const struct buf *text, struct err *err)
{
	CLEANUP(buf_clear) struct buf old = buf_init(POLICY_MAX_BYTES);
	struct stat st;
	int rc = o->out == NULL ? make_base_folder(p, err) : 0;

	if (rc < 0)
		return rc;
	if (lstat(p->path, &st) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return err_sys(err, ERR_IO, "cannot look at %s", p->path);
		rc = make_parent(p, o, err);
		p->status = "created";
		return rc < 0 ? rc : file_create(p->path, text->data, text->len, err);
	}
	rc = file_read(&old, p->path, err);
	if (rc < 0 && rc != ERR_LIMIT)
		return rc;
	if (rc == 0 && old.len == text->len && memcmp(old.data, text->data, text->len) == 0) {
		p->status = "unchanged";
		return 0;
	}
	p->status = o->force ? "overwritten" : "exists_different";
	*err = (struct err){0};
	return o->force ? file_replace(p->path, text->data, text->len, err) : 0;
}

static void build_report(
    struct buf *out, const struct place *p, const struct policy_init_options *o)
{
	struct jsonw w = jsonw_init(out, false);
	char id[96];

	(void)snprintf(id, sizeof(id), "sandbox.%s.base", o->template_name);
	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", "x07.policy.init.report@0.1.0");
	jsonw_kv_string(&w, "template", o->template_name);
	jsonw_kv_string(&w, "project_root", p->root);
	jsonw_kv_string(&w, "out", p->relative);
	jsonw_kv_string(&w, "status", p->status);
	jsonw_kv_string(&w, "policy_id", o->policy_id != NULL ? o->policy_id : id);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

int cmd_policy_init(const struct cmd_call *call)
{
	const struct policy_init_options *o = call->options;
	CLEANUP(place_clear) struct place place = {.status = ""};
	CLEANUP(buf_clear) struct buf text = buf_init(POLICY_MAX_BYTES);
	CLEANUP(buf_clear) struct buf report = buf_init(REPORT_MAX_BYTES);
	struct err err = {0};
	int rc;
	int status;

	if (o->template_name == NULL) {
		err_set(&err, ERR_USAGE, "--template NAME is missing");
		return print_err(call, &err, "x07 policy init --template cli");
	}
	rc = policy_template_print(&text, o->template_name, o->policy_id, &err);
	if (rc == 0)
		rc = find_place(&place, o, &err);
	if (rc == 0)
		rc = write_policy(&place, o, &text, &err);
	if (rc < 0)
		return print_err(call, &err, NULL);
	build_report(&report, &place, o);
	status = print_out(o->emit != NULL && strcmp(o->emit, "policy") == 0 ? &text : &report);
	if (status == 0 && strcmp(place.status, "exists_different") == 0) {
		print_note(call, "%s differs and was left alone", place.relative);
		(void)fprintf(stderr, "hint: compare, then add --force to replace it\n");
		status = CMD_EXIT_USAGE;
	}
	return status;
}
