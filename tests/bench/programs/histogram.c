/* SPDX-License-Identifier: MIT */
/* Peer of histogram.x07.json. */
#include "peer.h"

int main(int argc, char **argv)
{
	uint32_t n = 0;
	uint8_t *in = peer_input(argc > 1 ? argv[1] : "/dev/null", &n);
	static uint32_t h[256];

	for (uint32_t i = 0; i < n; i++)
		h[in[i]]++;
	fwrite(h, 1, sizeof(h), stdout);
	return 0;
}
