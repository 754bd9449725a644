/* SPDX-License-Identifier: MIT */
/*
 * The asking side of the registry client: sorts requests by how they are answered, keeps a window
 * of them at the helpers, and believes nothing that comes back: digests of bodies in memory are
 * taken again here, those of files when the store takes them in.
 */
#include "registry/client/fetch.h"

#include "base/compat.h"
#include "registry/client/file_priv.h"
#include "registry/client/spawn_priv.h"
#include "registry/client/url.h"
#include "registry/client/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* What a helper may be silent for beyond the time limits that it holds itself. */
#define GRACE_MS 30000
#define COMING_ROOM ((uint64_t)16 << 20)

enum lane_kind { LANE_HTTP, LANE_GIT, LANE_COUNT };

struct fetcher {
	struct fetch_options o;
	struct fetch_helper helpers[LANE_COUNT];
};

/* The requests of one call that go to one helper, in the order of the list. */
struct fetch_lane {
	struct fetch_helper *helper;
	size_t next;    /* first index of the list not looked at yet */
	size_t flying;  /* sent, not answered */
	int64_t heard;  /* time of its last frame */
	bool exhausted; /* no request left to send */
};

struct fetch_job {
	int memfd;      /* destination when the caller wants the body in memory; -1 */
	uint64_t bytes; /* received so far */
	bool flying;
	bool done;
	uint8_t lane; /* enum lane_kind; LANE_COUNT = answered without a helper */
};

struct fetch_call {
	struct fetcher *f;
	const struct fetch_request *requests;
	struct fetch_response *out;
	struct fetch_job *jobs;
	struct fetch_lane lanes[LANE_COUNT];
	struct fetch_progress at;
	uint64_t memory; /* bytes of bodies in memory so far */
	uint64_t coming; /* of those that are under way */
	struct fetch_frame frame;
};

static const char *const fault_ids[] = {
    "ok",
#define FETCH_FAULT(name, id, text) id,
#include "registry/client/fetch.def"
#undef FETCH_FAULT
};
static const char *const fault_texts[] = {
    "",
#define FETCH_FAULT(name, id, text) text,
#include "registry/client/fetch.def"
#undef FETCH_FAULT
};

const char *fetch_fault_id(enum fetch_fault fault)
{
	return (size_t)fault < ARRAY_LEN(fault_ids) ? fault_ids[fault] : "unknown";
}

static int64_t now_ms(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint32_t or_default(uint32_t v, uint32_t otherwise)
{
	return v != 0 ? v : otherwise;
}

struct fetcher *fetch_new(const struct fetch_options *options)
{
	struct fetcher *f = base_calloc(1, sizeof(*f));

	f->o = *options;
	f->o.parallel = or_default(f->o.parallel, 32);
	if (f->o.parallel > FETCH_PARALLEL_MAX)
		f->o.parallel = FETCH_PARALLEL_MAX;
	f->o.connect_ms = or_default(f->o.connect_ms, 10000);
	f->o.stall_ms = or_default(f->o.stall_ms, 20000);
	f->o.total_ms = or_default(f->o.total_ms, 300000);
	f->o.retries = f->o.retries == UINT32_MAX ? 0 : or_default(f->o.retries, 3);
	if (f->o.retries > 10)
		f->o.retries = 10;
	f->o.backoff_ms = or_default(f->o.backoff_ms, 250);
	if (f->o.memory_max == 0)
		f->o.memory_max = UINT64_C(512) << 20;
	return f;
}

void fetch_free(struct fetcher *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < LANE_COUNT; i++)
		fetch_helper_stop(&f->helpers[i]);
	base_free_ptr(&f);
}

void fetch_clear(struct fetcher **f)
{
	fetch_free(*f);
	*f = NULL;
}

void fetch_response_clear(struct fetch_response *r)
{
	buf_clear(&r->body);
}

