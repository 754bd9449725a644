/* SPDX-License-Identifier: MIT */
/* Where our own folders are, and whether another folder touches one. The list is own.def. */
#include "base/own.h"

#include "base/buf.h"
#include "base/path.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct own_folder folders[] = {
#define OWN(id, what, variable, parts) {what, variable, parts},
#include "base/own.def"
#undef OWN
};

const struct own_folder *own_folder_at(enum own_id id)
{
	return &folders[id];
}

/* ---- where they are ---- */

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static char *absolute(const char *path)
{
	char *out = NULL;
	struct err ignored = {0};

	return path_absolute(&out, path, &ignored) == 0 ? out : NULL;
}

/* Below the user's home, when there is one. */
static char *in_home(const char *rest)
{
	const char *home = setting("HOME");

	return home != NULL && home[0] == '/' ? path_join(home, rest) : NULL;
}

static char *cache_path(void)
{
	const char *xdg = setting("XDG_CACHE_HOME");

	if (xdg != NULL && xdg[0] == '/')
		return path_join(xdg, "x07/images");
	return in_home(".cache/x07/images");
}

/* The program stands in <prefix>/bin, its helpers in <prefix>/lib/x07. */
static char *installed(const char *rest)
{
	static const char helpers[] = "/lib/x07";
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *joined = NULL;
	struct err ignored = {0};
	size_t len;

	if (path_self_dir(&dir, &ignored) < 0)
		return NULL;
	len = strlen(dir);
	if (len >= sizeof(helpers) && strcmp(dir + len - (sizeof(helpers) - 1), helpers) == 0) {
		dir[len - (sizeof(helpers) - 1)] = '\0';
		return path_join(dir, rest);
	}
	if (strcmp(rest, "bin") == 0) /* whatever its name */
		return TAKE(dir);
	joined = path_dirname(dir);
	return path_join(joined, rest);
}

char *own_folder_path(enum own_id id)
{
	const char *moved = folders[id].variable != NULL ? setting(folders[id].variable) : NULL;

	if (moved != NULL)
		return absolute(moved);
	switch (id) {
	case OWN_CACHE:
		return cache_path();
	case OWN_HOME:
		return in_home(".x07");
	case OWN_BIN:
		return installed("bin");
	case OWN_LIB:
		return installed("lib/x07");
	case OWN_SHARE:
		return installed("share/x07");
	case OWN_STAGE:
		return base_strdup("/tmp");
	case OWN_KEYS: /* the system's: no user can write there */
	case OWN_COUNT:
		break;
	}
	return NULL;
}

/* ---- whether one is touched ---- */

/* Without links as far as it is there; the rest as text. */
static char *real_of(const char *path)
{
	AUTO_FREE char *up = base_strdup(path);
	char *real = realpath(up, NULL);
	size_t len = strlen(up);

	while (real == NULL && len > 1) {
		while (len > 1 && up[len - 1] != '/')
			len--;
		up[len > 1 ? --len : len] = '\0';
		real = realpath(up, NULL);
	}
	if (real == NULL || path[len] == '\0')
		return real;
	base_free_ptr(&up);
	up = real;
	return path_join(up, path + len + strspn(path + len, "/"));
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (len == 1)
		return true;
	return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* The same folder may have another name (a bind mount): some folder above @p path is @p st. */
static bool is_above_by_inode(const struct stat *st, const char *path)
{
	AUTO_FREE char *up = base_strdup(path);
	struct stat own;

	for (size_t len = strlen(up); len > 1; up[len] = '\0') {
		if (stat(up, &own) == 0 && own.st_ino == st->st_ino && own.st_dev == st->st_dev)
			return true;
		while (len > 1 && up[len - 1] != '/')
			len--;
		len -= len > 1;
	}
	return false;
}

static bool touches(const char *path, const struct stat *st, const char *own, bool parts)
{
	return is_below(own, path) || (parts && is_below(path, own)) ||
	       (st != NULL && is_above_by_inode(st, own));
}

static char *fault_text(enum own_id id, const char *own)
{
	CLEANUP(buf_clear) struct buf text = buf_init((size_t)PATH_MAX * 2);

	buf_printf(&text,
	    "%s of x07 is %s, and a program that writes there decides what later runs do",
	    folders[id].what, own);
	if (folders[id].variable != NULL)
		buf_printf(
		    &text, "; name a narrower folder, or move it with %s", folders[id].variable);
	else
		buf_puts(&text, "; name a narrower folder");
	return buf_take(&text);
}

char *own_folder_fault(const char *path)
{
	struct stat st;
	bool there = stat(path, &st) == 0;

	for (unsigned id = 0; id < OWN_COUNT; id++) {
		AUTO_FREE char *named = own_folder_path((enum own_id)id);
		AUTO_FREE char *own = named != NULL ? real_of(named) : NULL;

		if (own != NULL && touches(path, there ? &st : NULL, own, folders[id].parts))
			return fault_text((enum own_id)id, own);
	}
	return NULL;
}
