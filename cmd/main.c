/* SPDX-License-Identifier: MIT */
/* The program x07. */
#include "cmd/cmd.h"

int main(int argc, char **argv)
{
	return cmd_main(&program_x07, argc, argv);
}
