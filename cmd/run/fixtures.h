/* SPDX-License-Identifier: MIT */
/*
 * The fixtures of a solve world: the only thing outside of its input that a program there sees. A
 * tree is checked before anything is started, and the program gets it read-only.
 */
#ifndef CMD_RUN_FIXTURES_H
#define CMD_RUN_FIXTURES_H

#include "base/err.h"
#include "lang/options.h"

#define RUN_FIXTURE_ENTRIES_MAX 10000u
#define RUN_FIXTURE_DEPTH_MAX 64u
#define RUN_FIXTURE_BYTES_MAX (1ull << 30)

/**
 * The files that a program in @p world sees: `root` below the fixture when that is a folder, else
 * the fixture itself.
 *
 * @param fs_root  owned, absolute; NULL when the world has no files.
 * @param path     value of --fixtures; NULL when not given.
 * @return 0; ERR_USAGE when world and fixture do not belong together (X07FIXTURE_NONE), ERR_FORMAT
 *         for links and devices (X07FIXTURE_TREE), ERR_LIMIT (X07FIXTURE_LIMIT), ERR_UNSUPPORTED
 *         for latencies, ERR_NOT_FOUND, ERR_IO.
 */
MUST_CHECK int run_fixtures_find(
    char **fs_root, enum lang_world world, const char *path, struct err *err);

#endif
