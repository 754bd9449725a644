/* SPDX-License-Identifier: MIT */
/*
 * The journal of a change. Order: staged files durable, journal durable under its name (from here
 * on the change has happened), files moved into place, journal gone. A journal that is found
 * belongs to a process that is dead; its change is finished, unless somebody has edited one of the
 * files since: then the files are left as they are.
 */
#include "pkg/transaction_journal_priv.h"

#include "base/file.h"
#include "base/json.h"
#include "base/path.h"
#include "pkg/codes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOURNAL_SCHEMA "x07.pkg.journal@0.1.0"
#define JOURNAL_MAX_BYTES (64u << 10)
#define FILE_MAX_BYTES (16u << 20)

void pkg_txn_files_clear(struct txn_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		base_free_ptr(&files->items[i].path);
		base_free_ptr(&files->items[i].data);
	}
	files->count = 0;
}

/* As the rule for paths of a manifest: relative, no `..`, nothing of version control. */
bool pkg_txn_path_is_below(const char *path)
{
	if (path[0] == '\0' || path[0] == '/' || path_enters_version_control(path, strlen(path)))
		return false;
	for (const char *at = path; *at != '\0'; at += strspn(at, "/")) {
		size_t len = strcspn(at, "/");

		if (len == 2 && at[0] == '.' && at[1] == '.')
			return false;
		at += len;
	}
	return path[strlen(path) - 1] != '/';
}

static int io_fault(struct err *err, const char *what, const char *path)
{
	return err_code(err, ERR_PKG, PKG_CODE(IO), "%s %s: %s", what, path, strerror(errno));
}

static void staged_name(char out[32], size_t i)
{
	(void)snprintf(out, 32, "staged.%zu", i);
}

static int digest_of(char out[SHA256_HEX_SIZE], int dir, const char *path, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(FILE_MAX_BYTES);
	AUTO_CLOSE int fd = -1;
	struct err inner = {0};
	int rc = path_open_beneath(&fd, dir, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0, &inner);

	if (rc == ERR_NOT_FOUND) {
		out[0] = '\0';
		return 0;
	}
	if (rc == 0)
		rc = file_read_fd(&text, fd, path, &inner);
	if (rc < 0)
		return err_code(err, ERR_PKG, PKG_CODE(IO), "%s", inner.message);
	sha256_text(out, buf_str(&text), text.len);
	return 0;
}

int pkg_txn_digest(char out[SHA256_HEX_SIZE], int root, const char *path, struct err *err)
{
	return digest_of(out, root, path, err);
}

/* The folder of a file and its name in it. No link is followed: it could lead into .git. */
static int open_parent(int *out, const char **name, int root, const char *path, struct err *err)
{
	AUTO_FREE char *dir = path_dirname(path);
	struct err inner = {0};

	*name = path_basename(path);
	if (path_open_beneath(out, root, dir, O_RDONLY | O_DIRECTORY, RESOLVE_NO_SYMLINKS, &inner) <
	    0)
		return err_code(err, ERR_PKG, PKG_CODE(IO), "%s", inner.message);
	return 0;
}

/* Write a new file in the folder of staged files, durable, with the mode of the one it replaces. */
static int write_new(
    int tmp, const char *name, const struct stat *mode_of, const void *data, size_t len)
{
	AUTO_CLOSE int fd = -1;
	struct err ignored = {0};

	(void)unlinkat(tmp, name, 0);
	fd = openat(tmp, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0)
		return -1;
	if (mode_of != NULL && fchmod(fd, mode_of->st_mode & 0777) < 0)
		return -1;
	if (file_write_all(fd, data, len, &ignored) < 0)
		return -1;
	return fsync(fd);
}

