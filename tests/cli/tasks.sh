#!/bin/sh
# SPDX-License-Identifier: MIT
# Tasks under a policy and without: the statistics of the scheduler, what is left at the end, and a
# sleep that lasts as long as the policy lets it.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
use_os

# program FILE BODY: an entry with the task main.hold and this expression.
program() {
	cat >"$1" <<JSON
{ "schema_version": "x07.x07ast@0.8.0", "kind": "entry", "module_id": "main", "imports": [],
  "decls": [ { "kind": "defasync", "name": "main.hold", "params": [{ "name": "n", "ty": "i32" }, { "name": "b", "ty": "bytes" }],
      "result": "bytes", "body": ["begin", ["let", "x", ["bytes.alloc", 4000]], ["task.sleep", "n"], "b"] } ],
  "solve": $2 }
JSON
}

new_project demo
program two.x07.json '["begin",
  ["let", "a", ["main.hold", 300, ["bytes.lit", "late"]]], ["let", "b", ["main.hold", 100, ["bytes.lit", "b"]]],
  ["let", "c", ["main.hold", 900000, ["bytes.lit", "c"]]], ["let", "d", ["main.hold", 900000, ["bytes.lit", "d"]]],
  ["task.yield"], ["task.yield"], ["task.yield"], ["task.cancel", "c"], ["task.cancel", "d"],
  ["let", "e", ["main.hold", 900000, ["bytes.lit", "e"]]], ["await", "a"]]'

# with the real clock: the program lasts as long as its longest sleep
for opt in fast full; do
	begin=$(date +%s%N)
	expect 0 x07-os-runner --program two.x07.json --opt "$opt"
	took=$((($(date +%s%N) - begin) / 1000000))
	[ "$took" -ge 300 ] || fail "a sleep of 300 ms took $took ms"
	is /solve_output_b64 bGF0ZQ==
	is /solve/sched_stats/tasks_spawned 5
	is /solve/sched_stats/yield_calls 3
	is /solve/sched_stats/sleep_calls 4
	is /solve/sched_stats/blocked_waits 4
	is /solve/sched_stats/virtual_time_end 300
	is /solve/mem_stats/live_bytes 0
	is /solve/mem_stats/live_allocs 0
	hash=$(field /solve/sched_stats/sched_trace_hash)
	[ "$opt" = fast ] && first=$hash
	[ "$hash" = "$first" ] || fail "the trace depends on the compiler: $hash"
done

# in the sandbox, with a policy that allows no sleep: same order, no waiting
program long.x07.json '["begin",
  ["let", "a", ["main.hold", 900000000, ["bytes.lit", "late"]]], ["task.sleep", 800000000], ["await", "a"]]'
expect 0 x07-os-runner --program long.x07.json --world run-os-sandboxed --policy "$policy"
is /solve_output_b64 bGF0ZQ==
is /solve/sched_stats/virtual_time_end 900000000
