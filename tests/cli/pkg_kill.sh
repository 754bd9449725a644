#!/bin/sh
# SPDX-License-Identifier: MIT
# kill -9 at system calls that change something: afterwards the next command succeeds by itself, and
# x07.json and x07.lock.json are both old or both new. pkg_kill.sh [STRIDE]: KILL_STRIDE=1 kills at
# every such call, as the target soak_pkg does; otherwise at every n-th, beginning with the KILL_SEED-th.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
# The leak check of a sanitized build wants to trace by itself.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
stride=${KILL_STRIDE:-${1:-9}}
seed=${KILL_SEED:-4}
printf 'KILL_STRIDE=%s KILL_SEED=%s\n' "$stride" "$seed"

# before: the project and the store as they are; after: what the command makes of them.
snapshot() {
	rm -rf "$1"
	mkdir "$1"
	cp -a "$TEST_TMP/work" "$1/work"
	[ ! -d "$X07_PKG_HOME" ] || cp -a "$X07_PKG_HOME" "$1/home"
}
restore() {
	rm -rf "$TEST_TMP/work" "$X07_PKG_HOME"
	cp -a "$1/work" "$TEST_TMP/work"
	[ ! -d "$1/home" ] || cp -a "$1/home" "$X07_PKG_HOME"
	cd "$TEST_TMP/work"
}
is_state() { cmp -s x07.json "$1/work/x07.json" && cmp -s x07.lock.json "$1/work/x07.lock.json"; }
is_one_of_both() {
	is_state "$TEST_TMP/before" || is_state "$TEST_TMP/after" || fail "$what, call $n: $1"
}
# Nothing of dead processes stays once somebody has had project and store for himself.
is_clean() {
	[ "$(ls .x07/tmp)" = pkg.lock ] || fail "$what, call $n: left in .x07/tmp: $(ls .x07/tmp)"
	[ ! -d "$X07_PKG_HOME/store/tmp" ] || [ -z "$(ls "$X07_PKG_HOME/store/tmp")" ] ||
		fail "$what, call $n: left in the store: $(ls "$X07_PKG_HOME/store/tmp")"
}

# What comes after a kill; each second time the command that mends is killed as well.
mend() {
	if [ $((kills % 2)) -eq 0 ]; then
		status=0
		kill_at $((n * 37 % 97 + 1)) x07 pkg sync >/dev/null 2>&1 || status=$?
		case $status in 0 | 137) ;; *) fail "$what, call $n: sync ended with $status" ;; esac
	fi
	# A reader, alone, brings the two files together.
	x07 pkg lock --check --offline >/dev/null 2>&1 || :
	is_one_of_both "x07.json and lock are neither old nor new"
	expect 0 x07 pkg sync
	expect 0 x07 pkg lock --check
	is_one_of_both "sync changed the project"
}

# torment NAME LEAST COMMAND...: the command from the state "before", killed at its n-th call, for
# all n of the stride; there are at least LEAST calls, else it did not do what it is called.
torment() {
	what=$1
	least=$2
	shift 2
	cd "$TEST_TMP/work"
	snapshot "$TEST_TMP/before"
	expect 0 "$@"
	snapshot "$TEST_TMP/after"
	n=$((seed % stride + 1))
	kills=0
	while :; do
		restore "$TEST_TMP/before"
		status=0
		kill_at "$n" "$@" >/dev/null 2>&1 || status=$?
		[ "$status" -ne 0 ] || break
		[ "$status" -eq 137 ] || fail "$what, call $n: exit status $status"
		kills=$((kills + 1))
		mend
		# And the command itself, again, does what it would have done.
		if is_state "$TEST_TMP/before"; then
			expect 0 "$@"
		fi
		is_state "$TEST_TMP/after" || fail "$what, call $n: the second try differs"
		expect 0 x07 pkg sync
		is_clean
		n=$((n + stride))
	done
	[ "$n" -gt "$least" ] || fail "$what has only $n calls"
	restore "$TEST_TMP/after"
	printf '%s: %s kills\n' "$what" "$kills"
}

pkg_project "$TEST_TMP/work"
expect 0 x07 pkg lock
torment "add from an empty store" 300 x07 pkg add alpha --sync
torment "add what is stored" 200 x07 pkg add gamma@1.0.0 --sync
torment "remove" 100 x07 pkg remove alpha --sync
torment "lock again" 90 x07 pkg lock --lock-version 0.3
rm -rf .x07/deps
torment "sync" 90 x07 pkg sync
"$X07_BUILD_DIR/tests/file_server" "$TEST_TMP/reg" >"$TEST_TMP/port" &
server=$!
until [ -s "$TEST_TMP/port" ]; do sleep 0.05; done
X07_PKG_INDEX_URL="http://127.0.0.1:$(cat "$TEST_TMP/port")/index/"
rm -rf "$X07_PKG_HOME/store"
torment "add over HTTP" 300 x07 pkg add alpha --sync
kill "$server"
X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/reg/index/"
torment "gc" 60 x07 pkg gc --max-age-days 0 --verify
