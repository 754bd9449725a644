/* SPDX-License-Identifier: MIT */
/* Images as memory files, and the guest that they are made for. */
#include "lang/image/image.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/path.h"
#include "lang/rt/abi.h"
#include "rt_symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096u
#define GUEST_HEAD 4096u

void image_bytes_clear(struct image_bytes *image)
{
	buf_clear(&image->data);
}

int image_seal(int *fd, uint32_t *size, const struct image_bytes *image, struct err *err)
{
	size_t whole = (image->data.len + PAGE - 1) / PAGE * PAGE;
	AUTO_FREE char *padded = NULL;
	int rc;

	if (whole == 0 || whole > RT_UNIT_MAX)
		return err_set(err, ERR_TOOLCHAIN, "compiled unit has %zu bytes, at most %lu fit",
		    image->data.len, RT_UNIT_MAX);
	if (image->entry < RT_UNIT_BASE || image->entry - RT_UNIT_BASE >= image->data.len)
		return err_set(err, ERR_TOOLCHAIN, "compiled unit has its entry outside itself");
	padded = base_calloc(1, whole);
	memcpy(padded, image->data.data, image->data.len);
	rc = file_sealed_memfd(fd, "x07-image", padded, whole, err);
	if (rc < 0)
		return rc;
	*size = (uint32_t)whole;
	return 0;
}

const char *image_guest_digest(void)
{
	return RT_GUEST_SHA256;
}

/* The first page holds the linker's build id, so a few microseconds tell any other build. */
int image_check_guest(const char *rt_dir, struct err *err)
{
	static const char digits[] = "0123456789abcdef";
	AUTO_FREE char *path = path_join(rt_dir, "x07-guest");
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char head[GUEST_HEAD] = {0};
	char hex[2 * GUEST_HEAD];
	char digest[SHA256_HEX_SIZE];
	ssize_t len;

	if (fd < 0)
		return err_sys(
		    err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "cannot open %s", path);
	len = read(fd, head, sizeof(head));
	if (len < 0)
		return err_sys(err, ERR_IO, "cannot read %s", path);
	for (ssize_t i = 0; i < len; i++) {
		hex[2 * i] = digits[head[i] >> 4];
		hex[2 * i + 1] = digits[head[i] & 15];
	}
	sha256_text(digest, hex, 2 * (size_t)len);
	if (strcmp(digest, RT_GUEST_HEAD_SHA256) != 0)
		return err_set(err, ERR_TOOLCHAIN,
		    "%s is not the guest that this x07 was built with; install both together",
		    path);
	return 0;
}
