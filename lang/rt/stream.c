/* SPDX-License-Identifier: MIT */
/* Whole reads and writes of descriptors; input goes straight into the arena. */
#include "lang/rt/stream.h"

#include "lang/rt/arena.h"
#include "lang/rt/protos.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A growing uncounted block. */
struct sink {
	rt_u8 *ptr;
	uint64_t len, cap;
};

static ssize_t read_some(int fd, void *to, size_t len)
{
	ssize_t n;

	do
		n = read(fd, to, len);
	while (n < 0 && errno == EINTR);
	return n;
}

static int sink_grow(struct sink *s, uint64_t need)
{
	uint64_t cap = s->cap * 2 > need ? s->cap * 2 : need;
	rt_u8 *larger;

	if (cap > RT_ALLOC_MAX)
		cap = need;
	if (s->ptr && rt_heap_grow(s->ptr, cap)) {
		s->cap = cap;
		return 0;
	}
	larger = rt_heap_alloc(cap, false);
	if (!larger)
		return ENOMEM;
	if (s->ptr) {
		memcpy(larger, s->ptr, s->len);
		rt_heap_free(s->ptr);
	}
	s->ptr = larger;
	s->cap = cap;
	return 0;
}

/* Room for what the file says it holds, so that one read takes it all. */
static int sink_presize(struct sink *s, int fd, uint64_t max)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0)
		return 0;
	if ((uint64_t)st.st_size > max)
		return EFBIG;
	return sink_grow(s, (uint64_t)st.st_size);
}

/* One read; into the block while it has room, else beside it first: the end needs no growth. */
static ssize_t sink_read(struct sink *s, int fd)
{
	rt_u8 beside[16384];
	ssize_t n;
	int rc;

	if (s->len < s->cap) {
		n = read_some(fd, s->ptr + s->len, s->cap - s->len);
		if (n > 0)
			s->len += (uint64_t)n;
		return n < 0 ? -errno : n;
	}
	n = read_some(fd, beside, sizeof(beside));
	if (n <= 0)
		return n < 0 ? -errno : 0;
	rc = sink_grow(s, s->len + (uint64_t)n);
	if (rc)
		return -rc;
	memcpy(s->ptr + s->len, beside, (size_t)n);
	s->len += (uint64_t)n;
	return n;
}

int rt_read_all(rt_bytes *out, int fd, uint64_t max)
{
	struct sink s = {0};
	ssize_t n = -sink_presize(&s, fd, max);

	if (n == 0) {
		do
			n = sink_read(&s, fd);
		while (n > 0 && s.len <= max);
	}
	if (n >= 0 && s.len > max)
		n = -EFBIG;
	if (s.ptr && (n < 0 || s.len == 0)) {
		rt_heap_free(s.ptr);
		s.ptr = NULL;
	}
	if (n < 0)
		return (int)-n;
	*out = (rt_bytes){s.ptr, (rt_u32)s.len};
	return 0;
}

int rt_read_exact(int fd, void *to, uint64_t len)
{
	for (uint64_t at = 0; at < len;) {
		ssize_t n = read_some(fd, (rt_u8 *)to + at, len - at);

		if (n <= 0)
			return n < 0 ? errno : EIO;
		at += (uint64_t)n;
	}
	return 0;
}

int rt_write_all(int fd, const void *from, uint64_t len)
{
	for (uint64_t at = 0; at < len;) {
		ssize_t n = write(fd, (const rt_u8 *)from + at, len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		at += (uint64_t)n;
	}
	return 0;
}
