/* SPDX-License-Identifier: MIT */
/* The types of the language (lang/types.def) and what the rest of the compiler asks of them. */
#ifndef LANG_TYPES_H
#define LANG_TYPES_H

#include "base/arena.h"

#include <stdbool.h>

enum lang_ty {
#define TYPE(name, spelling, ctype, class) TY_##name,
#include "lang/types.def"
#undef TYPE
	TY_COUNT
};

/** A type with its brand; `brand.len` is 0 for the unbranded type. Plain value. */
struct lang_type {
	enum lang_ty base;
	struct str brand;
};

/** Spelling in sources ("bytes_view"). Static storage. */
const char *lang_ty_name(enum lang_ty t);
/** Name used in messages of the checker ("BytesView", "I32", "OptionBytes"). Static storage. */
const char *lang_ty_title(enum lang_ty t);
/** C type in the runtime ("rt_view"). Static storage. */
const char *lang_ty_c(enum lang_ty t);
/** True when a value of the type owns memory, so that it moves and is dropped. */
bool lang_ty_is_owned(enum lang_ty t);
/** True when a value of the type borrows from an owner. */
bool lang_ty_is_view(enum lang_ty t);
/** True for the raw pointers of foreign calls. */
bool lang_ty_is_ptr(enum lang_ty t);
/** Type by its spelling; "u32" is TY_I32. False when unknown. */
bool lang_ty_parse(enum lang_ty *out, struct str spelling);

#endif
