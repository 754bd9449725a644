/* SPDX-License-Identifier: MIT */
/*
 * Files opened for writing, in place or under a temporary name that takes the target's place when
 * all is written. Source: docs/spec/stdlib.md 4.2 (write_all_v1).
 */
#include "lang/rt/fs_write.h"

#include "lang/rt/fs_caps.h"
#include "lang/rt/fs_path.h"
#include "lang/rt/fs_place.h"
#include "lang/rt/fs_types.h"
#include "lang/rt/protos.h"
#include "lang/rt/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TEMP_TRIES 1000u
#define NOREPLACE 1u

static bool is_dir(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static enum fs_code open_in_place(struct fs_target *t, const struct fs_place *place)
{
	int how = t->flags & FS_FLAG_OVERWRITE ? O_TRUNC : O_EXCL;
	struct fs_parent parent;

	t->fd = rt_fs_open(place->base, place->rest, O_WRONLY | O_CREAT | how, 0666);
	if (t->fd >= 0)
		return FS_OK;
	if (t->fd == -EEXIST && rt_fs_parent(&parent, place) == FS_OK) {
		if (is_dir(parent.fd, parent.name))
			t->fd = -EISDIR;
		rt_fs_parent_close(&parent);
	}
	return rt_fs_code(-t->fd, place);
}

static void name_temp(struct fs_target *t, unsigned n)
{
	size_t len = strlen(t->name);
	char digits[21];

	digits[rt_dec(digits, n)] = '\0';
	memcpy(t->temp, t->name, len);
	memcpy(t->temp + len, ".x07_tmp_", 9);
	memcpy(t->temp + len + 9, digits, strlen(digits) + 1);
}

static int open_temp(struct fs_target *t)
{
	for (unsigned n = 0; n < TEMP_TRIES; n++) {
		name_temp(t, n);
		t->fd = rt_fs_open(t->parent.fd, t->temp, O_WRONLY | O_CREAT | O_EXCL, 0666);
		if (t->fd != -EEXIST)
			break;
	}
	return t->fd < 0 ? -t->fd : 0;
}

static enum fs_code open_beside(struct fs_target *t, const struct fs_place *place)
{
	struct stat st;
	enum fs_code code;
	int rc = 0;

	if (place->is_root)
		return FS_IS_DIR;
	code = rt_fs_parent(&t->parent, place);
	if (code)
		return code;
	if (strlen(t->parent.name) >= sizeof(t->name))
		rc = ENAMETOOLONG;
	else if (fstatat(t->parent.fd, t->parent.name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		rc = S_ISDIR(st.st_mode) ? EISDIR : t->flags & FS_FLAG_OVERWRITE ? 0 : EEXIST;
	if (!rc) {
		memcpy(t->name, t->parent.name, strlen(t->parent.name) + 1);
		rc = open_temp(t);
	}
	if (rc)
		rt_fs_parent_close(&t->parent);
	return rt_fs_code(rc, place);
}

enum fs_code rt_fs_target_open(struct fs_target *out, const struct fs_place *place, rt_u32 flags)
{
	enum fs_code code = FS_OK;

	*out = (struct fs_target){.fd = -1, .flags = flags};
	if (flags & FS_FLAG_PARENTS)
		code = rt_fs_make_dirs(place, false);
	if (code)
		return code;
	return flags & FS_FLAG_ATOMIC ? open_beside(out, place) : open_in_place(out, place);
}

void rt_fs_target_abandon(struct fs_target *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	if (t->flags & FS_FLAG_ATOMIC) {
		(void)unlinkat(t->parent.fd, t->temp, 0);
		rt_fs_parent_close(&t->parent);
	}
}

enum fs_code rt_fs_target_commit(struct fs_target *t)
{
	unsigned how = t->flags & FS_FLAG_OVERWRITE ? 0 : NOREPLACE;
	int rc = 0;

	if (!(t->flags & FS_FLAG_ATOMIC)) {
		rc = close(t->fd) < 0 ? errno : 0;
		t->fd = -1;
		return rt_fs_code_of(rc, true, t->name);
	}
	if (fsync(t->fd) < 0 ||
	    syscall(SYS_renameat2, t->parent.fd, t->temp, t->parent.fd, t->name, how) < 0) {
		rc = errno;
		rt_fs_target_abandon(t);
		return rt_fs_code_of(rc, true, t->name);
	}
	rc = close(t->fd) < 0 ? errno : 0;
	t->fd = -1;
	rt_fs_parent_close(&t->parent);
	return rt_fs_code_of(rc, true, t->name);
}
