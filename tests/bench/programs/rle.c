/* SPDX-License-Identifier: MIT */
/* Peer of rle.x07.json. */
#include "peer.h"

int main(int argc, char **argv)
{
	uint32_t n = 0;
	uint8_t *in = peer_input(argc > 1 ? argv[1] : "/dev/null", &n);
	size_t cap = 1024, len = 0;
	uint8_t *out = malloc(cap);

	for (uint32_t i = 0; i < n;) {
		uint8_t c = in[i++];
		uint32_t run = 1;

		while (i < n && run < 255 && in[i] == c) {
			run++;
			i++;
		}
		if (len + 2 > cap)
			out = realloc(out, cap *= 2);
		if (!out)
			return 2;
		out[len++] = (uint8_t)run;
		out[len++] = c;
	}
	fwrite(out, 1, len, stdout);
	return 0;
}
