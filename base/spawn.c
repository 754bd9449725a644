/* SPDX-License-Identifier: MIT */
/*
 * Between fork and exec only calls that a signal handler may make: other threads may hold locks of
 * the C library. What fails there is told through a pipe that exec closes.
 */
#include "base/spawn.h"

#include "base/compat.h"
#include "base/path.h"
#include "base/tie.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAILED 127
#define PLACES_END 32 /* sources are copied above all places, so that no place is a source */
#define STREAMS 3

/* ---- in the child ---- */

static _Noreturn void give_up(int report)
{
	int reason = errno;
	ssize_t ignored = write(report, &reason, sizeof(reason));

	(void)ignored;
	_exit(FAILED);
}

/* As a fresh process has them: our own handlers and blocked signals are no business of others. */
static bool reset_signals(void)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &dfl, NULL); /* some cannot be changed, and are not */
	return sigemptyset(&none) == 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0;
}

static bool has_place(const struct spawn_options *o, int at)
{
	for (size_t i = 0; i < o->place_count; i++) {
		if (o->places[i].at == at)
			return true;
	}
	return false;
}

/* Nothing survives but the places; @p report survives until exec. */
static bool place_all(const struct spawn_options *o)
{
	int high[SPAWN_PLACES_MAX];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || syscall(SYS_close_range, 0u, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		return false;
	null = fcntl(null, F_DUPFD_CLOEXEC, PLACES_END);
	for (size_t i = 0; i < o->place_count; i++) {
		high[i] = fcntl(o->places[i].from, F_DUPFD_CLOEXEC, PLACES_END);
		/* a stream that our caller has closed */
		if (high[i] < 0 && errno == EBADF && o->places[i].from < STREAMS)
			high[i] = null;
		if (high[i] < 0)
			return false;
	}
	for (int at = 0; at < STREAMS; at++) {
		if (!has_place(o, at) && (null < 0 || dup2(null, at) < 0))
			return false;
	}
	for (size_t i = 0; i < o->place_count; i++) {
		if (dup2(high[i], o->places[i].at) < 0)
			return false;
	}
	return true;
}

static _Noreturn void become(const struct spawn_options *o, int report)
{
	char *const none[] = {NULL};

	report = fcntl(report, F_DUPFD_CLOEXEC, PLACES_END);
	if (report < 0)
		_exit(FAILED);
	if ((o->session && setsid() < 0) || !reset_signals() || !place_all(o))
		give_up(report);
	(void)execve(o->program, (char *const *)(uintptr_t)o->argv,
	    o->env != NULL ? (char *const *)(uintptr_t)o->env : none);
	give_up(report);
}

/* ---- in the parent ---- */

/* errno of the child, 0 when it has become the program, -1 when it died before. */
static int read_report(int fd)
{
	int reason = 0;
	ssize_t n;

	do
		n = read(fd, &reason, sizeof(reason));
	while (n < 0 && errno == EINTR);
	return n == 0 ? 0 : n == (ssize_t)sizeof(reason) ? reason : -1;
}

/* No handler of ours may run in the child before they are reset. */
static pid_t fork_quietly(void)
{
	sigset_t all, before;
	pid_t pid;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = tie_fork();
	if (pid != 0)
		(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

int spawn_start(pid_t *pid, const struct spawn_options *options, struct err *err)
{
	AUTO_CLOSE int from = -1;
	AUTO_CLOSE int to = -1;
	int fds[2], reason;
	pid_t child;

	if (options->place_count > SPAWN_PLACES_MAX)
		return err_set(err, ERR_INTERNAL, "%s: too many descriptors", options->program);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(err, ERR_IO, "pipe");
	from = fds[0];
	to = fds[1];
	child = fork_quietly();
	if (child == 0)
		become(options, to);
	if (child < 0)
		return err_sys(err, ERR_IO, "%s", options->program);
	base_close_fd(&to);
	to = -1;
	reason = read_report(from);
	if (reason == 0) {
		*pid = child;
		return 0;
	}
	reap(child);
	errno = reason > 0 ? reason : EIO;
	return err_sys(err, reason == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", options->program);
}

int spawn_find(char **out, const char *name, struct err *err)
{
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *beside = NULL;
	AUTO_FREE char *prefix = NULL;
	AUTO_FREE char *library = NULL;
	int rc = path_self_dir(&dir, err);

	if (rc < 0)
		return rc;
	beside = path_join(dir, name);
	if (access(beside, X_OK) == 0) {
		*out = TAKE(beside);
		return 0;
	}
	prefix = path_dirname(dir);
	library = path_join(prefix, "lib/x07");
	*out = path_join(library, name);
	return 0;
}

char **spawn_env_of(const char *const *names, size_t count)
{
	char **env = base_calloc(count + 1, sizeof(*env));
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		const char *value = getenv(names[i]);
		size_t len = strlen(names[i]);
		char *item;

		if (value == NULL)
			continue;
		item = base_alloc(len + strlen(value) + 2);
		memcpy(item, names[i], len);
		item[len] = '=';
		memcpy(item + len + 1, value, strlen(value) + 1);
		env[used++] = item;
	}
	return env;
}

void spawn_env_free(char ***env)
{
	for (size_t i = 0; *env != NULL && (*env)[i] != NULL; i++)
		base_free_ptr(&(*env)[i]);
	base_free_ptr(env);
}
