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
struct registry_unpacker;

/**
 * Start the program.
 * @param out      owned; registry_unpacker_free.
 * @param program  path of x07-unpack.
 * @return 0, or ERR_SANDBOX (it cannot confine itself here: names the layer), ERR_IO.
 */
MUST_CHECK int registry_unpacker_start(
    struct registry_unpacker **out, const char *program, struct err *err);
/** End the program and free. */
void registry_unpacker_free(struct registry_unpacker *u);

/**
 * Unpack one archive; as registry_unpack, and ERR_PKG with code X07PKG_ARCHIVE_CRASH when the child
 * died over it. Several may be asked for before the answers are taken: registry_unpacker_ask, then
 * registry_unpacker_answer in any order of completion.
 */
MUST_CHECK int registry_unpacker_run(struct registry_unpacker *u, struct registry_unpacked *out,
    int archive_fd, const char *sha256, int dirfd, struct err *err);

/** Ask for one archive; @p id comes back with the answer. At most 64 may be outstanding. */
MUST_CHECK int registry_unpacker_ask(struct registry_unpacker *u, uint32_t id, int archive_fd,
    const char *sha256, int dirfd, struct err *err);
/**
 * Take one answer; waits for it.
 * @param id   written whenever the program answered, also when that archive was refused.
 * @param out  written on success only.
 * @return of the archive @p id, as registry_unpack; ERR_IO with *@p id = UINT32_MAX when the
 * program is gone, answers what it was not asked, or nothing is outstanding.
 */
MUST_CHECK int registry_unpacker_answer(
    struct registry_unpacker *u, uint32_t *id, struct registry_unpacked *out, struct err *err);
/** Descriptor that becomes readable when an answer is there; borrowed. */
int registry_unpacker_fd(const struct registry_unpacker *u);

#endif
