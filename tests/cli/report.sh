#!/bin/sh
# SPDX-License-Identifier: MIT
# The report: fields, order, wrapped form, files, and a report for a program that does not compile.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
printf hello >in.bin
run() { x07 run --profile sandbox --input in.bin "$@"; }

expect 0 run
silent err
is /schema_version x07-os-runner.report@0.5.0
is /mode project-compile-run
is /world run-os-sandboxed
is /exit_code 0
is /solve/solve_output_b64 aGVsbG8=
is /solve_output_b64 aGVsbG8=
is /solve/ok true
is /solve/exit_status 0
is /solve/trap null
is /solve/stdout_b64 BQAAAGhlbGxv
is /compile/ok true
is /compile/lang_id x07-core@0.2.0
is /compile/compile_error null
for key in compile/c_source_size compile/compiled_exe compile/compiled_exe_size compile/exit_status \
	compile/fuel_used compile/native_requires/schema_version compile/stderr_b64 \
	compile/stdout_b64 compile/trap solve/debug_stats solve/fs_list_dir_calls \
	solve/fs_read_file_calls solve/fuel_used solve/heap_used solve/kv_get_calls \
	solve/kv_set_calls solve/mem_stats/alloc_calls solve/mem_stats/peak_live_bytes \
	solve/rr_append_calls solve/rr_next_calls solve/sched_stats/tasks_spawned \
	solve/sched_stats/sched_trace_hash solve/stderr_b64; do
	field "/$key" >/dev/null
done
[ "$(field /solve/fuel_used)" -gt 0 ] || fail "no fuel was used"
jsonq --sorted <"$TEST_TMP/out" || fail "the report is not sorted"
[ "$(head -1 "$TEST_TMP/out")" = '{' ] || fail "the report is not indented"
# The write root is absent and reported as such; the run went on and did not create it.
says out '"present": false'
[ ! -e out ] || fail "the run created out/"

expect 0 run --report wrapped
is /schema_version x07.run.report@0.3.0
is /runner os
is /target/kind project
is /target/project_root "$TEST_TMP/demo"
is /report/solve/ok true
jsonq --sorted <"$TEST_TMP/out" || fail "the wrapped report is not sorted"

expect 0 run --report-out r.json
cmp -s r.json "$TEST_TMP/out" || fail "--report-out differs from standard output"
expect 0 run --report-out r.json --quiet-json
silent out
expect 2 run --quiet-json
expect 2 run --report-out -
expect 2 run --report-out none/r.json

# x07-os-runner: the same engine.
expect 0 x07-os-runner --project . --world run-os-sandboxed \
	--policy .x07/policies/base/cli.sandbox.base.policy.json --input in.bin
is /solve_output_b64 aGVsbG8=
expect 0 x07-os-runner --program src/main.x07.json --module-root src --input in.bin
is /mode compile-run
is /world run-os
expect 2 x07-os-runner
expect 2 x07-os-runner --project . --world run-os-sandboxed
says err "--policy"
expect 2 x07-os-runner --project . --world solve-pure

# A program that does not compile: a report, and for people file:line:column.
module '["bytes.concat", 1]'
expect 1 run
is /exit_code 1
is /compile/ok false
is /compile/exit_status 1
is /solve null
is /compile/diagnostics/0/severity error
[ -n "$(field /compile/compile_error)" ] || fail "no compile_error"
field /compile/diagnostics/0/code >/dev/null
grep -qE '^[^ ]*src/app\.x07\.json:[0-9]+:[0-9]+: error\[[A-Z0-9_-]+\]: ' "$TEST_TMP/err" ||
	fail "no file:line:column: error[CODE] on standard error"

# A trap: exit status 1, the runtime's message is the trap.
module '["begin", ["let", "x", ["/", 1, 0]], ["view.to_bytes", "b"]]'
x07 run --profile sandbox --input in.bin >"$TEST_TMP/out" 2>"$TEST_TMP/err" || :
module '["begin", ["let", "i", 0], ["for", "i", 0, 100000000, ["let", "y", 1]], ["view.to_bytes", "b"]]'
expect 1 run --solve-fuel 1000
is /solve/ok false
says out "fuel exhausted"
says out '"trap_help"'
is /solve_output_b64 ''
says err "fuel exhausted"
