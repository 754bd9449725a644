#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 policy diff and promote: what a derived policy adds goes into the base, and nothing else does.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
x07 policy init --template http-client >/dev/null
base=.x07/policies/base/http-client.sandbox.base.policy.json
run() { x07 run --profile sandbox --policy $base --input-b64 '' "$@"; }
derive() {
	expect 0 run "$@"
	derived=$(sed -n 's/^x07 run: using derived policy //p' "$TEST_TMP/err")
	[ -f "$derived" ] || fail "no derived policy"
}
# A base in the hand of its author.
sed -i 's/"allow_hosts": \[\]/"allow_hosts":   [ {"ports":[443],  "host":"Example.com"} ]/' $base
cp $base before.json
derive --allow-host a.example:80,443 --allow-host example.com:8443 --allow-write-root tmp

expect 0 x07 policy diff $base $base
is /same true
is /changes '[]'
expect 1 x07 policy diff $base "$derived"
is /schema_version x07.policy.diff.report@0.1.0
is /same false
is /changes/0/kind grant
is /changes/0/ptr /fs/write_roots
is /changes/0/after tmp
is /changes/1/after example.com:8443
expect 1 x07 policy diff --emit text "$derived" $base
says out '- net.allow_hosts "a.example:80"'
says out '- fs.write_roots "tmp"'

expect 0 x07 policy promote --dry-run "$derived"
is /status dry-run
is /base "$PWD/$base"
cmp -s $base before.json || fail "a dry run wrote"
expect 0 x07 policy promote --only /fs/write_roots "$derived"
is /status promoted
diff before.json $base >change || true
[ "$(grep -c '^[<>]' change)" -eq 3 ] || fail "more than one line added: $(cat change)"
expect 2 x07 policy promote --only /fs/write_roots "$derived"
says err "no difference"
expect 0 x07 policy promote --only /net/allow_hosts/1 --emit text "$derived"
says out '+ net.allow_hosts "a.example:443"'
expect 0 x07 policy promote "$derived"
expect 0 x07 policy diff $base "$derived"
expect 0 x07 policy promote "$derived"
is /status unchanged
says_not out '"kind"'
expect 0 x07 policy check $base
grep -qF '"allow_hosts":   [ {"ports":[443, 8443],  "host":"Example.com"}' $base ||
	fail "the author's host changed its form"
[ "$(jsonq /notes <$base)" = "$(jsonq /notes <before.json)" ] || fail "the notes changed"
[ "$(jsonq /policy_id <$base)" = sandbox.http-client.base ] || fail "the id changed"

# What was taken away is taken away; the file keeps its mode.
chmod 640 $base
derive --deny-host a.example:80 --deny-host 'example.com:*'
expect 0 x07 policy promote "$derived"
expect 0 x07 policy diff $base "$derived"
[ "$(jsonq /net/allow_hosts <$base)" = '[{"host":"a.example","ports":[443]}]' ] ||
	fail "allow_hosts: $(jsonq /net/allow_hosts <$base)"
case $(ls -l $base) in -rw-r-----*) ;; *) fail "mode of $base" ;; esac

# --into, and refusals that write nothing.
cp before.json other.json
expect 0 x07 policy promote --into other.json "$derived"
is /base other.json
expect 0 x07 policy diff other.json "$derived"
expect 2 x07 policy promote before.json
says err "--into"
expect 2 x07 policy promote --into "$derived" "$derived"
says err "itself"
expect 2 x07 policy promote --only /nothing --into before.json "$derived"
expect 2 x07 policy promote
expect 2 x07 policy promote missing.json
expect 2 x07 policy promote --into missing.json "$derived"
echo '{"policy_id": 1}' >bad.json
cp bad.json bad.before
expect 3 x07 policy promote --into bad.json "$derived"
cmp -s bad.json bad.before || fail "a base with faults was edited"
expect 3 x07 policy diff bad.json $base
expect 2 x07 policy diff $base
expect 0 x07 policy promote --into before.json --dry-run --emit policy "$derived"
cp "$TEST_TMP/out" after.json
expect 0 x07 policy diff after.json "$derived"
