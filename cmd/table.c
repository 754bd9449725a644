/* SPDX-License-Identifier: MIT */
/*
 * The commands of both programs and all their options. A row is documentation, parser and
 * completion at once; nothing about an option is written anywhere else.
 */
#include "cmd/check/check.h"
#include "cmd/cmd.h"
#include "cmd/cmd_check.h"
#include "cmd/cmd_explain.h"
#include "cmd/cmd_init.h"
#include "cmd/cmd_policy.h"
#include "cmd/cmd_run.h"
#include "cmd/cmd_test.h"
#include "cmd/doctor/types.h"
#include "cmd/report/policy_view.h"

/* Options of one group exclude each other. */
enum { GROUP_NONE, GROUP_TARGET, GROUP_INPUT, GROUP_FFI, GROUP_POLICY };

#define TEMPLATES                                                                                  \
	"cli|http-client|web-service|fs-tool|sqlite-app|postgres-client|worker|worker-parallel"

/* clang-format off */
#define AT(field) offsetof(struct run_command_options, field)
#define X07 OPTION_IN_X07
#define BOTH OPTION_IN_BOTH
#define RUNNER OPTION_IN_RUNNER
static const struct option run_rows[] = {
	{ "--project", "PATH", NULL, "the project: x07.json or its folder (default: found upwards from here)", OPTION_TEXT, BOTH, GROUP_TARGET, AT(run.target.project) },
	{ "--program", "FILE", NULL, "one program file *.x07.json instead of a project", OPTION_TEXT, BOTH, GROUP_TARGET, AT(run.target.program) },
	{ "--artifact", "FILE", NULL, NULL, OPTION_TEXT, BOTH, GROUP_TARGET, AT(run.target.artifact) },
	{ "--module-root", "DIR", NULL, "where imports of --program are found (repeatable)", OPTION_LIST, BOTH, GROUP_NONE, AT(run.target.module_roots) },
	{ "--profile", "NAME", NULL, "profile of x07.json (default: default_profile, dev, os)", OPTION_TEXT, X07, GROUP_NONE, AT(run.target.profile) },
	{ "--world", "WORLD", NULL, NULL, OPTION_TEXT, X07, GROUP_NONE, AT(run.target.world) },
	{ "--fixtures", "DIR", NULL, "what a program in a solve world reads (solve-fs: its files)", OPTION_TEXT, X07, GROUP_NONE, AT(run.target.fixtures) },
	{ "--world", "WORLD", NULL, "run-os (default) or run-os-sandboxed", OPTION_TEXT, RUNNER, GROUP_NONE, AT(run.target.world) },
	{ "--input", "FILE", NULL, "the program's input", OPTION_TEXT, BOTH, GROUP_INPUT, AT(run.input.file) },
	{ "--stdin", NULL, NULL, "the input is standard input", OPTION_FLAG, X07, GROUP_INPUT, AT(run.input.use_stdin) },
	{ "--input-b64", "TEXT", NULL, "the input, in base64", OPTION_TEXT, X07, GROUP_INPUT, AT(run.input.b64) },
	{ "--policy", "FILE", NULL, "policy of world run-os-sandboxed, in place of the profile's", OPTION_TEXT, BOTH, GROUP_NONE, AT(run.policy.file) },
	{ "--root", "DIR", NULL, "with --policy: what its relative roots belong to, and where the program runs", OPTION_TEXT, BOTH, GROUP_NONE, AT(run.policy.root) },
	{ "--sandbox-backend", "B", "auto|vm|os|native|none", "auto, vm, os or none (default: $X07_SANDBOX_BACKEND, auto)", OPTION_TEXT, BOTH, GROUP_NONE, AT(run.isolation.backend) },
	{ "--i-accept-weaker-isolation", NULL, NULL, "allow the backends os and none in run-os-sandboxed", OPTION_FLAG, BOTH, GROUP_NONE, AT(run.isolation.accept_weaker) },
	{ "--allow-host", "HOST:PORTS", NULL, "add a destination to the policy for this run (repeatable)", OPTION_LIST, X07, GROUP_NONE, AT(run.policy.allow_hosts) },
	{ "--allow-host-file", "FILE", NULL, "the same, one for each line (repeatable)", OPTION_LIST, X07, GROUP_NONE, AT(run.policy.allow_host_files) },
	{ "--deny-host", "HOST:PORTS", NULL, "take a destination away; wins over every allow (repeatable)", OPTION_LIST, X07, GROUP_NONE, AT(run.policy.deny_hosts) },
	{ "--deny-host-file", "FILE", NULL, "the same, one for each line (repeatable)", OPTION_LIST, X07, GROUP_NONE, AT(run.policy.deny_host_files) },
	{ "--allow-read-root", "DIR", NULL, "add a folder that may be read (repeatable)", OPTION_LIST, X07, GROUP_NONE, AT(run.policy.allow_read_roots) },
	{ "--allow-write-root", "DIR", NULL, "add a folder that may be written (repeatable)", OPTION_LIST, X07, GROUP_NONE, AT(run.policy.allow_write_roots) },
	{ "--opt", "SPEED", "fast|full|auto", "compile fast, full (cc -O2), or auto: fast now, full next time", OPTION_TEXT, BOTH, GROUP_NONE, AT(run.compile.opt) },
	{ "--solve-fuel", "N", NULL, "steps the program may take (default 50000000)", OPTION_UINT, BOTH, GROUP_NONE, AT(run.target.solve_fuel) },
	{ "--max-memory-bytes", "N", NULL, "memory of the program's values (default 64 MiB)", OPTION_UINT, BOTH, GROUP_NONE, AT(run.target.max_memory) },
	{ "--max-output-bytes", "N", NULL, "longest output (default 1 MiB)", OPTION_UINT, BOTH, GROUP_NONE, AT(run.target.max_output) },
	{ "--cpu-time-limit-seconds", "N", NULL, "processor time in world run-os (default 30)", OPTION_UINT, BOTH, GROUP_NONE, AT(run.target.cpu_seconds) },
	{ "--max-c-bytes", "N", NULL, "longest C text of a program", OPTION_UINT, BOTH, GROUP_NONE, AT(run.compile.max_c_bytes) },
	{ "--compiled-out", "FILE", NULL, "also write the program as a standalone executable", OPTION_TEXT, BOTH, GROUP_NONE, AT(run.compiled_out) },
	{ "--emit", "WHAT", "output|report|both|json", "standard output is the program's output, the report (default), or the report with the output in --output; json: the report, never shortened", OPTION_TEXT, X07, GROUP_NONE, AT(emit) },
	{ "--output", "FILE", NULL, "where the program's output goes", OPTION_TEXT, X07, GROUP_NONE, AT(output) },
	{ "--report", "SHAPE", "runner|wrapped|full", "runner (default), wrapped, or full: every field on a terminal too", OPTION_TEXT, X07, GROUP_NONE, AT(report) },
	{ "--report-out", "FILE", NULL, "also write the report to a file", OPTION_TEXT, BOTH, GROUP_NONE, AT(report_out) },
	{ "--quiet-json", NULL, NULL, "no report on standard output; wants --report-out", OPTION_FLAG, BOTH, GROUP_NONE, AT(quiet_json) },
	{ "--offline", NULL, NULL, "never use the network to complete packages", OPTION_FLAG, X07, GROUP_NONE, AT(run.target.offline) },
	{ "--repair", "MODE", "off|memory|write", "accepted; programs are never rewritten", OPTION_TEXT, X07, GROUP_NONE, AT(repair) },
	{ "--repair-max-iters", "N", NULL, NULL, OPTION_UINT, X07, GROUP_NONE, AT(repair_max_iters) },
	{ "--auto-ffi", NULL, NULL, "link the C parts of packages", OPTION_FLAG, BOTH, GROUP_FFI, AT(auto_ffi) },
	{ "--no-auto-ffi", NULL, NULL, "do not link them", OPTION_FLAG, X07, GROUP_FFI, AT(no_auto_ffi) },
	{ "--cc-profile", "P", "default|size", "accepted; units are always small", OPTION_TEXT, BOTH, GROUP_NONE, AT(cc_profile) },
	{ "--compat", "C", NULL, NULL, OPTION_TEXT, BOTH, GROUP_NONE, AT(compat) },
	{ "--debug-borrow-checks", NULL, NULL, NULL, OPTION_FLAG, BOTH, GROUP_NONE, AT(debug_borrow_checks) },
	{ "--out", "FILE", NULL, "where the policy goes, relative to the project (default: .x07/policies/_observed/ID.policy.json)", OPTION_TEXT, OPTION_IN_OBSERVE, GROUP_NONE, AT(observe_out) },
	{ "--policy-id", "ID", NULL, "policy_id of the new policy (default: observed.BASE)", OPTION_TEXT, OPTION_IN_OBSERVE, GROUP_NONE, AT(observe_id) },
	{ "--force", NULL, NULL, "replace the file that --out names", OPTION_FLAG, OPTION_IN_OBSERVE, GROUP_NONE, AT(force) },
	{ "--permissive", NULL, NULL, "give this run the whole project instead of what the policy allows", OPTION_FLAG, OPTION_IN_OBSERVE, GROUP_NONE, AT(permissive) },
	{ "--env", "KEY", NULL, "with --permissive: a variable the program sees (repeatable)", OPTION_LIST, OPTION_IN_OBSERVE, GROUP_NONE, AT(env_keys) },
	{ "--attest-runtime", "FILE", NULL, "also write what ran, in which layers, with which effects", OPTION_TEXT, BOTH, GROUP_NONE, AT(run.attest) },
	{ "--compile-only", NULL, NULL, NULL, OPTION_FLAG, BOTH, GROUP_NONE, AT(compile_only) },
	{ "--cli-specrows", NULL, NULL, "print the options as JSON", OPTION_FLAG, RUNNER, GROUP_NONE, AT(specrows) },
};
#undef AT
#undef X07