static int stage(int root, int tmp, const struct txn_file *f, size_t i, struct err *err)
{
	AUTO_CLOSE int parent = -1;
	const char *base = NULL;
	char name[32];
	struct stat st;
	bool exists;
	int rc = open_parent(&parent, &base, root, f->path, err);

	if (rc < 0)
		return rc;
	/* Found out now, while nothing has happened: a folder that lets nobody rename into it. */
	if (faccessat(parent, ".", W_OK, 0) < 0)
		return io_fault(err, "folder of", f->path);
	exists = fstatat(parent, base, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
	staged_name(name, i);
	if (write_new(tmp, name, exists ? &st : NULL, f->data, f->len) < 0)
		return io_fault(err, "new contents of", f->path);
	return 0;
}

static void print_journal(struct buf *out, const struct txn_files *files)
{
	struct jsonw w = jsonw_init(out, false);

	jsonw_object(&w);
	jsonw_kv_string(&w, "schema_version", JOURNAL_SCHEMA);
	jsonw_key(&w, "files");
	jsonw_array(&w);
	for (size_t i = 0; i < files->count; i++) {
		if (files->items[i].same)
			continue;
		jsonw_object(&w);
		jsonw_kv_int(&w, "staged", (int64_t)i);
		jsonw_kv_string(&w, "path", files->items[i].path);
		jsonw_kv_string(&w, "old", files->items[i].old_sha);
		jsonw_kv_string(&w, "new", files->items[i].new_sha);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	buf_putc(out, '\n');
}

static int write_journal(int tmp, const struct txn_files *files, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(JOURNAL_MAX_BYTES);

	print_journal(&text, files);
	if (text.overflow)
		return err_code(err, ERR_PKG, PKG_CODE(IO), "journal too long");
	if (write_new(tmp, TXN_JOURNAL_NEW, NULL, text.data, text.len) < 0)
		return io_fault(err, "journal", PKG_TXN_TMP "/" TXN_JOURNAL_NEW);
	/* Also flushes the names of the staged files, before the journal gets its own. */
	if (fsync(tmp) < 0 && errno != EINVAL)
		return io_fault(err, "folder", PKG_TXN_TMP);
	if (renameat(tmp, TXN_JOURNAL_NEW, tmp, TXN_JOURNAL) < 0)
		return io_fault(err, "journal", PKG_TXN_TMP "/" TXN_JOURNAL);
	if (fsync(tmp) < 0 && errno != EINVAL)
		return io_fault(err, "folder", PKG_TXN_TMP);
	return 0;
}

static void drop_staged(int tmp)
{
	(void)unlinkat(tmp, TXN_JOURNAL_NEW, 0);
	for (size_t i = 0; i < PKG_TXN_FILES_MAX; i++) {
		char name[32];

		staged_name(name, i);
		(void)unlinkat(tmp, name, 0);
	}
}

/* Move a staged file into place, or see that this has been done. */
static int move(int root, int tmp, const struct txn_file *f, size_t i, struct err *err)
{
	AUTO_CLOSE int parent = -1;
	const char *base = NULL;
	char name[32];
	int rc = open_parent(&parent, &base, root, f->path, err);

	if (rc < 0)
		return rc;
	staged_name(name, i);
	if (renameat(tmp, name, parent, base) < 0 && errno != ENOENT)
		return io_fault(err, "rename to", f->path);
	if (fsync(parent) < 0 && errno != EINVAL)
		return io_fault(err, "folder of", f->path);
	return 0;
}

static int move_all(int root, int tmp, const struct txn_files *files, struct err *err)
{
	for (size_t i = 0; i < files->count; i++) {
		int rc = files->items[i].same ? 0 : move(root, tmp, &files->items[i], i, err);

		if (rc < 0)
			return rc;
	}
	if (unlinkat(tmp, TXN_JOURNAL, 0) < 0)
		return io_fault(err, "journal", PKG_TXN_TMP "/" TXN_JOURNAL);
	return 0;
}

int pkg_txn_journal_commit(int root, int tmp, struct txn_files *files, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < files->count; i++) {
		if (!files->items[i].same)
			rc = stage(root, tmp, &files->items[i], i, err);
	}
	if (rc == 0)
		rc = write_journal(tmp, files, err);
	if (rc < 0) {
		/* Should it be there although flushing it failed: nothing has happened. */
		(void)unlinkat(tmp, TXN_JOURNAL, 0);
		drop_staged(tmp);
		return rc;
	}
	rc = move_all(root, tmp, files, err);
	if (rc < 0)
		(void)err_wrap(err, "the next command finishes this change");
	return rc;
}

/* ---- recovery ---- */

static bool copy_sha(char out[SHA256_HEX_SIZE], const struct json *v, bool may_be_empty)
{
	if (v == NULL || v->kind != JSON_STRING)
		return false;
	if (v->text.len != SHA256_HEX_SIZE - 1 && !(may_be_empty && v->text.len == 0))
		return false;
	memcpy(out, v->text.ptr, v->text.len);
	out[v->text.len] = '\0';
	return true;
}

static bool read_file_row(struct txn_files *out, const struct json *row)
{
	const struct json *staged = json_get(row, "staged"), *path = json_get(row, "path");
	struct txn_file *f;

	if (staged == NULL || staged->kind != JSON_INT || staged->integer < 0 ||
	    staged->integer >= PKG_TXN_FILES_MAX || path == NULL || path->kind != JSON_STRING ||
	    path->text.len == 0 || memchr(path->text.ptr, '\0', path->text.len) != NULL)
		return false;
	f = &out->items[staged->integer];
	if (f->path != NULL)
		return false;
	f->path = base_calloc(1, path->text.len + 1);
	memcpy(f->path, path->text.ptr, path->text.len);
	f->same = false;
	return pkg_txn_path_is_below(f->path) && copy_sha(f->old_sha, json_get(row, "old"), true) &&
	       copy_sha(f->new_sha, json_get(row, "new"), false);
}

/* Rows keep the number of their staged file; the others are `same`. */
static bool parse_journal(struct txn_files *out, const struct buf *text)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct json *doc = NULL, *rows;
	struct json_fault fault = {0};

	out->count = PKG_TXN_FILES_MAX;
	for (size_t i = 0; i < out->count; i++)
		out->items[i].same = true;
	if (text->data == NULL ||
	    json_parse(&doc, &arena, text->data, text->len, NULL, &fault) < 0 ||
	    !json_is(json_get(doc, "schema_version"), JOURNAL_SCHEMA))
		return false;
	rows = json_get(doc, "files");
	if (rows == NULL || rows->kind != JSON_ARRAY)
		return false;
	for (uint32_t i = 0; i < rows->count; i++) {
		if (!read_file_row(out, &rows->items[i]))
			return false;
	}
	return true;
}

