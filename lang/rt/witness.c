/* SPDX-License-Identifier: MIT */
/*
 * The values that a failed contract shows, as members of a JSON array: {"ty":"i32","value_i32":-1},
 * {"ty":"bytes","len":2,"value_hex":"6162"}. Source: docs/spec/language.md 1.2.
 */
#include "lang/rt/protos.h"
#include "lang/rt/text.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define SHOWN_BYTES 64u
/* Room that every value needs at most: keys, type, numbers and the bytes in hexadecimal. */
#define VALUE_MAX (96u + 2 * SHOWN_BYTES)

_Static_assert(RT_WITNESS_MAX >= 8 * VALUE_MAX, "eight values always fit");

static void put(rt_witness *w, const char *text)
{
	size_t n = strlen(text);

	memcpy(w->text + w->len, text, n);
	w->len += (rt_u32)n;
}

static void put_number(rt_witness *w, uint64_t x)
{
	char digits[21] = {0};

	digits[rt_dec(digits, x)] = '\0';
	put(w, digits);
}

/* The start of a value; false when there is no room for a whole one: then it is left out. */
static bool start(rt_witness *w, const char *type)
{
	if (w->len > RT_WITNESS_MAX - VALUE_MAX)
		return false;
	put(w, w->len ? ",{\"ty\":\"" : "{\"ty\":\"");
	put(w, type);
	return true;
}

void rt_witness_i32(rt_witness *w, rt_u32 x)
{
	if (!start(w, "i32"))
		return;
	put(w, "\",\"value_i32\":");
	if (x >> 31)
		put(w, "-");
	put_number(w, x >> 31 ? (uint64_t)UINT32_MAX + 1 - x : x);
	put(w, "}");
}

void rt_witness_bytes(rt_witness *w, const char *type, const rt_u8 *ptr, rt_u32 len)
{
	static const char digits[] = "0123456789abcdef";

	if (!start(w, type))
		return;
	put(w, "\",\"len\":");
	put_number(w, len);
	put(w, ",\"value_hex\":\"");
	for (rt_u32 i = 0; i < len && i < SHOWN_BYTES; i++) {
		w->text[w->len++] = digits[ptr[i] >> 4];
		w->text[w->len++] = digits[ptr[i] & 15];
	}
	put(w, "\"}");
}

_Noreturn void rt_trap_contract(const char *head, const rt_witness *w)
{
	static const char tail[] = "]}\n";
	struct iovec v[] = {{(void *)(uintptr_t)head, strlen(head)},
	    {(void *)(uintptr_t)w->text, w->len}, {(void *)(uintptr_t)tail, sizeof(tail) - 1}};
	ssize_t done;

	do
		done = writev(STDERR_FILENO, v, 3);
	while (done < 0 && errno == EINTR);
	__builtin_trap();
}
