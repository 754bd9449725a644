#!/bin/sh
# SPDX-License-Identifier: MIT
# Override flags derive a policy under .x07/policies/_generated, never touch the base policy, and
# are refused where the base policy has the section switched off.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
printf hello >in.bin
cp "$policy" base.json
run() { x07 run --profile sandbox --input "$TEST_TMP/demo/in.bin" "$@"; }
generated=.x07/policies/_generated

# A write root for one run: the derived policy is named, kept for review, and stable.
mkdir tmp
module '["begin", ["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "tmp/x"], ["bytes.lit", "w"]]],
  ["if", ["=", "rc", 0], ["bytes.lit", "ok"], ["bytes.lit", "write_failed"]]]' '"std.os.fs"'
expect 0 run
is /solve_output_b64 "$(printf write_failed | base64)"
is /sandbox/base_policy null
is /sandbox/base_policy_sha256 null
base_sha256=$(field /sandbox/policy_sha256)
expect 0 run --allow-write-root tmp
is /solve_output_b64 "$(printf ok | base64)"
[ "$(cat tmp/x)" = w ] || fail "tmp/x was not written"
derived=$(sed -n 's/^x07 run: using derived policy //p' "$TEST_TMP/err")
[ -f "$derived" ] || fail "no derived policy at '$derived'"
is /sandbox/policy "$derived"
is /sandbox/base_policy "$TEST_TMP/demo/$policy"
is /sandbox/base_policy_sha256 "$base_sha256"
case $derived in
"$TEST_TMP/demo/$generated"/sandbox.cli.base.g????????.policy.json) ;;
*) fail "derived policy is named $derived" ;;
esac
jsonq --sorted <"$derived" || fail "the derived policy is not sorted"
[ "$(jsonq /fs/write_roots/1 <"$derived")" = tmp ] || fail "tmp is not a write root"
cmp -s "$policy" base.json || fail "the base policy changed"
cp "$derived" before.json
expect 0 run --allow-write-root tmp
cmp -s "$derived" before.json || fail "the derived policy is not stable"
set -- "$generated"/*
[ $# -eq 1 ] || fail "more than one derived policy: $*"
# A read root outside the project.
mkdir "$TEST_TMP/data"
printf data >"$TEST_TMP/data/file"
expect 0 run --allow-read-root "$TEST_TMP/data"

# Traversal is not a name: refused, for reading and for writing.
for root in .. ../x a/../b /etc/../root x/.. ../../..; do
	for flag in --allow-read-root --allow-write-root; do
		expect 2 run $flag "$root"
		silent out
		says err 'segment; name the folder itself'
	done
done
expect 0 run --allow-read-root ..a --allow-read-root a..
for root in / /proc /proc/self /sys /dev; do
	expect 2 run --allow-read-root "$root"
	says err "cannot be a root"
done
# A write root that holds the project's own rules is said to, once.
expect 0 run --allow-write-root .
says err "warning: the write root '.' holds its own policy"
[ "$(grep -c warning "$TEST_TMP/err")" -eq 1 ] || fail "said more than once"
expect 0 run --allow-write-root .x07
says err "warning: the write root '.x07' holds its own policy"
expect 0 run --allow-write-root src
says_not err warning

# The base policy has no network: host flags are refused, with exit status 2 and no report.
expect 2 run --allow-host example.com:443
silent out
says err "net.enabled=false"
says err "set /net/enabled and /net/allow_tcp to true in it, or take a policy for the network"
expect 2 run --deny-host example.com:443
says err "net.enabled=false"

# With it: grammar, files, deny wins.
x07 policy init --template http-client >/dev/null
http=.x07/policies/base/http-client.sandbox.base.policy.json
module '["view.to_bytes", "b"]'
net() { run --policy $http "$@"; }
last() { sed -n 's/^x07 run: using derived policy //p' "$TEST_TMP/err"; }
expect 0 net --allow-host Example.com:443,80
[ "$(jsonq /net/allow_hosts <"$(last)")" = '[{"host":"example.com","ports":[80,443]}]' ] ||
	fail "allow_hosts: $(jsonq /net/allow_hosts <"$(last)")"
expect 0 net --allow-host example.com:80,443 --deny-host example.com:80
[ "$(jsonq /net/allow_hosts/0/ports <"$(last)")" = '[443]' ] || fail "deny did not win"
expect 0 net --deny-host 'example.com:*' --allow-host example.com:443
[ "$(jsonq /net/allow_hosts <"$(last)")" = '[]' ] || fail "deny of all ports did not win"
printf '# mine\nexample.com:443\n\nexample.com:80 # more\n' >hosts.txt
(cd src && expect 0 net --allow-host-file hosts.txt)
[ "$(jsonq /net/allow_hosts/0/ports <"$(last)")" = '[80,443]' ] || fail "host file"
for spec in example.com example.com: :80 example.com:0 example.com:65536 example.com:x '' \
	'example.com:80,' 'example.com:*'; do
	expect 2 net --allow-host "$spec"
	silent out
done
expect 2 net --allow-host-file missing.txt
says err "missing.txt"

# A name that the base lists without look-ups stays out of reach, whatever the flag.
sed -e 's/"allow_dns": true/"allow_dns": false/' \
	-e 's/"allow_hosts": \[\]/"allow_hosts": [{"host": "intern.example", "ports": [1]}]/' $http >quiet.json
for flag in '--deny-host zz.example:1' '--allow-read-root in' '--allow-host 1.2.3.4:80'; do
	# shellcheck disable=SC2086 # two words
	expect 0 run --policy quiet.json $flag
	[ "$(jsonq /net/allow_dns <"$(last)")" = false ] || fail "$flag turned look-ups on"
	# shellcheck disable=SC2086
	expect 1 x07 policy explain net intern.example:1 --policy quiet.json $flag
	is /answers/0/rule /net/allow_dns
	is /answers/0/patch '[{"op":"replace","path":"/net/allow_dns","value":true}]'
	is /answers/0/flag null
done
expect 2 run --policy quiet.json --allow-host b.example:443
silent out
says err "net.allow_dns=false"
says err "set /net/allow_dns to true in it, or name an address"
# A read root that a flag adds inside a write root adds reading; writing stays.
mkdir -p out/in
expect 0 run --allow-read-root out/in
[ "$(jsonq /fs/write_roots <"$(last)")" = '["out","out/in"]' ] || fail "write_roots: $(jsonq /fs/write_roots <"$(last)")"

# A base policy that breaks its schema: exit status 3 and one line of diagnostics.
sed -i 's/"cpu_ms": 60000/"cpu_ms": 0/' "$policy"
expect 3 run --allow-write-root tmp
silent out
cp "$TEST_TMP/err" "$TEST_TMP/out"
is /schema_version x07.x07diag@0.1.0
is /ok false
is /diagnostics/0/code X07-POLICY-SCHEMA-0001
echo '{' >"$policy"
expect 3 run --allow-write-root tmp
expect 2 run
says err "invalid policy"

# A project cannot lead the derived policy out of itself by a link.
mkdir "$TEST_TMP/elsewhere"
cp base.json "$policy"
rm -rf "$generated"
ln -s "$TEST_TMP/elsewhere" "$generated"
expect 2 run --allow-write-root tmp
says err "leads out"
rm "$generated"
mv .x07/policies "$TEST_TMP/elsewhere/policies"
ln -s "$TEST_TMP/elsewhere/policies" .x07/policies
expect 2 run --allow-write-root tmp
says err "leads out"
[ ! -e "$TEST_TMP/elsewhere/policies/_generated" ] || fail "something was made outside the project"
