/* SPDX-License-Identifier: MIT */
/*
 * Finished images of `cc -O2`, one file for each key, in a directory that only the user can write.
 * Nothing read from it is believed: header, key and digest must fit, or the file is removed.
 * Source: docs/format/cache.md.
 */
#include "lang/image/cache.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/own.h"
#include "base/path.h"
#include "lang/rt/abi.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KEY_LEN (SHA256_HEX_SIZE - 1)
#define MAGIC "x07img\r\n"
#define FORMAT 1u
#define NAME_SIZE (KEY_LEN + 40)

/* Little-endian, same machine; `digest` covers everything behind it. */
struct header {
	char magic[8];
	uint8_t digest[SHA256_BYTES];
	uint32_t format;
	uint32_t entry;
	uint64_t size;
	char key[KEY_LEN];
};

_Static_assert(sizeof(struct header) == 56 + KEY_LEN, "no padding in the file header");

static void header_digest(uint8_t out[SHA256_BYTES], const struct header *h, const void *bytes)
{
	size_t start = offsetof(struct header, format);
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, (const char *)h + start, sizeof(*h) - start);
	sha256_add(&s, bytes, h->size);
	sha256_end(&s, out);
}

/* The user's own, and nobody else may write there. */
static bool is_private(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

int image_cache_open(void)
{
	AUTO_FREE char *path = own_folder_path(OWN_CACHE);
	AUTO_CLOSE int fd = -1;
	struct err ignored = {0};

	if (path == NULL)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		AUTO_FREE char *parent = path_dirname(path);

		if (file_mkdirs(parent, &ignored) < 0 || (mkdir(path, 0700) < 0 && errno != EEXIST))
			return -1;
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0 || !is_private(fd))
		return -1;
	return take_fd(&fd);
}

/* "ab/abcdef..." plus a suffix; keys are hexadecimal, so the name is safe. */
static void entry_name(char out[NAME_SIZE], const char *key, const char *suffix)
{
	(void)snprintf(out, NAME_SIZE, "%.2s/%.64s%s", key, key, suffix);
}

static bool read_entry(struct buf *out, int cache_fd, const char *name)
{
	AUTO_CLOSE int fd = openat(cache_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct err ignored = {0};
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return false;
	(void)futimens(
	    fd, NULL); /* image_cache_prune removes what was not used for the longest time */
	return file_read_fd(out, fd, name, &ignored) == 0;
}

static bool verify(struct image_bytes *out, const struct buf *file, const char *key)
{
	uint8_t digest[SHA256_BYTES];
	struct header h;

	if (file->len < sizeof(h))
		return false;
	memcpy(&h, file->data, sizeof(h));
	if (memcmp(h.magic, MAGIC, sizeof(h.magic)) != 0 || h.format != FORMAT ||
	    h.size != file->len - sizeof(h) || memcmp(h.key, key, KEY_LEN) != 0)
		return false;
	header_digest(digest, &h, file->data + sizeof(h));
	if (memcmp(digest, h.digest, sizeof(digest)) != 0)
		return false;
	out->entry = h.entry;
	buf_add(&out->data, file->data + sizeof(h), h.size);
	return !out->data.overflow;
}

bool image_cache_load(struct image_bytes *out, int cache_fd, const char *key)
{
	CLEANUP(buf_clear) struct buf file = buf_init(RT_UNIT_MAX + sizeof(struct header));
	struct image_bytes image = {.data = buf_init(RT_UNIT_MAX)};
	char name[NAME_SIZE];

	entry_name(name, key, "");
	if (!read_entry(&file, cache_fd, name))
		return false;
	if (!verify(&image, &file, key)) {
		(void)unlinkat(cache_fd, name, 0);
		image_bytes_clear(&image);
		return false;
	}
	*out = image;
	return true;
}

static int write_entry(int fd, const char *key, const struct image_bytes *image, struct err *err)
{
	struct header h = {.format = FORMAT, .entry = image->entry, .size = image->data.len};
	int rc;

	memcpy(h.magic, MAGIC, sizeof(h.magic));
	memcpy(h.key, key, KEY_LEN);
	header_digest(h.digest, &h, image->data.data);
	rc = file_write_all(fd, &h, sizeof(h), err);
	return rc < 0 ? rc : file_write_all(fd, image->data.data, image->data.len, err);
}

static bool make_bucket(int cache_fd, const char *key)
{
	char name[3] = {key[0], key[1], '\0'};

	return mkdirat(cache_fd, name, 0700) == 0 || errno == EEXIST;
}

int image_cache_store(
    int cache_fd, const char *key, const struct image_bytes *image, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	char temporary[NAME_SIZE];
	char suffix[32];
	char name[NAME_SIZE];
	int rc;

	(void)snprintf(suffix, sizeof(suffix), ".%ld.tmp", (long)getpid());
	entry_name(temporary, key, suffix);
	entry_name(name, key, "");
	if (!make_bucket(cache_fd, key))
		return err_sys(err, ERR_IO, "cannot write to the image cache");
	(void)unlinkat(cache_fd, temporary, 0); /* of a dead process with our number */
	fd = openat(cache_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, ERR_IO, "cannot write to the image cache");
	rc = write_entry(fd, key, image, err);
	if (rc == 0 && renameat(cache_fd, temporary, cache_fd, name) < 0)
		rc = err_sys(err, ERR_IO, "cannot write to the image cache");
	if (rc < 0)
		(void)unlinkat(cache_fd, temporary, 0);
	return rc;
}

int image_cache_lock(int cache_fd, const char *key)
{
	AUTO_CLOSE int fd = -1;
	char name[NAME_SIZE];

	entry_name(name, key, ".lock");
	if (!make_bucket(cache_fd, key))
		return -1;
	fd = openat(cache_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -1;
	return take_fd(&fd);
}

/* Removed while held: whoever opens the name next gets a new file and finds the entry done. */
void image_cache_unlock(int cache_fd, const char *key, int lock_fd)
{
	char name[NAME_SIZE];

	entry_name(name, key, ".lock");
	(void)unlinkat(cache_fd, name, 0);
	base_close_fd(&lock_fd);
}
