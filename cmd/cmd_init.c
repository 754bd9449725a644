/* SPDX-License-Identifier: MIT */
/*
 * x07 init: write the files of a new project, each created exclusively, so that nothing of the
 * user's is ever replaced. What is in them: pkg/init.h.
 * Source: docs/spec/cli.md 4, docs/cmd/init.md.
 */
#include "cmd/cmd_init.h"
#include "cmd/cmd.h"
#include "cmd/codes.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "base/json.h"
#include "base/path.h"
#include "base/version.h"
#include "lang/lang.h"
#include "pkg/init.h"
#include "pkg/lock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_MAX_BYTES (1u << 20)

struct init {
	char *root; /* owned, absolute */
	struct pkg_init_options texts;
	const struct pkg_init_file *files;
	size_t count;
	const char *created[32];
	size_t created_count;
	bool gitignore_merged; /* then it was the user's file before */
	bool made[3];          /* folders[] that were not there */
};

/* Relative to the root, inner ones first. */
static const char *const folders[] = {"src", "tests", "."};

static void init_clear(struct init *in)
{
	base_free_ptr(&in->root);
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int make_root(struct init *in, const struct cmd_call *call, struct err *err)
{
	const char *dir = call->args.operand_count > 0 ? call->args.operands[0] : NULL;
	struct err cause = {0};

	if (path_absolute(&in->root, dir != NULL ? dir : ".", &cause) < 0)
		return err_code(err, ERR_INIT, CMD_CODE(INIT_CWD), "%s", cause.message);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		AUTO_FREE char *path = path_join(in->root, folders[i]);

		in->made[i] = !file_is_directory(path);
	}
	if (dir == NULL)
		return 0;
	if (is_there(in->root) && !file_is_directory(in->root))
		return err_code(
		    err, ERR_INIT, CMD_CODE(INIT_MKDIR), "not a directory: %s", in->root);
	if (file_mkdirs(in->root, &cause) < 0)
		return err_code(err, ERR_INIT, CMD_CODE(INIT_MKDIR), "%s", cause.message);
	return 0;
}

static int check_folders(const struct init *in, struct err *err)
{
	static const struct {
		const char *folder;
		enum cmd_code_id code;
	} wanted[] = {{"src", CMD_CODE_INIT_SRC}, {"tests", CMD_CODE_INIT_TESTS}};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		AUTO_FREE char *path = path_join(in->root, wanted[i].folder);

		if (is_there(path) && !file_is_directory(path))
			return err_code(
			    err, ERR_INIT, &cmd_codes[wanted[i].code], "not a directory: %s", path);
	}
	return 0;
}

/* All conflicts at once, before anything is written. */
static int check_conflicts(const struct init *in, struct err *err)
{
	CLEANUP(buf_clear) struct buf names = buf_init(ERR_MESSAGE_MAX / 2);

	for (size_t i = 0; i < in->count; i++) {
		AUTO_FREE char *path = path_join(in->root, in->files[i].path);

		if (strcmp(in->files[i].path, PKG_INIT_GITIGNORE) != 0 && is_there(path))
			buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", in->files[i].path);
	}
	if (names.len > 0)
		return err_code(err, ERR_INIT, CMD_CODE(INIT_EXISTS),
		    "already there, nothing was written: %s", names.data);
	return 0;
}

static int merge_gitignore(const char *path, struct err *err)
{
	CLEANUP(buf_clear) struct buf old = buf_init(TEXT_MAX_BYTES);
	CLEANUP(buf_clear) struct buf text = buf_init((size_t)2 * TEXT_MAX_BYTES);
	int rc = file_read(&old, path, err);

	if (rc < 0)
		return rc;
	pkg_init_gitignore(&text, buf_str(&old), old.len);
	if (text.len == old.len)
		return 0;
	return file_replace(path, text.data, text.len, err);
}

static int write_file(struct init *in, const struct pkg_init_file *file, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(TEXT_MAX_BYTES);
	AUTO_FREE char *path = path_join(in->root, file->path);
	AUTO_FREE char *folder = path_dirname(path);
	int rc = file_mkdirs(folder, err);

	if (rc < 0)
		return rc;
	if (strcmp(file->path, PKG_INIT_GITIGNORE) == 0 && is_there(path)) {
		in->gitignore_merged = true;
		return merge_gitignore(path, err);
	}
	file->print(&text, &in->texts);
	return file_create(path, text.data, text.len, err);
}

