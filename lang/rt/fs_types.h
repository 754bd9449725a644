/* SPDX-License-Identifier: MIT */
/* What all file heads share. Source: docs/spec/run-and-policy.md 2.1-2.2,
 * docs/spec/stdlib.md 4.1-4.2. */
#ifndef RT_FS_TYPES_H
#define RT_FS_TYPES_H

#include "lang/rt/protos.h"

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

#endif
