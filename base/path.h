/* SPDX-License-Identifier: MIT */
/*
 * Paths: text operations, and opening below an untrusted directory with openat2.
 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/** `a/b`, one slash between; @p b alone when it is absolute; owned by the receiver. */
char *path_join(const char *a, const char *b);
/** Directory part as dirname(3) says it, owned. */
char *path_dirname(const char *path);
/** What follows the last slash, borrowed from @p path; "" when it ends in a slash. */
const char *path_basename(const char *path);
/** Absolute, without "." and ".." and double slashes, links NOT followed; owned. */
MUST_CHECK int path_absolute(char **out, const char *path, struct err *err);
/**
 * The safe relative path rule of x07: non-empty, no leading '/', no NUL or '\\', no empty, "."
 * or ".." segment, no segment that starts with ".x07_".
 * Source: docs/spec/run-and-policy.md 2.1.
 */
bool path_is_safe_relative(const char *path);
/**
 * True when a segment of the first @p len bytes is the folder of a version control system (".git",
 * ".hg", ".svn", ".bzr", ".jj", in any case): what is written there may run later.
 */
bool path_enters_version_control(const char *path, size_t len);
/**
 * Open @p rel below @p dirfd; no link, ".." or mount tricks lead out of it
 * (openat2, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS, plus @p resolve).
 * With O_CREAT the mode is 0666 and the umask.
 * @param out_fd  owned, close-on-exec.
 * @return 0, ERR_NOT_FOUND, ERR_UNSUPPORTED (no openat2), or ERR_IO with errno in @p err: EXDEV or
 *         ELOOP when the path leads out or through a forbidden link.
 */
MUST_CHECK int path_open_beneath(
    int *out_fd, int dirfd, const char *rel, int flags, unsigned resolve, struct err *err);
/**
 * Create the directory @p rel below @p dirfd with its missing parents (mode 0777 and umask) and
 * open it; no link on the way leads out.
 * @param out_fd  owned, close-on-exec.
 * @return 0 or ERR_IO, ERR_NOT_FOUND, ERR_UNSUPPORTED as path_open_beneath.
 */
MUST_CHECK int path_mkdirs_beneath(int *out_fd, int dirfd, const char *rel, struct err *err);
/**
 * Directory of the running executable (from /proc/self/exe), owned: "<prefix>/bin".
 */
MUST_CHECK int path_self_dir(char **out, struct err *err);

#endif
