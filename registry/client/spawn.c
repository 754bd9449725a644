/* SPDX-License-Identifier: MIT */
/*
 * Starting and ending x07-fetch. The helper gets no environment but what the network libraries
 * need, and dies with its socket.
 */
#include "registry/client/spawn_priv.h"

#include "base/spawn.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HELPER_SOCKET 3

/* Read by libcurl (proxies), by us (X07_CA_BUNDLE) and by OpenSSL (SSL_CERT_*). */
static const char *const passed_on[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
    "ALL_PROXY", "no_proxy", "NO_PROXY", "X07_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"};

static int spawn(pid_t *pid, const char *path, const char *mode, int sock, struct err *err)
{
	CLEANUP(spawn_env_free) char **env = spawn_env_of(passed_on, ARRAY_LEN(passed_on));
	const char *const argv[] = {"x07-fetch", mode, NULL};

	/* What it has to say to people goes where ours goes. */
	return spawn_start(pid,
	    &(struct spawn_options){.program = path,
		.argv = argv,
		.env = (const char *const *)env,
		.places = {{2, 1}, {2, 2}, {sock, HELPER_SOCKET}},
		.place_count = 3},
	    err);
}

int fetch_helper_start(
    struct fetch_helper *out, const char *path, const char *mode, struct err *err)
{
	AUTO_FREE char *found = NULL;
	int pair[2];
	int rc;

	if (path == NULL) {
		rc = spawn_find(&found, "x07-fetch", err);
		if (rc < 0)
			return rc;
		path = found;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, ERR_IO, "socket pair of x07-fetch");
	rc = spawn(&out->pid, path, mode, pair[1], err);
	(void)close(pair[1]);
	if (rc < 0) {
		(void)close(pair[0]);
		out->pid = 0;
		return rc;
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
