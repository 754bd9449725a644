#!/bin/sh
# SPDX-License-Identifier: MIT
# Unusual surroundings: few descriptors, no home, a cache that is not ours, other folders, strange
# names, a strict umask, many runs at once. A run works, or says what to change.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
printf hello >"$TEST_TMP/in.bin"
run() { x07 run --profile sandbox --input "$TEST_TMP/in.bin" "$@"; }
hello() { is /solve_output_b64 aGVsbG8=; }

# Descriptors: a low soft limit is raised, a low hard limit is named.
# shellcheck disable=SC3045
(ulimit -S -n 64 && expect 0 run && hello)
# shellcheck disable=SC3045
(ulimit -n 64 && expect 2 run && says err "ulimit -n")

# No home, an unusable cache: the run works, the report says why it will not get faster.
(unset HOME XDG_CACHE_HOME && expect 0 run && hello && says out "no image cache")
# with STATUS SETTING OPTION..
with() {
	status=$1 setting=$2
	shift 2
	expect "$status" env "$setting" x07 run --profile sandbox --input "$TEST_TMP/in.bin" "$@"
}
mkdir -m 777 "$TEST_TMP/shared"
chmod 777 "$TEST_TMP/shared"
for cache in shared in.bin; do
	with 0 X07_NATIVE_CACHE_DIR="$TEST_TMP/$cache" --opt=full
	hello
	says out "no image cache"
done
[ -z "$(ls -A "$TEST_TMP/shared")" ] || fail "a cache that others can write was used"

# Compilers: none, not there, broken.
with 0 X07_CC=no-such-compiler --opt=full
hello
says err "X07_CC names no"
with 2 X07_CC=/bin/false --opt=full
says err "false: the C compiler failed"
with 0 X07_CC=/bin/false --opt=auto
hello

# Other folders, links, spaces, newlines, and letters of all kinds.
(cd / && expect 0 run --project "$TEST_TMP/demo" && hello)
(cd / && expect 0 run --project "$TEST_TMP/demo/x07.json" && hello)
(cd src && expect 0 run && hello)
ln -s demo "$TEST_TMP/link"
(cd "$TEST_TMP/link" && expect 0 run && hello)
(cd / && expect 0 run --project "$TEST_TMP/link" && hello)
strange="$TEST_TMP/a b	ü
\$(x) 'q\""
cp -r "$TEST_TMP/demo" "$strange"
(cd "$strange" && expect 0 run && hello)

# A strict umask is kept.
(
	umask 077
	expect 0 run --compiled-out exe --report-out report.json
	for file in exe report.json; do
		[ -z "$(find $file -perm /077)" ] || fail "$file is open to others"
	done
	[ -x exe ] || fail "exe is not executable"
)

# A project that cannot be written.
if [ "$(id -u)" -ne 0 ]; then
	cp -r "$TEST_TMP/demo" "$TEST_TMP/fixed"
	chmod -R a-w "$TEST_TMP/fixed"
	(cd "$TEST_TMP/fixed" && expect 0 run && hello)
	(cd "$TEST_TMP/fixed" && expect 2 run --allow-write-root out && says err "derived policy")
	chmod -R u+w "$TEST_TMP/fixed"
fi

# Eight at once with an empty cache.
XDG_CACHE_HOME="$TEST_TMP/many"
export XDG_CACHE_HOME
for opt in full auto; do
	rm -rf "$TEST_TMP/many"
	for i in 1 2 3 4 5 6 7 8; do
		run --opt=$opt >"$TEST_TMP/out.$i" 2>"$TEST_TMP/err.$i" &
	done
	wait
	for i in 1 2 3 4 5 6 7 8; do
		[ ! -s "$TEST_TMP/err.$i" ] || fail "run $i: $(cat "$TEST_TMP/err.$i")"
		[ "$(jsonq /solve_output_b64 <"$TEST_TMP/out.$i")" = aGVsbG8= ] || fail "run $i of eight"
	done
done

# A run that is ended leaves no process behind: the sandbox dies with x07.
module '["begin", ["let", "i", 0], ["for", "j", 0, 2000000000, ["set", "i", ["+", "i", 1]]], ["bytes.lit", "x"]]'
x07 run --profile sandbox --input "$TEST_TMP/in.bin" --solve-fuel 9000000000000 --opt=fast >"$TEST_TMP/out" &
pid=$!
guest=
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	sleep 0.1
	guest=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null || :)
	guest=${guest%% *}
	[ -z "$guest" ] || [ "$(cat "/proc/$guest/comm" 2>/dev/null || :)" != x07-guest ] || break
done
[ -n "$guest" ] || fail "the program did not start"
kill -TERM "$pid" 2>/dev/null || :
wait "$pid" || :
# Dead is enough: whoever is process 1 here may be slow to reap it.
alive() { grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$guest/status" 2>/dev/null; }
for _ in 1 2 3 4 5 6 7 8 9 10; do
	alive || break
	sleep 0.1
done
! alive || fail "the program outlived x07"
