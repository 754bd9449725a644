/* SPDX-License-Identifier: MIT */
/*
 * `x07 run`, `x07-os-runner`, `x07 policy observe` and the tries of `x07 doctor`: the steps of a
 * run in their order. Only these functions know the whole of a run; a step takes what it needs.
 */
#ifndef CMD_RUN_ENGINE_H
#define CMD_RUN_ENGINE_H

#include "cmd/run/types.h"

/** Everything about one run (cmd/run/types.h says which step fills what). RUN_INIT; run_clear. */
struct run {
	const struct run_caller *caller;   /* borrowed */
	const struct run_options *options; /* borrowed */
	struct run_target target;
	struct run_isolation isolation;
	struct run_policy policy;
	bool policy_fault; /* faults of a derived policy go out as x07diag, exit status 3 */
	struct run_input input;
	struct run_dirs dirs;
	struct run_plan plan;
	struct run_net net;
	struct run_program program;
	struct run_ended ended;
	struct run_outcome outcome;
	struct diag_list diags;
	char attest_digest[65]; /* of the attestation that was written; "" = none */
};

/** A run that has not begun. */
#define RUN_INIT(who, what)                                                                        \
	{                                                                                          \
		.caller = (who), .options = (what), .input.fd = -1, .program.image.fd = -1         \
	}

/**
 * Everything that can be refused before anything is started: target, backend, policy, input.
 * @return 0 or the code of the step that refused; run->diags has the faults of documents.
 */
MUST_CHECK int run_resolve(struct run *run, struct err *err);

/**
 * Compile and run what run_resolve found, and write the attestation if one is wanted.
 * @return 0, also when the program trapped; ERR_COMPILE fills diags and program.error; another code
 *         when it could not be started.
 */
MUST_CHECK int run_start(struct run *run, struct err *err);

/** After the report: build the fast program of the next run in the background, if it is wanted. */
void run_build_later(struct run *run);

/** The parts of a run for whoever describes it. Borrows from @p run. */
struct run_record run_record_of(const struct run *run);

/** Free everything. */
void run_clear(struct run *run);

#endif
