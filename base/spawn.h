/* SPDX-License-Identifier: MIT */
/*
 * The one way to start a program of ours beside this one. It gets nothing that it is not given: no
 * descriptor but the places, no variable but the list, signals as a fresh process has them. It is
 * killed when the process that started it dies (base/tie.h).
 */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SPAWN_PLACES_MAX 8

/** A descriptor of this process and its number in the program. */
struct spawn_place {
	int from; /* borrowed */
	int at;   /* 0..31, each once */
};

/** What is started. Everything borrowed until spawn_start returns. */
struct spawn_options {
	const char *program;     /* path */
	const char *const *argv; /* NULL-terminated, with the name of the program */
	const char *const *env;  /* "NAME=value", NULL-terminated; NULL: none at all */
	/* 0, 1 and 2 without a place lead to /dev/null; nothing else is open */
	struct spawn_place places[SPAWN_PLACES_MAX];
	size_t place_count;
	bool session; /* of its own: the signals of the terminal are not for it */
};

/**
 * Start a program; returns when it runs, or cannot.
 *
 * @param pid  to be waited for by the caller.
 * @return 0; ERR_NOT_FOUND when there is no such program; ERR_IO with errno in @p err.
 */
MUST_CHECK int spawn_start(pid_t *pid, const struct spawn_options *options, struct err *err);

/**
 * The path of a program that was installed with this one: beside it, or in ../lib/x07 of bin.
 * @param out  owned; the latter place when it is in neither.
 */
MUST_CHECK int spawn_find(char **out, const char *name, struct err *err);

/**
 * Those variables of our environment that are named and set.
 *
 * @param names  @p count of them.
 * @return owned, NULL-terminated, in the order of @p names; spawn_env_free.
 */
char **spawn_env_of(const char *const *names, size_t count);
/** Free what spawn_env_of made. */
void spawn_env_free(char ***env);

#endif
