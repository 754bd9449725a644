/* SPDX-License-Identifier: MIT */
/*
 * http_say PORT [PAUSE_MS]: sends standard input to this port of 127.0.0.1, in one piece or a byte
 * for each pause, and prints what comes back until the server closes.
 */
#include "base/attr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM 65536

/* @return false when the server has closed. */
static int answer(int fd)
{
	char room[ROOM];
	ssize_t n = recv(fd, room, sizeof(room), 0);

	if (n > 0)
		(void)fwrite(room, 1, (size_t)n, stdout);
	return n > 0;
}

int main(int argc, char **argv)
{
	static char text[ROOM];
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int pause_ms = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
	size_t len = fread(text, 1, sizeof(text), stdin), sent = 0;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc < 2)
		return 2;
	to.sin_port = htons((unsigned short)strtoul(argv[1], NULL, 10));
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		return 1;
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		size_t part = pause_ms > 0 ? 1 : len - sent;

		if (sent < len && send(fd, text + sent, part, MSG_NOSIGNAL) != (ssize_t)part)
			break;
		sent += sent < len ? part : 0;
		if (poll(&p, 1, sent < len ? pause_ms : -1) > 0 && !answer(fd))
			break;
	}
	(void)close(fd);
	/* Bytes left over: the server would not hear them all. */
	return sent < len ? 3 : 0;
}
