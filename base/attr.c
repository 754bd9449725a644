/* SPDX-License-Identifier: MIT */
/*
 * Memory that aborts when it is out, and the cleanup functions of base/attr.h. Nothing above this
 * file has an error path for a failed allocation.
 */
#include "base/attr.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* write(2) and not stdio: stdio may want memory. */
static NORETURN void out_of_memory(void)
{
	static const char text[] = "x07: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)ignored;
	abort();
}

void base_free_ptr(void *p)
{
	void *heap = NULL;

	/* Copied, not dereferenced: the variable is a `char *`, say, and not a `void *`. */
	memcpy(&heap, p, sizeof(heap));
	free(heap);
}

void base_close_fd(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

void *base_alloc(size_t size)
{
	void *p = malloc(size > 0 ? size : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *base_calloc(size_t count, size_t size)
{
	void *p = NULL;

	/* calloc looks too, but a sanitizer calls that a fault of ours. */
	if (size > 0 && count > SIZE_MAX / size)
		out_of_memory();
	p = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
	if (p == NULL)
		out_of_memory();
	return p;
}

void *base_realloc(void *p, size_t size)
{
	void *q = realloc(p, size > 0 ? size : 1);

	if (q == NULL)
		out_of_memory();
	return q;
}

char *base_strdup(const char *text)
{
	size_t size = 0;
	char *copy = NULL;

	if (text == NULL)
		return NULL;
	size = strlen(text) + 1;
	copy = base_alloc(size);
	memcpy(copy, text, size);
	return copy;
}
