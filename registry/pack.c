/* SPDX-License-Identifier: MIT */
/*
 * The bytes of an archive: GNU tar headers with every field fixed. Which files of a package go in
 * is pack_dir.c. Source: docs/format/x07pkg.md.
 */
#include "registry/pack.h"

#include "registry/codes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BLOCK 512

/** A GNU tar header. Source: tar(5), "GNU tar archives"; all fields are bytes. */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
	char linkname[100], magic[8], uname[32], gname[32], major[8], minor[8], rest[167];
};

_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

/* NUL-padded copy, cut at the size of the field. */
static void put(char *field, size_t size, const char *text, size_t len)
{
	memcpy(field, text, len < size ? len : size);
}

static void put_text(char *field, size_t size, const char *text)
{
	put(field, size, text, strlen(text));
}

static void add_header(struct buf *out, const char *name, size_t name_len, uint64_t size, char type)
{
	struct header h = {0};
	const unsigned char *bytes = (const unsigned char *)&h;
	char digits[24];
	unsigned sum = 0;

	put(h.name, sizeof(h.name), name, name_len);
	put_text(h.mode, sizeof(h.mode), "0000644");
	put_text(h.uid, sizeof(h.uid), "0000000");
	put_text(h.gid, sizeof(h.gid), "0000000");
	(void)snprintf(digits, sizeof(digits), "%011" PRIo64, size);
	put_text(h.size, sizeof(h.size), digits);
	put_text(h.mtime, sizeof(h.mtime), "00000000000");
	h.type = type;
	put(h.magic, sizeof(h.magic), "ustar  ", sizeof("ustar  "));
	/* The sum is taken with blanks where it will stand; then it is seven digits and a NUL. */
	memset(h.checksum, ' ', sizeof(h.checksum));
	for (size_t i = 0; i < BLOCK; i++)
		sum += bytes[i];
	(void)snprintf(digits, sizeof(digits), "%07o", sum);
	memcpy(h.checksum, digits, sizeof(h.checksum));
	buf_add(out, &h, sizeof(h));
}

static void add_body(struct buf *out, const void *data, size_t len)
{
	static const char zeros[BLOCK];

	buf_add(out, data, len);
	buf_add(out, zeros, (BLOCK - len % BLOCK) % BLOCK);
}

static void add_member(struct buf *out, const struct registry_member *m)
{
	static const char long_name[] = "././@LongLink";
	size_t len = strlen(m->path);

	if (len > sizeof(((struct header *)NULL)->name)) {
		add_header(out, long_name, sizeof(long_name) - 1, len + 1, 'L');
		add_body(out, m->path, len + 1);
	}
	add_header(out, m->path, len, m->len, '0');
	add_body(out, m->data, m->len);
}

int registry_pack_members(
    struct buf *out, const struct registry_member *members, size_t count, struct err *err)
{
	static const char end[2 * BLOCK];

	for (size_t i = 0; i < count; i++)
		add_member(out, &members[i]);
	buf_add(out, end, sizeof(end));
	if (out->overflow)
		return err_code(err, ERR_LIMIT, REGISTRY_CODE(PACK_FAILED),
		    "the archive is larger than %zu MiB", out->max >> 20);
	return 0;
}
