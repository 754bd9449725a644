/* SPDX-License-Identifier: MIT */
/*
 * The values that a run is made of, in the order in which they come to be. Each is filled by the
 * one step that has its name, and later steps read it:
 *
 *   target (what) -> isolation (where) -> policy (under which rules) -> input (with what)
 *     -> plan (how it is held) -> program (compiled) -> ended (what happened) -> outcome (its
 * sense)
 */
#ifndef CMD_RUN_TYPES_H
#define CMD_RUN_TYPES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/notes.h"
#include "base/option.h"
#include "lang/lang.h"
#include "pkg/manifest.h"
#include "pkg/transaction.h"
#include "policy/overrides.h"
#include "policy/policy.h"
#include "sandbox/broker.h"
#include "sandbox/sandbox.h"

#define RUN_SOLVE_FUEL_DEFAULT 50000000ull
#define RUN_MEMORY_DEFAULT (64ull << 20)
#define RUN_MEMORY_MAX 0xffffffffull
#define RUN_OUTPUT_DEFAULT (1ull << 20)
#define RUN_OUTPUT_MAX (1ull << 30)
#define RUN_CPU_SECONDS_DEFAULT 30ull
#define RUN_CPU_SECONDS_MAX 600000ull
#define RUN_STDERR_MAX 262144u

/* ---- what the caller says ---- */

/** Who asks for a run: what the engine cannot know of the program that it is in. */
struct run_caller {
	const char *name;   /* "x07 run": for whoever waits for the project */
	bool is_runner;     /* x07-os-runner: no profile, no package, no piped input */
	struct notes notes; /* where a line for people goes */
	/* Runs x07-pkg to its end: its standard output appended, its exit status. */
	int (*ask_pkg)(struct buf *out, int *status, char *const *argv, struct err *err);
	/* The row of a code that x07-pkg reported, from whatever room; NULL when there is none. */
	const struct code *(*find_code)(const char *id);
};

/** Which program: cmd/run/target.c. */
struct run_target_options {
	const char *project, *program, *artifact, *profile, *world;
	const char *fixtures; /* folder of a solve world: cmd/run/fixtures.c */
	struct option_list module_roots;
	struct option_uint solve_fuel, max_memory, max_output, cpu_seconds;
	bool offline;
	bool as_it_is; /* missing packages are a fault, nothing is installed */
};

/** Which backend: cmd/run/backend.c. */
struct run_isolation_options {
	const char *backend;
	bool accept_weaker;
};

/** Which rules: cmd/run/policy.c. */
struct run_policy_options {
	const char *file; /* in place of the profile's */
	const char *root; /* with `file`: what its relative roots belong to */
	struct option_list allow_hosts, allow_host_files, deny_hosts, deny_host_files;
	struct option_list allow_read_roots, allow_write_roots;
};

/** Which input: cmd/run/input.c. At most one is given. */
struct run_input_options {
	const char *file, *b64;
	bool use_stdin;
	bool has_args; /* `--` was there, perhaps with nothing behind it */
	char **args;   /* borrowed */
	size_t arg_count;
};

/** How it is compiled: cmd/run/compile.c. */
struct run_compile_options {
	const char *opt; /* "fast", "full", "auto"; NULL = auto */
	struct option_uint max_c_bytes;
	const struct lang_image *ready; /* this image, compiled before; NULL = compile */
};

/** All that a run can be told. */
struct run_options {
	struct run_target_options target;
	struct run_isolation_options isolation;
	struct run_policy_options policy;
	struct run_input_options input;
	struct run_compile_options compile;
	const char *compiled_out; /* NULL, or where the executable goes */
	const char *attest;       /* NULL, or where the attestation goes */
	bool observe;             /* record what is used, too */
};

/* ---- what the steps find ---- */

/** Paths in order, each owned: cmd/run/paths.c. */
struct run_paths {
	char **items;
	size_t count;
};

/** What runs, resolved: cmd/run/target.c. Paths absolute unless said otherwise. */
struct run_target {
	struct pkg_manifest manifest; /* valid when has_manifest */
	bool has_manifest;
	bool is_project;                   /* false: --program */
	const struct pkg_profile *profile; /* NULL when none was selected */
	char *root;   /* owned: the project folder, or the current one without a manifest */
	char *folder; /* owned: what relative roots belong to; NULL when there is none */
	char *cwd;    /* owned: working directory of the program: `folder` where there is one */
	char *entry;  /* owned */
	char *policy_path; /* owned: what was chosen, before flags; NULL in run-os */
	char *fixture_fs;  /* owned: the files that a solve world sees; NULL = none */
	struct run_paths module_roots;
	enum lang_world world;
	uint64_t solve_fuel, max_memory, max_output, cpu_seconds;
	struct pkg_txn *reading; /* owned: the project is held until its packages are checked */
};

