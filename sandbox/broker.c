/* SPDX-License-Identifier: MIT */
/* x07's side of the broker: makes the descriptors, starts the process, reads what it recorded. */
#include "sandbox/broker.h"

#include "base/attr.h"
#include "base/buf.h"
#include "lang/rt/net_wire.h"
#include "sandbox/broker_config.h"
#include "sandbox/compat.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
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
#define HIGH 64 /* sources are moved out of the way of the places */

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

/* Copies above all places, so that no place is another one's source. */
static bool place_all(posix_spawn_file_actions_t *actions, const int from[3], int high[3])
{
	/* nothing of the caller's terminal or pipes: the broker has nothing to say there */
	for (int fd = 0; fd < 3; fd++) {
		if (posix_spawn_file_actions_addopen(actions, fd, "/dev/null", O_RDWR, 0) != 0)
			return false;
	}
	for (int i = 0; i < 3; i++) {
		high[i] = fcntl(from[i], F_DUPFD_CLOEXEC, HIGH);
		if (high[i] < 0 ||
		    posix_spawn_file_actions_adddup2(actions, high[i], BROKER_FD_CHANNEL + i) != 0)
			return false;
	}
	return true;
}

static int spawn(pid_t *pid, const char *path, const int from[3], struct err *err)
{
	static char name[] = "x07-broker", path_env[] = "PATH=/nonexistent";
	char *const argv[] = {name, NULL};
	char *const envp[] = {path_env, NULL}; /* no proxies, no OpenSSL or resolver switches */
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	int high[3] = {-1, -1, -1};
	int rc = ENOMEM;

	sigemptyset(&none);
	if (posix_spawn_file_actions_init(&actions) != 0)
		return err_set(err, ERR_SANDBOX, "starting the network broker: no memory");
	if (posix_spawnattr_init(&attr) == 0) {
		/* the terminal's signals are for x07 alone, which ends the broker in order */
		if (posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK) ==
			0 &&
		    posix_spawnattr_setsigmask(&attr, &none) == 0 &&
		    place_all(&actions, from, high))
			rc = posix_spawn(pid, path, &actions, &attr, argv, envp);
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	for (int i = 0; i < 3; i++)
		base_close_fd(&high[i]);
	if (rc != 0) {
		errno = rc;
		return err_sys(err, ERR_SANDBOX, "starting the network broker %s", path);
	}
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
