/* SPDX-License-Identifier: MIT */
/*
 * What the file heads share: path rules, roots, openat2, and for the *_v1 family the capability
 * document, its limits and error codes. Source: spec run-and-policy 2.1-2.2, stdlib 4.1-4.2.
 */
#ifndef RT_FS_PRIV_H
#define RT_FS_PRIV_H

#include "lang/rt/decide.h"
#include "lang/rt/rt_priv.h"

#include <sys/types.h>

/** Codes of the *_v1 family. */
enum fs_code {
	FS_OK = 0,
	FS_POLICY_DENY = 60001,
	FS_DISABLED = 60002,
	FS_BAD_PATH = 60003,
	FS_BAD_CAPS = 60004,
	FS_BAD_HANDLE = 60005,
	FS_NOT_FOUND = 60010,
	FS_EXISTS = 60011,
	FS_NOT_DIR = 60012,
	FS_IS_DIR = 60013,
	FS_PERMISSION = 60014,
	FS_IO = 60015,
	FS_TOO_LARGE = 60016,
	FS_TOO_MANY = 60017,
	FS_TOO_DEEP = 60018,
	FS_SYMLINK = 60019,
	FS_UNSUPPORTED = 60020,
};

/** Flags of FsCapsV1. */
enum fs_flag {
	FS_FLAG_SYMLINKS = 1,
	FS_FLAG_HIDDEN = 2,
	FS_FLAG_PARENTS = 4,
	FS_FLAG_OVERWRITE = 8,
	FS_FLAG_ATOMIC = 16,
};

/** Effective capabilities of one call. */
struct fs_caps {
	rt_u32 max_read, max_write, max_entries, max_depth;
	rt_u32 flags;
	rt_u32 gates;                 /* without which the call would have been refused */
	rt_u32 asked[RT_LIMIT_SLEEP]; /* by the program, for each enum rt_limit; 0 = no wish */
	rt_u32 by_policy;             /* bits 1 << enum rt_limit: the policy chose this maximum */
};

/** Where a path points: a directory descriptor and the way below it. */
struct fs_place {
	int base;     /* of the root; AT_FDCWD without a policy */
	bool write;   /* found among the write roots */
	bool is_root; /* the path names the root itself; rest is "." */
	rt_u32 root;  /* number of the root plus one; 0 without a policy */
	rt_view path; /* as the program wrote it, for reports */
	char rest[RT_PATH_MAX];
};

/** The directory that holds the last component. */
struct fs_parent {
	int fd;
	bool own; /* fd must be closed */
	const char *name;
};

/* fs_path.c */

/** A component starts with a dot. */
bool rt_fs_hidden(rt_view path);
/** Descriptor of root @p i, opened at first use. @return -errno when it cannot be opened. */
int rt_fs_root(bool write, rt_u32 i);
/* Below write root @p write_root, but held by a read root inside it: not for writing. */
bool rt_fs_read_only(rt_u32 write_root, const char *rest);
/** openat2 below @p base under the policy's rule for links. @return descriptor or -errno. */
int rt_fs_open(int base, const char *rest, int flags, mode_t mode);

/* fs_place.c */

/** Find the root of @p path, with the checks that the whole family makes. */
enum fs_code rt_fs_place(struct fs_place *out, rt_bytes path, bool write);
enum fs_code rt_fs_parent(struct fs_parent *out, const struct fs_place *place);
void rt_fs_parent_close(struct fs_parent *parent);
/** Make the directories above the last component (@p all: that too). */
enum fs_code rt_fs_make_dirs(const struct fs_place *place, bool all);

/* fs_caps.c */

/**
 * Parse and check the capability document.
 *
 * @param need  gates without which the call is refused.
 * @param path  for the report of a refusal.
 * @param write the flags for writes count.
 */
enum fs_code rt_fs_caps(struct fs_caps *out, rt_bytes caps, rt_u32 need, rt_bytes path, bool write);
/** Code for an errno; a refusal by the kernel is reported. */
enum fs_code rt_fs_code(int err, const struct fs_place *place);
/** The same where no place is at hand: @p what names the object in the report. */
enum fs_code rt_fs_code_of(int err, bool write, const char *what);

/* fs_use.c */

/**
 * Count a call that the policy allowed, when the run is observed. Refused ones are counted where
 * they are refused.
 * @param detail  RT_USE_*.
 * @return the entry for rt_effect_more, or NULL.
 */
struct rt_effect *rt_fs_used(
    const struct fs_place *place, enum fs_code code, rt_u32 detail, uint64_t bytes);
/** Count a use of a path that is given below the root of @p place. */
void rt_fs_used_below(const struct fs_place *place, rt_view rest, rt_u32 detail);
/**
 * Report a limit that was reached, if it was the policy's.
 * @param needed  what would have been enough, 0 = unknown.
 */
void rt_fs_limit(
    const struct fs_caps *caps, enum rt_limit which, uint64_t needed, bool write, rt_view path);

/* fs_write.c */

/** A file being written; atomic ones under a temporary name beside the target. */
struct fs_target {
	int fd;
	rt_u32 flags;
	struct fs_parent parent; /* atomic only */
	char name[256];
	char temp[288];
};

/** Open for writing as the flags say (FS_FLAG_PARENTS, _OVERWRITE, _ATOMIC). */
enum fs_code rt_fs_target_open(struct fs_target *out, const struct fs_place *place, rt_u32 flags);
/** Finish: an atomic file is synced and takes its name. Closes in any case. */
enum fs_code rt_fs_target_commit(struct fs_target *t);
/** Give up; the temporary file is removed. */
void rt_fs_target_abandon(struct fs_target *t);
/** Close streams that the program left open; unfinished atomic files vanish. */
void rt_fs_streams_end(void);

/* fs_names.c: a sorted list of names */

struct fs_names {
	char *text; /* NUL-terminated names, one after the other */
	rt_u32 text_len, text_cap;
	rt_u32 *at; /* offsets of the names */
	rt_u32 count, cap;
};

void rt_names_add(struct fs_names *n, const char *dir, const char *name);
/** Each name and a line feed, in byte order; a lone line feed when there are none. Frees @p n. */
rt_bytes rt_names_text(struct fs_names *n);
void rt_names_drop(struct fs_names *n);

/* fs_tree.c */

/** Call for each entry of a directory but "." and "..". Stops at the first code that is not 0. */
typedef enum fs_code fs_visit(void *arg, int dir, const char *name, unsigned char type);
enum fs_code rt_fs_each(int dir, fs_visit *visit, void *arg);

/* fs_glob.c */

#define GLOB_MAX 1024
#define GLOB_ALTERNATIVES 64
/** @return FS_BAD_PATH for a pattern that is malformed, too long or has too many alternatives. */
enum fs_code rt_glob_check(rt_view glob);
/** Does @p path match the checked pattern? */
bool rt_glob_match(rt_view glob, const char *path);

#endif
