#!/bin/sh
# SPDX-License-Identifier: MIT
# What the policy refuses is refused, reported with the line that would allow it, and allowed once
# that line is there.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
printf hello >in.bin
run() { x07 run --profile sandbox --input in.bin "$@"; }

# Environment: off, then on for one key, never the whole environment.
module '["std.os.env.get", ["bytes.lit", "GREETING"]]' '"std.os.env"'
export GREETING=hi SECRET=no
expect 1 run
says out "os.env disabled by policy"
is /sandbox/denials/0/operation env.get
is /sandbox/denials/0/policy_line /env/enabled
says err "/env/enabled"
sed -i '/"env": {/,/}/s/"enabled": false/"enabled": true/' "$policy"
expect 1 run
is /sandbox/denials/0/patch/0/path /env/allow_keys/-
is /sandbox/denials/0/patch/0/value GREETING
sed -i 's/"allow_keys": \[\]/"allow_keys": ["GREETING"]/' "$policy"
expect 0 run
is /solve_output_b64 "$(printf hi | base64)"

# Writing below a root that is there works, elsewhere it does not.
module '["begin", ["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "out/x"], ["bytes.lit", "w"]]],
  ["if", ["=", "rc", 0], ["bytes.lit", "ok"], ["bytes.lit", "write_failed"]]]' '"std.os.fs"'
expect 0 run
is /solve_output_b64 "$(printf write_failed | base64)"
mkdir out
expect 0 run
is /solve_output_b64 "$(printf ok | base64)"
[ "$(cat out/x)" = w ] || fail "out/x is not what was written"
sed -i '/"fs": {/,/"read_roots"/s/"enabled": true/"enabled": false/' "$policy"
expect 1 run
says out "os.fs disabled by policy"

# A link in a read root does not lead out of it.
x07 policy init --template cli --force >/dev/null
printf secret >"$TEST_TMP/secret"
ln -s "$TEST_TMP/secret" link
module '["std.os.fs.read_file", ["bytes.lit", "link"]]' '"std.os.fs"'
expect 1 run
says_not out "$(printf secret | base64)"
is /solve/ok false

# Wall clock.
module '["begin", ["let", "i", 0], ["for", "i", 0, 2000000000, ["let", "y", 1]], ["view.to_bytes", "b"]]'
sed -i 's/"wall_ms": 120000/"wall_ms": 200/' "$policy"
expect 1 run --solve-fuel 9000000000000
is /solve/trap "timed out"
is /solve/exit_status 137
is /solve_output_b64 ''

# Each refused operation once, with its count, what was given, the rule, a patch and a flag; a flag
# that is followed allows it.
x07 policy init --template cli --force >/dev/null
mkdir logs
module '["begin", ["let", "n", 0], ["let", "i", 0],
  ["for", "i", 0, 10000, ["set", "n", ["+", "n", ["std.os.fs.write_file", ["bytes.lit", "logs/x"], ["bytes.lit", "w"]]]]],
  ["std.fmt.u32_to_dec", "n"]]' '"std.os.fs", "std.fmt"'
expect 0 run
is /solve_output_b64 "$(printf 20000 | base64)"
is /sandbox/denials/0/count 10000
is /sandbox/denials/0/errno 2
is /sandbox/denials/0/trap false
is /sandbox/denials/0/head os.fs.write_file
is /sandbox/denials/0/path "$PWD/logs/x"
is /sandbox/denials/0/rule /fs/write_roots
is /sandbox/denials/0/flag '--allow-write-root logs'
is /sandbox/denials/0/patch/0/value logs
is /sandbox/denials_dropped false
[ "$(field /sandbox/denials | grep -o '"subject"' | wc -l)" -eq 1 ] || fail "one operation, several entries"
says err 'refused 10000 times (errno 2)'
expect 0 run --allow-write-root logs
is /solve_output_b64 "$(printf 0 | base64)"
is /sandbox/denials '[]'

# More kinds of refusals than the table holds: subjects get lost, counts do not.
module '["begin", ["let", "i", 0],
  ["for", "i", 0, 3000, ["begin",
    ["let", "p", ["bytes.concat", ["bytes.lit", "logs/"], ["std.fmt.u32_to_dec", "i"]]],
    ["let", "rc", ["std.os.fs.write_file", "p", ["bytes.lit", "w"]]]]],
  ["bytes.lit", "done"]]' '"std.os.fs", "std.fmt"'
expect 0 run
total=0
for count in $(field /sandbox/denials | grep -o '"count":[0-9]*' | cut -d: -f2); do
	total=$((total + count))
done
[ "$total" -eq 3000 ] || fail "$total refusals were counted, not 3000"

# A program that is killed keeps its counts.
sed -i 's/"wall_ms": 120000/"wall_ms": 300/' "$policy"
module '["begin", ["let", "i", 0],
  ["for", "i", 0, 2000000000, ["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "logs/x"], ["bytes.lit", "w"]]]],
  ["bytes.lit", "done"]]' '"std.os.fs"'
expect 1 run --solve-fuel 9000000000000
is /solve/trap "timed out"
[ "$(field /sandbox/denials/0/count)" -gt 1000 ] || fail "a killed program lost its counts"

# No descriptor means none, not any number.
x07 policy init --template cli --force >/dev/null
printf alpha >data.txt
module '["std.os.fs.read_file", ["bytes.lit", "data.txt"]]' '"std.os.fs"'
expect 0 run
is /sandbox/limits/fds/value 128
for fds in 0 3; do
	sed -i "s/\"fds\": [0-9]*/\"fds\": $fds/" "$policy"
	expect 1 run
	says_not out "$(printf alpha | base64)"
	is /sandbox/limits/fds/value $fds
	is /sandbox/limits/fds/held_by rlimit
	is /sandbox/limits/procs/held_by seccomp
done

# An absolute path: the function that takes none says which ones do, and they do.
x07 policy init --template cli --force >/dev/null
mkdir -p "$TEST_TMP/apart"
printf far >"$TEST_TMP/apart/f"
module "[\"std.os.fs.read_file\", [\"bytes.lit\", \"$TEST_TMP/apart/f\"]]" '"std.os.fs"'
expect 1 run
says err "std.os.fs.read_all_v1, write_all_v1 and the like take absolute ones, below a root"
says err "no grant allows it"
module "[\"begin\", [\"let\", \"r\", [\"std.os.fs.read_all_v1\", [\"bytes.lit\", \"$TEST_TMP/apart/f\"],
  [\"std.os.fs.spec.caps_pack_v1\", 0, 0, 0, 0, 0]]], [\"result_bytes.unwrap_or\", \"r\", [\"bytes.empty\"]]]" \
	'"std.os.fs", "std.os.fs.spec"'
expect 0 run --allow-read-root "$TEST_TMP/apart"
is /solve_output_b64 "$(printf far | base64)"
