/* SPDX-License-Identifier: MIT */
/*
 * The descriptors that a program is handed: the guest, its configuration, its image and the table
 * of effects. They exist before the sandbox is prepared, so that they are filled while it is built.
 */
#include "cmd/run/files.h"

#include "base/path.h"
#include "cmd/run/effects.h"
#include "lang/rt/config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define COPY_BYTES 65536

_Static_assert(RT_FD_IMAGE == SANDBOX_FD_CODE, "the filter lets code be mapped from the image");

void run_files_close(struct run_files *files)
{
	base_close_fd(&files->guest);
	base_close_fd(&files->config);
	base_close_fd(&files->image);
	base_close_fd(&files->effects);
}

static int open_memory(int *out, const char *name, struct err *err)
{
	*out = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return *out < 0 ? err_sys(err, ERR_IO, "memory file for the %s", name) : 0;
}

int run_files_open(struct run_files *out, const char *rt_dir, struct err *err)
{
	AUTO_FREE char *guest = path_join(rt_dir, "x07-guest");
	int rc;

	out->guest = open(guest, O_RDONLY | O_CLOEXEC);
	if (out->guest < 0)
		return err_sys(err, ERR_IO, "the runtime %s is not installed", guest);
	rc = open_memory(&out->config, "x07-config", err);
	if (rc < 0)
		return rc;
	rc = open_memory(&out->image, "x07-image", err);
	return rc < 0 ? rc : run_effects_open(&out->effects, err);
}

static int write_all_at(int fd, const char *data, size_t len, off_t at, struct err *err)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, data, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(err, ERR_IO, "memory file");
		data += n;
		len -= (size_t)n;
		at += n;
	}
	return 0;
}

static int seal(int fd, struct err *err)
{
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
		return err_sys(err, ERR_IO, "sealing a memory file");
	return 0;
}

/* The compiled image into the file that the child inherited. */
static int fill_image(int to, int from, struct err *err)
{
	AUTO_FREE char *block = base_alloc(COPY_BYTES);
	off_t at = 0;

	for (;;) {
		ssize_t n = pread(from, block, COPY_BYTES, at);
		int rc;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, "reading the compiled image");
		if (n == 0)
			return seal(to, err);
		rc = write_all_at(to, block, (size_t)n, at, err);
		if (rc < 0)
			return rc;
		at += n;
	}
}

int run_files_fill(
    const struct run_files *files, int image_fd, const struct buf *config, struct err *err)
{
	int rc = fill_image(files->image, image_fd, err);

	if (rc < 0)
		return rc;
	rc = write_all_at(files->config, config->data, config->len, 0, err);
	return rc < 0 ? rc : seal(files->config, err);
}
