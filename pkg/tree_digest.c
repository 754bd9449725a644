/* SPDX-License-Identifier: MIT */
/* The digest of a tree, and what differs between two trees. */
#include "pkg/tree_digest.h"

#include "pkg/tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char tree_domain[] = "x07.tree.v1\n";

void pkg_tree_digest(char out[SHA256_HEX_SIZE], const struct pkg_tree *tree)
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 h;

	sha256_init(&h);
	sha256_add(&h, tree_domain, sizeof(tree_domain) - 1);
	for (uint32_t i = 0; i < tree->count; i++) {
		const struct pkg_tree_file *file = &tree->files[i];
		char hex[SHA256_HEX_SIZE];
		char head[SHA256_HEX_SIZE + 24];

		sha256_hex(hex, file->sha256);
		(void)snprintf(head, sizeof(head), "%s %" PRIu64 " ", hex, file->size);
		sha256_add(&h, head, strlen(head));
		sha256_add(&h, file->path, strlen(file->path));
		sha256_add(&h, "\n", 1);
	}
	sha256_end(&h, digest);
	sha256_hex(out, digest);
}

static int by_path(const void *key, const void *item)
{
	return strcmp(key, ((const struct pkg_tree_file *)item)->path);
}

const struct pkg_tree_file *pkg_tree_find(const struct pkg_tree *tree, const char *path)
{
	char plain[PKG_TREE_PATH_MAX + 1];
	size_t n = 0;

	for (size_t len; *path; path += len + strspn(path + len, "/")) {
		len = strcspn(path, "/");
		if (len == 1 && *path == '.')
			continue;
		if (n + len + 1 > PKG_TREE_PATH_MAX)
			return NULL;
		if (n > 0)
			plain[n++] = '/';
		memcpy(plain + n, path, len);
		n += len;
	}
	plain[n] = '\0';
	return tree->count == 0
		   ? NULL
		   : bsearch(plain, tree->files, tree->count, sizeof(*tree->files), by_path);
}

static int differs(
    const struct pkg_tree_file *want, const struct pkg_tree_file *got, struct err *err)
{
	char want_hex[SHA256_HEX_SIZE];
	char got_hex[SHA256_HEX_SIZE];

	if (memcmp(want->sha256, got->sha256, SHA256_BYTES) == 0 && want->size == got->size)
		return 0;
	sha256_hex(want_hex, want->sha256);
	sha256_hex(got_hex, got->sha256);
	return err_set(
	    err, ERR_FORMAT, "%s: expected sha256 %s, got %s", want->path, want_hex, got_hex);
}

int pkg_tree_compare(const struct pkg_tree *want, const struct pkg_tree *got, struct err *err)
{
	uint32_t i = 0;

	for (; i < want->count && i < got->count; i++) {
		int order = strcmp(want->files[i].path, got->files[i].path);
		int rc = order ? 0 : differs(&want->files[i], &got->files[i], err);

		if (rc < 0)
			return rc;
		if (order < 0)
			break;
		if (order > 0)
			return err_set(
			    err, ERR_FORMAT, "%s: not part of the package", got->files[i].path);
	}
	if (i < want->count)
		return err_set(err, ERR_FORMAT, "%s: missing", want->files[i].path);
	if (i < got->count)
		return err_set(err, ERR_FORMAT, "%s: not part of the package", got->files[i].path);
	return 0;
}
