/* SPDX-License-Identifier: MIT */
/* x07-package.json of an installed package, read through descriptors so that no link leads out. */
#include "cmd/pkg/meta.h"

#include "base/file.h"
#include "base/path.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)16 << 20)

static int read_file(struct buf *out, int dirfd, const char *path, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	int rc = path_open_beneath(&fd, dirfd, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0, err);

	return rc < 0 ? rc : file_read_fd(out, fd, path, err);
}

int pkg_meta_file_sha(char out[SHA256_HEX_SIZE], int dirfd, const char *path, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(FILE_MAX_BYTES);
	int rc = read_file(&text, dirfd, path, err);

	if (rc < 0)
		return rc;
	sha256_text(out, buf_str(&text), text.len);
	return 0;
}

void pkg_meta_clear(struct pkg_meta *m)
{
	if (m->loaded)
		pkg_package_clear(&m->p);
	m->loaded = false;
}

int pkg_meta_read(struct pkg_meta *out, int dirfd, const char *what, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(PKG_PACKAGE_MAX_BYTES);
	CLEANUP(diag_list_clear) struct diag_list diags = {0};
	struct pkg_meta m = {.loaded = true};
	const char *data;
	int rc = read_file(&text, dirfd, PKG_PACKAGE_NAME, err);

	if (rc < 0)
		return rc == ERR_NOT_FOUND ? rc : err_wrap(err, "package %s", what);
	data = buf_str(&text);
	rc = pkg_package_parse(&m.p, data, text.len, PKG_PACKAGE_NAME, &diags, err);
	if (rc < 0 && diags.count > 0) {
		/* What is wrong says more than that it is; the code stays. */
		(void)snprintf(err->message, sizeof(err->message), "package %s: %s: %s", what,
		    PKG_PACKAGE_NAME, diags.items[0].message);
		err->code = ERR_PKG;
		return ERR_PKG;
	}
	if (rc < 0)
		return err_wrap(err, "package %s", what);
	sha256_text(m.sha256, data, text.len);
	pkg_meta_clear(out);
	*out = m;
	return 0;
}
