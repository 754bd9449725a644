/* SPDX-License-Identifier: MIT */
/*
 * The growing byte buffer. Base64 on top of it is base/base64.c.
 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_CAP 64

struct buf buf_init(size_t max)
{
	struct buf b = {.max = max};

	return b;
}

void buf_clear(struct buf *b)
{
	size_t max = b->max;

	free(b->data);
	*b = (struct buf){.max = max};
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

void *buf_reserve(struct buf *b, size_t extra)
{
	size_t need = 0;
	size_t cap = b->cap;

	/* SIZE_MAX is no usable maximum: the terminator needs a byte of its own. */
	if (b->len > b->max || extra > b->max - b->len || extra >= SIZE_MAX - b->len) {
		b->overflow = true;
		return NULL;
	}
	need = b->len + extra + 1;
	if (need > cap) {
		if (cap < BUF_FIRST_CAP)
			cap = BUF_FIRST_CAP;
		while (cap < need)
			cap = cap > SIZE_MAX / 2 ? need : cap * 2;
		b->data = base_realloc(b->data, cap);
		b->cap = cap;
		b->data[b->len] = '\0';
	}
	return b->data + b->len;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	char *at = NULL;

	if (len == 0)
		return;
	at = buf_reserve(b, len);
	if (at == NULL)
		return;
	memcpy(at, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args;
	int len = 0;
	char *at = NULL;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len <= 0)
		return;
	at = buf_reserve(b, (size_t)len);
	if (at == NULL)
		return;
	va_start(args, fmt);
	(void)vsnprintf(at, (size_t)len + 1, fmt, args);
	va_end(args);
	b->len += (size_t)len;
}

void buf_put_u32le(struct buf *b, uint32_t v)
{
	unsigned char bytes[4] = {(unsigned char)v, (unsigned char)(v >> 8),
	    (unsigned char)(v >> 16), (unsigned char)(v >> 24)};

	buf_add(b, bytes, sizeof(bytes));
}

char *buf_take(struct buf *b)
{
	char *text = b->data;

	b->data = NULL;
	buf_clear(b);
	return text != NULL ? text : base_strdup("");
}
