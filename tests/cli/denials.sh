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
