#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 policy show: the policy that a run would have; with flags it is the one that the run derives.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
expect 0 x07 policy show
is /schema_version x07.policy.show.report@0.1.0
is /policy "$PWD/$policy"
is /policy_id sandbox.cli.base
is /derived false
sum=$(field /policy_sha256)
[ "$sum" = "$(sha256sum <"$policy" | cut -d' ' -f1)" ] || fail "digest $sum"
expect 0 x07 policy show --profile sandbox --emit policy
cmp -s "$TEST_TMP/out" "$policy" || fail "--emit policy is not the file"
expect 0 x07 policy show "$policy" --emit text
says out 'read_roots'
says out '["."]'
says out 'kernel'
says_not out '(default)'
sed -i '/"max_entries"/d' "$policy"
expect 0 x07 policy show --emit text
says out '(default)'

# With flags: exactly what the run derives, and nothing is written.
expect 0 x07 policy show --allow-write-root tmp --emit policy
[ ! -e .x07/policies/_generated ] || fail "show wrote a policy"
cp "$TEST_TMP/out" shown.json
expect 0 x07 run --profile sandbox --input-b64 '' --allow-write-root tmp
cmp -s shown.json .x07/policies/_generated/*.policy.json || fail "show and run derive differently"
expect 0 x07 policy show --allow-write-root tmp
is /derived true

expect 2 x07 policy show --allow-host a:1
says err "net.enabled=false"
expect 2 x07 policy show --profile os
says err "run-os"
expect 2 x07 policy show --profile nobody
says err "nobody"
expect 2 x07 policy show missing.json
expect 2 x07 policy show "$policy" --profile sandbox
says err "exclude"
echo '{"policy_id": 1}' >bad.json
expect 3 x07 policy show bad.json
silent out
says err "bad.json:1:15"
x07 policy init --template http-client >/dev/null
expect 0 x07 policy show .x07/policies/base/http-client.sandbox.base.policy.json --allow-host a.example:443
is /derived true
