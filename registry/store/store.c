/* SPDX-License-Identifier: MIT */
/*
 * Opening a store, its lock, and the directories in which entries are made.
 *
 * One lock file: whoever uses the store holds it shared, whoever removes things that others might
 * be using holds it alone. The kernel drops it with its holder. Source: docs/format/store.md.
 */

#include "registry/store/store.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/file_replace.h"
#include "base/path.h"
#include "registry/codes.h"
#include "registry/store/entry_priv.h"
#include "registry/store/remove_priv.h"
#include "registry/store/store_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FORMAT "x07.store@1\n"
#define WAIT_STEP_MS 20
/* Somebody who opens the store may sweep it for a moment; that is nothing to fail over. */
#define SWEEP_MS 5000

static int make_dir(int *out, int at, const char *name, struct err *err)
{
	if (mkdirat(at, name, 0755) < 0 && errno != EEXIST)
		return err_sys(err, ERR_IO, "store: %s", name);
	*out = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *out < 0 ? err_sys(err, ERR_IO, "store: %s", name) : 0;
}

/* The first one to come writes the format; whole, because a reader may be there already. */
static int check_format(struct store *s, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(64);
	AUTO_FREE char *path = path_join(s->root, "format");
	int rc = file_read(&text, path, err);

	if (rc == ERR_NOT_FOUND)
		return file_replace(path, FORMAT, sizeof(FORMAT) - 1, err);
	if (rc < 0 && rc != ERR_LIMIT)
		return err_wrap(err, "store");
	if (rc < 0 || strcmp(buf_str(&text), FORMAT) != 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(STORE_FORMAT),
		    "the store %s is not of the format %.11s: remove it, or use another one",
		    s->root, FORMAT);
	return 0;
}

int store_open_dirs(struct store *s, const char *root, struct err *err)
{
	int rc = file_mkdirs(root, err);

	if (rc < 0)
		return err_wrap(err, "store");
	s->root = base_strdup(root);
	s->root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->root_fd < 0)
		return err_sys(err, ERR_IO, "store: %s", root);
	s->lock_fd = openat(s->root_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	/* A store that only its owner may change, of an image or of another user, can be read. */
	if (s->lock_fd < 0 && (errno == EROFS || errno == EACCES))
		s->lock_fd = openat(s->root_fd, "lock", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (s->lock_fd < 0)
		return err_sys(err, ERR_IO, "store: %s/lock", root);
	rc = make_dir(&s->tmp_fd, s->root_fd, "tmp", err);
	return rc < 0 ? rc : make_dir(&s->trees_fd, s->root_fd, "sha256", err);
}

/* Who holds the lock alone writes its process id into the file, for the message of the others. */
static int busy(struct store *s, int how, struct err *err)
{
	char who[32] = "";
	ssize_t got = pread(s->lock_fd, who, sizeof(who) - 1, 0);

	who[got > 0 ? got : 0] = '\0';
	who[strspn(who, "0123456789")] = '\0';
	if (how == LOCK_EX)
		return err_code(err, ERR_PKG, REGISTRY_CODE(STORE_BUSY),
		    "the store %s is in use by another process; nothing was removed", s->root);
	return err_code(err, ERR_PKG, REGISTRY_CODE(STORE_BUSY),
	    "garbage is being collected in the store %s by process %s", s->root,
	    who[0] ? who : "(unknown)");
}

static void note_holder(struct store *s)
{
	char who[32];
	int len = snprintf(who, sizeof(who), "%d\n", (int)getpid());

	/* Only a help for messages: a full disk must not matter. */
	if (len > 0 && ftruncate(s->lock_fd, 0) == 0)
		(void)!pwrite(s->lock_fd, who, (size_t)len, 0);
}

int store_lock(struct store *s, int how, uint32_t wait_ms, struct err *err)
{
	const struct timespec step = {.tv_nsec = WAIT_STEP_MS * 1000000L};
	uint32_t waited = 0;

	while (flock(s->lock_fd, how | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(err, ERR_IO, "store: %s/lock", s->root);
		if (waited >= wait_ms)
			return busy(s, how, err);
		(void)nanosleep(&step, NULL);
		waited += WAIT_STEP_MS;
	}
	if (how == LOCK_EX)
		note_holder(s);
	return 0;
}

uint32_t store_sweep(struct store *s)
{
	int fd = fcntl(s->tmp_fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	uint32_t found = 0;

	if (!dir) {
		base_close_fd(&fd);
		return 0;
	}
	rewinddir(dir);
	for (e = readdir(dir); e; e = readdir(dir)) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
			found++;
			(void)store_remove_tree(s->tmp_fd, e->d_name);
		}
	}
	(void)closedir(dir);
	return found;
}

static bool has_leftovers(struct store *s)
{
	struct stat st;

	/* Two links: itself and ".". File systems that do not count say 1, then we look. */
	return fstat(s->tmp_fd, &st) < 0 || st.st_nlink != 2;
}

/* Alone for a moment: whatever lies in tmp/ is of processes that died. Else the next one does it.
 */
static void sweep_if_alone(struct store *s)
{
	if (has_leftovers(s) && flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
		(void)store_sweep(s);
}

int store_open(struct store **out, const char *root, uint32_t wait_ms, struct err *err)
{
	struct store *s = base_calloc(1, sizeof(*s));
	int rc;

	s->root_fd = s->tmp_fd = s->trees_fd = s->lock_fd = -1;
	rc = store_open_dirs(s, root, err);
	if (rc == 0) {
		sweep_if_alone(s);
		/* Also turns the exclusive lock of the sweep into a shared one. */
		rc = store_lock(s, LOCK_SH, wait_ms > SWEEP_MS ? wait_ms : SWEEP_MS, err);
	}
	if (rc == 0)
		rc = check_format(s, err);
	if (rc < 0) {
		store_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	base_close_fd(&store->trees_fd);
	base_close_fd(&store->tmp_fd);
	base_close_fd(&store->root_fd);
	base_close_fd(&store->lock_fd);
	free(store->root);
	free(store);
}

/* The directory below a stage that gets the files; the list goes beside it. */
static int openat_files(int tmp_fd, const char *id)
{
	AUTO_CLOSE int fd = openat(tmp_fd, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || mkdirat(fd, STORE_FILES_NAME, 0755) < 0)
		return -1;
	return openat(fd, STORE_FILES_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int store_stage_make(struct store_stage *out, struct store *store, struct err *err)
{
	struct store_stage stage = {.dirfd = -1};

	/* A name that is taken is of a dead process that had our number. */
	do {
		store->stages++;
		(void)snprintf(
		    stage.id, sizeof(stage.id), "%d-%" PRIu32, (int)getpid(), store->stages);
	} while (mkdirat(store->tmp_fd, stage.id, 0755) < 0 && errno == EEXIST);
	stage.dirfd = openat_files(store->tmp_fd, stage.id);
	if (stage.dirfd < 0) {
		int rc = err_sys(err, ERR_IO, "store: %s/tmp/%s", store->root, stage.id);

		(void)store_remove_tree(store->tmp_fd, stage.id);
		return rc;
	}
	*out = stage;
	return 0;
}

void store_stage_drop(struct store *store, struct store_stage *stage)
{
	base_close_fd(&stage->dirfd);
	if (stage->id[0] != '\0')
		(void)store_remove_tree(store->tmp_fd, stage->id);
	stage->dirfd = -1;
	stage->id[0] = '\0';
}
