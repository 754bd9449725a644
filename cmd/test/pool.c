/* SPDX-License-Identifier: MIT */
/*
 * Tests on several processors. Each worker is a process, because the compiler and the sandbox keep
 * state of their process; it takes the next test from a counter in shared memory and sends what
 * came of it through a pipe. A worker that dies costs the test that it had, which is an error.
 */
#include "cmd/test/pool.h"

#include "base/file.h"
#include "base/tie.h"
#include "cmd/test/codes.h"
#include "cmd/test/one.h"
#include "cmd/test/report.h"
#include "cmd/test/status.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define REPORT_MAX ((size_t)64 << 20)
#define NOTE_MAX 8192u

/* What the workers share. */
struct shared {
	atomic_size_t next, first_bad;
};

/* How a record travels: this, the JSON, the note. */
struct header {
	uint32_t index, json_len, note_len;
	uint8_t status, compile_failed, run_failed, pad;
	int64_t duration_ms;
};

struct worker {
	pid_t pid;
	int fd;
	struct buf in;
};

void test_record_clear(struct test_record *record)
{
	base_free_ptr(&record->json);
	base_free_ptr(&record->note);
}

static void make_note(struct buf *out, const struct test_ended *r)
{
	if (r->diag_count > 0)
		buf_printf(out, "%s: %.4000s", r->diags[0].what->id, r->diags[0].message);
	else if (r->contract_repro != NULL)
		buf_printf(out, "a contract is broken, see %.4000s", r->contract_repro);
}

static bool send_result(
    int fd, size_t index, const struct test_case *test, const struct test_ended *r)
{
	CLEANUP(buf_clear) struct buf json = buf_init(REPORT_MAX);
	CLEANUP(buf_clear) struct buf note = buf_init(NOTE_MAX);
	struct err err = {0};
	struct header h = {.index = (uint32_t)index,
	    .status = (uint8_t)r->status,
	    .compile_failed = r->compiled && !r->compile_ok,
	    .run_failed = r->ran && !r->run_ok,
	    .duration_ms = r->duration_ms};

	test_report_case(&json, test, r);
	make_note(&note, r);
	h.json_len = (uint32_t)json.len;
	h.note_len = (uint32_t)note.len;
	return file_write_all(fd, &h, sizeof(h), &err) == 0 &&
	       file_write_all(fd, json.data, json.len, &err) == 0 &&
	       file_write_all(fd, buf_str(&note), note.len, &err) == 0;
}

static void lower(atomic_size_t *to, size_t value)
{
	size_t seen = atomic_load(to);

	while (value < seen && !atomic_compare_exchange_weak(to, &seen, value))
		continue;
}

/* The life of a worker: tests are taken in order, so that all before a failed one are run. */
static void work(const struct test_pool *pool, struct shared *shared, int fd)
{
	for (;;) {
		size_t i = atomic_fetch_add(&shared->next, 1);
		struct test_ended result;
		bool sent;

		if (i >= pool->count || (pool->fail_fast && i > atomic_load(&shared->first_bad)))
			return;
		test_one_run(&result, pool->tests[i], pool->settings);
		if (!test_status_is_met(pool->tests[i]->expect, result.status))
			lower(&shared->first_bad, i);
		sent = send_result(fd, i, pool->tests[i], &result);
		test_ended_clear(&result);
		if (!sent)
			return;
	}
}

static int start_worker(
    struct worker *out, const struct test_pool *pool, struct shared *shared, struct err *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(err, ERR_IO, "cannot make a pipe for a worker");
	out->pid = tie_fork();
	if (out->pid == 0) {
		(void)close(fds[0]);
		work(pool, shared, fds[1]);
		_exit(0);
	}
	(void)close(fds[1]);
	if (out->pid < 0) {
		(void)close(fds[0]);
		return err_sys(err, ERR_IO, "cannot start a worker");
	}
	out->fd = fds[0];
	out->in = buf_init((size_t)2 * REPORT_MAX);
	return 0;
}

static char *copy_text(const char *data, size_t len)
{
	char *out = base_alloc(len + 1);

	memcpy(out, data, len);
	out[len] = '\0';
	return out;
}

