/* SPDX-License-Identifier: MIT */
/*
 * The program x07-unpack as seen by its user: started once, asked for each archive. It forks for
 * each request, so that one archive cannot touch the files of another.
 * Source: docs/decisions/unpack-process.md.
 */
#ifndef REGISTRY_UNPACK_CLIENT_H
#define REGISTRY_UNPACK_CLIENT_H

#include "registry/unpack/unpack.h"

/** A running x07-unpack; opaque. */
struct unpack_client;

/**
 * Start the program.
 * @param out      owned; unpack_client_free.
 * @param program  path of x07-unpack.
 * @return 0, or ERR_SANDBOX (it cannot confine itself here: names the layer), ERR_IO.
 */
MUST_CHECK int unpack_client_start(
    struct unpack_client **out, const char *program, struct err *err);
/** End the program and free. */
void unpack_client_free(struct unpack_client *u);

/**
 * Unpack one archive; as unpack_archive, and ERR_PKG with code X07PKG_ARCHIVE_CRASH when the child
 * died over it. Several may be asked for before the answers are taken: unpack_client_ask, then
 * unpack_client_answer in any order of completion.
 */
MUST_CHECK int unpack_client_run(struct unpack_client *u, struct unpack_result *out, int archive_fd,
    const char *sha256, int dirfd, struct err *err);

/** Ask for one archive; @p id comes back with the answer. At most 64 may be outstanding. */
MUST_CHECK int unpack_client_ask(struct unpack_client *u, uint32_t id, int archive_fd,
    const char *sha256, int dirfd, struct err *err);
/**
 * Take one answer; waits for it.
 * @param id   written whenever the program answered, also when that archive was refused.
 * @param out  written on success only.
 * @return of the archive @p id, as unpack_archive; ERR_IO with *@p id = UINT32_MAX when the
 * program is gone, answers what it was not asked, or nothing is outstanding.
 */
MUST_CHECK int unpack_client_answer(
    struct unpack_client *u, uint32_t *id, struct unpack_result *out, struct err *err);
/** Descriptor that becomes readable when an answer is there; borrowed. */
int unpack_client_fd(const struct unpack_client *u);

#endif
