/* SPDX-License-Identifier: MIT */
/* x07's side of the broker: makes the descriptors, starts the process, reads what it recorded. */
#include "sandbox/broker.h"

#include "base/attr.h"
#include "base/buf.h"
#include "base/spawn.h"
#include "lang/rt/net_wire.h"
#include "sandbox/broker_config.h"
#include "sandbox/compat.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAST_WORDS_MS 1000

const char *sandbox_broker_op_name(unsigned op)
{
	static const char *const names[] = {
#define NAME(id, name) name,
	    BROKER_OPS(NAME)
#undef NAME
	};

	return op < ARRAY_LEN(names) ? names[op] : "unknown";
}

const char *sandbox_broker_ca_bundle(void)
{
	/* Debian, Alpine; Fedora; openSUSE */
	static const char *const usual[] = {"/etc/ssl/certs/ca-certificates.crt",
	    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};
	const char *named = getenv("X07_CA_BUNDLE");

	if (named != NULL && named[0] != '\0')
		return named;
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		if (access(usual[i], R_OK) == 0)
			return usual[i];
	}
	return "";
}

static int open_log(int *out, struct err *err)
{
	*out = memfd_create("x07-net-log", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (*out < 0)
		return err_sys(err, ERR_SANDBOX, "memory file of the network log");
	if (ftruncate(*out, sizeof(struct broker_log)) < 0 ||
	    fcntl(*out, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
		return err_sys(err, ERR_SANDBOX, "memory file of the network log");
	return 0;
}

int sandbox_broker_open(struct sandbox_broker *out, struct err *err)
{
	struct sandbox_broker b = SANDBOX_BROKER_NONE;
	int pair[2];
	int rc;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, ERR_SANDBOX, "socket pair of the network broker");
	b.guest = pair[0];
	b.channel = pair[1];
	rc = open_log(&b.log, err);
	if (rc < 0)
		sandbox_broker_clear(&b);
	else
		*out = b;
	return rc;
}

static int open_config(int *out, const struct broker_config *config, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(BROKER_CONFIG_MAX);
	AUTO_CLOSE int fd = memfd_create("x07-net-policy", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	sandbox_broker_config_write(&text, config);
	if (text.overflow)
		return err_set(err, ERR_LIMIT, "the policy's network section is too large");
	if (fd < 0 || write(fd, text.data, text.len) != (ssize_t)text.len ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
		return err_sys(err, ERR_SANDBOX, "memory file of the network policy");
	*out = take_fd(&fd);
	return 0;
}

static int spawn(pid_t *pid, const char *path, const int from[3], struct err *err)
{
	static const char *const argv[] = {"x07-broker", NULL};
	/* no proxies, no OpenSSL or resolver switches */
	static const char *const env[] = {"PATH=/nonexistent", NULL};
	struct err why = {0};

	/*
	 * Nothing of the caller's terminal or pipes: the broker has nothing to say there. The
	 * terminal's signals are for x07 alone, which ends the broker in order.
	 */
	if (spawn_start(pid,
		&(struct spawn_options){.program = path,
		    .argv = argv,
		    .env = env,
		    .places = {{from[0], BROKER_FD_CHANNEL}, {from[1], BROKER_FD_CHANNEL + 1},
			{from[2], BROKER_FD_CHANNEL + 2}},
		    .place_count = 3,
		    .session = true},
		&why) < 0)
		return err_set(err, ERR_SANDBOX, "starting the network broker %s", why.message);
	return 0;
}

int sandbox_broker_start(
    struct sandbox_broker *b, const char *path, const struct broker_config *config, struct err *err)
{
	AUTO_CLOSE int policy = -1;
	int rc = open_config(&policy, config, err);
	int from[3] = {b->channel, policy, b->log};

	if (rc < 0)
		return rc;
	rc = spawn(&b->pid, path, from, err);
	if (rc < 0)
		return rc;
	b->pidfd = (int)syscall(SYS_pidfd_open, b->pid, 0);
	base_close_fd(&b->channel);
	b->channel = -1;
	return 0;
}

/* @return its wait status, 0 when it had to be ended from here. */
static int reap(struct sandbox_broker *b, int timeout_ms)
{
	struct pollfd p = {.fd = b->pidfd, .events = POLLIN};
	int status = 0;
	bool late;

	if (b->pid == 0)
		return 0;
	late = b->pidfd < 0 || poll(&p, 1, timeout_ms) != 1;
	if (late)
		(void)kill(b->pid, SIGKILL);
	while (waitpid(b->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	b->pid = 0;
	return late ? 0 : status;
}

static int read_at(void *to, int fd, size_t len, size_t at, struct err *err)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(fd, (char *)to + done, len - done, (off_t)(at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(err, ERR_SANDBOX, "reading the network log");
		done += (size_t)n;
	}
	return 0;
}

/* The entries in use, and the first: it says why there is no broker. The rest is zero. */
static int read_log(struct broker_log *log, int fd, struct err *err)
{
	size_t head = offsetof(struct broker_log, entry);
	int rc = read_at(log, fd, head, 0, err);

	if (rc < 0)
		return rc;
	if (log->lost_denied > log->lost)
		log->lost_denied = log->lost;
	if (log->used > BROKER_LOG_ENTRIES)
		log->used = BROKER_LOG_ENTRIES;
	return read_at(
	    log->entry, fd, (log->used + (log->used == 0)) * sizeof(log->entry[0]), head, err);
}

/* The broker has spoken to the whole network: what it left behind is checked, not believed. */
static void tidy(struct broker_log *log)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < log->used; i++) {
		struct broker_entry *e = &log->entry[i];

		e->host[sizeof(e->host) - 1] = '\0';
		e->address[sizeof(e->address) - 1] = '\0';
		e->note[sizeof(e->note) - 1] = '\0';
		if (e->op < BROKER_OP_COUNT && e->verdict < BROKER_VERDICT_COUNT &&
		    e->policy <= POLICY_DENIED_FORM && e->count > 0)
			log->entry[kept++] = *e;
	}
	log->used = kept;
}

/* Out of memory, a filtered system call, a bug: the program saw code 8 from then on. */
static void note_end(struct broker_log *log, int status)
{
	struct broker_entry *e;

	if (status == 0)
		return;
	if (log->used == BROKER_LOG_ENTRIES) {
		log->used--;
		log->lost++;
	}
	e = &log->entry[log->used];
	*e = (struct broker_entry){.op = BROKER_OP_CHANNEL,
	    .verdict = BROKER_ENDED,
	    .code = RT_NET_INTERNAL,
	    .entry = UINT32_MAX,
	    .count = 1};
	if (WIFSIGNALED(status))
		(void)snprintf(e->note, sizeof(e->note), "the network broker died of signal %d",
		    WTERMSIG(status));
	else
		(void)snprintf(e->note, sizeof(e->note), "the network broker ended with status %d",
		    WEXITSTATUS(status));
	log->used++;
}

static void free_log(struct broker_log **log)
{
	base_free_ptr(log);
}

int sandbox_broker_finish(struct sandbox_broker *b, struct broker_log **out, struct err *err)
{
	CLEANUP(free_log) struct broker_log *log = NULL;
	bool started = b->pid != 0;
	int status, rc;

	*out = NULL;
	if (!started)
		return 0;
	base_close_fd(&b->guest);
	b->guest = -1;
	status = reap(b, LAST_WORDS_MS);
	log = base_calloc(1, sizeof(*log));
	rc = read_log(log, b->log, err);
	if (rc < 0)
		return rc;
	if (!log->ready)
		return err_set(err, ERR_SANDBOX,
		    "the network broker could not confine itself%s%s; without that it serves "
		    "nobody",
		    log->entry[0].note[0] != '\0' ? ": " : "",
		    log->entry[0].note[0] != '\0' ? log->entry[0].note : "");
	tidy(log);
	note_end(log, status);
	*out = log;
	log = NULL;
	return 0;
}

void sandbox_broker_clear(struct sandbox_broker *b)
{
	(void)reap(b, 0);
	base_close_fd(&b->guest);
	base_close_fd(&b->channel);
	base_close_fd(&b->log);
	base_close_fd(&b->pidfd);
	*b = SANDBOX_BROKER_NONE;
}
