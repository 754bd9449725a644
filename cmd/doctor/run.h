/* SPDX-License-Identifier: MIT */
/* Checks of `x07 doctor` that compile and run a program of ours. */
#ifndef CMD_DOCTOR_RUN_H
#define CMD_DOCTOR_RUN_H

#include "cmd/doctor/types.h"

/** Is there a backend for sandboxed runs? Decides what the layers matter for. */
void doctor_backend(struct doctor *d, struct doctor_line *l);
/** Would `x07 run --profile sandbox` of this project be accepted? */
void doctor_project(struct doctor *d, struct doctor_line *l);
/** Compile our program in this process. */
void doctor_libtcc(struct doctor *d, struct doctor_line *l);
/** Run our program in the sandbox that a run of this project would have. */
void doctor_sandbox(struct doctor *d, struct doctor_line *l);
/** Build our program with the C compiler of this host. */
void doctor_compiler(struct doctor *d, struct doctor_line *l);
/** Is there a folder in which compiled programs are kept? */
void doctor_cache(struct doctor *d, struct doctor_line *l);

#endif
