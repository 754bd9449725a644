/* SPDX-License-Identifier: MIT */
/*
 * The program x07-unpack: forks for each archive, and the child confines itself before it looks at
 * it. This process never does: it moves descriptors in and answers out. Messages:
 * registry/unpack/wire.h.
 */
#include "base/compat.h"
#include "base/tie.h"
#include "registry/codes.h"
#include "registry/unpack/confine.h"
#include "registry/unpack/unpack.h"
#include "registry/unpack/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN_MAX 4
#define WORKER_MAX_S 60

/** A child at work on one archive. */
struct worker {
	pid_t pid;
	int answer_fd; /* read end */
	uint32_t id;
	time_t started; /* seconds of the monotonic clock */
};

/** A request as received. */
struct received {
	struct unpack_request q;
	int archive_fd, dirfd; /* owned */
};

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(2 * sizeof(int))];
};

static struct unpack_answer answer_of(uint32_t id, int rc, const struct err *err)
{
	struct unpack_answer answer = {.id = id, .rc = rc};

	if (rc < 0) {
		(void)snprintf(
		    answer.code, sizeof(answer.code), "%s", err->what != NULL ? err->what->id : "");
		(void)snprintf(answer.message, sizeof(answer.message), "%.*s",
		    (int)sizeof(answer.message) - 1, err->message);
	}
	return answer;
}

static bool send_answer(const struct unpack_answer *answer)
{
	ssize_t sent;

	do {
		sent = send(UNPACK_WIRE_FD, answer, sizeof(*answer), MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)sizeof(*answer);
}

static time_t now(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* The pipes of other children, the socket and the terminal are none of an archive's business. */
static void keep_only(const struct received *r, int answer_fd)
{
	unsigned at = 0;

	/* From one that is kept to the next above it; Landlock's kernels have this call. */
	for (int i = 0; i <= 3; i++) {
		const int kept[] = {r->archive_fd, r->dirfd, answer_fd};
		unsigned next = ~0u;

		for (size_t k = 0; k < ARRAY_LEN(kept); k++) {
			if ((unsigned)kept[k] >= at && (unsigned)kept[k] < next)
				next = (unsigned)kept[k];
		}
		if (next > at)
			(void)syscall(SYS_close_range, at, next == ~0u ? next : next - 1, 0u);
		if (next == ~0u)
			return;
		at = next + 1;
	}
}

/* The child: everything after the confinement may be in the hands of the archive. */
static void unpack_one(const struct received *r, int answer_fd)
{
	struct unpack_result done = {0};
	struct unpack_answer answer;
	struct err err = {0};
	int rc;

	keep_only(r, answer_fd);
	rc = unpack_confine(r->dirfd, &err);
	if (rc == 0)
		rc = unpack_archive(&done, r->archive_fd,
		    r->q.sha256[0] != '\0' ? r->q.sha256 : NULL, r->dirfd, &err);
	answer = answer_of(r->q.id, rc, &err);
	answer.files = done.files;
	answer.bytes = done.bytes;
	/* Not over PIPE_BUF, so whole or not at all. */
	_exit(write(answer_fd, &answer, sizeof(answer)) == (ssize_t)sizeof(answer) ? 0 : 1);
}

static int start_worker(struct worker *w, const struct received *r, struct err *err)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, ERR_IO, "pipe");
	/* Without us nobody is left for whom it would be unpacked, and the next process cleans up.
	 */
	pid = tie_fork();
	if (pid == 0)
		unpack_one(r, ends[1]);
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		return err_sys(err, ERR_IO, "fork");
	}
	*w = (struct worker){pid, ends[0], r->q.id, now()};
	return 0;
}

