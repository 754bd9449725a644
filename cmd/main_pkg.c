/* SPDX-License-Identifier: MIT */
/* The program lib/x07/x07-pkg: `x07 pkg` and `x07 registry`. */
#include "cmd/pkg.h"

int main(int argc, char **argv)
{
	return cmd_main(&program_pkg, argc, argv);
}
