/* SPDX-License-Identifier: MIT */
/* Module ids as paths. What an id may hold besides is the language's business (lang/ast/names.c).
 */
#include "base/module_path.h"

#include "base/buf.h"

#include <string.h>

/* More than any document that names a module may have. */
#define PATH_TEXT_MAX (4u << 20)

/* No part of the id is empty, and none holds what a path gives a meaning. */
static bool is_straight(struct str id)
{
	bool empty = true;

	for (uint32_t i = 0; i < id.len; i++) {
		if (id.ptr[i] == '/' || id.ptr[i] == '\\' || id.ptr[i] == '\0')
			return false;
		if (id.ptr[i] == '.' && empty)
			return false;
		empty = id.ptr[i] == '.';
	}
	return !empty;
}

char *module_path(const char *root, struct str id)
{
	CLEANUP(buf_clear) struct buf path = buf_init(PATH_TEXT_MAX);

	if (!is_straight(id))
		return NULL;
	if (root[0] != '\0')
		buf_printf(&path, "%s/", root);
	for (uint32_t i = 0; i < id.len; i++)
		buf_putc(&path, (char)(id.ptr[i] == '.' ? '/' : id.ptr[i]));
	buf_puts(&path, ".x07.json");
	return path.overflow ? NULL : buf_take(&path);
}
