/* SPDX-License-Identifier: MIT */
/*
 * Archives as a registry reads them: what it takes, x07-unpack takes too, with the same files, and
 * the manifest is one for the client.
 */
#include "base/file.h"
#include "pkg/package.h"
#include "pkg/tree.h"
#include "pkg/tree_digest.h"
#include "registry/build/archive.h"
#include "registry/store/remove_priv.h"
#include "registry/unpack/unpack.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same_manifest(const struct build_archive *a)
{
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	CLEANUP(pkg_package_clear) struct pkg_package p = {0};
	struct err err = {0};

	if (pkg_package_load(&p, "unpacked/x07-package.json", &diags, &err) < 0 ||
	    strcmp(p.name, a->package.name) != 0 || strcmp(p.version, a->package.version) != 0 ||
	    p.module_count != a->package.module_count || p.need_count != a->package.need_count)
		abort();
}

static void same_files(const struct build_archive *a, int archive, int dir)
{
	struct unpack_result done = {0};
	char digest[SHA256_HEX_SIZE];
	struct pkg_tree tree = {0};
	struct err err = {0};

	if (unpack_archive(&done, archive, NULL, dir, &err) < 0 || done.files != a->files ||
	    pkg_tree_scan(&tree, dir, &err) < 0)
		abort();
	pkg_tree_digest(digest, &tree);
	if (strcmp(digest, a->tree_sha256) != 0)
		abort();
	pkg_tree_clear(&tree);
}

/* Right checksums wherever headers are, or hardly a mutation would get past them. */
static void fix_checksums(char *tar, size_t size)
{
	for (size_t at = 0; at + BLOCK <= size && tar[at] != '\0';) {
		char length[12] = "";
		unsigned sum = 0;

		memcpy(length, tar + at + 124, 11);
		memset(tar + at + 148, ' ', 8);
		for (size_t i = 0; i < BLOCK; i++)
			sum += (unsigned char)tar[at + i];
		(void)snprintf(tar + at + 148, 8, "%07o", sum & 07777777);
		at += BLOCK + (strtoul(length, NULL, 8) + BLOCK - 1) / BLOCK * BLOCK;
	}
}

static int compare(const char *data, size_t size)
{
	CLEANUP(build_archive_clear) struct build_archive a = {0};
	AUTO_CLOSE int archive = -1;
	AUTO_CLOSE int dir = -1;
	struct err err = {0};

	if (build_archive_read(&a, data, size, &err) < 0)
		return 0;
	archive = memfd_create("fuzz", MFD_CLOEXEC);
	if (archive < 0 || mkdir("unpacked", 0700) < 0 ||
	    (dir = open("unpacked", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
	    file_write_all(archive, data, size, &err) < 0 || lseek(archive, 0, SEEK_SET) < 0)
		abort();
	same_files(&a, archive, dir);
	same_manifest(&a);
	return store_remove_tree(AT_FDCWD, "unpacked") ? 0 : (abort(), 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *tar = malloc(size + 1);
	int rc;

	if (tar == NULL)
		return 0;
	memcpy(tar, data, size);
	fix_checksums(tar, size);
	rc = compare(tar, size);
	free(tar);
	return rc;
}
