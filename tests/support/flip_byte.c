/* SPDX-License-Identifier: MIT */
/*
 * flip_byte SEED FILE..: changes one byte, the same in each of the files, and keeps sizes and
 * times. The seed decides which byte and what it becomes. Prints "OFFSET OLD NEW"; the bytes in
 * decimal.
 */
#include "base/attr.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* splitmix64: the n-th number of a series without the numbers before it. */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static void fatal(const char *what)
{
	perror(what);
	exit(2);
}

static void flip(const char *path, uint64_t seed, bool print)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	struct timespec times[2];
	uint8_t was = 0, is;
	off_t at;

	/* A file of the store is read-only: its owner, who is root in some tests, may all the same.
	 */
	if (fd < 0 && chmod(path, 0644) == 0)
		fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size == 0)
		fatal(path);
	at = (off_t)(mix(seed) % (uint64_t)st.st_size);
	if (pread(fd, &was, 1, at) != 1)
		fatal(path);
	is = (uint8_t)(was ^ (1 + mix(seed + 1) % 255));
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	if (pwrite(fd, &is, 1, at) != 1 || futimens(fd, times) < 0)
		fatal(path);
	(void)close(fd);
	if (print)
		(void)printf("%lld %u %u\n", (long long)at, was, is);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	for (int i = 2; i < argc; i++)
		flip(argv[i], strtoull(argv[1], NULL, 10), i == 2);
	return 0;
}
