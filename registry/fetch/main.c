/* SPDX-License-Identifier: MIT */
/*
 * The program x07-fetch: the only part of the package commands that reads from the network. It is
 * started by registry/client/spawn.c with a socket as descriptor 3 and takes no other input.
 */
#include "base/compat.h"
#include "base/err.h"
#include "base/tie.h"
#include "registry/client/wire.h"
#include "registry/fetch/git.h"
#include "registry/fetch/http.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define DATA_MAX ((rlim_t)1 << 30)

/* Tokens are in its memory: no core file, no debugger. */
static void harden(void)
{
	struct rlimit none = {0, 0}, data = {0, 0};

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	/* A repository may hold objects that are terabytes of zeros; libgit2 has no limit. */
	if (!COMPAT_SANITIZED && getrlimit(RLIMIT_DATA, &data) == 0 && data.rlim_cur > DATA_MAX) {
		data.rlim_cur = DATA_MAX;
		(void)setrlimit(RLIMIT_DATA, &data);
	}
	(void)signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	struct err err = {0};
	socklen_t size = sizeof(int);
	int type = 0;
	int rc;

	if (argc != 2 || (strcmp(argv[1], "http") != 0 && strcmp(argv[1], "git") != 0) ||
	    getsockopt(FETCH_HELPER_SOCKET, SOL_SOCKET, SO_TYPE, &type, &size) < 0 ||
	    type != SOCK_SEQPACKET) {
		(void)fprintf(stderr, "x07-fetch: a part of x07 pkg, not to be started by hand\n");
		return 2;
	}
	if (!tie_to_maker(FETCH_HELPER_SOCKET))
		return err_exit_status(ERR_IO); /* whoever started it is gone */
	harden();
	if (strcmp(argv[1], "git") == 0)
		rc = fetch_git_serve(FETCH_HELPER_SOCKET, &err);
	else
		rc = fetch_http_serve(FETCH_HELPER_SOCKET, &err);
	if (rc < 0)
		(void)fprintf(stderr, "x07-fetch: %s\n", err.message);
	return err_exit_status(rc);
}