static void complete(struct fetch_call *r, size_t i)
{
	r->jobs[i].done = true;
	base_close_fd(&r->jobs[i].memfd);
	r->jobs[i].memfd = -1;
	r->at.bytes += r->out[i].bytes - r->jobs[i].bytes;
	r->jobs[i].bytes = r->out[i].bytes;
	r->at.done++;
	if (r->f->o.done != NULL)
		r->f->o.done(r->f->o.ctx, i, &r->out[i]);
	if (r->f->o.progress != NULL)
		r->f->o.progress(r->f->o.ctx, &r->at);
}

static void fail(struct fetch_call *r, size_t i, enum fetch_fault fault, const char *why)
{
	r->out[i].fault = fault;
	(void)snprintf(r->out[i].message, sizeof(r->out[i].message), "%s",
	    why != NULL ? why : fault_texts[fault]);
	complete(r, i);
}

/* Requests that no helper is needed for are answered at once. */
static void sort_request(struct fetch_call *r, size_t i)
{
	const struct fetch_request *q = &r->requests[i];
	bool git = q->kind == FETCH_GIT_FILE || q->kind == FETCH_GIT_TREE;
	AUTO_FREE char *path = fetch_url_file_path(q->url);

	r->out[i] = (struct fetch_response){.body = buf_init((size_t)q->max_bytes)};
	r->jobs[i] = (struct fetch_job){.memfd = -1, .lane = git ? LANE_GIT : LANE_HTTP};
	if (q->max_bytes == 0 || !fetch_url_is_allowed(q->url) ||
	    (q->kind == FETCH_POST && path != NULL)) {
		r->jobs[i].lane = LANE_COUNT;
		fail(r, i, FETCH_URL, NULL);
	} else if (path != NULL && !git) {
		r->jobs[i].lane = LANE_COUNT;
		fetch_local_file(&r->out[i], q, path);
		complete(r, i);
	} else if (r->f->o.offline) {
		r->jobs[i].lane = LANE_COUNT;
		fail(r, i, FETCH_OFFLINE, NULL);
	}
}

static void send_config(struct fetch_call *r, struct fetch_lane *lane, struct err *err)
{
	const struct fetch_options *o = &r->f->o;

	fetch_frame_init(&r->frame, FETCH_FRAME_CONFIG, 0);
	r->frame.numbers[FETCH_CONFIG_PARALLEL] = o->parallel;
	r->frame.numbers[FETCH_CONFIG_CONNECT_MS] = o->connect_ms;
	r->frame.numbers[FETCH_CONFIG_STALL_MS] = o->stall_ms;
	r->frame.numbers[FETCH_CONFIG_TOTAL_MS] = o->total_ms;
	r->frame.numbers[FETCH_CONFIG_RETRIES] = o->retries;
	r->frame.numbers[FETCH_CONFIG_BACKOFF_MS] = o->backoff_ms;
	r->frame.texts[FETCH_CONFIG_GIT_CACHE] = o->git_cache;
	if (fetch_frame_send(lane->helper->sock, &r->frame, true, err) != 1)
		fetch_helper_stop(lane->helper);
}

static void lane_fail(
    struct fetch_call *r, enum lane_kind kind, enum fetch_fault fault, const char *why);

static bool lane_start(struct fetch_call *r, enum lane_kind kind)
{
	struct fetch_lane *lane = &r->lanes[kind];
	struct err err = {0};
	int rc;

	lane->heard = now_ms();
	if (lane->helper->pid > 0)
		return true;
	rc = fetch_helper_start(
	    lane->helper, r->f->o.helper, kind == LANE_GIT ? "git" : "http", &err);
	if (rc == 0)
		send_config(r, lane, &err);
	if (lane->helper->pid > 0)
		return true;
	lane_fail(r, kind, FETCH_HELPER, err.message);
	return false;
}

/* Everything that this helper was or would be asked fails alike. */
static void lane_fail(
    struct fetch_call *r, enum lane_kind kind, enum fetch_fault fault, const char *why)
{
	struct fetch_lane *lane = &r->lanes[kind];

