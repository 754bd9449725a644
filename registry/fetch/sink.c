/* SPDX-License-Identifier: MIT */
/* Inside x07-fetch: bodies on their way into a descriptor, and answers on their way out. */
#include "registry/fetch/sink_priv.h"

#include "base/file.h"
#include "registry/client/wire.h"

#include <time.h>
#include <unistd.h>

void fetch_sink_reset(struct fetch_sink *s)
{
	s->bytes = 0;
	s->fault = FETCH_OK;
	sha256_init(&s->hash);
	if (ftruncate(s->fd, 0) < 0 || lseek(s->fd, 0, SEEK_SET) < 0)
		s->fault = FETCH_WRITE;
}

bool fetch_sink_add(struct fetch_sink *s, const void *data, size_t len)
{
	struct err err = {0};

	if (s->fault != FETCH_OK)
		return false;
	if (len > s->max - s->bytes) {
		s->fault = FETCH_LIMIT;
		return false;
	}
	if (file_write_all(s->fd, data, len, &err) < 0) {
		s->fault = FETCH_WRITE;
		return false;
	}
	sha256_add(&s->hash, data, len);
	s->bytes += len;
	return true;
}

void fetch_sink_digest(const struct fetch_sink *s, char out[SHA256_HEX_SIZE])
{
	struct sha256 hash = s->hash;
	uint8_t digest[SHA256_BYTES];

	sha256_end(&hash, digest);
	sha256_hex(out, digest);
}

int fetch_send_done(int sock, uint32_t id, const struct fetch_outcome *outcome, struct err *err)
{
	AUTO_FREE struct fetch_frame *f = base_calloc(1, sizeof(*f));
	int rc;

	fetch_frame_init(f, FETCH_FRAME_DONE, id);
	f->numbers[FETCH_DONE_FAULT] = outcome->fault;
	f->numbers[FETCH_DONE_STATUS] = (uint64_t)outcome->status;
	f->numbers[FETCH_DONE_NOT_MODIFIED] = outcome->not_modified;
	f->numbers[FETCH_DONE_BYTES] = outcome->bytes;
	f->numbers[FETCH_DONE_ATTEMPTS] = outcome->attempts;
	f->texts[FETCH_DONE_SHA256] = outcome->sha256;
	f->texts[FETCH_DONE_ETAG] = outcome->etag;
	f->texts[FETCH_DONE_MESSAGE] = outcome->message;
	rc = fetch_frame_send(sock, f, true, err);
	return rc < 0 ? rc : 0;
}

void fetch_send_progress(int sock, uint32_t id, uint64_t bytes)
{
	AUTO_FREE struct fetch_frame *f = base_calloc(1, sizeof(*f));
	struct err err = {0};

	fetch_frame_init(f, FETCH_FRAME_PROGRESS, id);
	f->numbers[0] = bytes;
	if (fetch_frame_send(sock, f, false, &err) < 0)
		return; /* the next answer finds the same and ends the program */
}

int64_t fetch_now_ms(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
