/* SPDX-License-Identifier: MIT */
/* One hostile program under one plan: the fixture of the sandbox tests. */
#ifndef TESTS_SANDBOX_BOX_H
#define TESTS_SANDBOX_BOX_H

#include "sandbox/sandbox.h"

#include <check.h>

/** A plan with its strings; the roots are `ro` and `rw` below the test's folder. */
struct box {
	char dir[512]; /* a new folder, also the working directory of the test and inside */
	char ro[600], rw[600];
	struct sandbox_root roots[8];
	const char *argv[8];
	struct sandbox_plan plan;
	struct sandbox_result result;
	struct err err;
};

/** Fill a plan that runs the probe with these arguments (NULL-terminated, at most five). */
void box_init(struct box *b, const char *what, const char *arg);
/** Create a file below the working directory. */
void box_file(const char *path, const char *text);
/** Prepare and run; the result of the call that failed, or 0. */
int box_run(struct box *b);
/** box_run that must succeed. */
void box_ok(struct box *b);
/** The program's output holds this line. */
void box_has(const struct box *b, const char *line);
/** The program's output holds no line that starts so. */
void box_has_not(const struct box *b, const char *start);
void box_clear(struct box *b);

/**
 * The signal that ends a program at `what` ("int80", "x32") inside: SIGSYS from the filter, unless
 * the kernel itself has no such calls (booted with ia32_emulation=off): then the processor refuses.
 */
int box_abi_signal(const char *what);

/** Is a host file still growing? Waits a little between two looks. */
bool file_grows(const char *path);

/**
 * Run a suite, as root or, with the argument `user`, as uid 4242.
 * @return the exit status of the test program; 77 when this host has no namespaces.
 */
int box_main(int argc, char **argv, Suite *suite);

#endif
