/* SPDX-License-Identifier: MIT */
/* Files that are replaced whole or not at all. */
#ifndef BASE_FILE_REPLACE_H
#define BASE_FILE_REPLACE_H

#include "base/err.h"

/**
 * Replace @p path by new contents: temporary file in the same directory, fsync, rename, fsync of
 * the directory. The old file stays whole and no temporary file stays behind, whatever fails up to
 * the rename, nor when a signal ends the process; of SIGKILL that is true but for the moment
 * between the last two calls, and where the file system has files without a name (O_TMPFILE). An
 * existing file keeps its mode. A symbolic link is replaced itself, not what it points to; a
 * device, a pipe or a socket, and a link to one, is left alone.
 *
 * @return 0, ERR_NOT_FOUND (no such directory) or ERR_IO.
 */
MUST_CHECK int file_replace(const char *path, const void *data, size_t len, struct err *err);

/** As file_replace, for the file @p name (no slash) of the directory @p dirfd (borrowed). */
MUST_CHECK int file_replace_at(
    int dirfd, const char *name, const void *data, size_t len, struct err *err);

#endif
