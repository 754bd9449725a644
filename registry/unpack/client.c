/* SPDX-License-Identifier: MIT */
/*
 * The user's side of x07-unpack. What the program answers is believed only as far as it can do no
 * harm: a code out of our list and a text that is printed.
 */
#include "registry/unpack/client.h"

#include "base/path.h"
#include "base/spawn.h"
#include "registry/codes.h"
#include "registry/unpack/wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct unpack_client {
	int fd;
	pid_t pid;
	uint32_t outstanding;
	uint32_t asked[UNPACK_OUTSTANDING_MAX]; /* ids without an answer, in no order */
};

/** Room for the two descriptors of a request. */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(2 * sizeof(int))];
};

static int gone(struct err *err)
{
	return err_set(err, ERR_IO, "x07-unpack ended unexpectedly");
}

static int spawn(struct unpack_client *u, const char *program, int socket_fd, struct err *err)
{
	static const char *const argv[] = {"x07-unpack", NULL};

	struct err why = {0};
	int rc = spawn_start(&u->pid,
	    &(struct spawn_options){.program = program,
		.argv = argv,
		.places = {{STDERR_FILENO, STDERR_FILENO}, {socket_fd, UNPACK_WIRE_FD}},
		.place_count = 2},
	    &why);

	return rc < 0 ? err_set(err, ERR_IO, "%s", why.message) : 0;
}

/* A text of the program, printable whatever it sent. */
static void copy_text(char *out, size_t size, const char *text, size_t len)
{
	size_t n = strnlen(text, len < size ? len : size - 1);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		out[i] = (char)(c < 0x20 || c == 0x7F ? '?' : c);
	}
	out[n] = '\0';
}

static int receive(struct unpack_client *u, struct unpack_answer *answer, struct err *err)
{
	ssize_t got;

	do {
		got = recv(u->fd, answer, sizeof(*answer), 0);
	} while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof(*answer) ? 0 : gone(err);
}

static int result_of(const struct unpack_answer *answer, struct err *err)
{
	char id[sizeof(answer->code)];
	char text[sizeof(answer->message)];
	const struct code *code;

	if (answer->rc == 0)
		return 0;
	copy_text(id, sizeof(id), answer->code, sizeof(answer->code));
	copy_text(text, sizeof(text), answer->message, sizeof(answer->message));
	code = registry_code_find(id);
	if (answer->rc == ERR_PKG && code != NULL)
		return err_code(err, ERR_PKG, code, "%s", text);
	return err_set(err, answer->rc == ERR_SANDBOX ? ERR_SANDBOX : ERR_IO, "%s", text);
}

int unpack_client_start(struct unpack_client **out, const char *program, struct err *err)
{
	struct unpack_client *u = base_calloc(1, sizeof(*u));
	struct unpack_answer ready = {0};
	AUTO_FREE char *found = NULL;
	AUTO_CLOSE int theirs = -1;
	int pair[2];
	int rc = program ? 0 : spawn_find(&found, "x07-unpack", err);

	u->fd = -1;
	if (rc == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		rc = err_sys(err, ERR_IO, "socketpair");
	if (rc == 0) {
		u->fd = pair[0];
		theirs = pair[1];
		rc = spawn(u, program ? program : found, theirs, err);
	}
	base_close_fd(&theirs);
	theirs = -1;
	if (rc == 0)
		rc = receive(u, &ready, err);
	if (rc == 0)
		rc = ready.id == UNPACK_READY ? result_of(&ready, err) : gone(err);
	if (rc < 0) {
		unpack_client_free(u);
		return rc;
	}
	*out = u;
	return 0;
}

void unpack_client_free(struct unpack_client *u)
{
	if (!u)
		return;
	/* It ends when its socket does. */
	base_close_fd(&u->fd);
	while (u->pid > 0 && waitpid(u->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	free(u);
}

int unpack_client_ask(struct unpack_client *u, uint32_t id, int archive_fd, const char *sha256,
    int dirfd, struct err *err)
{
	struct unpack_request request = {.id = id};
	struct iovec iov = {&request, sizeof(request)};
	const int fds[2] = {archive_fd, dirfd};
	union control control = {0};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	ssize_t sent;

	if (u->outstanding >= UNPACK_OUTSTANDING_MAX || id == UNPACK_READY)
		return err_set(err, ERR_LIMIT, "too many archives at once");
	if (sha256 != NULL)
		(void)snprintf(request.sha256, sizeof(request.sha256), "%s", sha256);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	do {
		sent = sendmsg(u->fd, &msg, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent != (ssize_t)sizeof(request))
		return gone(err);
	u->asked[u->outstanding++] = id;
	return 0;
}

/* An answer belongs to one question: the caller takes the id for an index of its own. */
static bool take_question(struct unpack_client *u, uint32_t id)
{
	for (uint32_t i = 0; i < u->outstanding; i++) {
		if (u->asked[i] != id)
			continue;
		u->asked[i] = u->asked[--u->outstanding];
		return true;
	}
	return false;
}

int unpack_client_answer(
    struct unpack_client *u, uint32_t *id, struct unpack_result *out, struct err *err)
{
	struct unpack_answer answer = {0};
	int rc;

	*id = UNPACK_READY;
	if (u->outstanding == 0)
		return err_set(err, ERR_IO, "x07-unpack was not asked for anything");
	rc = receive(u, &answer, err);
	if (rc < 0)
		return rc;
	if (!take_question(u, answer.id))
		return err_set(err, ERR_IO, "x07-unpack answers what it was not asked");
	*id = answer.id;
	rc = result_of(&answer, err);
	if (rc < 0)
		return rc;
	out->files = answer.files;
	out->bytes = answer.bytes;
	return 0;
}

int unpack_client_run(struct unpack_client *u, struct unpack_result *out, int archive_fd,
    const char *sha256, int dirfd, struct err *err)
{
	uint32_t id;
	int rc = unpack_client_ask(u, 0, archive_fd, sha256, dirfd, err);

	return rc < 0 ? rc : unpack_client_answer(u, &id, out, err);
}

int unpack_client_fd(const struct unpack_client *u)
{
	return u->fd;
}
