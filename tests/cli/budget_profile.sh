#!/bin/sh
# SPDX-License-Identifier: MIT
# A scope takes its limits from the project's profile, and a changed profile counts at the next run.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
module '["budget.scope_from_arch_v1", ["bytes.lit", "small"], ["bytes.alloc", 100]]'
run() { x07 run --profile sandbox "$@"; }
profile() {
	printf '{"schema_version":"x07.budget.profile@0.1.0","mode":"trap_v1"%s}\n' "$1" \
		>arch/budgets/profiles/small.budget.json
}

expect 1 run
says out 'small.budget.json'
mkdir -p arch/budgets/profiles
profile ',"alloc_bytes":1000'
expect 0 run
profile ',"alloc_bytes":99'
expect 1 run
says out X07T_BUDGET_EXCEEDED_ALLOC_BYTES
profile ',"alloc_bites":99'
expect 1 run
says out 'a member that is not known'
profile ',"alloc_bytes":-1'
expect 1 run
says out 'a cap must be a number'
profile ',"id":"large"'
expect 1 run
says out 'its id is not the name of the file'
echo '{"mode":"trap_v1"}' >arch/budgets/profiles/small.budget.json
expect 1 run
says out 'schema_version and mode are wanted'
echo '[' >arch/budgets/profiles/small.budget.json
expect 1 run
says out 'it is not a JSON object'
profile ',"alloc_bytes":100'
expect 0 run