#define AT(field) offsetof(struct policy_init_options, field)
static const struct option policy_init_rows[] = {
	{ "--template", "NAME", TEMPLATES, "which base policy", OPTION_TEXT, BOTH, GROUP_NONE, AT(template_name) },
	{ "--project", "FILE", NULL, "the manifest (default: x07.json found upwards from here)", OPTION_TEXT, BOTH, GROUP_NONE, AT(project) },
	{ "--policy-id", "ID", NULL, "policy_id in place of sandbox.NAME.base", OPTION_TEXT, BOTH, GROUP_NONE, AT(policy_id) },
	{ "--force", NULL, NULL, "replace a file that differs", OPTION_FLAG, BOTH, GROUP_NONE, AT(force) },
	{ "--emit", "WHAT", "report|policy", "print the report (default) or the policy", OPTION_TEXT, BOTH, GROUP_NONE, AT(emit) },
	{ "--out", "FILE", NULL, "where to write, relative to the project", OPTION_TEXT, BOTH, GROUP_NONE, AT(out) },
	{ "--mkdir-out", NULL, NULL, "create missing folders of --out", OPTION_FLAG, BOTH, GROUP_NONE, AT(mkdir_out) },
};
#undef AT

#define AT(field) offsetof(struct policy_options, field)
#define POLICY_PROFILE \
	{ "--profile", "NAME", NULL, "the policy of this profile (default: sandbox)", OPTION_TEXT, BOTH, GROUP_POLICY, AT(profile) }, \
	POLICY_PLACE, \
	{ "--program", "FILE", NULL, "as if the run had this flag", OPTION_TEXT, BOTH, GROUP_TARGET, AT(program) }
