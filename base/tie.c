/* SPDX-License-Identifier: MIT */
/* See tie.h. */
#include "base/tie.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ORPHANED 125

/*
 * The order is what closes the gap. A dying process first gives its children another parent and
 * then sends their death signals: who sets the signal too late to be sent one sees the new parent.
 */
static bool tie_to(pid_t parent)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == parent;
}

bool tie_to_maker(int sock)
{
	struct ucred maker = {0};
	socklen_t size = sizeof(maker);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &maker, &size) < 0)
		return false;
	return tie_to(maker.pid);
}

pid_t tie_fork(void)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid == 0 && !tie_to(parent))
		_exit(ORPHANED);
	return pid;
}
