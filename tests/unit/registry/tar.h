/* SPDX-License-Identifier: MIT */
/* Archives that no packer of ours would write, made entry by entry for the tests of the reader. */
#ifndef TESTS_UNIT_REGISTRY_TAR_H
#define TESTS_UNIT_REGISTRY_TAR_H

#include "base/buf.h"

#include <stdint.h>

/** One entry as it stands in the archive. */
struct tar_entry {
	const char *name;
	size_t name_len; /* 0: strlen; more than 100 bytes do not fit */
	char type;       /* 0: '0' */
	const char *link;
	const void *data;
	size_t len;
	uint64_t claimed; /* size in the header; 0: len */
};

/** Header, body and padding of one entry. */
void tar_add(struct buf *out, const struct tar_entry *e);
/** A regular file. */
void tar_file(struct buf *out, const char *name, const char *text);
/** A GNU long-name entry for the entry behind it. */
void tar_long_name(struct buf *out, const char *name, size_t len);
/** A pax header with one record for the entry behind it; @p value may hold any bytes. */
void tar_pax(struct buf *out, const char *key, const void *value, size_t len);
void tar_end(struct buf *out);
/** The bytes in a file in memory, at its start; owned. */
int tar_fd(const struct buf *bytes);

#endif
