/* SPDX-License-Identifier: MIT */
/*
 * The frame of the C peers: read the whole file named by the first argument, run, print. The peers
 * do what the x07 programs do, without bounds checks or fuel.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static inline uint8_t *peer_input(const char *path, uint32_t *len)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0)
		exit(2);
	uint8_t *data = malloc((size_t)st.st_size + 1);
	size_t have = 0;

	while (data && have < (size_t)st.st_size) {
		ssize_t n = read(fd, data + have, (size_t)st.st_size - have);

		if (n <= 0)
			exit(2);
		have += (size_t)n;
	}
	close(fd);
	*len = (uint32_t)have;
	return data;
}

#endif
