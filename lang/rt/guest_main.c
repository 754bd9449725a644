/* SPDX-License-Identifier: MIT */
/* The guest's main; everything else is in the library, where unit tests reach it. */
#include "lang/rt/rt_priv.h"

int main(void)
{
	return rt_main();
}
