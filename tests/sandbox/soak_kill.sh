#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 killed at a random moment of a warm start, 0 to 15 ms after it: SIGKILL, SIGTERM and SIGINT,
# with and without a broker, with a report, and a sandbox with processes. No process, file, mount or
# cgroup stays. By hand: `.ci/long kill`.
# KILL_COUNT: starts for each signal and each of the four (default 2 000); KILL_SEED: the moments.
# shellcheck source-path=SCRIPTDIR source=../cli/lib.sh
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
# shellcheck source-path=SCRIPTDIR source=kill_lib.sh
. "$X07_SOURCE_DIR/tests/sandbox/kill_lib.sh"
count=${KILL_COUNT:-2000}
seed=${KILL_SEED:-$(date +%s)}
printf 'KILL_COUNT=%s KILL_SEED=%s\n' "$count" "$seed"

mounts() { sort /proc/self/mounts; }
groups() { find /sys/fs/cgroup -type d -name 'x07-*' 2>/dev/null | sort; }
state() {
	files
	mounts
	groups
}
# soak NAME COMMAND..
soak() {
	name=$1
	shift
	state >"$TEST_TMP/before"
	for signal in 9 15 2; do
		printf '%s, ' "$name"
		"$X07_BUILD_DIR/tests/kill_soon" "$signal" "$count" "$seed" "$@" || fail "$name, signal $signal"
		state | diff "$TEST_TMP/before" - || fail "$name, signal $signal: left behind (above)"
		seed=$((seed + 1))
	done
}

sleeper "$TEST_TMP/demo"
soak "without network" x07 run --profile sandbox
# A run that ends, and may be killed while it replaces its report.
expect 0 x07 run --profile sandbox --input "$TEST_TMP/end" --report-out report.json
soak "with a report" x07 run --profile sandbox --input "$TEST_TMP/end" --report-out report.json
net_sleeper "$TEST_TMP/net"
soak "with a broker" x07 run --profile sandbox
soak "with processes" "$X07_BUILD_DIR/tests/run_forever" "$X07_BUILD_DIR/tests/probe_guest" rest
