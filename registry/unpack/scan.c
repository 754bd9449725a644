/* SPDX-License-Identifier: MIT */
/*
 * A look at the raw headers before libarchive reads them. Readers of tar differ where the format is
 * loose: a name with a NUL in it, a directory with a body, a size said twice. An archive that two
 * readers could understand differently is refused here, so that what was packed, signed and listed
 * is what is installed.
 */
#include "registry/unpack/rules.h"

#include <string.h>

#define BLOCK 512
#define NAME_SIZE 100
#define EXTRA_MAX ((size_t)64 << 10) /* of a long name or a pax header */

/** A scan under way. */
struct raw {
	const char *data;
	size_t len;
	uint64_t at;      /* may be past the end */
	uint32_t entries; /* files and directories */
	struct err *err;
};

static int refuse(struct raw *r, const char *code, const char *why)
{
	return err_user(r->err, ERR_PKG, code, "archive: %s", why);
}

/* Bytes at the place where the scan is; as many as there are. */
static size_t read_at(const struct raw *r, void *out, size_t size)
{
	size_t have = r->at < r->len ? r->len - (size_t)r->at : 0;

	if (have > size)
		have = size;
	if (have > 0)
		memcpy(out, r->data + r->at, have);
	return have;
}

/* Octal digits, then NULs and blanks to the end of the field; nothing else is one number only. */
static bool read_octal(uint64_t *out, const unsigned char *field, size_t size)
{
	uint64_t value = 0;
	size_t i = 0;

	while (i < size && field[i] == ' ')
		i++;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
		value = value * 8 + (uint64_t)(field[i] - '0');
	for (; i < size; i++) {
		if (field[i] != '\0' && field[i] != ' ')
			return false;
	}
	*out = value;
	return true;
}

static bool is_padded(const unsigned char *field, size_t size)
{
	const unsigned char *nul = memchr(field, '\0', size);

	for (; nul && nul < field + size; nul++) {
		if (*nul != '\0')
			return false;
	}
	return true;
}

/* The body of a long name or of a pax header. */
static int check_extra(struct raw *r, char type, uint64_t size)
{
	char body[EXTRA_MAX];
	size_t len = (size_t)size;

	if (size > sizeof(body))
		return refuse(r, "X07PKG_ARCHIVE_LIMIT", "a name longer than 1024 bytes");
	if (read_at(r, body, len) < len)
		return refuse(r, "X07PKG_ARCHIVE_FORMAT", "cut short");
	if (type == 'L' && !is_padded((const unsigned char *)body, len))
		return refuse(r, "X07PKG_ARCHIVE_PATH", "a name with a NUL in it");
	if (type == 'L')
		return 0;
	if (memchr(body, '\0', len))
		return refuse(r, "X07PKG_ARCHIVE_PATH", "a pax record with a NUL in it");
	if (memmem(body, len, "GNU.sparse", 10))
		return refuse(r, "X07PKG_ARCHIVE_TYPE", "a sparse file");
	if (memmem(body, len, " size=", 6))
		return refuse(r, "X07PKG_ARCHIVE_FORMAT", "a size in a pax record");
	return 0;
}

static int count_entry(struct raw *r)
{
	if (++r->entries > PKG_TREE_FILES_MAX)
		return refuse(r, "X07PKG_ARCHIVE_LIMIT", "more than 10000 entries");
	return 0;
}

static int check_type(struct raw *r, char type, uint64_t size)
{
	switch (type) {
	case '0':
	case '\0':
		return count_entry(r);
	case '5':
		return size ? refuse(r, "X07PKG_ARCHIVE_FORMAT", "a directory with a body")
			    : count_entry(r);
	case 'L':
	case 'x':
	case 'g':
		return check_extra(r, type, size);
	case '1':
		return refuse(r, "X07PKG_ARCHIVE_TYPE", "a hard link");
	case '2':
		return refuse(r, "X07PKG_ARCHIVE_TYPE", "a symbolic link");
	case '3':
	case '4':
		return refuse(r, "X07PKG_ARCHIVE_TYPE", "a device");
	case '6':
		return refuse(r, "X07PKG_ARCHIVE_TYPE", "a fifo");
	case 'S':
		return refuse(r, "X07PKG_ARCHIVE_TYPE", "a sparse file");
	default:
		return refuse(r, "X07PKG_ARCHIVE_TYPE", "an entry of unknown type");
	}
}

/* One header and the body behind it. */
static int check_header(struct raw *r, const unsigned char *h)
{
	uint64_t size;
	int rc;

	if (!read_octal(&size, h + 124, 12))
		return refuse(r, "X07PKG_ARCHIVE_FORMAT", "not a plain tar archive: a size");
	if (!is_padded(h, NAME_SIZE))
		return refuse(r, "X07PKG_ARCHIVE_PATH", "a name with a NUL in it");
	if (size > PKG_TREE_FILE_MAX)
		return refuse(r, "X07PKG_ARCHIVE_LIMIT", "an entry larger than 16 MiB");
	r->at += BLOCK;
	rc = check_type(r, (char)h[156], size);
	r->at += (size + BLOCK - 1) / BLOCK * BLOCK;
	return rc;
}

int unpack_scan(const char *data, size_t len, struct err *err)
{
	static const unsigned char zeros[BLOCK];
	struct raw r = {.data = data, .len = len, .err = err};
	unsigned char h[BLOCK];
	uint32_t headers = 0;
	int rc = 0;

	/* A long name or a pax header may precede each entry, so there are no more than twice as
	 * many. */
	while (rc == 0 && headers++ <= PKG_TREE_FILES_MAX * 2) {
		if (read_at(&r, h, sizeof(h)) < sizeof(h))
			return refuse(&r, "X07PKG_ARCHIVE_FORMAT",
			    r.at > 0 ? "cut short" : "not a plain tar archive");
		if (memcmp(h, zeros, sizeof(h)) == 0)
			return 0;
		rc = check_header(&r, h);
	}
	return rc < 0 ? rc : refuse(&r, "X07PKG_ARCHIVE_LIMIT", "more than 10000 entries");
}
