/* SPDX-License-Identifier: MIT */
/* Peer of fib.x07.json. */
#include <stdint.h>
#include <stdio.h>

int main(void)
{
	uint32_t a = 0, b = 1;

	for (uint32_t i = 0; i < 500000000; i++) {
		uint32_t t = a + b;

		a = b;
		b = t;
	}
	printf("%u", a);
	return 0;
}
