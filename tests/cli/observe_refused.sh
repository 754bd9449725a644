#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 policy observe beyond the good case: refused operations become proposals, never rights of the
# run itself; nothing outside the project is proposed; what a program writes cannot deceive the page
# for review; and the command refuses what it cannot do safely.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
printf hello >in.bin
observe() { x07 policy observe --profile sandbox --opt=fast --input in.bin "$@"; }
observed=.x07/policies/_observed/observed.sandbox.cli.base.policy.json
review=${observed%.json}.review.md

# A refused write is not made, is proposed, and works with the proposal.
module '["begin", ["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "logs/x"], ["bytes.lit", "w"]]],
  ["if", ["=", "rc", 0], ["bytes.lit", "ok"], ["bytes.lit", "write_failed"]]]' '"std.os.fs"'
mkdir logs
expect 0 observe
is /solve_output_b64 "$(printf write_failed | base64)"
is /added 1
is /withheld 0
[ ! -e logs/x ] || fail "observing widened what the run may do"
grep -qF '**refused in this run**' "$review" || fail "the review does not say what is new"
says err '--allow-write-root logs'
expect 0 x07 run --profile sandbox --input in.bin --policy "$observed"
is /solve_output_b64 "$(printf ok | base64)"

# A trap ends the run: exit status 1, and the policy is written all the same.
module '["std.os.env.get", ["bytes.lit", "GREETING"]]' '"std.os.env"'
export GREETING=hi
expect 1 observe
is /added 1
is /exit_code 1
grep -qF '"GREETING"' "$observed" || fail "the key is not proposed"
expect 0 x07 run --profile sandbox --input in.bin --policy "$observed"
is /solve_output_b64 "$(printf hi | base64)"

# Outside the project nothing is proposed, not even to a permissive run.
module '["result_bytes.unwrap_or", ["std.os.fs.read_all_v1", ["bytes.lit", "/etc/hostname"],
  ["std.os.fs.spec.caps_default_v1"]], ["bytes.lit", "none"]]' '"std.os.fs", "std.os.fs.spec"'
for mode in "" --permissive; do
	# shellcheck disable=SC2086
	expect 0 observe $mode
	is /withheld 1
	is /solve_output_b64 "$(printf none | base64)"
	! grep -qF etc "$observed" || fail "a folder outside the project is proposed"
	grep -qF 'outside the project' "$review" || fail "the review is silent about it"
done
says err 'permissive: the program may read'
grep -qF '**The run was permissive**' "$review" || fail "the review does not say permissive"

# Names that want to look like something else stand escaped in the review.
module '["begin", ["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "a`| |b/x"], ["bytes.lit", "w"]]],
  ["bytes.lit", "ok"]]' '"std.os.fs"'
expect 0 observe
grep -qF 'a\x60\x7c \x7cb/x' "$review" || fail "a name is not escaped in the review"
grep -qF 'a`|' "$review" && fail "a name is raw in the review"

# A permissive run sees only the variables that were named.
module '["bytes.concat", ["std.os.env.get", ["bytes.lit", "GREETING"]], ["std.os.env.get", ["bytes.lit", "SECRET"]]]' '"std.os.env"'
export SECRET=hunter2
expect 0 observe --permissive --env GREETING
is /solve_output_b64 "$(printf hi | base64)"
grep -qF '"SECRET"' "$observed" || fail "a key that was read is not recorded"

# --out: relative to the project, never over a file without --force.
module '["view.to_bytes", "b"]'
printf mine >mine.json
expect 2 observe --out mine.json
says err --force
[ "$(cat mine.json)" = mine ] || fail "the file was replaced"
expect 0 observe --out mine.json --force --policy-id my.policy
is /policy_id my.policy
is /review mine.review.md
expect 0 x07 run --profile sandbox --input in.bin --policy mine.json

# Refusals of the command.
expect 2 observe --policy-id 'a b'
expect 2 observe --env GREETING
expect 2 observe --report-out r.json
expect 2 x07 policy observe --profile os --input in.bin
says err 'no policy to start from'
X07_SANDBOX_BACKEND=vm expect 2 observe
HOME=$PWD expect 2 observe --permissive
says err 'home folder'
# A home folder in the project, there or not: the program could make x07's own folders in it.
HOME=$PWD/below expect 2 observe --permissive
says err 'X07_PKG_HOME'
mkdir below
HOME=$PWD/below expect 2 observe --permissive
expect 2 observe --permissive --sandbox-backend none
module '["bytes.concat", 1]'
expect 1 observe
[ ! -e .x07/policies/_generated ] || fail "a derived policy was written"