#define POLICY_PLACE \
	{ "--project", "PATH", NULL, "x07.json or its folder (default: found upwards from here)", OPTION_TEXT, BOTH, GROUP_TARGET, AT(project) }, \
	{ "--root", "DIR", NULL, "what the relative roots of a FILE belong to (default: the project)", OPTION_TEXT, BOTH, GROUP_NONE, AT(root) }
#define POLICY_OVERRIDES \
	{ "--allow-host", "HOST:PORTS", NULL, "as if the run had this flag (repeatable; so are the next five)", OPTION_LIST, BOTH, GROUP_NONE, AT(allow_hosts) }, \
	{ "--allow-host-file", "FILE", NULL, "as `x07 run`", OPTION_LIST, BOTH, GROUP_NONE, AT(allow_host_files) }, \
	{ "--deny-host", "HOST:PORTS", NULL, "as `x07 run`", OPTION_LIST, BOTH, GROUP_NONE, AT(deny_hosts) }, \
	{ "--deny-host-file", "FILE", NULL, "as `x07 run`", OPTION_LIST, BOTH, GROUP_NONE, AT(deny_host_files) }, \
	{ "--allow-read-root", "DIR", NULL, "as `x07 run`", OPTION_LIST, BOTH, GROUP_NONE, AT(allow_read_roots) }, \
	{ "--allow-write-root", "DIR", NULL, "as `x07 run`", OPTION_LIST, BOTH, GROUP_NONE, AT(allow_write_roots) }
