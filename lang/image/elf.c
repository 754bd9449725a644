/* SPDX-License-Identifier: MIT */
/*
 * The C compiler's output, a static ELF program, as a flat image. The file is our own compiler's
 * work, yet every number in it is checked: a broken linker must not become a broken image.
 */
#include "lang/image/elf.h"

#include "lang/rt/abi.h"

#include <elf.h>
#include <string.h>

static int refuse(struct err *err, const char *why)
{
	return err_set(err, ERR_TOOLCHAIN, "the C compiler's output is unusable: %s", why);
}

static int check_header(const Elf64_Ehdr *h, size_t size, struct err *err)
{
	if (size < sizeof(*h) || memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 ||
	    h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_type != ET_EXEC)
		return refuse(err, "not a static ELF program");
	if (h->e_phentsize != sizeof(Elf64_Phdr) || h->e_phoff > size ||
	    h->e_phnum > (size - h->e_phoff) / sizeof(Elf64_Phdr))
		return refuse(err, "program headers outside the file");
	return 0;
}

static int add_segment(
    struct image_bytes *out, const Elf64_Phdr *p, const char *elf, size_t size, struct err *err)
{
	uint64_t at = p->p_vaddr - RT_UNIT_BASE;

	if ((p->p_flags & PF_W) != 0)
		return refuse(err, "it has writable data");
	if (p->p_filesz > size || p->p_offset > size - p->p_filesz || p->p_filesz > p->p_memsz)
		return refuse(err, "a segment lies outside the file");
	if (p->p_vaddr < RT_UNIT_BASE || at > RT_UNIT_MAX || p->p_memsz > RT_UNIT_MAX - at)
		return refuse(err, "a segment lies outside the unit's address range");
	if (at + p->p_memsz > out->data.len) {
		size_t more = at + p->p_memsz - out->data.len;
		void *room = buf_reserve(&out->data, more);

		if (room == NULL)
			return refuse(err, "it is too large");
		memset(room, 0, more);
		out->data.len += more;
	}
	memcpy(out->data.data + at, elf + p->p_offset, p->p_filesz);
	return 0;
}

int image_from_elf(struct image_bytes *out, const void *elf, size_t size, struct err *err)
{
	CLEANUP(image_bytes_clear) struct image_bytes image = {.data = buf_init(RT_UNIT_MAX)};
	Elf64_Ehdr h = {0};
	int rc;

	memcpy(&h, elf, size < sizeof(h) ? size : sizeof(h));
	rc = check_header(&h, size, err);
	if (rc < 0)
		return rc;
	for (unsigned i = 0; i < h.e_phnum; i++) {
		Elf64_Phdr p;

		memcpy(&p, (const char *)elf + h.e_phoff + i * sizeof(p), sizeof(p));
		if (p.p_type == PT_LOAD && p.p_memsz > 0)
			rc = add_segment(&image, &p, elf, size, err);
		else if (p.p_type == PT_DYNAMIC || p.p_type == PT_INTERP || p.p_type == PT_TLS)
			rc = refuse(err, "it needs a dynamic loader or thread storage");
		if (rc < 0)
			return rc;
	}
	if (h.e_entry < RT_UNIT_BASE || h.e_entry - RT_UNIT_BASE >= image.data.len)
		return refuse(err, "its entry lies outside");
	image.entry = (uint32_t)h.e_entry;
	*out = TAKE(image);
	return 0;
}
