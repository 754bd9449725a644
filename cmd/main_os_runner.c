/* SPDX-License-Identifier: MIT */
/* The program x07-os-runner: the engine of `x07 run` with the runner's own options. */
#include "cmd/cmd.h"

int main(int argc, char **argv)
{
	return cmd_main(&program_os_runner, argc, argv);
}
