#!/bin/sh
# SPDX-License-Identifier: MIT
# What `x07 run` shows a person at a terminal, and what it gives a pipe: the report, the program's
# output, or both, each where it was asked for.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
on_tty() { "$X07_BUILD_DIR/tests/on_tty" "$@"; }
screen() { tr -d '\r' <"$TEST_TMP/out" >"$TEST_TMP/seen"; }
last() { [ "$(tail -1 "$TEST_TMP/seen" | cut -c 1-"${#1}")" = "$1" ] || fail "the last line is not '$1'"; }

new_project demo
use_os
printf hello >in.bin
run() { x07 run --profile sandbox --input in.bin "$@"; }

# A pipe has every field, and nothing for people.
expect 0 run
silent err
is /solve/kv_get_calls 0
field /solve/stderr_b64 >/dev/null
cp "$TEST_TMP/out" "$TEST_TMP/whole"

# A terminal has a screen: no zeros, no base64 of metrics, the output as text, the status last.
expect 0 on_tty x07 run --profile sandbox --input in.bin
screen
says seen '"solve_output_b64": "aGVsbG8="'
says seen '"exit_code": 0'
says_not seen kv_get_calls
says_not seen stderr_b64
says_not seen '"trap"'
says seen 'output (5 bytes):'
grep -qx hello "$TEST_TMP/seen" || fail "the output is not shown"
last 'x07 run: ok in '
[ "$(wc -l <"$TEST_TMP/seen")" -le 45 ] || fail "more than a screen"
# The report is a whole document there, too.
sed -n '/^{$/,/^}$/p' "$TEST_TMP/seen" | jsonq --sorted || fail "the short report is not JSON in order"
expect 0 on_tty x07 run --profile sandbox --input in.bin --report full
says out kv_get_calls
says out stderr_b64
expect 0 on_tty x07 run --profile sandbox --input in.bin --emit json
says out kv_get_calls

# The output alone, byte for byte in a pipe and in a file; a screen gets no control characters.
printf 'a\033[2J\302\2331m\000' >evil.bin
expect 0 x07 run --profile sandbox --input evil.bin --emit output
cmp -s evil.bin "$TEST_TMP/out" || fail "the output is not the program's"
expect 0 x07 run --profile sandbox --input evil.bin --emit output --output got.bin
silent out
cmp -s evil.bin got.bin || fail "the file is not the output"
expect 0 on_tty x07 run --profile sandbox --input evil.bin
screen
says seen 'output: 10 bytes that are not text'
printf 'b\033[2J\302\2331m\tc' >evil.bin
for emit in report output; do
	expect 0 on_tty x07 run --profile sandbox --input evil.bin --emit $emit
	screen
	says seen "$(printf 'b?[2J?1m\tc')"
	! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$TEST_TMP/seen" || fail "controls"
done
expect 0 on_tty x07 run --profile sandbox --input in.bin --emit output
screen
[ "$(head -1 "$TEST_TMP/seen")" = hello ] || fail "not the output"
[ "$(grep -cx hello "$TEST_TMP/seen")" -eq 1 ] || fail "the output is shown twice"
says_not seen solve_output_b64

# Both, and what does not go together.
rm got.bin
expect 0 run --emit both --output got.bin
is /exit_code 0
cmp -s in.bin got.bin || fail "the file is not the output"
rm got.bin
expect 0 run --output got.bin
is /solve_output_b64 aGVsbG8=
cmp -s in.bin got.bin || fail "--output alone means both"
expect 2 run --emit both
says err '--output FILE'
expect 2 run --emit report --output got.bin
says err '--emit report writes none'
expect 2 run --output no/such/folder/f
says err 'output file'
expect 0 run --emit output --report-out r.json
[ "$(cat "$TEST_TMP/out")" = hello ] || fail "not the output"
jsonq /solve/ok <r.json >/dev/null || fail "no report file"
expect 2 x07 policy observe --profile sandbox --emit output
says err 'belong to x07 run'

# The limit that ended it, with what raises it.
expect 1 on_tty x07 run --profile sandbox --input in.bin --solve-fuel 1
screen
says seen 'used up its steps: solve_fuel=1; raise --solve-fuel N'
last 'x07 run: failed in '
expect 1 on_tty x07 run --profile sandbox --input in.bin --max-output-bytes 2
screen
says seen '--max-output-bytes N'
module '["begin", ["let", "i", 0], ["for", "k", 0, 2000000000, ["set", "i", ["+", "i", "k"]]], ["bytes.lit", "x"]]'
edit_policy '"wall_ms": 120000' '"wall_ms": 300'
expect 1 on_tty x07 run --profile sandbox --input in.bin --solve-fuel 4000000000000
screen
says seen 'wall_ms=300; raise /limits/wall_ms in the policy'
rm -r .x07/policies
x07 policy init --template cli >/dev/null

# A denial, with the command that allows it; the command is one.
mkdir logs
module '["begin", ["std.os.fs.write_file", ["bytes.lit", "logs/x"], ["bytes.lit", "w"]], ["bytes.lit", "done"]]' '"std.os.fs"'
"$X07_BUILD_DIR/tests/on_tty" x07 run --profile sandbox --input in.bin >"$TEST_TMP/out" 2>&1 || :
screen
says seen 'denied: 1 kind of operation'
flag=$(sed -n 's/.*to allow for one run: x07 run \(--allow-write-root [^ ]*\).*/\1/p' "$TEST_TMP/seen")
[ -n "$flag" ] || fail "no command allows it"
# shellcheck disable=SC2086 # two words
expect 0 run $flag --emit output
[ "$(cat logs/x)" = w ] || fail "the command does not allow it"

# Without a policy a terminal is told so; a pipe has it in the report.
module '["bytes.lit", "x"]'
expect 0 on_tty x07 run
says out 'nothing confines this program'
expect 0 x07 run
silent err
# A program that does not compile.
module '["no.such", "b"]'
expect 1 on_tty x07 run --profile sandbox
screen
last 'x07 run: does not compile'
# The runner is for programs: a terminal changes nothing.
module '["bytes.lit", "x"]'
expect 0 on_tty x07-os-runner --project .
says out kv_get_calls
says_not out 'in 0'

# Standard output that is closed is an error, not silence.
expect 2 sh -c 'exec x07 run >&-'
says err 'cannot write to standard output'
expect 2 sh -c 'exec x07 doctor --emit json >&-'
# What is piped in beside arguments is not dropped without a word.
printf piped >piped.bin
expect 0 x07 run -- a bc <piped.bin
says err 'standard input was not read'
mkfifo waits
exec 9<>waits
printf piped >&9
expect 0 x07 run -- a bc <waits
says err 'standard input was not read'
expect 0 x07 run -- a bc </dev/null
silent err
# The bytes of docs/format/argv_v1.md.
printf '\002\000\000\000\001\000\000\000a\002\000\000\000bc' >argv.bin
module '["view.to_bytes", "b"]'
expect 0 x07 run --emit output -- a bc </dev/null
cmp -s argv.bin "$TEST_TMP/out" || fail "not argv_v1"

# `x07 init` on a terminal: text, and the way to the sandboxed run first.
cd "$TEST_TMP"
expect 0 on_tty x07 init fresh
says out 'x07 run --profile sandbox'
says_not out '"ok"'
expect 20 on_tty x07 init fresh
says out X07INIT_EXISTS
says_not out '"ok"'
