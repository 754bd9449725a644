/* SPDX-License-Identifier: MIT */
/*
 * What a registry is built from: a folder is walked without keeping it in memory; each archive,
 * package source, index line, yank and advisory becomes one record for the sorter.
 */

#include "registry/build/input_priv.h"

#include "base/file.h"
#include "base/json.h"
#include "base/path.h"
#include "pkg/version.h"
#include "registry/build/archive.h"
#include "registry/build/config_priv.h"
#include "registry/build/output_priv.h"
#include "registry/codes.h"
#include "registry/index.h"
#include "registry/index_line.h"
#include "registry/pack.h"
#include "registry/pack_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 16
#define DESCRIPTION_MAX 300
#define MANIFEST_NAME "x07-package.json"

static int add_record(struct build *b, struct str name, struct str version, char type,
    struct str data, struct err *err)
{
	CLEANUP(buf_clear) struct buf key = buf_init(PKG_NAME_MAX + PKG_VERSION_MAX + 8);

	buf_add(&key, name.ptr, name.len);
	buf_putc(&key, '\0');
	buf_add(&key, version.ptr, version.len);
	buf_putc(&key, '\0');
	buf_putc(&key, type);
	if (key.overflow)
		return err_set(err, ERR_LIMIT, "a name or version that is too long");
	return build_sorter_add(b->records, (struct str){key.data, (uint32_t)key.len}, data, err);
}

/* Data of a line: description, NUL, the unsigned line. */
static int add_line(
    struct build *b, const struct registry_version *v, const char *description, struct err *err)
{
	CLEANUP(buf_clear) struct buf data = buf_init(BUILD_SORTER_RECORD_MAX);

	if (description != NULL)
		buf_add(&data, description, strnlen(description, DESCRIPTION_MAX));
	buf_putc(&data, '\0');
	registry_index_print(&data, v);
	if (data.overflow)
		return err_set(err, ERR_LIMIT, "%s@%s: too large", v->name, v->version);
	return add_record(b, str_c(v->name), str_c(v->version), BUILD_LINE,
	    (struct str){data.data, (uint32_t)data.len}, err);
}

/* A version is never replaced: other bytes under its name are refused. */
static int put_archive(
    struct build *b, const struct build_archive *a, const char *data, size_t len, struct err *err)
{
	CLEANUP(buf_clear) struct buf path = buf_init(512);
	uint64_t before = b->result.files_written;
	struct stat st;
	bool there;
	int rc;

	buf_puts(&path, "dl/");
	registry_download_path(&path, a->package.name, a->package.version);
	if (path.overflow)
		return err_set(
		    err, ERR_LIMIT, "%s@%s: too long", a->package.name, a->package.version);
	there = fstatat(b->out_fd, path.data, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (there) {
		AUTO_FREE char *full = path_join(b->o->output, path.data);
		CLEANUP(buf_clear) struct buf old = buf_init(REGISTRY_ARCHIVE_MAX);

		rc = file_read(&old, full, err);
		if (rc < 0)
			return rc;
		if (old.len == len && memcmp(old.data, data, len) == 0)
			return 0;
		return err_code(err, ERR_PKG, REGISTRY_CODE(REG_ALREADY_PUBLISHED),
		    "%s@%s is in the registry with other bytes", a->package.name,
		    a->package.version);
	}
	rc = build_put(b, path.data, data, len, err);
	b->result.files_written = before;
	b->result.archives_added++;
	return rc;
}

static int add_archive(struct build *b, const char *data, size_t len, struct err *err)
{
	CLEANUP(build_archive_clear) struct build_archive a = {0};
	struct registry_version v;
	int rc = build_archive_read(&a, data, len, err);

	if (rc == 0)
		rc = put_archive(b, &a, data, len, err);
	if (rc < 0)
		return rc;
	b->inputs++;
	build_archive_version(&v, &a);
	return add_line(b, &v, a.package.description, err);
}

static int add_archive_file(struct build *b, const char *path, struct err *err)
{
	CLEANUP(buf_clear) struct buf data = buf_init(REGISTRY_ARCHIVE_MAX);
	int rc = file_read(&data, path, err);

	if (rc == 0)
		rc = add_archive(b, buf_str(&data), data.len, err);
	return rc < 0 ? err_wrap(err, "%s", path) : 0;
}

static int add_source(struct build *b, const char *dir, struct err *err)
{
	CLEANUP(registry_packed_clear) struct registry_packed packed = {0};
	int rc = registry_pack_dir(&packed, dir, true, err);

	if (rc == 0)
		rc = add_archive(b, packed.bytes.data, packed.bytes.len, err);
	return rc < 0 ? err_wrap(err, "%s", dir) : 0;
}

static int add_index_line(struct build *b, struct str text, struct err *err)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	struct registry_version v = {0};
	struct json_fault fault = {0};
	const struct json *root = NULL, *name, *description;
	const char *name_text, *description_text = NULL;