	fetch_helper_stop(lane->helper);
	for (size_t i = 0; i < r->at.count; i++) {
		if (r->jobs[i].lane != kind || r->jobs[i].done)
			continue;
		r->coming -= r->jobs[i].memfd >= 0 ? r->jobs[i].bytes : 0;
		fail(r, i, fault, why);
	}
	lane->flying = 0;
	lane->exhausted = true;
}

static void fill_request(struct fetch_frame *f, const struct fetch_request *q, size_t i, int dest)
{
	fetch_frame_init(f, FETCH_FRAME_REQUEST, (uint32_t)i);
	f->numbers[FETCH_REQUEST_KIND] = q->kind;
	f->numbers[FETCH_REQUEST_MAX] = q->max_bytes;
	f->numbers[FETCH_REQUEST_COMPRESSED] = q->compressed;
	f->texts[FETCH_REQUEST_URL] = q->url;
	f->texts[FETCH_REQUEST_SHA256] = q->sha256;
	f->texts[FETCH_REQUEST_ETAG] = q->etag;
	f->texts[FETCH_REQUEST_TOKEN] = q->token;
	f->texts[FETCH_REQUEST_CONTENT_TYPE] = q->content_type;
	f->texts[FETCH_REQUEST_GIT_REF] = q->git_ref;
	f->texts[FETCH_REQUEST_GIT_PATH] = q->git_path;
	f->fds[0] = dest;
	f->fds[1] = q->kind == FETCH_POST ? q->body_fd : -1;
}

/* @return false when the helper takes no more for now. */
static bool send_one(struct fetch_call *r, enum lane_kind kind, size_t i)
{
	struct fetch_lane *lane = &r->lanes[kind];
	const struct fetch_request *q = &r->requests[i];
	struct fetch_job *job = &r->jobs[i];
	struct err err = {0};
	int rc;

	if (q->dest_fd < 0 && job->memfd < 0) {
		job->memfd = memfd_create("x07-fetch", MFD_CLOEXEC);
		if (job->memfd < 0) {
			fail(r, i, FETCH_WRITE, strerror(errno));
			return true;
		}
	}
	fill_request(&r->frame, q, i, q->dest_fd >= 0 ? q->dest_fd : job->memfd);
	rc = fetch_frame_send(lane->helper->sock, &r->frame, false, &err);
	if (rc == ERR_LIMIT)
		fail(r, i, FETCH_URL, err.message);
	else if (rc < 0)
		lane_fail(r, kind, FETCH_HELPER, err.message);
	if (rc != 1)
		return rc == ERR_LIMIT;
	job->flying = true;
	lane->flying++;
	return true;
}

static void lane_send(struct fetch_call *r, enum lane_kind kind)
{
	struct fetch_lane *lane = &r->lanes[kind];

	for (; !lane->exhausted && lane->flying < FETCH_WINDOW; lane->next++) {
		while (lane->next < r->at.count &&
		       (r->jobs[lane->next].lane != (uint8_t)kind || r->jobs[lane->next].done))
			lane->next++;
		if (lane->next >= r->at.count) {
			lane->exhausted = true;
			return;
		}
		if (lane->flying == 0 && !lane_start(r, kind))
			return;
		if (!send_one(r, kind, lane->next))
			return;
	}
}

static const char too_much[] = "the answers are larger together than this client takes";

static bool take_memory(struct fetch_response *out, const struct fetch_request *q, int fd)
{
	struct err err = {0};

	if (lseek(fd, 0, SEEK_SET) < 0 || fetch_read_all(&out->body, fd, &err) < 0)
		return false;
	if (out->body.len != out->bytes)
		return false;
	sha256_text(out->sha256, buf_str(&out->body), out->body.len);
	return out->fault != FETCH_OK || q->sha256 == NULL || strcmp(out->sha256, q->sha256) == 0;
}

static void copy_text(char *out, size_t size, const char *text)
{
	(void)snprintf(out, size, "%s", text);
	for (; *out != '\0'; out++) {
		if ((unsigned char)*out < 0x20 || *out == 0x7f)
			*out = '?';
	}
}

