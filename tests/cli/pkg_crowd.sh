#!/bin/sh
# SPDX-License-Identifier: MIT
# Eight processes on one project, and eight projects on one store: every command succeeds, nothing
# is lost, and who has to wait is told for whom. pkg_crowd.sh [ROUNDS]; CROWD_ROUNDS is 50 in the
# target soak_pkg.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
rounds=${CROWD_ROUNDS:-${1:-4}}
all="1 2 3 4 5 6 7 8"
set --
for i in $all; do
	set -- "$@" "p$i@1.0.0:shared@>=1.0.0 <2.0.0"
done
mkregistry "$TEST_TMP/reg" 3 2000 shared@1.0.0 shared@1.1.0 "$@"
export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/reg/index/"

# crowd NAME FUNCTION: eight at the same time; each must succeed. FUNCTION gets a number.
crowd() {
	pids=
	for i in $all; do
		"$2" "$i" >"$TEST_TMP/out.$i" 2>"$TEST_TMP/err.$i" &
		pids="$pids $!"
	done
	i=0
	bad=
	for pid in $pids; do
		i=$((i + 1))
		wait "$pid" || bad="$bad $i"
	done
	for i in $bad; do
		cat "$TEST_TMP/out.$i" "$TEST_TMP/err.$i" >&2
	done
	[ -z "$bad" ] || fail "$1, round $round: failed:$bad"
}
add_one() { x07 pkg add "p$1" --sync; }
remove_one() { x07 pkg remove "p$1" --sync; }
mixed_one() {
	case $1 in
	1) x07 pkg add p1 --sync ;;
	2) x07 pkg remove p2 --sync ;;
	3 | 4) x07 pkg sync ;;
	5 | 6) x07 pkg lock ;;
	*) x07 pkg lock --check ;;
	esac
}

round=0
pkg_project "$TEST_TMP/one"
expect 0 x07 pkg lock
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	[ $((round % 2)) -eq 0 ] || rm -rf "$X07_PKG_HOME/store"
	crowd "eight additions" add_one
	for i in $all; do
		listed "p$i/1.0.0"
		installed "p$i/1.0.0"
	done
	installed shared/1.1.0
	expect 0 x07 pkg lock --check
	expect 0 x07 pkg remove p1 --sync
	crowd "eight different commands" mixed_one
	expect 0 x07 pkg lock --check
	listed p1/1.0.0
	not_listed p2
	not_installed p2/1.0.0
	expect 0 x07 pkg add p2 --sync
	crowd "eight removals" remove_one
	not_listed shared
	not_installed shared
	expect 0 x07 pkg lock --check
done

# Eight projects, one store that is not there, then one that is full, then one with a damaged entry.
for i in $all; do
	(
		pkg_project "$TEST_TMP/many$i"
		for k in $all; do
			x07 pkg add "p$k" >/dev/null
		done
	)
done
in_own() {
	cd "$TEST_TMP/many$1"
	rm -rf .x07/deps
	x07 pkg sync
	x07 pkg lock --check
}
in_own_or_clear() {
	[ "$1" -ne 4 ] || x07 pkg gc --max-age-days 0
	in_own "$1"
}
damage() {
	file=$(find "$X07_PKG_HOME/store/sha256" -name "m$round.x07.json" -o -name m1.x07.json | sort | head -1)
	"$X07_BUILD_DIR/tests/flip_byte" "$round" "$file" >"$TEST_TMP/flipped"
}
round=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	rm -rf "$X07_PKG_HOME/store"
	crowd "empty store" in_own
	crowd "full store" in_own
	damage
	crowd "damaged store" in_own
	crowd "a store that somebody clears" in_own_or_clear
	for i in $all; do
		diff -r "$TEST_TMP/many1/.x07/deps" "$TEST_TMP/many$i/.x07/deps" >/dev/null ||
			fail "round $round: project $i has other packages than project 1"
	done
done
for i in $all; do
	(in_own "$i" >"$TEST_TMP/out")
done
[ "$(find "$X07_PKG_HOME/store/sha256" -mindepth 2 -maxdepth 2 | wc -l)" -eq 9 ] ||
	fail "the store holds $(ls "$X07_PKG_HOME/store/sha256")"
cd "$TEST_TMP/many1"
expect 0 x07 pkg lock
[ -z "$(ls "$X07_PKG_HOME/store/tmp")" ] || fail "left in the store: $(ls "$X07_PKG_HOME/store/tmp")"

# Who waits is told for whom; who does not want to wait is told so with a code.
"$X07_BUILD_DIR/tests/file_server" "$TEST_TMP/reg" 1500 >"$TEST_TMP/port" &
server=$!
until [ -s "$TEST_TMP/port" ]; do sleep 0.05; done
pkg_project "$TEST_TMP/slow"
x07 pkg add p1 --sync --index "http://127.0.0.1:$(cat "$TEST_TMP/port")/index/" >"$TEST_TMP/slow.out" 2>&1 &
holder=$!
until [ -s .x07/tmp/pkg.lock ]; do sleep 0.05; done
expect 20 x07 pkg lock --wait 0
is /error/code X07PKG_PROJECT_BUSY
says out "(x07 pkg add) holds the project"
expect 0 x07 pkg lock --wait 60
says err "waiting: process "
says err "(x07 pkg add) has this project"
wait "$holder" || fail "the slow one: $(cat "$TEST_TMP/slow.out")"
grep -q "process $holder (" "$TEST_TMP/err" || fail "the message names another process than $holder"
listed p1/1.0.0
kill "$server"
