/* SPDX-License-Identifier: MIT */
/*
 * `x07 run` and `x07-os-runner`: one engine in five steps, each in a file of its own.
 *
 *   run_target (what) -> run_backend (where) -> run_input (with what) -> run_exec (do) -> report
 */
#ifndef CMD_RUN_RUN_H
#define CMD_RUN_RUN_H

#include "cmd/cmd.h"
#include "lang/lang.h"
#include "lang/rt/config.h"
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
#define RUN_INPUT_MAX (1ull << 30)
#define RUN_STANDALONE_MAX_BYTES (512u << 20)

/** Options of both programs (cmd/table.c). */
struct run_options {
	const char *project, *program, *artifact, *profile, *compat, *world;
	const char *input, *input_b64, *policy, *root, *backend, *attest, *report, *report_out;
	const char *cc_profile, *opt, *repair, *compiled_out, *json, *out;
	bool use_stdin, accept_weaker, offline, auto_ffi, no_auto_ffi, quiet_json;
	bool debug_borrow_checks, specrows, compile_only;
	bool as_it_is; /* x07 doctor: missing packages are a fault, nothing is installed */
	struct option_uint solve_fuel, max_memory, max_output, cpu_seconds, max_c_bytes;
	struct option_uint repair_max_iters;
	struct option_list module_roots;
	struct option_list allow_hosts, allow_host_files, deny_hosts, deny_host_files;
	struct option_list allow_read_roots, allow_write_roots;
	/* x07 policy observe */
	const char *observe_out, *observe_id;
	bool permissive, force;
	struct option_list env_keys;
};

/** What runs, resolved: cmd/run/target.c. Paths absolute unless said otherwise. */
struct run_target {
	struct pkg_manifest manifest; /* valid when has_manifest */
	bool has_manifest;
	bool is_project;                   /* false: --program */
	const struct pkg_profile *profile; /* NULL when none was selected */
	char *root; /* owned: the project folder, or the current one without a manifest */
	char *
	    folder; /* owned: what the policy's relative roots belong to; NULL when there is none */
	char *cwd;  /* owned: working directory of the program: `folder` where there is one */
	char *entry;         /* owned */
	char *policy_path;   /* owned; NULL in run-os */
	char **module_roots; /* owned, `module_root_count` entries */
	size_t module_root_count;
	enum lang_world world;
	uint64_t solve_fuel, max_memory, max_output, cpu_seconds;
	struct pkg_txn *reading; /* owned: the project is held until its packages are checked */
};

/** Where it runs: cmd/run/backend.c. */
enum run_backend { RUN_BACKEND_VM, RUN_BACKEND_OS, RUN_BACKEND_NONE };
struct run_isolation {
	enum run_backend backend;
	bool accepted; /* flag or X07_I_ACCEPT_WEAKER_ISOLATION */
};