static bool done_is_sane(const struct fetch_frame *f, const struct fetch_request *q)
{
	size_t hex = strlen(f->texts[FETCH_DONE_SHA256]);

	return f->numbers[FETCH_DONE_FAULT] < ARRAY_LEN(fault_ids) &&
	       f->numbers[FETCH_DONE_STATUS] < 1000 &&
	       f->numbers[FETCH_DONE_BYTES] <= q->max_bytes &&
	       (hex == 0 || (hex == SHA256_HEX_SIZE - 1 &&
				strspn(f->texts[FETCH_DONE_SHA256], "0123456789abcdef") == hex)) &&
	       strlen(f->texts[FETCH_DONE_ETAG]) < FETCH_ETAG_MAX;
}

static void take_done(struct fetch_call *r, enum lane_kind kind, size_t i)
{
	const struct fetch_frame *f = &r->frame;
	struct fetch_response *out = &r->out[i];

	if (!done_is_sane(f, &r->requests[i])) {
		lane_fail(r, kind, FETCH_HELPER, "an answer of x07-fetch makes no sense");
		return;
	}
	out->fault = (enum fetch_fault)f->numbers[FETCH_DONE_FAULT];
	out->status = (int)f->numbers[FETCH_DONE_STATUS];
	out->not_modified = f->numbers[FETCH_DONE_NOT_MODIFIED] != 0;
	out->bytes = f->numbers[FETCH_DONE_BYTES];
	out->attempts = (uint32_t)f->numbers[FETCH_DONE_ATTEMPTS];
	copy_text(out->sha256, sizeof(out->sha256), f->texts[FETCH_DONE_SHA256]);
	copy_text(out->etag, sizeof(out->etag), f->texts[FETCH_DONE_ETAG]);
	copy_text(out->message, sizeof(out->message), f->texts[FETCH_DONE_MESSAGE]);
	r->lanes[kind].flying--;
	r->jobs[i].flying = false;
	r->coming -= r->jobs[i].memfd >= 0 ? r->jobs[i].bytes : 0;
	/* Each is small enough; a registry that has a thousand of them sent is not. */
	if (r->jobs[i].memfd >= 0 && out->bytes > r->f->o.memory_max - r->memory) {
		out->bytes = 0;
		fail(r, i, FETCH_LIMIT, too_much);
		return;
	}
	r->memory += r->jobs[i].memfd >= 0 ? out->bytes : 0;
	if (r->jobs[i].memfd >= 0 && !take_memory(out, &r->requests[i], r->jobs[i].memfd)) {
		fail(r, i, FETCH_DIGEST, NULL);
		return;
	}
	complete(r, i);
}

static void take_progress(struct fetch_call *r, enum lane_kind kind, size_t i)
{
	uint64_t bytes = r->frame.numbers[0];
	uint64_t more = bytes - r->jobs[i].bytes;

	/* A retry starts at nothing again; the count of what came over the wire does not. */
	if (bytes <= r->jobs[i].bytes || bytes > r->requests[i].max_bytes)
		return;
	r->at.bytes += more;
	r->jobs[i].bytes = bytes;
	r->coming += r->jobs[i].memfd >= 0 ? more : 0;
	/* With some room, so that what is nearly whole is told by itself. */
	if (r->coming > r->f->o.memory_max - r->memory + COMING_ROOM) {
		lane_fail(r, kind, FETCH_LIMIT, too_much);
		return;
	}
	if (r->f->o.progress != NULL)
		r->f->o.progress(r->f->o.ctx, &r->at);
}

