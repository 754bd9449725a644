/* SPDX-License-Identifier: MIT */
/*
 * Cached answers: one file each, `x07cache1 <digest> <entity tag>` in its first line, then the
 * body. A file whose body is not the digest's is as good as absent.
 */
#include "registry/client/cache.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/path.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "x07cache1 "
/* Older than any process that could still be writing. */
#define STALE_S 3600

/* "ex/t-/ext-net" as one name. */
static char *file_of(const char *dir, const char *name)
{
	char *path = path_join(dir, name);

	for (char *c = path + strlen(path) - strlen(name); *c != '\0'; c++)
		*c = (char)(*c == '/' ? '+' : *c);
	return path;
}

bool client_cache_read(
    struct buf *out, char etag[FETCH_ETAG_MAX], const char *dir, const char *name)
{
	CLEANUP(buf_clear) struct buf text = buf_init(out->max);
	AUTO_FREE char *path = file_of(dir, name);
	char sha[SHA256_HEX_SIZE];
	const char *line, *end;
	size_t head = strlen(HEAD) + SHA256_HEX_SIZE;
	struct err ignored = {0};

	if (file_read(&text, path, &ignored) < 0 || text.len <= head ||
	    memcmp(text.data, HEAD, strlen(HEAD)) != 0)
		return false;
	line = text.data + head;
	end = memchr(line, '\n', text.len - head);
	if (end == NULL || (size_t)(end - line) >= FETCH_ETAG_MAX)
		return false;
	sha256_text(sha, end + 1, text.len - (size_t)(end + 1 - text.data));
	if (memcmp(sha, text.data + strlen(HEAD), SHA256_HEX_SIZE - 1) != 0)
		return false;
	memcpy(etag, line, (size_t)(end - line));
	etag[end - line] = '\0';
	buf_add(out, end + 1, text.len - (size_t)(end + 1 - text.data));
	return true;
}

/* Renamed into place, not flushed: after a power cut the digest tells. */
void client_cache_write(
    const char *dir, const char *name, const char *etag, const void *data, size_t len)
{
	AUTO_FREE char *path = file_of(dir, name);
	CLEANUP(buf_clear) struct buf head = buf_init(4096);
	CLEANUP(buf_clear) struct buf temp = buf_init(16384);
	char sha[SHA256_HEX_SIZE];
	struct err ignored = {0};
	AUTO_CLOSE int fd = -1;

	sha256_text(sha, data, len);
	buf_printf(&head, HEAD "%s %s\n", sha, etag);
	buf_printf(&temp, "%s.%ld.tmp", path, (long)getpid());
	if (file_mkdirs(dir, &ignored) < 0)
		return;
	fd = open(temp.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0)
		return;
	if (file_write_all(fd, head.data, head.len, &ignored) < 0 ||
	    file_write_all(fd, data, len, &ignored) < 0 || rename(temp.data, path) < 0)
		(void)unlink(temp.data);
}

static bool is_stale(int dirfd, const char *name, int64_t now_s)
{
	size_t len = strlen(name);
	struct stat st;

	return len > 4 && strcmp(name + len - 4, ".tmp") == 0 &&
	       fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       now_s - (int64_t)st.st_mtime > STALE_S;
}

/* Takes the descriptor over. */
static uint32_t sweep(int fd, int64_t now_s, bool deeper)
{
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;
	uint32_t found = 0;

	if (dir == NULL) {
		base_close_fd(&fd);
		return 0;
	}
	while ((e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (is_stale(fd, e->d_name, now_s))
			found += unlinkat(fd, e->d_name, 0) == 0;
		else if (deeper)
			found += sweep(
			    openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
			    now_s, false);
	}
	(void)closedir(dir);
	return found;
}

uint32_t client_cache_sweep(const char *dir, int64_t now_s)
{
	return sweep(open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), now_s, true);
}
