/* SPDX-License-Identifier: MIT */
/* Writer of hostile archives; see tar.h. */
#include "tests/unit/registry/tar.h"

#include "tests/support/support.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK 512

void tar_add(struct buf *out, const struct tar_entry *e)
{
	static const char zeros[BLOCK];
	unsigned char h[BLOCK] = {0};
	char text[24];
	unsigned sum = 0;

	memcpy(h, e->name, e->name_len ? e->name_len : strlen(e->name));
	memcpy(h + 100, "0000777", 8);
	memcpy(h + 108, "0000000", 8);
	memcpy(h + 116, "0000000", 8);
	(void)snprintf(text, sizeof(text), "%011" PRIo64, e->claimed ? e->claimed : e->len);
	memcpy(h + 124, text, 12);
	memcpy(h + 136, "00000000000", 12);
	h[156] = (unsigned char)(e->type ? e->type : '0');
	if (e->link)
		memcpy(h + 157, e->link, strlen(e->link));
	memcpy(h + 257, "ustar  ", 8);
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += h[i];
	(void)snprintf(text, sizeof(text), "%07o", sum);
	memcpy(h + 148, text, 8);
	buf_add(out, h, BLOCK);
	buf_add(out, e->data, e->len);
	buf_add(out, zeros, (BLOCK - e->len % BLOCK) % BLOCK);
}

void tar_file(struct buf *out, const char *name, const char *text)
{
	tar_add(out, &(struct tar_entry){.name = name, .data = text, .len = strlen(text)});
}

void tar_long_name(struct buf *out, const char *name, size_t len)
{
	tar_add(out,
	    &(struct tar_entry){.name = "././@LongLink", .type = 'L', .data = name, .len = len});
}

/* Record: length, blank, key, "=", value, line feed; the length counts itself. */
void tar_pax(struct buf *out, const char *key, const void *value, size_t len)
{
	CLEANUP(buf_clear) struct buf record = buf_init(1 << 20);
	size_t size = strlen(key) + len + 3;
	size_t digits = 1;

	for (size_t total = size + 1; snprintf(NULL, 0, "%zu", total) != (int)digits;
	     total = size + digits)
		digits++;
	buf_printf(&record, "%zu %s=", size + digits, key);
	buf_add(&record, value, len);
	buf_putc(&record, '\n');
	ck_assert_uint_eq(record.len, size + digits);
	tar_add(out, &(struct tar_entry){
			 .name = "pax", .type = 'x', .data = record.data, .len = record.len});
}

void tar_end(struct buf *out)
{
	static const char zeros[2 * BLOCK];

	buf_add(out, zeros, sizeof(zeros));
}

int tar_fd(const struct buf *bytes)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes->data, bytes->len), (ssize_t)bytes->len);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}
