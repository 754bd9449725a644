/* SPDX-License-Identifier: MIT */
/* From program file to image, at the speed the user asked for. */
#ifndef CMD_RUN_COMPILE_H
#define CMD_RUN_COMPILE_H

#include "cmd/run/types.h"

/** What is compiled, and how. All borrowed. */
struct run_compile_request {
	const struct run_target *target;
	const struct run_policy *policy;
	const struct run_dirs *dirs;
	const struct run_compile_options *options;
	const struct notes *notes;
	bool observed; /* find out which flags of the language the program needs */
	bool attested; /* the image must not depend on what the cache happens to hold */
	/* The program is loaded, and compiles next: what takes time can begin. NULL = nothing. */
	int (*loaded)(void *ctx, const struct lang_program *lang, struct err *err);
	void *ctx;
};

/** What the language is asked for by a target, under its rules; borrows from all three. */
struct lang_options run_lang_options(
    const struct run_target *target, const struct run_policy *policy, const struct run_dirs *dirs);

/**
 * Compile the program.
 * @param out    run_program_clear, also after a failure; must not move, its options are borrowed.
 * @param diags  faults of the program.
 * @return 0; ERR_COMPILE fills @p diags and out->error; else what lang/lang.h or `loaded` say.
 */
MUST_CHECK int run_compile(struct run_program *out, const struct run_compile_request *request,
    struct diag_list *diags, struct err *err);
/** Free program, image and texts. */
void run_program_clear(struct run_program *program);

#endif
