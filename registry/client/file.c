/* SPDX-License-Identifier: MIT */
/* Requests that a local file answers: read with a cap, hashed on the way, no helper involved. */
#include "registry/client/file_priv.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

static void fail(struct fetch_response *out, enum fetch_fault fault, const char *why)
{
	out->fault = fault;
	(void)snprintf(out->message, sizeof(out->message), "%s", why);
}

int fetch_read_all(struct buf *out, int fd, struct err *err)
{
	return file_read_fd(out, fd, "answer", err);
}

static bool put(struct fetch_response *out, int dest, const char *data, size_t len)
{
	struct err err = {0};

	if (dest >= 0 && file_write_all(dest, data, len, &err) < 0) {
		fail(out, FETCH_WRITE, err.message);
		return false;
	}
	if (dest < 0)
		buf_add(&out->body, data, len);
	return true;
}

static void copy(struct fetch_response *out, const struct fetch_request *q, int fd)
{
	AUTO_FREE char *chunk = base_alloc(CHUNK);
	uint8_t digest[SHA256_BYTES];
	struct sha256 hash;
	ssize_t n;

	sha256_init(&hash);
	while ((n = read(fd, chunk, CHUNK)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		if ((uint64_t)n > q->max_bytes - out->bytes) {
			fail(out, FETCH_LIMIT, "the file is larger than allowed");
			return;
		}
		sha256_add(&hash, chunk, (size_t)n);
		if (!put(out, q->dest_fd, chunk, (size_t)n))
			return;
		out->bytes += (uint64_t)n;
	}
	if (n < 0) {
		fail(out, FETCH_NOT_FOUND, strerror(errno));
		return;
	}
	sha256_end(&hash, digest);
	sha256_hex(out->sha256, digest);
	if (q->sha256 != NULL && strcmp(q->sha256, out->sha256) != 0)
		fail(out, FETCH_DIGEST, "other bytes than wanted");
}

void fetch_local_file(
    struct fetch_response *out, const struct fetch_request *request, const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	out->attempts = 1;
	if (fd < 0 || fstat(fd, &st) < 0) {
		fail(out, FETCH_NOT_FOUND, strerror(errno));
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		fail(out, FETCH_NOT_FOUND, "no regular file");
		return;
	}
	if ((uint64_t)st.st_size > request->max_bytes) {
		fail(out, FETCH_LIMIT, "the file is larger than allowed");
		return;
	}
	if (request->dest_fd >= 0 &&
	    (ftruncate(request->dest_fd, 0) < 0 || lseek(request->dest_fd, 0, SEEK_SET) < 0)) {
		fail(out, FETCH_WRITE, strerror(errno));
		return;
	}
	copy(out, request, fd);
}