#define POLICY_EMIT(choices, help) { "--emit", "WHAT", choices, help, OPTION_TEXT, BOTH, GROUP_NONE, AT(emit) }
#define EMIT_HELP "text or json (default: text on a terminal, else json)"
static const struct option policy_check_rows[] = {
	POLICY_PLACE,
	{ "--strict", NULL, NULL, "what this build cannot enforce is an error, not a warning", OPTION_FLAG, BOTH, GROUP_NONE, AT(strict) },
	{ "--enforcement", NULL, NULL, "also list who enforces each field, and how", OPTION_FLAG, BOTH, GROUP_NONE, AT(enforcement) },
	POLICY_EMIT("text|json", EMIT_HELP),
};
static const struct option policy_show_rows[] = {
	POLICY_PROFILE,
	POLICY_EMIT("text|json|policy", "text, json, or the policy's document"),
	POLICY_OVERRIDES,
};
static const struct option policy_explain_rows[] = {
	{ "--policy", "FILE", NULL, "this policy in place of a profile's", OPTION_TEXT, BOTH, GROUP_POLICY, AT(policy) },
	POLICY_PROFILE,
	POLICY_EMIT("text|json", EMIT_HELP),
	POLICY_OVERRIDES,
};
static const struct option policy_diff_rows[] = {
	POLICY_EMIT("text|json", EMIT_HELP),
};
static const struct option policy_promote_rows[] = {
	{ "--into", "BASE", NULL, "the base policy (default: the one that DERIVED names)", OPTION_TEXT, BOTH, GROUP_NONE, AT(into) },
	{ "--only", "POINTER", NULL, "a section, field or item of DERIVED: /fs/write_roots (repeatable)", OPTION_LIST, BOTH, GROUP_NONE, AT(only) },
	{ "--dry-run", NULL, NULL, "say what would change, write nothing", OPTION_FLAG, BOTH, GROUP_NONE, AT(dry_run) },
	POLICY_EMIT("text|json|policy", "text, json, or the new text of BASE"),
};
#undef AT

#define AT(field) offsetof(struct init_options, field)
static const struct option init_rows[] = {
	{ "--template", "NAME", NULL, NULL, OPTION_TEXT, BOTH, GROUP_NONE, AT(template_name) },
	{ "--package", NULL, NULL, NULL, OPTION_FLAG, BOTH, GROUP_NONE, AT(package) },
};
#undef AT

#define AT(field) offsetof(struct check_options, field)
static const struct option check_rows[] = {
	{ "--profile", "NAME", NULL, "the world and language rules of this profile (default: as `x07 run`)", OPTION_TEXT, BOTH, GROUP_NONE, AT(profile) },
	{ "--emit", "WHAT", "text|json", EMIT_HELP, OPTION_TEXT, BOTH, GROUP_NONE, AT(emit) },
};
#undef AT

#define AT(field) offsetof(struct doctor_options, field)
static const struct option doctor_rows[] = {
	{ "--registry", "URL", NULL, "also try this registry (default: the configured one, if any)", OPTION_TEXT, BOTH, GROUP_NONE, AT(registry) },
	{ "--emit", "WHAT", "text|json", "text or json (default: text on a terminal, else json)", OPTION_TEXT, BOTH, GROUP_NONE, AT(emit) },
};
#undef AT

#define AT(field) offsetof(struct explain_options, field)
static const struct option explain_rows[] = {
	{ "--emit", "WHAT", "text|json|markdown", "text, json, or docs/format/codes.md (default: text on a terminal, else json)", OPTION_TEXT, BOTH, GROUP_NONE, AT(emit) },
};
#undef AT

