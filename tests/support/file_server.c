/* SPDX-License-Identifier: MIT */
/*
 * file_server DIR [DELAY_MS [CUTS]]: the files of a directory over HTTP/1.1 with keep-alive, on a
 * free port of 127.0.0.1 that it prints. Each answer comes DELAY_MS later than it could, and the
 * first CUTS bodies of more than 1 KiB end in the middle with a reset connection. One thread for
 * each connection. It ends with its parent, or after ten minutes.
 */
#include "base/attr.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LIFE_S 600
#define HEAD_MAX 8192
#define CUT_MIN 1024

static int root_fd;
static long delay_ms;
static atomic_long cuts;

static bool send_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

static bool send_body(int fd, int file, off_t size)
{
	off_t at = 0;

	while (at < size) {
		if (sendfile(fd, file, &at, (size_t)(size - at)) <= 0)
			return false;
	}
	return true;
}

/* Half of the body, then a reset. */
static bool cut(int fd, int file, off_t size)
{
	const struct linger now = {.l_onoff = 1};

	(void)send_body(fd, file, size / 2);
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	return false;
}

/* Path of "GET /path HTTP/1.1", below the directory; false for anything else. */
static bool read_path(char out[HEAD_MAX], const char *head)
{
	size_t len;

	if (strncmp(head, "GET /", 5) != 0)
		return false;
	len = strcspn(head + 5, " ?\r\n");
	memcpy(out, head + 5, len);
	out[len] = '\0';
	return strstr(out, "..") == NULL;
}

static bool answer(int fd, const char *head)
{
	const struct timespec pause = {delay_ms / 1000, delay_ms % 1000 * 1000000};
	char path[HEAD_MAX], reply[256];
	AUTO_CLOSE int file = -1;
	struct stat st = {0};
	int len;

	if (!read_path(path, head))
		return false;
	file = openat(root_fd, path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || fstat(file, &st) < 0 || !S_ISREG(st.st_mode))
		st.st_size = -1;
	if (delay_ms > 0)
		(void)nanosleep(&pause, NULL);
	len = snprintf(reply, sizeof(reply),
	    "HTTP/1.1 %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %lld\r\n\r\n",
	    st.st_size < 0 ? "404 Not Found" : "200 OK",
	    st.st_size < 0 ? 0LL : (long long)st.st_size);
	if (!send_all(fd, reply, (size_t)len))
		return false;
	if (st.st_size > CUT_MIN && atomic_fetch_sub(&cuts, 1) > 0)
		return cut(fd, file, st.st_size);
	return st.st_size < 0 || send_body(fd, file, st.st_size);
}

static void *serve(void *arg)
{
	AUTO_CLOSE int fd = (int)(intptr_t)arg;
	char head[HEAD_MAX + 1];
	size_t have = 0;

	for (;;) {
		ssize_t n = recv(fd, head + have, HEAD_MAX - have, 0);
		const char *end;

		if (n <= 0)
			return NULL;
		have += (size_t)n;
		head[have] = '\0';
		while ((end = strstr(head, "\r\n\r\n")) != NULL) {
			if (!answer(fd, head))
				return NULL;
			have -= (size_t)(end + 4 - head);
			memmove(head, end + 4, have + 1);
		}
	}
}

static int listen_somewhere(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) < 0 || listen(fd, 256) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &size) < 0)
		return -1;
	(void)printf("%u\n", ntohs(at.sin_port));
	(void)fflush(stdout);
	return fd;
}

int main(int argc, char **argv)
{
	int listener, on = 1;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)alarm(LIFE_S);
	if (argc < 2 || (root_fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return 2;
	delay_ms = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	atomic_store(&cuts, argc > 3 ? strtol(argv[3], NULL, 10) : 0);
	listener = listen_somewhere();
	if (listener < 0)
		return 2;
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		pthread_t thread;

		if (fd < 0)
			continue;
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) != 0)
			(void)close(fd);
		else
			(void)pthread_detach(thread);
	}
}
