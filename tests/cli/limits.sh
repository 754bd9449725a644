#!/bin/sh
# SPDX-License-Identifier: MIT
# A limit that ends a program says its name, its value and what raises it, in the trap or trap_help
# and on standard error; and a policy with little memory runs.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
use_os
new_project demo
cp .x07/policies/base/cli.sandbox.base.policy.json base.json
policy() { # policy FIELD VALUE..: p.json with these limits
	ops=
	while [ $# -gt 0 ]; do
		ops="$ops${ops:+,}{\"op\":\"replace\",\"path\":\"/limits/$1\",\"value\":$2}"
		shift 2
	done
	printf '[%s]' "$ops" | "${X07_BUILD_DIR:?}/tests/jsonpatch" base.json >p.json
}
run() { expect "$1" x07 run --profile sandbox --policy p.json --input-b64 ''; }
# named WORD..: the words stand in the report's help and on standard error.
named() {
	help=$(field /solve/trap_help)
	for word in "$@"; do
		case $help in *"$word"*) ;; *) fail "no '$word' in trap_help '$help'" ;; esac
		says err "$word"
	done
}

module '["begin", ["let", "n", 0], ["for", "i", 0, 2000000000, ["set", "n", ["+", "n", "i"]]],
  ["bytes.alloc", 0]]'
policy cpu_ms 300 wall_ms 20000
expect 1 x07 run --profile sandbox --policy p.json --input-b64 '' --solve-fuel 9000000000000 --opt=fast
is /solve/trap "processor time used up: cpu_ms=300"
named cpu_ms=300 /limits/cpu_ms p.json:
policy cpu_ms 20000 wall_ms 300
expect 1 x07 run --profile sandbox --policy p.json --input-b64 '' --solve-fuel 9000000000000 --opt=fast
is /solve/trap "timed out"
named wall_ms=300 /limits/wall_ms p.json:
expect 1 x07 run --profile sandbox --policy p.json --input-b64 '' --solve-fuel 1000 --opt=fast
named solve_fuel=1000 --solve-fuel

# Little memory: the arena follows the policy.
module '["bytes.alloc", 10]'
for bytes in 1048576 2097152 16777216 67108863; do
	policy mem_bytes "$bytes"
	run 0
	is /solve/solve_output_b64 AAAAAAAAAAAAAA==
done
module '["bytes.alloc", 3000000]'
policy mem_bytes 2097152
run 1
is /solve/trap "out of memory"
named mem_bytes=2097152 /limits/mem_bytes p.json:
policy mem_bytes 134217728
expect 1 x07 run --profile sandbox --policy p.json --input-b64 '' --max-memory-bytes 1048576
named max_memory_bytes=1048576 --max-memory-bytes
expect 1 x07 run --profile sandbox --policy p.json --input-b64 '' --max-output-bytes 1000
named max_output_bytes=1000 --max-output-bytes
