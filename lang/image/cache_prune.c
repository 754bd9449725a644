/* SPDX-License-Identifier: MIT */
/* Keeping the image cache small, and the private directories that compilations work in. */
#include "lang/image/cache_prune.h"

#include "base/path.h"
#include "base/vec.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STALE_S 3600 /* leftovers of a writer that died */
#define BUCKETS 256u
#define ENTRIES_MAX 200000u

struct entry {
	char name[96]; /* relative to the cache directory */
	uint64_t size;
	int64_t mtime_s;
};

struct entries {
	struct entry *items;
	size_t count, cap;
	uint64_t bytes;
};

static int older_first(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;

	if (x->mtime_s != y->mtime_s)
		return x->mtime_s < y->mtime_s ? -1 : 1;
	return strcmp(x->name, y->name);
}

static bool is_leftover(const char *name)
{
	size_t len = strlen(name);

	return (len > 4 && strcmp(name + len - 4, ".tmp") == 0) ||
	       (len > 5 && strcmp(name + len - 5, ".lock") == 0);
}

static void visit(struct entries *list, int cache_fd, const char *bucket, const char *name)
{
	struct entry e = {0};
	struct stat st;
	int len = snprintf(e.name, sizeof(e.name), "%s/%s", bucket, name);

	if (len < 0 || (size_t)len >= sizeof(e.name) ||
	    fstatat(cache_fd, e.name, &st, AT_SYMLINK_NOFOLLOW) < 0 || S_ISDIR(st.st_mode))
		return;
	if (is_leftover(name)) {
		if (st.st_mtim.tv_sec + STALE_S < time(NULL))
			(void)unlinkat(cache_fd, e.name, 0);
		return;
	}
	e.size = (uint64_t)st.st_size;
	e.mtime_s = st.st_mtim.tv_sec;
	list->bytes += e.size;
	if (list->count < ENTRIES_MAX)
		VEC_PUSH(list->items, list->count, list->cap, e);
}

static DIR *open_dir_at(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL)
		base_close_fd(&fd);
	return dir;
}

static void visit_bucket(struct entries *list, int cache_fd, const char *bucket)
{
	DIR *dir = open_dir_at(cache_fd, bucket);
	const struct dirent *d;

	if (dir == NULL)
		return;
	while ((d = readdir(dir)) != NULL) {
		if (d->d_name[0] != '.')
			visit(list, cache_fd, bucket, d->d_name);
	}
	closedir(dir);
}

void image_cache_prune(int cache_fd, uint64_t max_bytes)
{
	struct entries list = {0};

	for (unsigned b = 0; b < BUCKETS; b++) {
		char bucket[3];

		(void)snprintf(bucket, sizeof(bucket), "%02x", b);
		visit_bucket(&list, cache_fd, bucket);
	}
	qsort(list.items, list.count, list.count ? sizeof(list.items[0]) : 1, older_first);
	for (size_t i = 0; i < list.count && list.bytes > max_bytes; i++) {
		if (unlinkat(cache_fd, list.items[i].name, 0) == 0)
			list.bytes -= list.items[i].size;
	}
	free(list.items);
}

/* Below the cache when there is one, else below the directory for temporary files. */
char *image_cache_tmp_dir(int cache_fd)
{
	char path[4096];
	ssize_t len = -1;

	if (cache_fd >= 0) {
		char link[64];

		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", cache_fd);
		len = readlink(link, path, sizeof(path) - 32);
	}
	if (len <= 0) {
		const char *tmp = getenv("TMPDIR");

		len = snprintf(path, sizeof(path) - 32, "%s", tmp && *tmp ? tmp : "/tmp");
		if (len < 0 || (size_t)len >= sizeof(path) - 32)
			return NULL;
	}
	memcpy(path + len, "/tmp.XXXXXX", sizeof("/tmp.XXXXXX"));
	return mkdtemp(path) ? base_strdup(path) : NULL;
}

void image_cache_tmp_remove(const char *dir)
{
	DIR *d = open_dir_at(AT_FDCWD, dir);
	const struct dirent *item;

	if (d == NULL)
		return;
	while ((item = readdir(d)) != NULL) {
		if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0)
			(void)unlinkat(dirfd(d), item->d_name, 0);
	}
	closedir(d);
	(void)rmdir(dir);
}
