#!/bin/sh
# SPDX-License-Identifier: MIT
# kill -9 at every system call that changes something: afterwards the next command succeeds by
# itself, and x07.json and x07.lock.json are both old or both new.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry

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

# torment NAME COMMAND...: the command from the state "before", killed at its n-th call, for all n.
torment() {
	what=$1
	shift
	cd "$TEST_TMP/work"
	snapshot "$TEST_TMP/before"
	expect 0 "$@"
	snapshot "$TEST_TMP/after"
	n=0
	kills=0
	while :; do
		n=$((n + 1))
		restore "$TEST_TMP/before"
		status=0
		kill_at "$n" "$@" >/dev/null 2>&1 || status=$?
		[ "$status" -ne 0 ] || break
		[ "$status" -eq 137 ] || fail "$what, call $n: exit status $status"
		kills=$((kills + 1))
		# A reader, alone, brings the two files together.
		x07 pkg lock --check --offline >/dev/null 2>&1 || :
		is_state "$TEST_TMP/before" || is_state "$TEST_TMP/after" ||
			fail "$what, call $n: x07.json and lock are neither old nor new"
		expect 0 x07 pkg sync
		expect 0 x07 pkg lock --check
		is_state "$TEST_TMP/before" || is_state "$TEST_TMP/after" ||
			fail "$what, call $n: sync changed the project"
		# And the command itself, again, does what it would have done.
		if is_state "$TEST_TMP/before"; then
			expect 0 "$@"
		fi
		is_state "$TEST_TMP/after" || fail "$what, call $n: the second try differs"
		[ -z "$(find .x07/tmp -mindepth 1 ! -name pkg.lock)" ] ||
			fail "$what, call $n: left $(ls .x07/tmp)"
	done
	[ "$kills" -ge "$least" ] || fail "$what was killed $kills times only"
	restore "$TEST_TMP/after"
	printf '%s: %s kills\n' "$what" "$kills"
}

pkg_project "$TEST_TMP/work"
expect 0 x07 pkg lock
least=30
torment "add from an empty store" x07 pkg add alpha --sync
torment "add what is stored" x07 pkg add gamma@1.0.0 --sync
torment "remove" x07 pkg remove alpha --sync
least=10
torment "lock again" x07 pkg lock --lock-version 0.3
rm -rf .x07/deps
torment "sync" x07 pkg sync
