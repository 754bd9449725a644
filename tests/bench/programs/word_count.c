/* SPDX-License-Identifier: MIT */
/* Peer of word_count.x07.json. */
#include "peer.h"

int main(int argc, char **argv)
{
	uint32_t n = 0;
	uint8_t *in = peer_input(argc > 1 ? argv[1] : "/dev/null", &n);
	uint32_t words = 0, inside = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (in[i] <= 32) {
			inside = 0;
		} else if (!inside) {
			words++;
			inside = 1;
		}
	}
	printf("%u", words);
	return 0;
}
