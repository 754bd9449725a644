/* SPDX-License-Identifier: MIT */
/* Peer of fib_recursive.x07.json. */
#include <stdint.h>
#include <stdio.h>

static uint32_t fib(uint32_t n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int main(void)
{
	printf("%u", fib(42));
	return 0;
}
