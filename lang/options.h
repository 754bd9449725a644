/* SPDX-License-Identifier: MIT */
/* What a compilation is asked for: the version of the language, the world, permissions and limits.
 */
#ifndef LANG_OPTIONS_H
#define LANG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LANG_ID "x07-core@0.2.0"
#define LANG_ENTRY_MAX_BYTES 65536
#define LANG_MODULE_MAX_BYTES (16u << 20)

/** Where a program runs: which heads and modules exist there. */
enum lang_world {
	LANG_SOLVE_PURE,
	LANG_SOLVE_FS,
	LANG_SOLVE_RR,
	LANG_SOLVE_KV,
	LANG_SOLVE_FULL,
	LANG_RUN_OS,
	LANG_RUN_OS_SANDBOXED
};

/** A project as a whole, for a check of what the entry does not reach too. Strings borrowed. */
struct lang_whole {
	size_t own_roots; /* so many of the first module roots hold the project's own files */
	const char *const *modules; /* ids of all modules there, imported or not */
	size_t module_count;
};

/** What to compile and under which rules. Strings borrowed for the life of the program. */
struct lang_options {
	const char *entry_path;
	const char *const *module_roots;
	size_t module_root_count;
	const char *std_root;  /* share/x07/std */
	const char *arch_root; /* folder that holds arch/budgets/profiles; NULL: none */
	const char *rt_dir;    /* lib/x07/rt: the guest, its symbol file and the headers for cc */
	const struct lang_whole *whole; /* NULL, as for a run: only what the entry reaches */
	enum lang_world world;
	bool allow_unsafe, allow_ffi;
	uint32_t max_ast_nodes; /* 0 = 250000 */
	uint32_t max_locals;    /* 0 = 20000, for each function */
	uint32_t max_c_bytes;   /* 0 = 32 MiB */
};

/** World by its name ("run-os"). False when unknown. */
bool lang_world_parse(enum lang_world *out, const char *name);
/** The other way round. Static storage. */
const char *lang_world_name(enum lang_world world);
/** A world that is the same at every run: fixtures in place of the operating system. */
bool lang_world_is_solve(enum lang_world world);

#endif
