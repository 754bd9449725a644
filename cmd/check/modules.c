/* SPDX-License-Identifier: MIT */
/* Walks the module roots of a project. A folder that cannot be read has no modules. */
#include "cmd/check/modules.h"

#include "base/file.h"
#include "base/path.h"
#include "cmd/run/paths.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".x07.json"
#define DEPTH_MAX 32
#define MODULES_MAX 2048u /* files of one program, as in lang/ast/load.c */
#define ENTRIES_MAX 100000u
#define ID_MAX_BYTES 4096u

/* What the walk goes by. */
struct walk {
	struct check_modules *out;
	const struct run_target *target;
	size_t entries;
	struct err *err;
};

/* A part of a module id; other files and folders can hold no module that an import names. */
static bool is_part(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '_')
			return false;
	}
	return len > 0;
}

/* A root below a root has modules of its own; so has a package inside the project. */
static bool is_root(const struct run_target *t, const char *path)
{
	for (size_t i = 0; i < t->module_roots.count; i++) {
		if (strcmp(t->module_roots.items[i], path) == 0)
			return true;
	}
	return false;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *join_id(const char *prefix, const char *name, size_t len)
{
	CLEANUP(buf_clear) struct buf id = buf_init(ID_MAX_BYTES);

	buf_printf(&id, "%s%s%.*s", prefix, prefix[0] != '\0' ? "." : "", (int)len, name);
	return base_strdup(buf_str(&id));
}

static int walk(struct walk *w, const char *dir, const char *prefix, int depth);

static int visit(struct walk *w, const char *dir, const char *prefix, const char *name, int depth)
{
	AUTO_FREE char *path = path_join(dir, name);
	size_t len = strlen(name), end = strlen(SUFFIX);

	if (is_part(name, len) && is_folder(path)) {
		AUTO_FREE char *id = join_id(prefix, name, len);

		return is_root(w->target, path) ? 0 : walk(w, path, id, depth + 1);
	}
	if (len <= end || strcmp(name + len - end, SUFFIX) != 0 || !is_part(name, len - end) ||
	    !file_is_regular(path) || strcmp(path, w->target->entry) == 0)
		return 0;
	if (w->out->ids.count >= MODULES_MAX)
		return err_set(w->err, ERR_LIMIT, "more than %u modules below %s", MODULES_MAX,
		    w->target->root);
	run_paths_add(&w->out->ids, join_id(prefix, name, len - end));
	return 0;
}

static int walk(struct walk *w, const char *dir, const char *prefix, int depth)
{
	const struct dirent *e;
	DIR *d = depth < DEPTH_MAX ? opendir(dir) : NULL;
	int rc = 0;

	while (rc == 0 && d != NULL && (e = readdir(d)) != NULL) {
		if (++w->entries > ENTRIES_MAX)
			rc = err_set(w->err, ERR_LIMIT,
			    "more than %u files in the module roots of %s", ENTRIES_MAX,
			    w->target->root);
		else
			rc = visit(w, dir, prefix, e->d_name, depth);
	}
	if (d != NULL)
		(void)closedir(d);
	return rc;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int check_modules_find(struct check_modules *out, const struct run_target *target, struct err *err)
{
	struct walk w = {.out = out, .target = target, .err = err};

	/* Of a program file the first root is its folder: what it imports from there is its own. */
	out->own_roots = target->is_project ? target->manifest.module_root_count : 1;
	for (size_t i = 0; target->is_project && i < out->own_roots; i++) {
		int rc = walk(&w, target->module_roots.items[i], "", 0);

		if (rc < 0)
			return rc;
	}
	if (out->ids.count > 1)
		qsort(out->ids.items, out->ids.count, sizeof(char *), by_text);
	return 0;
}

void check_modules_clear(struct check_modules *modules)
{
	run_paths_clear(&modules->ids);
}
