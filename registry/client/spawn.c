/* SPDX-License-Identifier: MIT */
/*
 * Starting and ending x07-fetch. The helper gets no environment but what the network libraries
 * need, and dies with its socket.
 */
#include "registry/client/spawn_priv.h"

#include "base/path.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HELPER_SOCKET 3

/* Read by libcurl (proxies), by us (X07_CA_BUNDLE) and by OpenSSL (SSL_CERT_*). */
static const char *const passed_on[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
    "ALL_PROXY", "no_proxy", "NO_PROXY", "X07_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"};

static void make_environment(char *env[ARRAY_LEN(passed_on) + 1])
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(passed_on); i++) {
		const char *value = getenv(passed_on[i]);
		size_t size = value != NULL ? strlen(passed_on[i]) + strlen(value) + 2 : 0;
		char *item;

		if (value == NULL)
			continue;
		item = base_alloc(size);
		memcpy(item, passed_on[i], strlen(passed_on[i]));
		item[strlen(passed_on[i])] = '=';
		memcpy(item + strlen(passed_on[i]) + 1, value, strlen(value) + 1);
		env[count++] = item;
	}
	env[count] = NULL;
}

/* lib/x07/x07-pkg finds its neighbour; bin/x07 and the tests find ../lib/x07. */
static int find_program(char **out, struct err *err)
{
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *near = NULL;
	AUTO_FREE char *far = NULL;
	int rc = path_self_dir(&dir, err);

	if (rc < 0)
		return rc;
	near = path_join(dir, "x07-fetch");
	far = path_join(dir, "../lib/x07/x07-fetch");
	*out = access(near, X_OK) == 0 ? TAKE(near) : TAKE(far);
	return 0;
}

static int spawn(pid_t *pid, const char *path, const char *mode, int sock)
{
	char *argv[] = {(char[]){"x07-fetch"}, base_strdup(mode), NULL};
	char *env[ARRAY_LEN(passed_on) + 1] = {0};
	posix_spawn_file_actions_t actions;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc != 0) {
		base_free_ptr(&argv[1]);
		return rc;
	}
	make_environment(env);
	rc = posix_spawn_file_actions_adddup2(&actions, sock, HELPER_SOCKET);
	if (rc == 0)
		rc = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, 2, 1);
	if (rc == 0)
		rc = posix_spawn(pid, path, &actions, NULL, argv, env);
	(void)posix_spawn_file_actions_destroy(&actions);
	for (size_t i = 0; env[i] != NULL; i++)
		base_free_ptr(&env[i]);
	base_free_ptr(&argv[1]);
	return rc;
}

int fetch_helper_start(
    struct fetch_helper *out, const char *path, const char *mode, struct err *err)
{
	AUTO_FREE char *found = NULL;
	int pair[2];
	int rc;

	if (path == NULL) {
		rc = find_program(&found, err);
		if (rc < 0)
			return rc;
		path = found;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, ERR_IO, "socket pair of x07-fetch");
	rc = spawn(&out->pid, path, mode, pair[1]);
	(void)close(pair[1]);
	if (rc != 0) {
		(void)close(pair[0]);
		out->pid = 0;
		errno = rc;
		return err_sys(err, rc == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", path);
	}
	out->sock = pair[0];
	return 0;
}

void fetch_helper_stop(struct fetch_helper *h)
{
	int status = 0;

	if (h->pid <= 0)
		return;
	(void)close(h->sock);
	(void)kill(h->pid, SIGKILL);
	while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	h->pid = 0;
	h->sock = -1;
}
