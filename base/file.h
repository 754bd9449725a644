/* SPDX-License-Identifier: MIT */
/*
 * Whole files: read with a cap, replace atomically. Paths below an untrusted directory go through
 * base/path.h instead.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * Read a regular file (or a pipe) whole.
 *
 * @param out   appended to; its maximum is the cap. Unchanged on failure.
 * @param path  borrowed.
 * @return 0, ERR_NOT_FOUND, ERR_LIMIT (over the maximum of @p out) or ERR_IO (also: a directory).
 */
MUST_CHECK int file_read(struct buf *out, const char *path, struct err *err);

/**
 * Room for so many more descriptors, before threads share the table of them: from then on the
 * kernel waits for a grace period of RCU, milliseconds, each time that it grows. Best effort.
 * Source: Linux, fs/file.c, expand_fdtable.
 */
void file_expect(uint32_t count);

/**
 * A folder for this process alone, by flock(2), until the descriptor is closed; waits for others.
 * @param out   owned; written on success only.
 * @param path  borrowed; an existing directory.
 * @return 0 or ERR_IO.
 */
MUST_CHECK int file_lock_dir(int *out, const char *path, struct err *err);

/** As file_read, from a descriptor (borrowed) up to its end; @p name is for messages. */
MUST_CHECK int file_read_fd(struct buf *out, int fd, const char *name, struct err *err);

/** Create @p path with these contents; ERR_EXISTS when something is there already. */
MUST_CHECK int file_create(const char *path, const void *data, size_t len, struct err *err);

/** Create a directory and its missing parents (mode 0777 and umask); 0 when it is there. */
MUST_CHECK int file_mkdirs(const char *path, struct err *err);

/** True when the path leads to a regular file / a directory. */
bool file_is_regular(const char *path);
/** Whether a directory is there; a link to one is one. */
bool file_is_directory(const char *path);
/**
 * Why a path leads to no regular file, for "the file is ...": "missing", "a directory", "not a
 * regular file", "not reachable" (a folder above it may not be searched). Static storage.
 */
const char *file_fault_text(const char *path);

/** Write all of @p len bytes to @p fd (borrowed), retrying short writes and EINTR. */
MUST_CHECK int file_write_all(int fd, const void *data, size_t len, struct err *err);

/**
 * An anonymous file in memory that holds a copy of @p data, sealed against every change.
 * @param out_fd  owned by the receiver, close-on-exec, offset 0.
 */
MUST_CHECK int file_sealed_memfd(
    int *out_fd, const char *name, const void *data, size_t len, struct err *err);

#endif