	arena_init(&arena, (size_t)64 << 20);
	if (json_parse(&root, &arena, text.ptr, text.len, NULL, &fault) < 0)
		return err_set(err, ERR_FORMAT, "not a JSON document");
	name = json_get(root, "name");
	description = json_get(root, "description");
	if (name == NULL || name->kind != JSON_STRING || !pkg_name_is_valid(name->text))
		return err_set(err, ERR_FORMAT, "`name` is no package name");
	name_text = arena_strndup(&arena, name->text.ptr, name->text.len);
	if (description != NULL && description->kind == JSON_STRING)
		description_text =
		    arena_strndup(&arena, description->text.ptr, description->text.len);
	registry_index_line_parse(&v, name_text, text, &arena, &arena);
	if (v.fault != NULL)
		return err_set(err, ERR_FORMAT, "%s", v.fault);
	v.signature = (struct registry_signature){.key_id = ""};
	b->inputs++;
	return add_line(b, &v, description_text, err);
}

/* yanked.txt: `NAME@VERSION`, one for each line; # begins a comment. */
static int add_yank(struct build *b, struct str text, struct err *err)
{
	const char *at = memchr(text.ptr, '@', text.len);
	struct pkg_version parsed;
	struct str name, version;

	if (text.ptr[0] == '#')
		return 0;
	if (at == NULL)
		return err_set(err, ERR_FORMAT, "no NAME@VERSION");
	name = (struct str){text.ptr, (uint32_t)(at - text.ptr)};
	version = (struct str){at + 1, text.len - name.len - 1};
	if (!pkg_name_is_valid(name) || pkg_version_parse(&parsed, version, NULL) < 0)
		return err_set(err, ERR_FORMAT, "no NAME@VERSION");
	return add_record(b, name, version, BUILD_YANK, STR(""), err);
}

/* advisories.ndjson: one advisory object for each line. */
static int add_advisory(struct build *b, struct str text, struct err *err)
{
	CLEANUP(arena_clear) struct arena arena = {0};
	const struct json *root = NULL, *name, *version;
	struct json_fault fault = {0};

	arena_init(&arena, (size_t)64 << 20);
	if (json_parse(&root, &arena, text.ptr, text.len, NULL, &fault) < 0)
		return err_set(err, ERR_FORMAT, "not a JSON document");
	name = json_get(root, "package");
	version = json_get(root, "version");
	if (name == NULL || name->kind != JSON_STRING || version == NULL ||
	    version->kind != JSON_STRING)
		return err_set(err, ERR_FORMAT, "an advisory names `package` and `version`");
	return add_record(b, name->text, version->text, BUILD_ADVISORY, text, err);
}

static int bad_line(struct err *err, const char *path, unsigned long number)
{
	char what[ERR_MESSAGE_MAX];

	if (err->code != ERR_FORMAT)
		return err_wrap(err, "%s:%lu", path, number);
	memcpy(what, err->message, sizeof(what));
	return err_code(
	    err, ERR_PKG, REGISTRY_CODE(REG_BAD_INPUT), "%.400s:%lu: %.500s", path, number, what);
}

typedef int line_fn(struct build *b, struct str text, struct err *err);

