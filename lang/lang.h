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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LANG_ID "x07-core@0.2.0"
#define LANG_ENTRY_MAX_BYTES 65536
#define LANG_MODULE_MAX_BYTES (16u << 20)

enum lang_world {
	LANG_SOLVE_PURE,
	LANG_SOLVE_FS,
	LANG_SOLVE_RR,
	LANG_SOLVE_KV,
	LANG_SOLVE_FULL,
	LANG_RUN_OS,
	LANG_RUN_OS_SANDBOXED
};

/** What to compile and under which rules. Strings borrowed for the life of the program. */
struct lang_options {
	const char *entry_path;
	const char *const *module_roots;
	size_t module_root_count;
	const char *std_root; /* share/x07/std */
	const char *rt_dir;   /* lib/x07/rt: the guest, its symbol file and the headers for cc */
	enum lang_world world;
	bool allow_unsafe, allow_ffi;
	uint32_t max_ast_nodes; /* 0 = 250000 */
	uint32_t max_locals;    /* 0 = 20000, for each function */
	uint32_t max_c_bytes;   /* 0 = 32 MiB */
};

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

/** World by its name ("run-os"). False when unknown. */
bool lang_world_parse(enum lang_world *out, const char *name);
const char *lang_world_name(enum lang_world world);

/**
 * Read the entry file and all imported modules, and check their shape.
 *
 * @param out    owned; lang_program_free.
 * @param diags  faults of the program.
 * @return 0; ERR_COMPILE with at least one entry in @p diags; ERR_NOT_FOUND, ERR_IO.
 */
MUST_CHECK int lang_load(struct lang_program **out, const struct lang_options *options,
    struct diag_list *diags, struct err *err);
void lang_program_free(struct lang_program *program);

/**
 * Check the program and emit its C text (kept inside @p program). Idempotent.
 * @return 0, or ERR_COMPILE with exactly one error in @p diags.
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

void lang_image_clear(struct lang_image *image);

/** True when some module of the graph has a head `os.net.*`, called or not. */
bool lang_uses_net(const struct lang_program *program);

/** Facts for the report; 0 when not known yet. */
struct lang_stats {
	uint64_t c_bytes;
	uint32_t modules, nodes, functions;
};
void lang_stats_get(struct lang_stats *out, const struct lang_program *program);

#endif
