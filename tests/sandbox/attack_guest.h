/* SPDX-License-Identifier: MIT */
/* What the two halves of the attacker share. */
#ifndef TESTS_SANDBOX_ATTACK_GUEST_H
#define TESTS_SANDBOX_ATTACK_GUEST_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/** One line `name=ok` or `name=ERRNO`. */
void say(const char *name, long result);
/** One line `name=ok` or `name=no`. */
void say_bool(const char *name, bool worked);
/** Open and close; the descriptor or -1. */
long open_close(const char *path, int flags);

/** Attacks that need processes of their own; the exit status. */
int attack_processes(const char *what, const char *arg);

#endif
