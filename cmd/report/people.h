/* SPDX-License-Identifier: MIT */
/* A run in a few lines for the person at the terminal. */
#ifndef CMD_REPORT_PEOPLE_H
#define CMD_REPORT_PEOPLE_H

#include "cmd/cmd.h"
#include "cmd/report/emit.h"
#include "cmd/run/types.h"

/**
 * Print on standard error what the program put out (unless standard output has it already), what
 * was denied with the command that allows it, which limit ended the run, and, last, its status and
 * times.
 */
void report_people(
    const struct cmd_call *call, const struct report_emission *e, const struct run_record *run);

#endif
