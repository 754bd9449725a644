/* SPDX-License-Identifier: MIT */
/*
 * --compiled-out: guest, image, configuration and footer in one executable file. It runs with the
 * rules of its policy in its own runtime, but without the sandbox: that is the supervisor's work.
 */
#include "cmd/run/standalone.h"

#include "base/file.h"
#include "base/file_replace.h"
#include "lang/rt/config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Append the whole file behind @p fd; its offset is left alone, the guest still reads it. */
static int append(struct buf *out, int fd, struct err *err)
{
	off_t at = 0;
	char block[16384];

	for (;;) {
		ssize_t n = pread(fd, block, sizeof(block), at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, "reading a part of the executable");
		if (n == 0)
			return 0;
		buf_add(out, block, (size_t)n);
		at += n;
	}
}

/* Parts start at multiples of a page, so that the image can be mapped from the file. */
static void pad(struct buf *out)
{
	while (out->len % 4096 != 0 && !out->overflow)
		buf_putc(out, '\0');
}

static int build(struct buf *out, const struct run_standalone *parts, struct err *err)
{
	struct rt_footer footer = {0};
	int rc = append(out, parts->guest_fd, err);

	if (rc < 0)
		return rc;
	pad(out);
	footer.image_at = out->len;
	rc = append(out, parts->image_fd, err);
	if (rc < 0)
		return rc;
	footer.image_size = out->len - footer.image_at;
	pad(out);
	footer.config_at = out->len;
	rc = append(out, parts->config_fd, err);
	if (rc < 0)
		return rc;
	footer.config_size = out->len - footer.config_at;
	memcpy(footer.magic, RT_FOOTER_MAGIC, sizeof(footer.magic));
	buf_add(out, &footer, sizeof(footer));
	if (out->overflow)
		return err_set(err, ERR_LIMIT, "the executable is larger than %u bytes",
		    RUN_STANDALONE_MAX_BYTES);
	return 0;
}

/* Executable for whoever the umask lets read it. The file, not what a link in its place names. */
static int make_executable(const char *path, struct err *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    fchmod(fd, (st.st_mode & 0777) | ((st.st_mode & 0444) >> 2)) < 0)
		return err_sys(err, ERR_IO, "cannot make %s executable", path);
	return 0;
}

int run_standalone_write(
    uint64_t *size, const char *path, const struct run_standalone *parts, struct err *err)
{
	CLEANUP(buf_clear) struct buf file = buf_init(RUN_STANDALONE_MAX_BYTES);
	int rc = build(&file, parts, err);

	if (rc == 0)
		rc = file_replace(path, file.data, file.len, err);
	if (rc == 0)
		rc = make_executable(path, err);
	if (rc < 0)
		return err_wrap(err, "--compiled-out");
	*size = file.len;
	return 0;
}
