/* SPDX-License-Identifier: MIT */
/*
 * An HTTP server on loopback that misbehaves on request: the path says how (hostile_server.c). It
 * runs in a child process, ends with the test, and serves at most a few hundred connections.
 */
#ifndef TESTS_UNIT_REGISTRY_HOSTILE_SERVER_H
#define TESTS_UNIT_REGISTRY_HOSTILE_SERVER_H

#include <stdint.h>
#include <sys/types.h>

struct hostile_server {
	pid_t pid;
	unsigned port;
	uint32_t *connections; /* shared with the child: accepted so far */
};

/** Start one; fails the test when it cannot. @p other_port is where /to-other leads. */
void hostile_server_start(struct hostile_server *out, unsigned other_port);
void hostile_server_stop(struct hostile_server *server);

#endif
