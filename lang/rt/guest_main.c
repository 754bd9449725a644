/* SPDX-License-Identifier: MIT */
/* The guest's main; everything else is in the library, where unit tests reach it. */
#include "lang/rt/protos.h"
#include "lang/rt/start.h"

int main(void)
{
	return rt_main();
}
