/* SPDX-License-Identifier: MIT */
/* Archives, read into a folder as x07-unpack does; only what was counted is there afterwards. */
#include "registry/unpack/unpack.h"

#include "base/file.h"
#include "pkg/tree.h"
#include "registry/store/remove_priv.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_CLOSE int archive = memfd_create("fuzz", MFD_CLOEXEC);
	AUTO_CLOSE int dir = -1;
	struct unpack_result done = {0};
	struct pkg_tree tree = {0};
	struct err err = {0};

	if (mkdir("unpacked", 0700) < 0 || archive < 0 ||
	    (dir = open("unpacked", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
	    file_write_all(archive, data, size, &err) < 0 || lseek(archive, 0, SEEK_SET) < 0)
		abort();
	if (unpack_archive(&done, archive, NULL, dir, &err) == 0) {
		if (pkg_tree_scan(&tree, dir, &err) < 0 || tree.count != done.files ||
		    tree.bytes != done.bytes)
			abort();
		pkg_tree_clear(&tree);
	}
	return store_remove_tree(AT_FDCWD, "unpacked") ? 0 : (abort(), 1);
}