/** The input of the program: cmd/run/input.c. */
struct run_input {
	int fd; /* owned, read-only or sealed, -1 before run_input_open */
	uint64_t size;
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

/** All of them, in the order of first occurrence. */
struct run_effects {
	struct run_effect *items; /* owned */
	size_t count;
	uint32_t gates, most_fd, most_entries, most_depth;
	uint64_t lost_uses, lost_refusals; /* operations without an entry */
};

/** A limit or root that the report lists. */
struct run_facts {
	struct sandbox_root *roots; /* owned array; paths owned */
	size_t root_count;
	const char **root_texts; /* owned array of borrowed policy texts, one for each root */
	struct run_effects effects;
};

/** The broker of a run, and what it recorded: cmd/run/net.c. */
struct run_net {
	bool open;    /* the broker's descriptors exist */
	bool started; /* the program has a head that needs it */
	struct sandbox_broker broker;
	struct broker_log *log; /* owned; NULL when none ran */
};

/**
 * What the policy of the run was derived from: patches are for it, because the next run writes the
 * derived file anew. Empty when no override flag was given.
 */
struct run_base {
	char *path; /* owned; NULL when no flag was given */
	struct policy policy;
	struct policy_overrides overrides;
};

enum run_state { RUN_NOT_COMPILED, RUN_NOT_STARTED, RUN_DONE };

/** The metrics line of the guest, parsed; every value is one of the fields of the report. */
struct run_metrics {
	bool present;
	struct arena arena;
	const struct json *doc;
};

/** Everything about one run; filled step by step, freed by run_clear. */
struct run {
	const struct cmd_call *call;
	const struct run_options *options;
	struct run_target target;
	struct run_isolation isolation;
	struct run_input input;
	struct policy policy;
	bool has_policy;
	struct run_base base;
	bool observed;              /* record what is used, too */
	bool any_env;               /* a key that no list names is unset, not refused */
	bool used_unsafe, used_ffi; /* observed: the program does not compile without */
	bool schema_fault;          /* faults of the policy go out as x07diag, exit status 3 */
	char *std_root, *rt_dir;    /* owned */
	struct diag_list diags;
	struct lang_options lang_options; /* borrowed by `lang` */
	struct lang_program *lang;
	struct lang_image image;
	struct lang_stats stats;
	const char *image_note; /* static; NULL when there is nothing to say */
	struct sandbox_plan plan;
	struct sandbox_result result;
	struct run_facts facts;
	struct run_metrics metrics;
	struct run_net net;
	char *compile_error;      /* owned; NULL when the program compiled */
	char *hint;               /* owned; what the user can do about it, NULL when not known */
	const char *vm_failure;   /* static; set when backend vm cannot start */
	const char *compiled_exe; /* borrowed; NULL when no executable was written */
	uint64_t compiled_exe_size;
	char attest_digest[65]; /* of the attestation that was written; "" = none */
	char *trap;             /* owned; NULL when the program did not trap */
	const char *output;     /* borrowed from result.out */
	size_t output_len;
	enum run_state state;
	int64_t started_ns, ready_ns, compiled_ns, finished_ns;
};

/** The engine behind both commands. @return exit status; everything is printed. */
int run_engine(const struct cmd_call *call, const struct run_options *options);
/** Everything that can be refused before anything is started: target, backend, policy, input. */
MUST_CHECK int run_resolve(struct run *run, struct err *err);
/** Compile and run what run_resolve found; ERR_COMPILE leaves diags and compile_error. */
MUST_CHECK int run_start(struct run *run, struct err *err);
/** Print why a step failed. @return exit status. */
int run_fail(const struct run *run, const struct err *err);
/** Write the attestation of a finished run (docs/format/runtime-attest.md). */
MUST_CHECK int run_attest_write(struct run *run, struct err *err);
/** "none", "disabled", "allowlist", and what enforces it. Static storage. */
const char *run_network_mode(const struct run *run);
const char *run_network_enforcement(const struct run *run);
/** Refuse --attest-runtime where nothing could be attested. */
MUST_CHECK int run_attest_check(const struct run *run, struct err *err);
void run_clear(struct run *run);

/**
 * Resolve target, profile, world, module roots and numbers (docs/spec/run-and-policy.md 6.2, 6.3).
 * @param diags  faults of the manifest.
 * @return 0 or the code of a failure; ERR_USAGE, ERR_NOT_FOUND, ERR_FORMAT, ERR_UNSUPPORTED.
 */
MUST_CHECK int run_target_resolve(struct run_target *out, const struct cmd_call *call,
    const struct run_options *options, struct diag_list *diags, struct err *err);
void run_target_clear(struct run_target *target);
/** Append a module root. @param path  moved. */
void run_target_add_root(struct run_target *target, char *path);
/**
 * Check the lock of a project and append the module roots of its packages.
 * @return 0 or what pkg/lock.h says.
 */
MUST_CHECK int run_lock_roots(struct run_target *target, struct diag_list *diags, struct err *err);

/**
 * Hold the project of a manifest as a reader: wait for whoever changes it, finish what a killed
 * process left. Fills target->reading.
 * @return 0; ERR_LOCKED with X07PKG_PROJECT_BUSY or X07PKG_IO.
 */
MUST_CHECK int run_packages_hold(
    struct run_target *target, const struct cmd_call *call, const char *path, struct err *err);
/**
 * Let x07-pkg install packages that the lock has and the disk has not; without any lock, let it
 * write one. What is installed, and what is locked, it never changes. May load the manifest anew.
 * @return 0, also when nothing was to do; ERR_LOCKED with the code of x07-pkg.
 */
MUST_CHECK int run_packages_complete(struct run_target *target, const struct cmd_call *call,
    const struct run_options *options, struct diag_list *diags, struct err *err);

/** Find the folders share/x07/std and lib/x07/rt beside the executable. */
MUST_CHECK int run_find_dirs(char **std_root, char **rt_dir, struct err *err);

/**
 * Decide the backend from flag, environment and world (docs/spec/run-and-policy.md 12).
 * @return 0; ERR_USAGE for a bad value; ERR_SANDBOX when the acceptance is missing.
 */
MUST_CHECK int run_isolation_resolve(struct run_isolation *out, const struct run_options *options,
    enum lang_world world, struct err *err);
/** Why the vm backend cannot start here and both ways on. Static storage. */
const char *run_vm_reason(void);
const char *run_backend_name(enum run_backend backend);

/** Open the input by the rules of docs/spec/run-and-policy.md 6.4. */
MUST_CHECK int run_input_open(struct run_input *out, const struct cmd_call *call,
    const struct run_options *options, const struct run_target *target, struct err *err);

/**
 * The folder that relative roots belong to (cmd/run_folder.c).
 *
 * @param out            owned; NULL when there is none.
 * @param root_option    value of --root; NULL when not given.
 * @param own_policy     the policy is --policy's or a FILE, not a profile's.
 * @param manifest_root  folder of the project's x07.json; NULL when there is none.
 * @return 0; ERR_USAGE, ERR_NOT_FOUND, ERR_IO for a bad --root.
 */
MUST_CHECK int run_folder_find(char **out, const char *root_option, bool own_policy,
    const char *manifest_root, struct err *err);
/**
 * The folder of the x07.json that a command without a run is about: of @p project, else nearest
 * above @p program, else above the caller.
 * @param out  owned; NULL when there is none.
 */
MUST_CHECK int run_folder_look(
    char **out, const char *project, const char *program, struct err *err);
/**
 * Refuse relative roots that belong nowhere.
 * @param path  of the policy, for the message.
 * @return 0; ERR_POLICY, naming --root.
 */
MUST_CHECK int run_folder_check(
    const struct policy *p, const char *path, const char *folder, struct err *err);
/** The roots of a policy at their places. @param out  roots, root_texts and root_count. */
MUST_CHECK int run_roots_make(
    struct run_facts *out, const struct policy_fs *fs, const char *cwd, struct err *err);
void run_roots_clear(struct run_facts *facts);
/** Would backend os take the roots of a policy? Looks at the disk; ERR_SANDBOX with the reason. */
MUST_CHECK int run_roots_check(const struct policy *p, const char *folder, struct err *err);

/** Load the policy of the run (and derive one when override flags are given). */
MUST_CHECK int run_policy_load(struct run *run, struct err *err);

/**
 * The override flags as one set; host files are relative to @p root. The caller sets `folder`.
 * @param out  policy_overrides_clear, also after a failure.
 */
MUST_CHECK int run_policy_overrides(struct policy_overrides *out, const struct run_options *options,
    const char *root, struct err *err);

/** Fill plan roots, limits and environment from policy and target. */
MUST_CHECK int run_plan_make(struct run *run, struct err *err);
void run_plan_clear(struct run *run);

/**
 * The document of lang/rt/config.h for this run.
 * @param out  appended to.
 * @return 0 or ERR_LIMIT.
 */
MUST_CHECK int guest_config_build(struct buf *out, const struct run *run, struct err *err);

/** Prepare the sandbox, compile meanwhile, run. Fills state, result, diags. */
MUST_CHECK int run_execute(struct run *run, struct err *err);

/** Compile the program of the run into run->image; ERR_COMPILE fills diags and compile_error. */
MUST_CHECK int run_compile(struct run *run, struct err *err);

/** For an import that nobody has: name the package of the capability map that has it. */
void run_hint_module(struct run *run);

/** The policy, or the world that has none, gives the program a network. */
bool run_net_given(const struct run *run);
/** Make the descriptors that the sandbox needs; nothing when no network is given. */
MUST_CHECK int run_net_open(struct run *run, struct err *err);
/** The program is loaded: start the broker if it has a use for it. */
MUST_CHECK int run_net_start(struct run *run, struct err *err);
/** The program has ended: read the log into net.log and the effects. */
MUST_CHECK int run_net_finish(struct run *run, struct err *err);
void run_net_clear(struct run *run);

/** Is it an operation on files, with a path as subject? */
static inline bool run_effect_is_fs(const struct run_effect *e)
{
	return e->kind == RT_EV_FS_READ || e->kind == RT_EV_FS_WRITE;
}
/** Name of a head ("os.fs.read_file"). Static storage. */
const char *run_op_name(unsigned op);
/** The memory file of the table of effects: empty, of fixed size. */
MUST_CHECK int run_effects_open(int *out, struct err *err);
/** Read the table after the end of the run: hostile bytes until checked. */
MUST_CHECK int run_effects_read(
    struct run_effects *out, int fd, const struct run *run, struct err *err);
void run_effects_clear(struct run_effects *effects);

/** Take output and refused operations apart, find the trap (docs/spec/run-and-policy.md 10.2). */
void run_outcome(struct run *run);

/**
 * Write the program as a standalone executable (footer of lang/rt/config.h) where --compiled-out
 * says. The descriptors are borrowed; the file is replaced whole or not at all.
 */
MUST_CHECK int run_write_standalone(
    struct run *run, int guest_fd, int image_fd, int config_fd, struct err *err);

/** The report document; exit status as in its `exit_code`. */
void report_build(struct buf *out, const struct run *run, bool wrapped);
int report_exit_code(const struct run *run);
/** The faults found so far as one line of x07.x07diag@0.1.0. */
void report_diags(struct buf *out, const struct run *run);
/** Why the program was not allowed something, for people, on standard error. */
void report_explain(const struct run *run);

#endif
