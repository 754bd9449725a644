/* SPDX-License-Identifier: MIT */
/*
 * Which names an archive may hold together: none twice, and no two that a file system without case
 * would take for one. Directories on the way count as names, so "A/x" and "a/y" clash too.
 */
#include "registry/unpack/names.h"

#include "registry/codes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX ((size_t)32 << 20)
#define SLOTS_MIN 256

void unpack_names_init(struct unpack_names *names)
{
	memset(names, 0, sizeof(*names));
	arena_init(&names->arena, NAMES_MAX);
}

void unpack_names_clear(struct unpack_names *names)
{
	arena_clear(&names->arena);
	free(names->slots);
	memset(names, 0, sizeof(*names));
}

int unpack_name_check(char *out, const char *path, bool is_dir, struct err *err)
{
	size_t len = strlen(path);
	const char *fault;

	if (is_dir && len > 1 && path[len - 1] == '/')
		len--;
	fault = pkg_tree_path_fault(path, len);
	if (fault) {
		bool limit = strstr(fault, "longer") || strstr(fault, "deeper");

		return err_code(err, ERR_PKG,
		    limit ? REGISTRY_CODE(ARCHIVE_LIMIT) : REGISTRY_CODE(ARCHIVE_PATH),
		    "an entry's path %s", fault);
	}
	memcpy(out, path, len);
	out[len] = '\0';
	return 0;
}

/* ASCII only: a file system that folds more than that is not one that this program runs on. */
static char fold(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static uint64_t hash_of(const char *text, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return h ^ h >> 32;
}

static struct unpack_name *slot_of(struct unpack_names *names, const char *folded)
{
	size_t mask = names->cap - 1;
	size_t at = (size_t)hash_of(folded, strlen(folded)) & mask;

	while (names->slots[at].folded && strcmp(names->slots[at].folded, folded) != 0)
		at = (at + 1) & mask;
	return &names->slots[at];
}

static void grow(struct unpack_names *names)
{
	struct unpack_name *old = names->slots;
	size_t old_cap = names->cap;

	names->cap = old_cap ? old_cap * 2 : SLOTS_MIN;
	names->slots = base_calloc(names->cap, sizeof(*names->slots));
	for (size_t i = 0; i < old_cap; i++) {
		if (old[i].folded)
			*slot_of(names, old[i].folded) = old[i];
	}
	free(old);
}

static int refuse(struct err *err, const struct code *code, const char *path, const char *why)
{
	return err_code(err, ERR_PKG, code, "%.200s: %s", path, why);
}

/* What was noted before under this name, against what it is now. */
static int check_again(
    struct unpack_name *was, const char *path, bool is_entry, bool is_file, struct err *err)
{
	if (strcmp(was->exact, path) != 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(ARCHIVE_CASE),
		    "%.200s and %.200s differ only in case", was->exact, path);
	if (was->is_file != is_file)
		return refuse(
		    err, REGISTRY_CODE(ARCHIVE_DUPLICATE), path, "is both file and directory");
	if (was->is_entry && is_entry)
		return refuse(err, REGISTRY_CODE(ARCHIVE_DUPLICATE), path, "is there twice");
	was->is_entry = was->is_entry || is_entry;
	return 0;
}

static int add(
    struct unpack_names *names, struct str path, bool is_entry, bool is_file, struct err *err)
{
	char folded[PKG_TREE_PATH_MAX + 1] = "";
	char exact[PKG_TREE_PATH_MAX + 1];
	struct unpack_name *slot;

	for (uint32_t i = 0; i < path.len; i++)
		folded[i] = fold(path.ptr[i]);
	memcpy(exact, path.ptr, path.len);
	folded[path.len] = '\0';
	exact[path.len] = '\0';
	if (names->count * 2 >= names->cap)
		grow(names);
	slot = slot_of(names, folded);
	if (slot->folded)
		return check_again(slot, exact, is_entry, is_file, err);
	slot->folded = arena_strndup(&names->arena, folded, path.len);
	slot->exact = arena_strndup(&names->arena, exact, path.len);
	if (!slot->folded || !slot->exact)
		return refuse(
		    err, REGISTRY_CODE(ARCHIVE_LIMIT), "archive", "more than 32 MiB of names");
	slot->is_entry = is_entry;
	slot->is_file = is_file;
	names->count++;
	return 0;
}

int unpack_names_add(struct unpack_names *names, const char *path, bool is_dir, struct err *err)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		int rc =
		    add(names, (struct str){path, (uint32_t)(slash - path)}, false, false, err);

		if (rc < 0)
			return rc;
	}
	return add(names, str_c(path), true, !is_dir, err);
}