/* Half a project would only be in the way of the next try. */
static void undo(struct init *in)
{
	for (size_t i = 0; i < in->created_count; i++) {
		AUTO_FREE char *path = path_join(in->root, in->created[i]);

		if (!in->gitignore_merged || strcmp(in->created[i], PKG_INIT_GITIGNORE) != 0)
			(void)unlink(path);
	}
	in->created_count = 0;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		AUTO_FREE char *path = path_join(in->root, folders[i]);
		AUTO_FREE char *clean = NULL;
		struct err ignored = {0};

		if (in->made[i] && path_absolute(&clean, path, &ignored) == 0)
			(void)rmdir(clean);
	}
}

static int write_files(struct init *in, struct err *err)
{
	for (size_t i = 0; i < in->count; i++) {
		struct err cause = {0};

		if (write_file(in, &in->files[i], &cause) < 0) {
			undo(in);
			return err_code(err, ERR_INIT, CMD_CODE(INIT_IO), "%s: %s",
			    in->files[i].path, cause.message);
		}
		if (in->created_count < ARRAY_LEN(in->created))
			in->created[in->created_count++] = in->files[i].path;
	}
	return 0;
}

static void build_report(struct buf *out, const struct init *in, const struct err *err)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_object(&w);
	jsonw_kv_bool(&w, "ok", err->code == 0);
	jsonw_kv_string(&w, "command", "init");
	jsonw_kv_string(&w, "root", in->root != NULL ? in->root : "");
	jsonw_key(&w, "created");
	jsonw_array(&w);
	for (size_t i = 0; i < in->created_count; i++)
		jsonw_string(&w, in->created[i]);
	jsonw_end_array(&w);
	if (err->code == 0) {
		jsonw_key(&w, "next_steps");
		jsonw_array(&w);
		jsonw_string(&w, "x07 run");
		jsonw_string(&w, "x07 test");
		jsonw_string(&w, "x07 policy init --template cli");
		jsonw_string(&w, "x07 run --profile sandbox");
		jsonw_end_array(&w);
	} else {
		jsonw_key(&w, "error");
		jsonw_object(&w);
		jsonw_kv_string(&w, "code", err_shown(err));
		jsonw_kv_string(&w, "message", err->message);
		jsonw_end_object(&w);
	}
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static int run_init(struct init *in, const struct cmd_call *call, struct err *err)
{
	const struct init_options *o = call->options;
	int rc;

	if (o->package || o->template_name != NULL)
		return err_code(err, ERR_INIT, CMD_CODE(INIT_ARGS),
		    "--package and --template are not supported yet; plain `x07 init` and then "
		    "`x07 policy init --template NAME` are");
	rc = make_root(in, call, err);
	if (rc < 0)
		return rc;
	rc = check_folders(in, err);
	if (rc < 0)
		return rc;
	rc = check_conflicts(in, err);
	if (rc < 0)
		return rc;
	return write_files(in, err);
}

/* What a person sees on a terminal; a fault is on standard error already. */
static void build_text(struct buf *out, const struct init *in)
{
	buf_printf(out, "created a project of %zu files in %s\n", in->created_count, in->root);
	buf_puts(out, "next, in that folder:\n"
		      "  x07 policy init --template cli   what the program may do\n"
		      "  x07 run --profile sandbox        run it under that policy\n"
		      "  x07 run                          run it with nothing that confines it\n");
}

int cmd_init(const struct cmd_call *call)
{
	CLEANUP(init_clear) struct init in = {0};
	CLEANUP(buf_clear) struct buf report = buf_init(TEXT_MAX_BYTES);
	const char *index = getenv("X07_PKG_INDEX_URL");
	struct err err = {0};
	int rc;
	int status;

	in.texts.x07_version = X07_VERSION;
	in.texts.lang_id = LANG_ID;
	in.texts.index_url = index != NULL && index[0] != '\0' ? index : PKG_LOCK_UNCHOSEN_URL;
	in.files = pkg_init_files(&in.count);
	rc = run_init(&in, call, &err);
	if (isatty(STDOUT_FILENO) == 1) {
		if (rc == 0)
			build_text(&report, &in);
		status = print_text(&report);
	} else {
		build_report(&report, &in, &err);
		status = print_out(&report);
	}
	if (rc < 0)
		return print_err(call, &err, NULL);
	return status;
}