#define AT(field) offsetof(struct test_options, field)
static const struct option test_rows[] = {
	{ "--manifest", "FILE", NULL, "the tests (default: tests/tests.json found upwards from here)", OPTION_TEXT, BOTH, GROUP_NONE, AT(manifest) },
	{ "--module-root", "DIR", NULL, "where modules are found, in place of the project's (repeatable)", OPTION_LIST, BOTH, GROUP_NONE, AT(module_roots) },
	{ "--filter", "TEXT", NULL, "only tests whose id holds TEXT", OPTION_TEXT, BOTH, GROUP_NONE, AT(filter) },
	{ "--exact", NULL, NULL, "with --filter: only the test with this very id", OPTION_FLAG, BOTH, GROUP_NONE, AT(exact) },
	{ "--list", NULL, NULL, "print id, world, expectation and entry of the tests, run none", OPTION_FLAG, BOTH, GROUP_NONE, AT(list) },
	{ "--allow-empty", NULL, NULL, "no test at all is no fault", OPTION_FLAG, BOTH, GROUP_NONE, AT(allow_empty) },
	{ "--jobs", "N", NULL, "tests at a time (default: one for each processor); wants --no-fail-fast", OPTION_UINT, BOTH, GROUP_NONE, AT(jobs) },
	{ "--no-fail-fast", NULL, NULL, "go on when a test fails", OPTION_FLAG, BOTH, GROUP_NONE, AT(no_fail_fast) },
	{ "--repeat", "N", NULL, "run each test of a solve world N times and compare", OPTION_UINT, BOTH, GROUP_NONE, AT(repeat) },
	{ "--junit", "FILE", NULL, "also write JUnit XML", OPTION_TEXT, BOTH, GROUP_NONE, AT(junit) },
	{ "--json", "MODE", NULL, "JSON on a terminal too; --json=off: text in a pipe too", OPTION_MODE, BOTH, GROUP_NONE, AT(json) },
	{ "--keep-artifacts", NULL, NULL, "keep driver and executable of each test", OPTION_FLAG, BOTH, GROUP_NONE, AT(keep_artifacts) },
	{ "--artifact-dir", "DIR", NULL, "where they go (default: target/x07test)", OPTION_TEXT, BOTH, GROUP_NONE, AT(artifact_dir) },
	{ "--verbose", NULL, NULL, "as text: tests that passed, too", OPTION_FLAG, BOTH, GROUP_NONE, AT(verbose) },
	{ "--stdlib-lock", "FILE", NULL, NULL, OPTION_TEXT, BOTH, GROUP_NONE, AT(stdlib_lock) },
	{ "--compat", "C", NULL, NULL, OPTION_TEXT, BOTH, GROUP_NONE, AT(compat) },
};
#undef AT

