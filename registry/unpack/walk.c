/* SPDX-License-Identifier: MIT */
/* Walking over the raw headers of a tar archive (walk.h). */
#include "registry/unpack/walk.h"

#include "pkg/tree.h"
#include "registry/codes.h"

#include <string.h>

#define SIZE_AT 124
#define SIZE_SIZE 12
#define CHECKSUM_AT 148
#define CHECKSUM_SIZE 8
#define TYPE_AT 156
#define MAGIC_AT 257
#define PREFIX_AT 345
/* A long name or a pax header may precede each entry. */
#define HEADERS_MAX (PKG_TREE_FILES_MAX * 2 + 1)

static const unsigned char zeros[UNPACK_BLOCK];

/* Octal digits, then NULs and blanks to the end of the field; anything else reads in two ways. */
static bool read_octal(uint64_t *out, const unsigned char *field, size_t size)
{
	uint64_t value = 0;
	size_t i = 0;

	while (i < size && field[i] == ' ')
		i++;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
		value = value * 8 + (uint64_t)(field[i] - '0');
	*out = value;
	while (i < size && (field[i] == '\0' || field[i] == ' '))
		i++;
	return i == size;
}

static uint64_t in_blocks(uint64_t size)
{
	return (size + UNPACK_BLOCK - 1) / UNPACK_BLOCK * UNPACK_BLOCK;
}

void unpack_walk_begin(struct unpack_walk *walk, const char *data, size_t len)
{
	*walk = (struct unpack_walk){.data = data, .len = len};
}

static size_t rest_of(const struct unpack_walk *walk)
{
	return walk->at < walk->len ? walk->len - (size_t)walk->at : 0;
}

static int refuse(struct err *err, const struct code *code, const char *why)
{
	return err_code(err, ERR_PKG, code, "archive: %s", why);
}

int unpack_walk_next(struct unpack_walk *walk, struct unpack_raw *out, struct err *err)
{
	const unsigned char *h;
	uint64_t size;
	size_t rest = rest_of(walk);

	if (walk->headers >= HEADERS_MAX)
		return refuse(err, REGISTRY_CODE(ARCHIVE_LIMIT), "more than 10000 entries");
	if (rest < UNPACK_BLOCK)
		return refuse(err, REGISTRY_CODE(ARCHIVE_FORMAT),
		    walk->at > 0 ? "cut short" : "not a plain tar archive");
	h = (const unsigned char *)walk->data + walk->at;
	if (memcmp(h, zeros, UNPACK_BLOCK) == 0)
		return 0;
	if (!read_octal(&size, h + SIZE_AT, SIZE_SIZE))
		return refuse(
		    err, REGISTRY_CODE(ARCHIVE_FORMAT), "not a plain tar archive: a size");
	if (size > PKG_TREE_FILE_MAX)
		return refuse(err, REGISTRY_CODE(ARCHIVE_LIMIT), "an entry larger than 16 MiB");
	walk->headers++;
	walk->at += UNPACK_BLOCK;
	rest -= UNPACK_BLOCK;
	*out = (struct unpack_raw){.header = h,
	    .type = (char)h[TYPE_AT],
	    .size = size,
	    .body = {(const char *)h + UNPACK_BLOCK, (uint32_t)(size < rest ? size : rest)},
	    .is_whole = in_blocks(size) <= rest};
	walk->at += in_blocks(size);
	return 1;
}

bool unpack_walk_ends_clean(const struct unpack_walk *walk)
{
	size_t rest = rest_of(walk);

	if (rest < 2 * (size_t)UNPACK_BLOCK)
		return false;
	for (size_t i = 0; i < rest; i++) {
		if (walk->data[walk->at + i] != '\0')
			return false;
	}
	return true;
}

static bool checksum_holds(const unsigned char *h)
{
	uint64_t want = 0, sum = 0;

	for (size_t i = 0; i < UNPACK_BLOCK; i++)
		sum += i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_SIZE ? ' ' : h[i];
	return read_octal(&want, h + CHECKSUM_AT, CHECKSUM_SIZE) && want == sum;
}

/* Mode, owner, group, size, time, device: all of them numbers, although one of them counts. */
static bool numbers_hold(const unsigned char *h)
{
	static const struct {
		size_t at, size;
	} fields[] = {
	    {100, 8}, {108, 8}, {116, 8}, {SIZE_AT, SIZE_SIZE}, {136, 12}, {329, 8}, {337, 8}};
	uint64_t ignored = 0;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (!read_octal(&ignored, h + fields[i].at, fields[i].size))
			return false;
	}
	return true;
}

const char *unpack_raw_fault(const struct unpack_raw *raw)
{
	const unsigned char *h = raw->header;

	if (!checksum_holds(h) || !numbers_hold(h) || memcmp(h + MAGIC_AT, "ustar", 5) != 0)
		return "not a tar header";
	/* The first part of a name, or another size; packers leave all of it empty. */
	if (memcmp(h + PREFIX_AT, zeros, UNPACK_BLOCK - PREFIX_AT) != 0)
		return "a header with more than a file needs";
	return NULL;
}

bool unpack_raw_is_padded(const void *field, size_t size)
{
	const unsigned char *at = field;
	const unsigned char *nul = memchr(at, '\0', size);

	for (; nul != NULL && nul < at + size; nul++) {
		if (*nul != '\0')
			return false;
	}
	return true;
}
