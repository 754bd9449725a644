#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 policy explain: the answer agrees with what a run does, and the change that it proposes works.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
explain() { x07 policy explain "$@"; }
run() { x07 run --profile sandbox --input-b64 '' "$@"; }
write_to() {
	module '["begin", ["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "'"$1"'"], ["bytes.lit", "w"]]],
	  ["if", ["=", "rc", 0], ["bytes.lit", "ok"], ["bytes.lit", "write_failed"]]]' '"std.os.fs"'
}
wrote() { [ "$(field /solve_output_b64)" = "$(printf %s "$1" | base64)" ] || fail "not $1"; }

# Files: denied, refused by the run, allowed by the flag that explain names.
mkdir out tmp
expect 1 explain fs.write tmp/x
is /decision deny
is /answers/0/rule /fs/write_roots
is /answers/0/flag "--allow-write-root tmp"
is /answers/0/patch/0/path /fs/write_roots/-
is /answers/0/patch/0/value tmp
place=$(field /answers/0/place)
line=$(sed -n "$(echo "${place#"$PWD/$policy":}" | cut -d: -f1)p" "$policy")
case $line in *write_roots*) ;; *) fail "$place is '$line'" ;; esac
write_to tmp/x
expect 0 run
wrote write_failed
expect 0 explain fs.write tmp/x --allow-write-root tmp
is /answers/0/decision allow
expect 0 run --allow-write-root tmp
wrote ok
# A root is put in front of a path that does not name it.
expect 0 explain fs.write note
is /answers/0/resolved out/note
says out "the root is put in front"
write_to note
expect 0 run
wrote ok
[ -f out/note ] || fail "out/note is not there"
# A link out of the root, hidden names, and what no policy can allow.
ln -s /etc/passwd leak
expect 1 explain fs.read leak
is /answers/0/rule /fs/allow_symlinks
expect 1 explain fs.read .x07/policies
is /answers/0/rule /fs/deny_hidden
expect 1 explain fs.read ../x
is /answers/0/patch null
expect 1 explain fs.read /etc/passwd
is /answers/0/patch null
is /answers/1/flag "--allow-read-root /etc"
expect 0 explain fs.read x07.json --emit text
says out "allow: a root holds it"
says out "/fs/read_roots/0"

# Variables.
module '["std.os.env.get", ["bytes.lit", "GREETING"]]' '"std.os.env"'
export GREETING=hi
expect 1 explain env GREETING
is /answers/0/patch/0/path /env/enabled
is /answers/0/patch/1/value GREETING
expect 1 run
sed -i '/"env": {/,/}/{s/"enabled": false/"enabled": true/;s/"allow_keys": \[\]/"allow_keys": ["GREETING"]/}' "$policy"
expect 0 explain env GREETING
is /answers/0/rule /env/allow_keys/0
expect 0 run
is /solve_output_b64 "$(printf hi | base64)"
sed -i 's/"deny_keys": \[\]/"deny_keys": ["GREETING"]/' "$policy"
expect 1 explain env GREETING
is /answers/0/rule /env/deny_keys/0
is /answers/0/patch/0/op remove
expect 1 run

# Destinations: the flags of the run change the answer, deny wins.
x07 policy init --template http-client >/dev/null
http=.x07/policies/base/http-client.sandbox.base.policy.json
net() { x07 policy explain net --policy $http "$@"; }
expect 1 explain net example.com:443
is /answers/0/rule /net/enabled
is /answers/0/flag null
expect 1 net example.com:443
is /answers/0/flag "--allow-host example.com:443"
expect 0 net Example.COM:443 --allow-host example.com:80,443
is /answers/0/rule /net/allow_hosts/0
expect 1 net example.com:80 --allow-host example.com:80,443 --deny-host example.com:80
is /answers/0/rule /net/allow_hosts/0/ports
expect 1 net example.com:443 --allow-host example.com:443 --deny-host 'example.com:*'
expect 0 net '[::1]:9' --allow-host '[0:0::1]:9'
expect 0 net 10.1.2.3:443 --allow-host 10.0.0.0/8:443
for spec in example.com example.com:0 example.com:1,2 'example.com:*' ''; do
	expect 2 net "$spec"
done

# Programs, and usage.
expect 1 explain exec /bin/sh
is /answers/0/rule /process/allow_spawn
expect 2 explain fs.open x
says err "fs.rename, net, udp, env, time, process or exec"
expect 2 explain env
expect 2 explain env X --policy $http --profile sandbox
