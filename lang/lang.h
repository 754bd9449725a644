/* SPDX-License-Identifier: MIT */
/*
 * The compiler: a program file in, an executable image out. Two calls, so that a cache hit skips
 * the second half: lang_load reads and resolves the module graph, lang_image_* turns it into code.
 *
 *   lang_load -> (lang_cache_find | lang_translate -> lang_image_fast | lang_image_full)
 */
#ifndef LANG_LANG_H
#define LANG_LANG_H

#include "base/diag.h"
#include "base/err.h"
#include "lang/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A loaded program; opaque. */
struct lang_program;

/** Code ready to be mapped at RT_UNIT_BASE, read-execute. */
struct lang_image {
	int fd;         /* sealed memory file, owned, -1 when none */
	uint32_t size;  /* bytes to map */
	uint32_t entry; /* address of x07_solve */
	bool full;      /* built by cc -O2, not by libtcc */
	bool from_cache;
};

/**
 * Read the entry file and all imported modules, and check their shape.
 *
 * @param out    owned; lang_program_free.
 * @param diags  faults of the program.
 * @return 0; ERR_COMPILE with at least one entry in @p diags; ERR_NOT_FOUND, ERR_IO.
 */
MUST_CHECK int lang_load(struct lang_program **out, const struct lang_options *options,
    struct diag_list *diags, struct err *err);
/** NULL is allowed. */
void lang_program_free(struct lang_program *program);

/**
 * Check the program and emit nothing; with options->whole every function that is the project's own.
 * @return 0, or ERR_COMPILE with at least one error in @p diags.
 */
MUST_CHECK int lang_check(struct lang_program *program, struct diag_list *diags, struct err *err);

/**
 * Check the program and emit its C text (kept inside @p program). Idempotent.
 * @return 0, or ERR_COMPILE with at least one error in @p diags.
 */
MUST_CHECK int lang_translate(
    struct lang_program *program, struct diag_list *diags, struct err *err);

/** The emitted C text, borrowed from the program; NULL before lang_translate. */
const char *lang_c_text(const struct lang_program *program, size_t *len);

/**
 * Key of the program in the cache, hexadecimal: SHA-256 over the bytes of the module graph, world
 * and flags, emitter version, digest of the guest, identity of the C compiler.
 */
const char *lang_cache_key(const struct lang_program *program);

/** SHA-256 over the module graph alone, hexadecimal. */
const char *lang_graph_digest(const struct lang_program *program);

/** SHA-256 of the runtime that this build was made for, hexadecimal. Static storage. */
const char *lang_runtime_digest(void);

/**
 * Look the program up in the cache; the file is verified before use.
 * @return true and @p out filled when a valid image is there. A damaged file is removed.
 */
bool lang_cache_find(struct lang_image *out, const struct lang_program *program);

/** Compile the emitted text with libtcc, in this process. */
MUST_CHECK int lang_image_fast(
    struct lang_image *out, const struct lang_program *program, struct err *err);

/** Compile with `cc -O2`, store into the cache (temporary file and rename), and load from there. */
MUST_CHECK int lang_image_full(
    struct lang_image *out, const struct lang_program *program, struct err *err);

/**
 * Start lang_image_full in a detached process at low priority with bounded time and memory; at
 * most one for each key on the machine. Failures are silent: the next run simply stays fast.
 */
void lang_image_full_in_background(const struct lang_program *program);

/** True when a C compiler (X07_CC or cc) is on this host. */
bool lang_have_cc(void);

/** Path of that compiler, links followed, owned; NULL when there is none. */
char *lang_cc_path(void);

/** True when there is a cache folder that is the user's own and that only the user can write. */
bool lang_have_cache(void);

/** Close the memory file. */
void lang_image_clear(struct lang_image *image);

/** True when some module of the graph has a head `os.net.*`, called or not. */
bool lang_uses_net(const struct lang_program *program);

/** Facts for the report; 0 when not known yet. */
struct lang_stats {
	uint64_t c_bytes;
	uint32_t modules, nodes, functions;
};
/** What is known so far. */
void lang_stats_get(struct lang_stats *out, const struct lang_program *program);

#endif