#define SPEC(rows, program, operands) { rows, ARRAY_LEN(rows), program, operands, false, 0, false, NULL }
static const struct cmd x07_commands[] = {
	{ "init", "[DIR]", "create a project in DIR or here", NULL,
	  SPEC(init_rows, OPTION_IN_X07, 1), sizeof(struct init_options), cmd_init },
	{ "policy init", "--template NAME", "write a base policy for the sandbox profile", NULL,
	  SPEC(policy_init_rows, OPTION_IN_X07, 0), sizeof(struct policy_init_options), cmd_policy_init },
	{ "policy check", "FILE..", "find every fault of a policy, and what cannot be enforced",
	  "Exit status: 0 valid, 3 not valid, 2 usage or a file that cannot be read.\n",
	  SPEC(policy_check_rows, OPTION_IN_X07, OPERANDS_MAX), sizeof(struct policy_options), cmd_policy_check },
	{ "policy show", "[FILE]", "print the policy that a run would have, and who enforces it", NULL,
	  SPEC(policy_show_rows, OPTION_IN_X07, 1), sizeof(struct policy_options), cmd_policy_show },
	{ "policy explain", "WHAT SUBJECT", "allow or deny, which rule decides, what would allow it",
	  "WHAT SUBJECT: fs.read PATH, fs.write PATH, net HOST:PORT, env KEY, exec PATH.\n"
	  "Exit status: 0 allowed, 1 denied, 2 usage, 3 the policy is not valid.\n",
	  SPEC(policy_explain_rows, OPTION_IN_X07, 2), sizeof(struct policy_options), cmd_policy_explain },
	{ "policy diff", "BASE DERIVED", "what one policy allows and another does not",
	  "Exit status: 0 the same in effect, 1 different, 2 usage, 3 a policy is not valid.\n",
	  SPEC(policy_diff_rows, OPTION_IN_X07, 2), sizeof(struct policy_options), cmd_policy_diff },
	{ "policy promote", "DERIVED", "move what a derived policy allows into its base policy", NULL,
	  SPEC(policy_promote_rows, OPTION_IN_X07, 1), sizeof(struct policy_options), cmd_policy_promote },
	{ "policy observe", "[-- ARGS..]", "run a program and write the smallest policy that it needs",
	  "Takes the options of `x07 run`. Writes the policy and, beside it, a page for review.\n"
	  "Exit status: 0 the program succeeded, 1 it did not (the policy is written all the same),\n"
	  "2 usage, policy or system error.\n",
	  { run_rows, ARRAY_LEN(run_rows), OPTION_IN_X07 | OPTION_IN_OBSERVE, 0, true, GROUP_INPUT, false, NULL },
	  sizeof(struct run_command_options), cmd_policy_observe },
	{ "run", "[-- ARGS..]", "compile and run a program under its policy, print a report",
	  "The report is one JSON document on standard output, on a terminal shortened to a screen;\n"
	  "the program's output is its `solve_output_b64`, and on a terminal the summary shows it. Input: one of --input, --stdin, --input-b64, `-- ARGS` (argv_v1),\n"
	  "else the profile's `input`, else what is piped in.\n"
	  "Exit status: 0 the program succeeded, 1 it does not compile or did not succeed,\n"
	  "2 usage, policy or system error, 3 a derived policy breaks its schema.\n",
	  { run_rows, ARRAY_LEN(run_rows), OPTION_IN_X07, 0, true, GROUP_INPUT, false, NULL },
	  sizeof(struct run_command_options), cmd_run },
	{ "test", "", "run the tests of a project, each in a sandbox of its own, and print a report",
	  "Exit status: 0 every test came out as expected, 10 one did not, 11 one does not compile,\n"
	  "12 one did not run to its end or the manifest is at fault, 2 usage or system error.\n",
	  SPEC(test_rows, OPTION_IN_X07, 0), sizeof(struct test_options), cmd_test },
	{ "check", "[FILE|PROJECT]", "tell all errors of a project, run nothing",
	  "Exit status: 0 no error, 1 the program does not compile, 2 usage or system error.\n",
	  SPEC(check_rows, OPTION_IN_X07, 1), sizeof(struct check_options), cmd_check },
	{ "doctor", "", "try everything that runs and packages need; say how to mend what is missing",
	  "Opens no socket to another host unless a registry is configured, the lock here names one,\n"
	  "or --registry is given; never with X07_OFFLINE=1.\n"
	  "Exit status: 0 `x07 run --profile sandbox` would start, 1 it would not, 2 usage.\n",
	  SPEC(doctor_rows, OPTION_IN_X07, 0), sizeof(struct doctor_options), cmd_doctor },
	{ "explain", "[CODE]", "say what a code of a message or a report means; without CODE list all", NULL,
	  SPEC(explain_rows, OPTION_IN_X07, 1), sizeof(struct explain_options), cmd_explain },
	{ "pkg", "COMMAND [ARGS..]", "add, lock, install and publish packages", NULL,
	  { NULL, 0, OPTION_IN_X07, 0, false, 0, true, CMD_PKG_WORDS }, 0, cmd_delegate_pkg },
	{ "registry", "COMMAND [ARGS..]", "build, serve and check a registry of packages", NULL,
	  { NULL, 0, OPTION_IN_X07, 0, false, 0, true, CMD_REGISTRY_WORDS }, 0, cmd_delegate_pkg },
	{ "completion", "bash|zsh|fish", "print a completion script for a shell", NULL,
	  { NULL, 0, OPTION_IN_X07, 1, false, 0, false, NULL }, 0, cmd_completion },
	{ "help", "[COMMAND..]", "print help on a command", NULL,
	  { NULL, 0, OPTION_IN_X07, 2, false, 0, false, NULL }, 0, cmd_help },
};

static const struct cmd runner_commands[] = {
	{ "", "", "compile and run one program or project, print a report",
	  "Exit status: 0 the program succeeded, 1 it does not compile or did not succeed,\n"
	  "2 usage, policy or system error.\n",
	  SPEC(run_rows, OPTION_IN_RUNNER, 0), sizeof(struct run_command_options), cmd_os_runner },
};
/* clang-format on */

const struct program program_x07 = {
    .name = "x07",
    .summary = "create, compile and run x07 programs under a policy that the kernel enforces",
    .commands = x07_commands,
    .count = ARRAY_LEN(x07_commands),
    .no_json = true,
};

const struct program program_os_runner = {
    .name = "x07-os-runner",
    .summary = "compile and run one x07 program; the engine of `x07 run`",
    .commands = runner_commands,
    .count = ARRAY_LEN(runner_commands),
};
