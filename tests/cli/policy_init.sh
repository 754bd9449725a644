#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 policy init: statuses, exit statuses, the report's key order, and what is never overwritten.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

x07 init demo >/dev/null
mkdir -p demo/src/below
cd demo/src/below
base=.x07/policies/base
expect 0 x07 policy init --template cli
is /status created
is /project_root "$TEST_TMP/demo"
is /out "$base/cli.sandbox.base.policy.json"
is /policy_id sandbox.cli.base
keys=$(jsonq --keys '' <"$TEST_TMP/out" | tr '\n' ' ')
[ "$keys" = "schema_version template project_root out status policy_id " ] || fail "keys: $keys"
cd ../..
jsonq --sorted <"$base/cli.sandbox.base.policy.json" || fail "the policy is not sorted"
expect 0 x07 policy init --template cli
is /status unchanged

echo '{}' >"$base/cli.sandbox.base.policy.json"
expect 2 x07 policy init --template cli
is /status exists_different
says err "--force"
[ "$(cat "$base/cli.sandbox.base.policy.json")" = '{}' ] || fail "overwritten without --force"
expect 2 x07 policy init --template cli --emit policy
says out '"policy_id": "sandbox.cli.base"'
expect 0 x07 policy init --template cli --force
is /status overwritten
for stray in "$base"/.*.tmp; do
	[ ! -e "$stray" ] || fail "$stray stayed behind"
done

for template in cli http-client web-service fs-tool sqlite-app postgres-client worker \
	worker-parallel; do
	expect 0 x07 policy init --template $template --out "p/$template.json" --mkdir-out
	is /out "p/$template.json"
	[ "$(jsonq /policy_id <p/$template.json)" = "sandbox.$template.base" ] || fail "$template"
done
expect 0 x07 policy init --template cli --policy-id my.own-1 --out own.json
is /policy_id my.own-1
[ "$(jsonq /policy_id <own.json)" = my.own-1 ] || fail "policy_id in the file"
expect 2 x07 policy init --template cli --policy-id 'not good'
expect 2 x07 policy init --template cli --out none/p.json
says err "--mkdir-out"
[ ! -e none ] || fail "a folder was created without --mkdir-out"
expect 2 x07 policy init
says err "--template"
expect 2 x07 policy init --template clii
says err "cli|http-client"
expect 2 x07 policy init --template cli --project "$TEST_TMP"
says err "not a file"
expect 2 x07 policy init --template cli --out p
[ -d p ] || fail "a folder was replaced"

# Without a project: the current folder.
mkdir "$TEST_TMP/empty"
cd "$TEST_TMP/empty"
expect 0 x07 policy init --template worker
is /project_root "$TEST_TMP/empty"