/** Where it runs: cmd/run/backend.c. */
enum run_backend { RUN_BACKEND_VM, RUN_BACKEND_OS, RUN_BACKEND_NONE };
struct run_isolation {
	enum run_backend backend;
	bool accepted;       /* flag or X07_I_ACCEPT_WEAKER_ISOLATION */
	const char *failure; /* static: why the backend cannot start here; NULL when it can */
};

/**
 * What override flags were applied to. Patches are for it: the next run writes the derived file
 * anew.
 */
struct run_policy_base {
	char *path; /* owned: the chosen file; NULL when no flag was given */
	struct policy rules;
	struct policy_overrides overrides;
};

/** The rules: cmd/run/policy.c. */
struct run_policy {
	bool given;                  /* false in world run-os, which has none */
	struct policy rules;         /* valid when given */
	bool derived;                /* from `base`; stored for review */
	struct run_policy_base base; /* valid when derived */
	char *path;   /* owned: the file of the rules, the derived one if any; NULL = none, or
		       * the rules are those of a solve world */
	bool widened; /* cmd/run/widen.c: a key that no list names is unset, not refused */
};

/** The input of the program: cmd/run/input.c. */
struct run_input {
	int fd; /* owned, read-only or sealed, -1 before run_input_open */
	uint64_t size;
};

/** Our folders beside the executable: cmd/run/dirs.c. */
struct run_dirs {
	char *std_root, *rt_dir; /* owned */
};

/** The roots of a policy at their places: cmd/run/roots.c. */
struct run_roots {
	struct sandbox_root *items; /* owned array; paths owned */
	size_t count;
	const char **texts; /* owned array of borrowed policy texts, one for each root */
};

/** How the program is held: cmd/run/plan.c. */
struct run_plan {
	struct sandbox_plan box; /* its roots are those below, its environment is owned here */
	struct run_roots roots;
};

/** The broker of a run, and what it recorded: cmd/run/net.c. */
struct run_net {
	bool open;    /* the broker's descriptors exist */
	bool started; /* the program has a head that needs it */
	struct sandbox_broker broker;
	struct broker_log *log; /* owned; NULL when none ran */
};

/** The compiled program: cmd/run/compile.c. */
struct run_program {
	struct lang_options options; /* borrowed by `lang`: stays where it is */
	struct lang_program *lang;   /* owned; NULL when it was not loaded */
	struct lang_image image;
	struct lang_stats stats;
	const char *image_note;     /* static; NULL when there is nothing to say */
	bool used_unsafe, used_ffi; /* observed: the program does not compile without */
	char *error;                /* owned; NULL when the program compiled */
	char *hint;                 /* owned: what the user can do about it, NULL when not known */
	const char *executable;     /* borrowed; NULL when none was written */
	uint64_t executable_size;
};

/** A kind of operation that the guest counted: refused, or used. Checked, but not believed. */
struct run_effect {
	uint16_t kind, reason, op; /* of lang/rt/config.h, in range */
	int32_t sys_errno;
	uint32_t code, detail;
	uint64_t count, bytes, most;
	const char *root; /* borrowed from the policy: the root that held the path; NULL = none */
	char *subject;    /* owned; may hold any bytes */
	size_t subject_len;
	char *path; /* owned; absolute path that was meant, NULL when there is none */
	const struct broker_entry *net; /* borrowed from the log; NULL: not from the broker */
};

/** All of them, in the order of first occurrence: cmd/run/effects.c. */
struct run_effects {
	struct run_effect *items; /* owned */
	size_t count;
	uint32_t gates, most_fd, most_entries, most_depth;
	uint64_t lost_uses, lost_refusals; /* operations without an entry */
	uint32_t left_out;                 /* entries that were more than an honest guest writes */
};

enum run_state { RUN_NOT_COMPILED, RUN_NOT_STARTED, RUN_DONE };

/** What happened: cmd/run/engine.c. */
struct run_ended {
	enum run_state state;
	struct sandbox_result result; /* when RUN_DONE */
	struct run_effects effects;
	int64_t started_ns, ready_ns, compiled_ns, finished_ns; /* CLOCK_MONOTONIC; 0 = never */
};

/** The metrics line of the guest, parsed; every value is one of the fields of the report. */
struct run_metrics {
	bool present;
	struct arena arena;
	const struct json *doc;
};

/** What a finished run means: cmd/run/outcome.c. */
struct run_outcome {
	char *trap;         /* owned; NULL when the program did not trap */
	const char *output; /* borrowed from the result; NULL when there is none */
	size_t output_len;
	struct run_metrics metrics;
};

/** A run by its parts, for whoever describes it. All borrowed. */
struct run_record {
	const struct run_target *target;
	const struct run_isolation *isolation;
	const struct run_policy *policy;
	const struct run_input *input;
	const struct run_plan *plan;
	const struct run_net *net;
	const struct run_program *program;
	const struct run_ended *ended;
	const struct run_outcome *outcome;
	const struct diag_list *diags;
	const char *attest, *attest_digest; /* file and digest of the attestation; "" = none */
};

#endif
