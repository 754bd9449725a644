/* SPDX-License-Identifier: MIT */
/*
 * A look at the raw headers before libarchive reads them. Readers of tar differ where the format is
 * loose: a name with a NUL in it, a directory with a body, a size said twice. An archive that two
 * readers could understand differently is refused here, so that what was packed, signed and listed
 * is what is installed.
 */
#include "registry/unpack/scan.h"

#include "pkg/tree.h"
#include "registry/codes.h"
#include "registry/unpack/walk.h"

#include <string.h>

#define EXTRA_MAX ((size_t)64 << 10) /* of a long name or a pax header */

static int refuse(struct err *err, const struct code *code, const char *why)
{
	return err_code(err, ERR_PKG, code, "archive: %s", why);
}

/* The body of a long name or of a pax header. */
static int check_extra(const struct unpack_raw *raw, struct err *err)
{
	const char *body = raw->body.ptr;
	size_t len = raw->body.len;

	if (raw->size > EXTRA_MAX)
		return refuse(err, REGISTRY_CODE(ARCHIVE_LIMIT), "a name longer than 1024 bytes");
	if (len < raw->size)
		return refuse(err, REGISTRY_CODE(ARCHIVE_FORMAT), "cut short");
	if (raw->type == 'L' && !unpack_raw_is_padded(body, len))
		return refuse(err, REGISTRY_CODE(ARCHIVE_PATH), "a name with a NUL in it");
	if (raw->type == 'L')
		return 0;
	if (memchr(body, '\0', len) != NULL)
		return refuse(err, REGISTRY_CODE(ARCHIVE_PATH), "a pax record with a NUL in it");
	if (memmem(body, len, "GNU.sparse", 10) != NULL)
		return refuse(err, REGISTRY_CODE(ARCHIVE_TYPE), "a sparse file");
	if (memmem(body, len, " size=", 6) != NULL)
		return refuse(err, REGISTRY_CODE(ARCHIVE_FORMAT), "a size in a pax record");
	return 0;
}

static int count_entry(uint32_t *entries, struct err *err)
{
	if (++*entries > PKG_TREE_FILES_MAX)
		return refuse(err, REGISTRY_CODE(ARCHIVE_LIMIT), "more than 10000 entries");
	return 0;
}

static int check_type(const struct unpack_raw *raw, uint32_t *entries, struct err *err)
{
	switch (raw->type) {
	case '0':
	case '\0':
		return count_entry(entries, err);
	case '5':
		return raw->size > 0
			   ? refuse(err, REGISTRY_CODE(ARCHIVE_FORMAT), "a directory with a body")
			   : count_entry(entries, err);
	case 'L':
	case 'x':
	case 'g':
		return check_extra(raw, err);
	case '1':
		return refuse(err, REGISTRY_CODE(ARCHIVE_TYPE), "a hard link");
	case '2':
		return refuse(err, REGISTRY_CODE(ARCHIVE_TYPE), "a symbolic link");
	case '3':
	case '4':
		return refuse(err, REGISTRY_CODE(ARCHIVE_TYPE), "a device");
	case '6':
		return refuse(err, REGISTRY_CODE(ARCHIVE_TYPE), "a fifo");
	case 'S':
		return refuse(err, REGISTRY_CODE(ARCHIVE_TYPE), "a sparse file");
	default:
		return refuse(err, REGISTRY_CODE(ARCHIVE_TYPE), "an entry of unknown type");
	}
}

int unpack_scan(const char *data, size_t len, struct err *err)
{
	struct unpack_walk walk;
	struct unpack_raw raw;
	uint32_t entries = 0;
	int rc;

	unpack_walk_begin(&walk, data, len);
	while ((rc = unpack_walk_next(&walk, &raw, err)) > 0) {
		if (!unpack_raw_is_padded(raw.header, UNPACK_NAME_SIZE))
			return refuse(err, REGISTRY_CODE(ARCHIVE_PATH), "a name with a NUL in it");
		rc = check_type(&raw, &entries, err);
		if (rc < 0)
			return rc;
	}
	return rc;
}
