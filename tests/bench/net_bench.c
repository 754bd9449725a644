/* SPDX-License-Identifier: MIT */
/*
 * The bare peers of the network bench: net_bench get URL COUNT fetches with one libcurl handle and
 * copies each body into memory; net_bench connect ADDRESS PORT COUNT opens that many connections
 * and keeps them. Prints microseconds of the whole loop.
 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

struct body {
	char *bytes;
	size_t len, cap;
};

static double now_us(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static size_t keep(char *data, size_t size, size_t count, void *arg)
{
	struct body *b = arg;
	size_t len = size * count;

	if (b->len + len > b->cap) {
		b->cap = 2 * b->cap + len;
		b->bytes = realloc(b->bytes, b->cap);
		if (b->bytes == NULL)
			return 0;
	}
	memcpy(b->bytes + b->len, data, len);
	b->len += len;
	return len;
}

static int get(const char *url, long count)
{
	CURL *e = curl_easy_init();
	const char *ca = getenv("X07_CA_BUNDLE");
	struct body b = {0};
	double start = now_us();
	size_t total = 0;

	(void)curl_easy_setopt(e, CURLOPT_URL, url);
	(void)curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, keep);
	(void)curl_easy_setopt(e, CURLOPT_WRITEDATA, &b);
	(void)curl_easy_setopt(e, CURLOPT_CAINFO, ca);
	(void)curl_easy_setopt(e, CURLOPT_BUFFERSIZE, 256L << 10);
	for (long i = 0; i < count; i++) {
		b.len = 0;
		if (curl_easy_perform(e) != CURLE_OK)
			return 1;
		total += b.len;
	}
	(void)printf("%.0f %zu\n", now_us() - start, total);
	free(b.bytes);
	curl_easy_cleanup(e);
	return 0;
}

static int connect_all(const char *address, int port, long count)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
	struct rlimit fds;
	double start = now_us();

	if (getrlimit(RLIMIT_NOFILE, &fds) == 0) {
		fds.rlim_cur = fds.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &fds);
	}
	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		return 2;
	for (long i = 0; i < count; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
			return 1;
	}
	(void)printf("%.0f %ld\n", now_us() - start, count);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "get") == 0)
		return get(argv[2], strtol(argv[3], NULL, 10));
	if (argc == 5 && strcmp(argv[1], "connect") == 0)
		return connect_all(
		    argv[2], (int)strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10));
	(void)fprintf(stderr, "usage: net_bench get URL COUNT | connect ADDRESS PORT COUNT\n");
	return 2;
}