static int add_lines(struct build *b, const char *path, line_fn *add, struct err *err)
{
	FILE *file = fopen(path, "re");
	unsigned long number = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int rc = 0;

	if (file == NULL)
		return err_sys(err, ERR_IO, "%s", path);
	while (rc == 0 && (n = getline(&line, &size, file)) > 0) {
		number++;
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r' || line[n - 1] == ' '))
			n--;
		if ((size_t)n > REGISTRY_INDEX_LINE_MAX)
			rc = err_set(err, ERR_LIMIT, "a line of more than 1 MiB");
		else if (n > 0)
			rc = add(b, (struct str){line, (uint32_t)n}, err);
		if (rc < 0)
			rc = bad_line(err, path, number);
	}
	if (rc == 0 && ferror(file))
		rc = err_sys(err, ERR_IO, "%s", path);
	free(line);
	(void)fclose(file);
	return rc;
}

static bool ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), skip = strlen(end);

	return len > skip && strcmp(name + len - skip, end) == 0;
}

static int add_file(struct build *b, const char *path, struct err *err)
{
	const char *name = path_basename(path);

	if (ends_in(name, ".x07pkg") || strcmp(name, "download") == 0)
		return add_archive_file(b, path, err);
	if (strcmp(name, "yanked.txt") == 0)
		return add_lines(b, path, add_yank, err);
	if (strcmp(name, "advisories.ndjson") == 0)
		return add_lines(b, path, add_advisory, err);
	if (strcmp(name, "rotations.ndjson") == 0)
		return add_lines(b, path, build_add_rotation, err);
	if (ends_in(name, ".ndjson"))
		return add_lines(b, path, add_index_line, err);
	if (b->passed_over == NULL)
		b->passed_over = base_strdup(path);
	return 0;
}

static bool is_source(const char *dir)
{
	AUTO_FREE char *manifest = path_join(dir, MANIFEST_NAME);

	return file_is_regular(manifest);
}

/* The index of a registry that is built in place is what comes out, not what goes in. */
static bool is_index(const char *dir)
{
	AUTO_FREE char *config = path_join(dir, "config.json");
	AUTO_FREE char *catalog = path_join(dir, "catalog.json");

	return strcmp(path_basename(dir), "index") == 0 &&
	       (file_is_regular(config) || file_is_regular(catalog));
}

/* Links are not followed, so a folder is walked once. */
static int walk(struct build *b, const char *dir, unsigned depth, struct err *err)
{
	const struct dirent *entry;
	DIR *stream;
	int rc = 0;

	if (is_source(dir))
		return add_source(b, dir, err);
	if (is_index(dir))
		return 0;
	if (depth > DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "%s: deeper than %d levels", dir, DEPTH_MAX);
	stream = opendir(dir);
	if (stream == NULL)
		return err_sys(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", dir);
	while (rc == 0 && (entry = readdir(stream)) != NULL) {
		AUTO_FREE char *path = path_join(dir, entry->d_name);
		struct stat st;

		if (entry->d_name[0] == '.' || lstat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			rc = walk(b, path, depth + 1, err);
		else if (S_ISREG(st.st_mode))
			rc = add_file(b, path, err);
	}
	(void)closedir(stream);
	return rc;
}

/* A folder that is the wrong one, or whose archives are called otherwise, must empty no registry.
 */
static int check_input(const struct build *b, struct err *err)
{
	AUTO_FREE char *config = path_join(b->o->output, "index/config.json");
	bool replaces = file_is_regular(config);

	/* Built in place, what is there is all that there is. */
	if (b->inputs > 0 || (b->passed_over == NULL && !replaces) ||
	    strcmp(b->o->input, b->o->output) == 0)
		return 0;
	return err_code(err, ERR_PKG, REGISTRY_CODE(REG_BAD_INPUT),
	    "%s: no *.x07pkg archive, no folder with " MANIFEST_NAME
	    " and no *.ndjson below it%s%s%s",
	    b->o->input, b->passed_over != NULL ? "; passed over: " : "",
	    b->passed_over != NULL ? b->passed_over : "",
	    replaces ? "; the registry that is there stays" : "");
}

int build_read_input(struct build *b, struct err *err)
{
	int rc = walk(b, b->o->input, 0, err);

	return rc < 0 ? rc : check_input(b, err);
}
