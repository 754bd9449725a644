/* SPDX-License-Identifier: MIT */
/* The table of types (lang/types.def) as data. */
#include "lang/types.h"

enum type_class { CLASS_COPY, CLASS_OWNED, CLASS_VIEW };

struct type_row {
	const char *name;
	const char *c;
	enum type_class class;
};

/* clang-format off */
static const struct type_row rows[TY_COUNT] = {
#define TYPE(id, spelling, ctype, kind) [TY_##id] = {.name = (spelling), .c = (ctype), .class = CLASS_##kind},
#include "lang/types.def"
#undef TYPE
};

/* Names in messages of the checker, e.g. `call "main.g" arg 0 expects BytesView`. */
static const char *const titles[TY_COUNT] = {
	[TY_I32] = "I32",
	[TY_F64] = "F64",
	[TY_BYTES] = "Bytes",
	[TY_VIEW] = "BytesView",
	[TY_VEC] = "VecU8",
	[TY_OPT_I32] = "OptionI32",
	[TY_OPT_BYTES] = "OptionBytes",
	[TY_OPT_VIEW] = "OptionBytesView",
	[TY_RES_I32] = "ResultI32",
	[TY_RES_BYTES] = "ResultBytes",
	[TY_RES_VIEW] = "ResultBytesView",
	[TY_RES_RES_BYTES] = "ResultResultBytes",
	[TY_IFACE] = "Iface",
	[TY_PTR_CONST_U8] = "PtrConstU8",
	[TY_PTR_MUT_U8] = "PtrMutU8",
	[TY_PTR_CONST_VOID] = "PtrConstVoid",
	[TY_PTR_MUT_VOID] = "PtrMutVoid",
	[TY_PTR_CONST_I32] = "PtrConstI32",
	[TY_PTR_MUT_I32] = "PtrMutI32",
	[TY_NEVER] = "Never",
	[TY_TASK_BYTES] = "TaskHandleBytesV1",
	[TY_TASK_RES] = "TaskHandleResultBytesV1",
	[TY_SLOT_BYTES] = "TaskSlotBytesV1",
	[TY_SLOT_RES] = "TaskSlotResultBytesV1",
	[TY_EVENT] = "TaskSelectEvtV1",
};
/* clang-format on */

const char *lang_ty_name(enum lang_ty t)
{
	return rows[t].name;
}

const char *lang_ty_title(enum lang_ty t)
{
	return titles[t];
}

const char *lang_ty_c(enum lang_ty t)
{
	return rows[t].c;
}

bool lang_ty_is_owned(enum lang_ty t)
{
	return rows[t].class == CLASS_OWNED;
}

bool lang_ty_is_view(enum lang_ty t)
{
	return rows[t].class == CLASS_VIEW;
}

bool lang_ty_is_ptr(enum lang_ty t)
{
	return t >= TY_PTR_CONST_U8 && t <= TY_PTR_MUT_I32;
}

bool lang_ty_parse(enum lang_ty *out, struct str spelling)
{
	if (str_eq_c(spelling, "u32")) {
		*out = TY_I32;
		return true;
	}
	for (int t = 0; t < TY_NEVER; t++) {
		if (str_eq_c(spelling, rows[t].name)) {
			*out = (enum lang_ty)t;
			return true;
		}
	}
	return false;
}