static bool receive(struct received *r)
{
	struct unpack_request request = {0};
	struct iovec iov = {&request, sizeof(request)};
	union control control = {0};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	const struct cmsghdr *c;
	int fds[2];
	ssize_t got;

	do {
		got = recvmsg(UNPACK_WIRE_FD, &msg, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	c = CMSG_FIRSTHDR(&msg);
	if (got != (ssize_t)sizeof(request) || !c || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(fds)))
		return false;
	memcpy(fds, CMSG_DATA(c), sizeof(fds));
	request.sha256[sizeof(request.sha256) - 1] = '\0';
	*r = (struct received){request, fds[0], fds[1]};
	return true;
}

/* Take one request; false when the user is gone. */
static bool accept_request(struct worker *free_slot)
{
	struct received r = {.archive_fd = -1, .dirfd = -1};
	struct err err = {0};
	bool ok = receive(&r);

	if (ok && start_worker(free_slot, &r, &err) < 0) {
		struct unpack_answer answer = answer_of(r.q.id, ERR_IO, &err);

		ok = send_answer(&answer);
	}
	base_close_fd(&r.archive_fd);
	base_close_fd(&r.dirfd);
	return ok;
}

/* A worker wrote its answer or died. */
static bool finish_worker(struct worker *w)
{
	struct unpack_answer answer = {0};
	struct err err = {0};
	int status = 0;
	ssize_t got;

	do {
		got = read(w->answer_fd, &answer, sizeof(answer));
	} while (got < 0 && errno == EINTR);
	(void)close(w->answer_fd);
	(void)kill(w->pid, SIGKILL);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (got != (ssize_t)sizeof(answer)) {
		int rc = err_code(&err, ERR_PKG, REGISTRY_CODE(ARCHIVE_CRASH),
		    "the process that read the archive was ended by signal %d",
		    WIFSIGNALED(status) ? WTERMSIG(status) : 0);

		answer = answer_of(w->id, rc, &err);
	}
	answer.id = w->id;
	w->pid = 0;
	return send_answer(&answer);
}

/* One that neither answers nor ends: its pipe then ends, which is an answer. */
static void kill_slow(const struct worker workers[CHILDREN_MAX])
{
	for (int i = 0; i < CHILDREN_MAX; i++) {
		if (workers[i].pid && now() - workers[i].started > WORKER_MAX_S)
			(void)kill(workers[i].pid, SIGKILL);
	}
}

static bool serve_once(struct worker workers[CHILDREN_MAX])
{
	struct pollfd polled[CHILDREN_MAX + 1];
	struct worker *free_slot = NULL;

	for (int i = 0; i < CHILDREN_MAX; i++) {
		polled[i] = (struct pollfd){
		    .fd = workers[i].pid ? workers[i].answer_fd : -1, .events = POLLIN};
		if (workers[i].pid == 0)
			free_slot = &workers[i];
	}
	/* With no slot free, requests wait in the socket; its end is noticed all the same. */
	polled[CHILDREN_MAX] =
	    (struct pollfd){.fd = UNPACK_WIRE_FD, .events = free_slot ? POLLIN : 0};
	if (poll(polled, CHILDREN_MAX + 1, 1000) < 0)
		return errno == EINTR;
	kill_slow(workers);
	for (int i = 0; i < CHILDREN_MAX; i++) {
		if (polled[i].revents && !finish_worker(&workers[i]))
			return false;
	}
	if (free_slot && polled[CHILDREN_MAX].revents)
		return accept_request(free_slot);
	return (polled[CHILDREN_MAX].revents & (POLLHUP | POLLERR)) == 0;
}

COMPAT_NO_LEAK_CHECK

int main(void)
{
	struct worker workers[CHILDREN_MAX] = {0};
	struct unpack_answer ready;
	struct err err = {0};
	int rc;

	/* Whoever started us is gone: so are we, and our children with us. */
	if (!tie_to_maker(UNPACK_WIRE_FD))
		return 2;
	rc = unpack_confine_check(&err);
	ready = answer_of(UNPACK_READY, rc, &err);
	if (!send_answer(&ready) || rc < 0)
		return rc < 0 ? 2 : 1;
	while (serve_once(workers))
		continue;
	for (int i = 0; i < CHILDREN_MAX; i++) {
		if (workers[i].pid)
			(void)kill(workers[i].pid, SIGKILL);
	}
	return 0;
}