/*
 * Whether the change can be finished: each file is as before or already new, and where it is as
 * before, what was staged for it is whole.
 */
static int can_finish(bool *out, int root, int tmp, const struct txn_files *files, struct err *err)
{
	*out = true;
	for (size_t i = 0; i < files->count; i++) {
		const struct txn_file *f = &files->items[i];
		char now[SHA256_HEX_SIZE], staged[SHA256_HEX_SIZE], name[32];
		int rc;

		if (f->same)
			continue;
		staged_name(name, i);
		rc = digest_of(now, root, f->path, err);
		if (rc == 0)
			rc = digest_of(staged, tmp, name, err);
		if (rc < 0)
			return rc;
		if (strcmp(now, f->new_sha) == 0)
			continue;
		if (strcmp(now, f->old_sha) != 0 || strcmp(staged, f->new_sha) != 0)
			*out = false;
	}
	return 0;
}

int pkg_txn_journal_recover(int root, int tmp, struct err *err)
{
	CLEANUP(pkg_txn_files_clear) struct txn_files files = {0};
	CLEANUP(buf_clear) struct buf text = buf_init(JOURNAL_MAX_BYTES);
	AUTO_CLOSE int fd = -1;
	struct err inner = {0};
	bool finish = false;
	int rc = path_open_beneath(&fd, tmp, TXN_JOURNAL, O_RDONLY | O_NONBLOCK, 0, &inner);

	if (rc == ERR_NOT_FOUND) {
		drop_staged(tmp);
		return 0;
	}
	if (rc == 0)
		rc = file_read_fd(&text, fd, TXN_JOURNAL, &inner);
	if (rc < 0 && rc != ERR_LIMIT)
		return err_code(err, ERR_PKG, PKG_CODE(IO), "journal: %s", inner.message);
	rc = 0;
	if (parse_journal(&files, &text))
		rc = can_finish(&finish, root, tmp, &files, err);
	if (rc == 0 && finish)
		return move_all(root, tmp, &files, err);
	if (rc == 0 && unlinkat(tmp, TXN_JOURNAL, 0) < 0)
		rc = io_fault(err, "journal", PKG_TXN_TMP "/" TXN_JOURNAL);
	if (rc == 0)
		drop_staged(tmp);
	return rc;
}
