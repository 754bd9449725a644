/* SPDX-License-Identifier: MIT */
/* Peer of byte_sum.x07.json. */
#include "peer.h"

int main(int argc, char **argv)
{
	uint32_t n = 0;
	uint8_t *in = peer_input(argc > 1 ? argv[1] : "/dev/null", &n);
	uint32_t s = 0;

	for (uint32_t i = 0; i < n; i++)
		s += in[i];
	printf("%u", s);
	return 0;
}
