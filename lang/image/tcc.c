/* SPDX-License-Identifier: MIT */
/*
 * The fast way: libtcc compiles the unit in this process and relocates it for RT_UNIT_BASE. libtcc
 * makes the memory executable while it relocates; nothing runs from there, and it is unmapped at
 * once. What is kept is a copy of the bytes.
 */
#include "lang/image/tcc.h"

#include "lang/emit/prelude.h"
#include "lang/rt/abi.h"
#include "rt_symbols.h"

#include <libtcc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct symbol {
	const char *name;
	uintptr_t address;
};

/* clang-format off */
static const struct symbol symbols[] = {
#define SYMBOL(name, address) {(name), (address)},
	RT_SYMBOLS(SYMBOL)
#undef SYMBOL
};
/* clang-format on */

/* The first complaint of libtcc is the one that explains. */
static void on_error(void *opaque, const char *message)
{
	struct err *err = opaque;

	if (err->code == 0)
		(void)err_set(err, ERR_TOOLCHAIN, "libtcc: %s", message);
}

static void free_tcc(TCCState **s)
{
	if (*s != NULL)
		tcc_delete(*s);
}

static int tcc_fault(struct err *err, const struct err *cause, const char *what)
{
	if (cause->code != 0)
		return err_set(err, ERR_TOOLCHAIN, "%s: %s", what, cause->message);
	return err_set(err, ERR_TOOLCHAIN, "libtcc: %s failed", what);
}

/* The runtime's functions stand at fixed addresses in the guest. */
static int compile(TCCState *s, const struct emit_unit *unit, struct err *cause)
{
	CLEANUP(buf_clear) struct buf text = buf_init(unit->text.len + EMIT_PRELUDE_MAX);

	tcc_set_error_func(s, cause, on_error);
	tcc_set_options(s, "-nostdlib -nostdinc");
	if (tcc_set_output_type(s, TCC_OUTPUT_MEMORY) < 0)
		return -1;
	emit_prelude(&text, unit, EMIT_TCC);
	buf_add(&text, unit->text.data, unit->text.len);
	if (text.overflow || tcc_compile_string(s, text.data) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		if (tcc_add_symbol(s, symbols[i].name, (const void *)symbols[i].address) < 0)
			return -1;
	}
	return 0;
}

static int copy_out(struct image_bytes *out, TCCState *s, const void *memory, size_t size)
{
	uintptr_t entry = (uintptr_t)tcc_get_symbol(s, "x07_solve");

	if (entry < RT_UNIT_BASE || entry >= RT_UNIT_BASE + size)
		return -1;
	buf_add(&out->data, memory, size);
	out->entry = (uint32_t)entry;
	return out->data.overflow ? -1 : 0;
}

static int relocate(struct image_bytes *out, TCCState *s, struct err *err, struct err *cause)
{
	int size = tcc_relocate(s, NULL);
	void *memory;
	int rc;

	if (size <= 0)
		return tcc_fault(err, cause, "link");
	if ((unsigned long)size > RT_UNIT_MAX)
		return err_set(err, ERR_TOOLCHAIN, "compiled unit has %d bytes, at most %lu fit",
		    size, RT_UNIT_MAX);
	memory = mmap((void *)RT_UNIT_BASE, (size_t)size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (memory == MAP_FAILED)
		return err_sys(
		    err, ERR_TOOLCHAIN, "cannot map %d bytes at 0x%lx", size, RT_UNIT_BASE);
	rc = tcc_relocate(s, memory);
	if (rc == 0)
		rc = copy_out(out, s, memory, (size_t)size);
	munmap(memory, (size_t)size);
	return rc < 0 ? tcc_fault(err, cause, "relocation") : 0;
}

int image_tcc_build(struct image_bytes *out, const struct emit_unit *unit, struct err *err)
{
	struct image_bytes image = {.data = buf_init(RT_UNIT_MAX)};
	CLEANUP(free_tcc) TCCState *s = tcc_new();
	struct err cause = {0};
	int rc;

	if (s == NULL)
		return err_set(err, ERR_TOOLCHAIN, "libtcc: out of memory");
	if (compile(s, unit, &cause) < 0)
		return tcc_fault(err, &cause, "compile");
	rc = relocate(&image, s, err, &cause);
	if (rc < 0)
		image_bytes_clear(&image);
	else
		*out = image;
	return rc;
}