/* @return false when nothing more is there now. */
static bool lane_receive(struct fetch_call *r, enum lane_kind kind)
{
	struct fetch_lane *lane = &r->lanes[kind];
	struct err err = {0};
	bool closed = false;
	int rc = fetch_frame_receive(&r->frame, lane->helper->sock, &closed, &err);
	size_t i = r->frame.id;

	if (closed) {
		lane_fail(r, kind, FETCH_HELPER, "x07-fetch ended before it had answered");
		return false;
	}
	if (rc == 0)
		return false;
	fetch_frame_close(&r->frame);
	if (rc < 0 || i >= r->at.count || r->jobs[i].lane != (uint8_t)kind || !r->jobs[i].flying) {
		lane_fail(r, kind, FETCH_HELPER, "an answer of x07-fetch makes no sense");
		return false;
	}
	lane->heard = now_ms();
	if (r->frame.kind == FETCH_FRAME_DONE)
		take_done(r, kind, i);
	else if (r->frame.kind == FETCH_FRAME_PROGRESS)
		take_progress(r, kind, i);
	return lane->flying > 0;
}

/* The http helper holds its limits itself; libgit2 has none, so silence is what ends it. */
static int64_t silence_ms(const struct fetcher *f, enum lane_kind kind)
{
	if (kind == LANE_GIT)
		return (int64_t)f->o.connect_ms + f->o.stall_ms;
	return ((int64_t)f->o.total_ms + GRACE_MS) * (f->o.retries + 1);
}

/* Wait until a helper speaks, takes more, or has been silent for too long. */
static void wait_and_receive(struct fetch_call *r)
{
	struct pollfd p[LANE_COUNT] = {{.fd = -1}, {.fd = -1}};
	int64_t now = now_ms();
	int64_t wait = 60000;

	for (size_t k = 0; k < LANE_COUNT; k++) {
		struct fetch_lane *lane = &r->lanes[k];
		int64_t left = lane->heard + silence_ms(r->f, (enum lane_kind)k) - now;

		if (lane->flying == 0)
			continue;
		p[k].fd = lane->helper->sock;
		p[k].events = POLLIN;
		if (!lane->exhausted && lane->flying < FETCH_WINDOW)
			p[k].events |= POLLOUT;
		if (left <= 0)
			lane_fail(r, (enum lane_kind)k, FETCH_STALL, NULL);
		wait = left < wait ? left : wait;
	}
	if (wait <= 0 || poll(p, LANE_COUNT, (int)wait) <= 0)
		return;
	for (size_t k = 0; k < LANE_COUNT; k++) {
		while (p[k].fd >= 0 && (p[k].revents & (POLLIN | POLLHUP | POLLERR)) != 0 &&
		       lane_receive(r, (enum lane_kind)k))
			continue;
	}
}

static void run_lanes(struct fetch_call *r)
{
	while (r->at.done < r->at.count) {
		for (size_t k = 0; k < LANE_COUNT; k++)
			lane_send(r, (enum lane_kind)k);
		if (r->at.done < r->at.count)
			wait_and_receive(r);
	}
}

static int first_fault(const struct fetch_call *r, struct err *err)
{
	for (size_t i = 0; i < r->at.count; i++) {
		if (r->out[i].fault != FETCH_OK)
			return err_set(err, ERR_PKG, "%.300s: %s (%s)", r->requests[i].url,
			    r->out[i].message, fetch_fault_id(r->out[i].fault));
	}
	return 0;
}

int fetch_run(struct fetch_response *out, struct fetcher *f, const struct fetch_request *requests,
    size_t count, struct err *err)
{
	AUTO_FREE struct fetch_call *r = NULL;
	AUTO_FREE struct fetch_job *jobs = NULL;

	if (count > FETCH_REQUESTS_MAX) {
		memset(out, 0, count * sizeof(*out));
		return err_set(err, ERR_LIMIT, "more than %d requests", FETCH_REQUESTS_MAX);
	}
	r = base_calloc(1, sizeof(*r));
	jobs = base_calloc(count + 1, sizeof(*jobs));
	*r = (struct fetch_call){
	    .f = f, .requests = requests, .out = out, .jobs = jobs, .at = {.count = count}};
	for (size_t k = 0; k < LANE_COUNT; k++)
		r->lanes[k].helper = &f->helpers[k];
	for (size_t i = 0; i < count; i++)
		sort_request(r, i);
	run_lanes(r);
	return first_fault(r, err);
}
