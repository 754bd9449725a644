#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 killed while one of its processes is held at each step of the start in turn: nothing stays.
#   kill_start.sh spawn|run|net|fetch|unpack [STEP]
# The child that builds the sandbox is held at each system call up to the program. STEP, or else
# KILL_STEP: of how many calls one is tried where there are hundreds (default 23; 1 = each).
# shellcheck source-path=SCRIPTDIR source=../cli/lib.sh
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
# shellcheck source-path=SCRIPTDIR source=kill_lib.sh
. "$X07_SOURCE_DIR/tests/sandbox/kill_lib.sh"
step=${KILL_STEP:-${2:-23}}

# kill_start [OPTIONS] PROCESS COMMAND..
kill_start() {
	"$X07_BUILD_DIR/tests/kill_start" "$@" || fail "kill_start $*"
}
case $1 in
spawn)
	# A sandbox with processes of its own: the keeper of its cgroup, process 1, the program.
	guest=$X07_BUILD_DIR/tests/probe_guest
	runner=$X07_BUILD_DIR/tests/run_forever
	memory=$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)
	pids=$(sed -n 's/^[0-9]*:pids://p' /proc/self/cgroup)
	unified=$(sed -n 's/^0:://p' /proc/self/cgroup)
	spawner() {
		kill_start -g "/sys/fs/cgroup/memory$memory/x07-%ld-*" -g "/sys/fs/cgroup/pids$pids/x07-%ld-*" \
			-g "/sys/fs/cgroup$unified/x07-%ld-*" "$@" "$runner" "$guest" rest
	}
	spawner -n "$step" self
	spawner -n $((step / 7 + 1)) fork:1
	spawner -l 40 fork:2
	spawner -f 41 -n $((step / 3 + 1)) fork:2
	spawner -n "$step" fork:3
	for signal in 2 15; do
		spawner -s $signal -n "$step" self
		spawner -s $signal -n "$step" fork:2
	done
	;;
run)
	sleeper "$TEST_TMP/demo"
	files >"$TEST_TMP/before"
	# The child that builds the sandbox, up to the program and in it; then x07 itself.
	kill_start -l 40 fork:1 x07 run --profile sandbox
	kill_start -f 41 -n $((step / 3 + 1)) fork:1 x07 run --profile sandbox
	kill_start -n "$step" self x07 run --profile sandbox
	# A run that ends, in the calls that write its report: the last of x07's.
	expect 0 x07 run --profile sandbox --input "$TEST_TMP/end" --report-out report.json
	kill_start -s 15 -e -f 190 -n $((step / 50 + 1)) -g "$PWD/.report.json.*" \
		self x07 run --profile sandbox --input "$TEST_TMP/end" --report-out report.json
	files >"$TEST_TMP/before"
	for signal in 2 15; do
		kill_start -s $signal -n "$step" fork:1 x07 run --profile sandbox
		kill_start -s $signal -n "$step" self x07 run --profile sandbox
	done
	files | diff "$TEST_TMP/before" - || fail "files were left behind"
	;;
net)
	net_sleeper "$TEST_TMP/demo"
	files >"$TEST_TMP/before"
	kill_start -n "$step" fork:2 x07 run --profile sandbox
	kill_start -l 40 -n $((step / 7 + 1)) fork:1 x07 run --profile sandbox
	for signal in 2 15; do
		kill_start -s $signal -n $((4 * step)) fork:2 x07 run --profile sandbox
	done
	files | diff "$TEST_TMP/before" - || fail "files were left behind"
	;;
fetch | unpack)
	# shellcheck source-path=SCRIPTDIR source=../cli/pkg_lib.sh
	. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
	small_registry
	pkg_project "$TEST_TMP/demo"
	fresh="rm -rf $X07_PKG_HOME $TEST_TMP/demo; mkdir $TEST_TMP/demo; cp $TEST_TMP/x07.json $TEST_TMP/demo"
	cp x07.json "$TEST_TMP/x07.json"
	cd "$TEST_TMP"
	# adder SYNC [OPTIONS] PROCESS: SYNC is --sync or nothing.
	adder() {
		sync=$1
		shift
		# shellcheck disable=SC2086
		kill_start -e -b "$fresh" "$@" x07 pkg add alpha $sync --project "$TEST_TMP/demo/x07.json"
	}
	if [ "$1" = fetch ]; then
		"$X07_BUILD_DIR/tests/file_server" "$TEST_TMP/reg" >"$TEST_TMP/port" &
		until [ -s "$TEST_TMP/port" ]; do sleep 0.05; done
		X07_PKG_INDEX_URL="http://127.0.0.1:$(cat "$TEST_TMP/port")/index/"
		adder "" -n "$step" fork:1
		adder "" -s 15 -n $((4 * step)) fork:1
	else
		adder --sync -n $((step / 3 + 1)) fork:1
		adder --sync -n $((step / 3 + 1)) fork:2
		adder --sync -s 15 -n "$step" fork:1
	fi
	;;
*) fail "unknown part '$1'" ;;
esac