/* Take the whole records out of what a worker has sent. @return how many. */
static size_t take_records(struct test_record *out, size_t count, struct buf *in)
{
	size_t at = 0, taken = 0;
	struct header h;

	while (in->len - at >= sizeof(h)) {
		size_t whole;

		memcpy(&h, in->data + at, sizeof(h));
		whole = sizeof(h) + h.json_len + h.note_len;
		if (in->len - at < whole || h.index >= count)
			break;
		out[h.index] = (struct test_record){.done = true,
		    .status = (enum test_status)h.status,
		    .compile_failed = h.compile_failed,
		    .run_failed = h.run_failed,
		    .duration_ms = h.duration_ms,
		    .json = copy_text(in->data + at + sizeof(h), h.json_len),
		    .note = copy_text(in->data + at + sizeof(h) + h.json_len, h.note_len)};
		at += whole;
		taken++;
	}
	if (at > 0) {
		memmove(in->data, in->data + at, in->len - at);
		in->len -= at;
	}
	return taken;
}

/* False at the end of a worker. */
static bool read_worker(struct worker *w)
{
	char *room = buf_reserve(&w->in, 65536);
	ssize_t n;

	if (room == NULL)
		return false;
	n = read(w->fd, room, 65536);
	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	w->in.len += (size_t)n;
	return true;
}

static void tell_progress(const struct test_pool *pool, const struct test_record *records)
{
	size_t done = 0, failed = 0;

	if (pool->progress == NULL)
		return;
	for (size_t i = 0; i < pool->count; i++) {
		done += records[i].done;
		failed += records[i].done &&
			  !test_status_is_met(pool->tests[i]->expect, records[i].status);
	}
	pool->progress(pool->ctx, done, failed);
}

static void collect(
    struct test_record *out, const struct test_pool *pool, struct worker *workers, uint32_t count)
{
	struct pollfd fds[TEST_JOBS_MAX];
	uint32_t open = count;

	for (uint32_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){.fd = workers[i].fd, .events = POLLIN};
	while (open > 0) {
		if (poll(fds, count, -1) < 0 && errno != EINTR)
			return;
		for (uint32_t i = 0; i < count; i++) {
			if (fds[i].fd < 0 || fds[i].revents == 0)
				continue;
			fds[i].revents = 0;
			if (!read_worker(&workers[i])) {
				fds[i].fd = -1;
				open--;
			} else if (take_records(out, pool->count, &workers[i].in) > 0) {
				tell_progress(pool, out);
			}
		}
	}
}

/* A test that no worker told of: skipped behind a failed one, or its worker died. */
static void fill_missing(struct test_record *out, const struct test_pool *pool, size_t bad)
{
	for (size_t i = 0; i < pool->count; i++) {
		struct test_ended r = {.status = TEST_ERROR};
		CLEANUP(buf_clear) struct buf json = buf_init(REPORT_MAX);
		bool skipped = pool->fail_fast && i > bad;

		if (out[i].done && !skipped)
			continue;
		r.status = skipped ? TEST_SKIP : TEST_ERROR;
		r.diags[r.diag_count++] =
		    (struct test_diag){.what = skipped ? TEST_CODE(FAIL_FAST) : TEST_CODE(RUN),
			.message = base_strdup(skipped ? "a test before this one failed"
						       : "the worker of this test died")};
		test_report_case(&json, pool->tests[i], &r);
		test_record_clear(&out[i]);
		out[i] = (struct test_record){.done = true,
		    .status = r.status,
		    .run_failed = !skipped,
		    .json = buf_take(&json),
		    .note = base_strdup(r.diags[0].message)};
		test_ended_clear(&r);
	}
}

static size_t first_bad(const struct test_record *records, const struct test_pool *pool)
{
	for (size_t i = 0; i < pool->count; i++) {
		if (!records[i].done ||
		    !test_status_is_met(pool->tests[i]->expect, records[i].status))
			return i;
	}
	return pool->count;
}

int test_pool_run(struct test_record *out, const struct test_pool *pool, struct err *err)
{
	struct worker workers[TEST_JOBS_MAX];
	struct shared *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint32_t started = 0;
	int rc = 0;

	if (shared == MAP_FAILED)
		return err_sys(err, ERR_IO, "cannot share memory with workers");
	atomic_init(&shared->next, 0);
	atomic_init(&shared->first_bad, SIZE_MAX);
	while (started < pool->jobs && started < pool->count && rc == 0) {
		rc = start_worker(&workers[started], pool, shared, err);
		started += rc == 0;
	}
	if (started > 0)
		rc = 0; /* fewer than wanted do it too */
	collect(out, pool, workers, started);
	for (uint32_t i = 0; i < started; i++) {
		(void)waitpid(workers[i].pid, NULL, 0);
		(void)close(workers[i].fd);
		buf_clear(&workers[i].in);
	}
	(void)munmap(shared, sizeof(*shared));
	if (rc == 0)
		fill_missing(out, pool, first_bad(out, pool));
	return rc;
}
