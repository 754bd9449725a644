/* SPDX-License-Identifier: MIT */
/*
 * The order that makes a run fast: every descriptor exists before the sandbox is prepared, the
 * program compiles while the child builds its namespaces, and only then are image and
 * configuration written into the memory files that the child already holds.
 */
#include "cmd/run/run.h"

#include "base/path.h"
#include "lang/rt/config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define COPY_BYTES 65536

_Static_assert(RT_FD_IMAGE == SANDBOX_FD_CODE, "the filter lets code be mapped from the image");

/* Descriptors of one run. */
struct handles {
	int guest, config, image, effects;
};

static void handles_close(struct handles *h)
{
	base_close_fd(&h->guest);
	base_close_fd(&h->config);
	base_close_fd(&h->image);
	base_close_fd(&h->effects);
}

static void sandbox_free_ptr(struct sandbox **box)
{
	if (*box != NULL)
		sandbox_free(*box);
}

static int64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int open_memory(int *out, const char *name, struct err *err)
{
	*out = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return *out < 0 ? err_sys(err, ERR_IO, "memory file for the %s", name) : 0;
}

static int open_handles(struct handles *h, const struct run *run, struct err *err)
{
	AUTO_FREE char *guest = path_join(run->rt_dir, "x07-guest");
	int rc;

	h->guest = open(guest, O_RDONLY | O_CLOEXEC);
	if (h->guest < 0)
		return err_sys(err, ERR_IO, "the runtime %s is not installed", guest);
	rc = open_memory(&h->config, "x07-config", err);
	if (rc == 0)
		rc = open_memory(&h->image, "x07-image", err);
	return rc == 0 ? run_effects_open(&h->effects, err) : rc;
}

static int write_all_at(int fd, const char *data, size_t len, off_t at, struct err *err)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, data, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(err, ERR_IO, "memory file");
		data += n;
		len -= (size_t)n;
		at += n;
	}
	return 0;
}

static int seal(int fd, struct err *err)
{
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
		return err_sys(err, ERR_IO, "sealing a memory file");
	return 0;
}

/* The compiled image into the file that the child inherited. */
static int fill_image(const struct handles *h, const struct run *run, struct err *err)
{
	AUTO_FREE char *block = base_alloc(COPY_BYTES);
	off_t at = 0;
	int rc = 0;

	for (;;) {
		ssize_t n = pread(run->image.fd, block, COPY_BYTES, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, "reading the compiled image");
		if (n == 0)
			return seal(h->image, err);
		rc = write_all_at(h->image, block, (size_t)n, at, err);
		if (rc < 0)
			return rc;
		at += n;
	}
}

static int fill_config(const struct handles *h, const struct run *run, struct err *err)
{
	CLEANUP(buf_clear) struct buf doc = buf_init((size_t)2 * RT_CONFIG_MAX);
	int rc = guest_config_build(&doc, run, err);

	if (rc == 0)
		rc = write_all_at(h->config, doc.data, doc.len, 0, err);
	return rc == 0 ? seal(h->config, err) : rc;
}

static int finish(struct run *run, struct sandbox *box, const struct handles *h, struct err *err)
{
	int rc = fill_image(h, run, err);

	if (rc == 0)
		rc = fill_config(h, run, err);
	if (rc < 0)
		return rc;
	if (run->options->compiled_out != NULL)
		rc = run_write_standalone(run, h->guest, h->image, h->config, err);
	if (rc < 0)
		return rc;
	run->compiled_ns = now_ns();
	rc = sandbox_run(box, &run->result, err);
	if (rc == 0)
		run->state = RUN_DONE;
	if (rc == 0)
		rc = run_effects_read(&run->facts.effects, h->effects, run, err);
	return rc == 0 ? run_net_finish(run, err) : rc;
}

static int prepare_and_run(struct run *run, const struct handles *h, struct err *err)
{
	const struct sandbox_fd fds[] = {
	    {h->config, RT_FD_CONFIG}, {h->image, RT_FD_IMAGE}, {run->input.fd, RT_FD_INPUT},
	    {h->effects, RT_FD_EFFECTS},
	    {run->net.broker.guest, RT_FD_NET}, /* the last: left out without a network */
	};
	CLEANUP(sandbox_free_ptr) struct sandbox *box = NULL;
	int rc;

	run->plan.exec_fd = h->guest;
	run->plan.fds = fds;
	run->plan.fd_count = run->net.open ? ARRAY_LEN(fds) : ARRAY_LEN(fds) - 1;
	rc = sandbox_prepare(&box, &run->plan, err);
	if (rc < 0)
		return rc;
	run->ready_ns = now_ns();
	rc = run_compile(run, err);
	if (rc < 0)
		return rc;
	run->state = RUN_NOT_STARTED;
	return finish(run, box, h, err);
}

int run_execute(struct run *run, struct err *err)
{
	CLEANUP(handles_close) struct handles h = {-1, -1, -1, -1};
	int rc;

	run->started_ns = now_ns();
	rc = open_handles(&h, run, err);
	if (rc == 0)
		rc = run_net_open(run, err);
	if (rc == 0)
		rc = prepare_and_run(run, &h, err);
	run->finished_ns = now_ns();
	run->plan.fds = NULL;
	return rc;
}
