/* SPDX-License-Identifier: MIT */
/*
 * The decisions of the policy that are made about texts: paths, roots, keys. One copy for the
 * guest, which applies them, and for policy/, which explains them. Nothing here opens a file; what
 * keeps a program inside its roots is openat2 and the kernel's layers. Source:
 * docs/spec/run-and-policy.md 2.1 to 2.3, docs/spec/stdlib.md 4.1 and 4.2.
 */
#ifndef RT_DECIDE_H
#define RT_DECIDE_H

#include "lang/rt/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RT_PATH_MAX 4096

/** A list of NUL-terminated texts, wherever it is kept. Everything borrowed. */
struct rt_texts {
	const char *(*item)(const void *list, uint32_t i);
	const void *list;
	uint32_t count;
};

/** Well-formed UTF-8. Source: Unicode 15, table 3-7. */
bool rt_decide_utf8(const void *text, size_t len);
/** The path rule of the legacy heads: relative, no ".", "..", "\", NUL, empty or ".x07_" segment.
 */
bool rt_decide_safe_relative(const char *path, size_t len);
/** A segment starts with a dot; "." itself does not count. */
bool rt_decide_hidden(const char *path, size_t len);

/**
 * Whether a legacy head may look for a path at all, before any root is tried.
 * @param gates  of the policy (enum rt_gate).
 * @return 0, or enum rt_event_reason: DISABLED, GATE (threads.max_blocking), UNSAFE_PATH, HIDDEN.
 */
int rt_decide_file(uint32_t gates, const char *path, size_t len);

/**
 * The way of a legacy path below a root: its own name at the start of the path is dropped.
 * @param in_root  set when the text of the root holds the path; else left alone.
 * @return bytes of @p path to skip.
 */
size_t rt_decide_below(bool *in_root, const char *root, const char *path);

/** A path without ".", ".." and double slashes. Plain value. */
struct rt_path {
	char at[RT_PATH_MAX];
	size_t len;
};

/** Start at a directory; @p dir is absolute and fits, else false. */
bool rt_path_start(struct rt_path *p, const char *dir);
/** Add the path of a *_v1 call; false: not UTF-8, "..", empty segment, NUL, "\", too long. */
bool rt_path_add(struct rt_path *p, const char *path, size_t len);

/**
 * The innermost root that holds a path of the *_v1 family.
 *
 * @param which  its index.
 * @param rest   offset in @p path of the way below it; equal to path->len for the root itself.
 * @param cwd    what relative roots are relative to; NULL: they hold nothing.
 * @return false when no root holds it.
 */
bool rt_decide_root(uint32_t *which, size_t *rest, const struct rt_texts *roots, const char *cwd,
    const struct rt_path *path);

/**
 * Whether a path is for reading only although a write root holds it: of nested roots the more
 * specific one decides, and here that is a read root.
 *
 * @param which  index of that read root.
 * @param path   absolute; false also when no write root holds it.
 */
bool rt_decide_read_only(uint32_t *which, const struct rt_texts *reads,
    const struct rt_texts *writes, const char *cwd, const struct rt_path *path);
/**
 * The place of a root, or of a path below it, as text.
 * @param root  the policy's text: may hold "." and ".."; relative ones belong to @p cwd.
 * @param rest  added behind it; NULL or "" for the root itself.
 * @return false when it is too long, or relative without @p cwd.
 */
bool rt_path_of(struct rt_path *out, const char *cwd, const char *root, const char *rest);

/**
 * Whether a variable may be read.
 * @return 0, or enum rt_event_reason: DISABLED, DENY_LISTED (wins), NOT_LISTED.
 */
int rt_decide_env(uint32_t gates, const struct rt_texts *allow, const struct rt_texts *deny,
    const char *key, size_t len);

#endif
