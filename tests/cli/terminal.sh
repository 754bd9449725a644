#!/bin/sh
# SPDX-License-Identifier: MIT
# Nothing that a program, a project or a command line says can drive the terminal: on standard error
# control characters are '?', in the report they are escaped.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
printf hello >in.bin
run() { x07 run --profile sandbox --input in.bin "$@"; }
esc=$(printf '\033')
c1=$(printf '\302\233')
# raw STREAM: ESC, BEL, CR, DEL, the C1 control CSI or a bidi override reached it.
raw() { LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xae' "$TEST_TMP/$1"; }
clean() {
	! raw out || fail "control characters in the report"
	! raw err || fail "control characters on standard error"
}
# The check itself can fail.
printf 'a\302\233m' >"$TEST_TMP/out"
raw out || fail "the check sees no C1 control"

# A trap that names a path of the program's choice.
module '["std.os.fs.read_file", ["bytes.lit", "x\u001b[2J\u009b1m\u202ey\u007f"]]' '"std.os.fs"'
expect 1 run
says err "open failed"
says err "x?[2J?1m?y?"
clean
# A refusal with such a subject.
module '["std.os.fs.read_file", ["bytes.lit", "../x\u001b[2J\u009b1m"]]' '"std.os.fs"'
expect 1 run
says err "was refused"
clean
# Diagnostics, names of profiles and of files.
module '["no.such\u001b[31m", "b"]'
expect 1 run
clean
expect 2 run --profile "x${esc}[2J$c1"
clean
expect 2 run --input "no${esc}such"
clean
sed -i 's/"sandbox": {/"\\u001b[2J": { "world": "run-os" }, "sandbox": {/' x07.json
expect 2 run --profile nope
clean
mkdir "$TEST_TMP/d${esc}[31m"
cd "$TEST_TMP/d${esc}[31m"
expect 0 x07 init
clean
expect 2 x07 run --profile sandbox
clean

# The commands of policies: what the question and the documents hold.
cd "$TEST_TMP/demo"
evil='x\u001b[2J\u009b1m\u202ey\u007f'
x07 policy init --template cli --out a.json >/dev/null
sed -e "s/\"read_roots\": \[/\"read_roots\": [\"$evil\", /" -e "s/\"notes\": \"/\"notes\": \"$evil/" a.json >b.json
for emit in text json; do
	set --
	[ $emit = json ] || set -- --emit text
	for what in fs.read fs.write env exec; do
		got=0
		x07 policy explain $what "x${esc}[2J$c1" --policy a.json "$@" >"$TEST_TMP/out" 2>"$TEST_TMP/err" || got=$?
		[ $got -le 1 ] || fail "explain $what"
		clean
	done
	expect 1 x07 policy diff a.json b.json "$@"
	clean
	expect 0 x07 policy show b.json "$@"
	clean
	expect 0 x07 policy promote --into a.json --dry-run b.json "$@"
	clean
done
expect 2 x07 policy explain net "x${esc}[2J:1" --policy a.json
clean
sed "s/\"cpu_ms\"/\"$evil\"/" a.json >c.json
expect 3 x07 policy check c.json
clean
expect 2 x07 run --profile sandbox --input in.bin --policy c.json
clean
expect 2 x07 run --profile sandbox --input in.bin --policy "no${esc}[2J"
clean
expect 2 x07 policy init --template "x${esc}[2J"
clean
expect 2 x07 policy init --template cli --policy-id "x${esc}[2J" --force
clean
