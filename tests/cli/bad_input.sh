#!/bin/sh
# SPDX-License-Identifier: MIT
# Manifest, policy, program and input that are missing, damaged or hostile: one clear diagnostic
# with file and place, the right exit status, no crash, nothing half written.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
printf hello >in.bin
cp -r . "$TEST_TMP/good"
run() { x07 run --profile sandbox --input in.bin "$@"; }
restore() {
	rm -rf "$TEST_TMP/demo"
	cp -r "$TEST_TMP/good" "$TEST_TMP/demo"
	cd "$TEST_TMP/demo"
}
nested() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "["; for (i = 0; i < n; i++) printf "]" }'; }

# damage FILE KIND
damage() {
	case $2 in
	missing) rm "$1" ;;
	directory) rm "$1" && mkdir "$1" ;;
	empty) : >"$1" ;;
	truncated) head -c 60 "$TEST_TMP/good/$1" >"$1" ;;
	not-json) echo 'hello there' >"$1" ;;
	array) echo '[]' >"$1" ;;
	nested) nested 100000 >"$1" ;;
	not-utf8) sed 's/"schema_version"/"sch\xff"/' "$TEST_TMP/good/$1" >"$1" ;;
	fifo) rm "$1" && mkfifo "$1" ;;
	device) rm "$1" && ln -s /dev/zero "$1" ;;
	loop) rm "$1" && ln -s "${1##*/}" "$1" ;;
	nul) printf '{"schema_version\000": 1}' >"$1" ;;
	version) sed 's/\("schema_version": *"[^@]*\)@[0-9.]*"/\1@9.9.9"/' "$TEST_TMP/good/$1" >"$1" ;;
	large) (cat "$TEST_TMP/good/$1" && head -c 20000000 /dev/zero | tr '\0' ' ') >"$1" ;;
	esac
}
kinds='missing directory empty truncated not-json array nested not-utf8 nul version large'

# check FILE STATUS STDERR-TEXT
check() {
	for kind in $kinds; do
		restore
		damage "$1" "$kind"
		expect "$2" run
		says err "${1##*/}"
		[ "$2" -eq 1 ] || silent out
		case $kind in
		missing | directory | large) ;;
		*) grep -qE 'error\[[A-Z0-9_-]+\]: ' "$TEST_TMP/err" || fail "$1 $kind: no diagnostic" ;;
		esac
		[ "$(wc -c <"$TEST_TMP/err")" -lt 4000 ] || fail "$1 $kind: too much text"
		for stray in .*.tmp; do
			[ ! -e "$stray" ] || fail "$1 $kind: $stray stayed behind"
		done
	done
}

check x07.json 2
check .x07/policies/base/cli.sandbox.base.policy.json 2

# Program files: unreadable ones are exit 2, faults in them are compile errors with a report.
for case in 'src/main.x07.json 2' 'src/app.x07.json 1'; do
	file=${case% *}
	for kind in empty truncated not-json array nested not-utf8 nul version; do
		restore
		damage "$file" $kind
		expect 1 run
		is /compile/ok false
		says err "${file##*/}"
	done
	restore
	damage "$file" large
	expect "${case#* }" run
	says err "${file##*/}: larger than"
done
for kind in missing directory fifo device loop; do
	restore
	damage src/main.x07.json $kind
	expect 2 run
	says err "X07ENTRY_READ"
done
restore
rm src/app.x07.json
expect 1 run
says out "unknown module"

# What is no file at all is not waited for: a pipe that nobody writes, a device without end.
for file in x07.json src/app.x07.json .x07/policies/base/cli.sandbox.base.policy.json; do
	for kind in fifo device loop; do
		restore
		damage $file $kind
		got=0
		timeout 20 x07 run --profile sandbox --input in.bin >"$TEST_TMP/out" 2>"$TEST_TMP/err" || got=$?
		[ $got -eq 1 ] || [ $got -eq 2 ] || fail "$file as $kind: exit status $got"
		says err "${file##*/}"
	done
done

# The message of a missing policy says how to make it.
restore
rm .x07/policies/base/cli.sandbox.base.policy.json
expect 2 run
says err "policy file is missing"
says err "x07 policy init --template cli"

# Schema faults: every one, with pointer and position.
restore
edit_policy '"cpu_ms": 60000' '"cpu_ms": 0'
edit_policy '"fds": 128' '"fds": "many"'
expect 2 run
says err "X07-POLICY-SCHEMA-0001"
says err "/limits/cpu_ms"
says err "/limits/fds"
grep -qE 'policy\.json:[0-9]+:[0-9]+: ' "$TEST_TMP/err" || fail "no position"

# Profiles and worlds.
restore
expect 2 x07 run --input in.bin --profile nope
says err "os, sandbox"
expect 2 x07 run --profile sandbox --project "$TEST_TMP/nowhere"
says err "X07PROJECT_READ"
cd "$TEST_TMP"
mkdir alone
cd alone
expect 2 x07 run
silent out
