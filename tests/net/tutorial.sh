#!/bin/sh
# SPDX-License-Identifier: MIT
# Steps 4 and 5 of the tutorial, word for word, against nginx with a certificate of a test
# authority, reached as example.com through a name server of the namespace. `user`: as an ordinary
# user.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
net_start
nginx_start
cd "$TEST_TMP"
in=$TEST_TMP/url.bin

# step STATUS LINE: one line of the tutorial.
step() {
	expected=$1
	got=0
	as_asked sh -c "$2" >"$TEST_TMP/out" 2>"$TEST_TMP/err" || got=$?
	[ "$got" -eq "$expected" ] || fail "exit status $got, not $expected, of: $2"
}
run="x07 run --profile sandbox --input $in"

# Steps 0 to 3, as tests/cli/walkthrough.sh proves them.
new_project sandbox-policy-demo

# "The cli base policy has net.enabled=false, so --allow-host overrides will be rejected."
printf 'https://example.com/' >"$in"
step 2 "$run --allow-host example.com:443"
says err "net.enabled=false"

# 4.1
step 0 'x07 pkg add ext-net@0.1.11 --sync'
for package in ext-net/0.1.11 ext-curl-c/0.1.6 ext-sockets-c/0.1.6 ext-url-rs/0.1.5; do
	[ -s .x07/deps/$package/x07-package.json ] || fail "$package is not there"
done

# 4.2
step 0 'x07 policy init --template http-client'
sed -i 's/cli.sandbox.base/http-client.sandbox.base/' x07.json

# 4.3
cat >src/app.x07.json <<'JSON'
{
"schema_version": "x07.x07ast@0.4.0",
"kind": "module",
"module_id": "app",
"imports": ["std.fmt", "std.net.http", "std.net.http.spec", "std.os.fs"],
"decls": [
{ "kind": "export", "names": ["app.solve"] },
{
"kind": "defn",
"name": "app.solve",
"params": [{ "name": "b", "ty": "bytes_view" }],
"result": "bytes",
"body": [
"begin",
["let", "url", ["view.to_bytes", "b"]],
["let", "caps", ["std.net.http.spec.caps_default_v1"]],
["let", "resp", ["std.net.http.get_v1", "url", "caps"]],
["let", "v", ["bytes.view", "resp"]],
[
"if",
["std.net.http.resp_is_err_v1", "v"],
[
"begin",
["let", "code", ["std.net.http.resp_err_code_v1", "v"]],
["let", "code_b", ["std.fmt.s32_to_dec", "code"]],
["bytes.concat", ["bytes.lit", "http_error_code="], "code_b"]
],
[
"begin",
["let", "body", ["std.net.http.resp_body_v1", "v"]],
["let", "_", ["std.os.fs.write_file", ["bytes.lit", "out/body.bin"], "body"]],
"body"
]
]
]
}
]
}
JSON
step 0 'mkdir -p out'
step 0 "$run --allow-host example.com:443"
gives 'hello from example.com'
cmp out/body.bin "$TEST_TMP/net/www/index.html" || fail "out/body.bin is not the page"
is /sandbox/network/broker ran
is /sandbox/network/destinations/0/host example.com
is /sandbox/network/destinations/0/verdict allowed
is /sandbox/network/destinations/0/tls 1.3
is /sandbox/network/destinations/0/http 2
is /sandbox/denials '[]'
is /sandbox/layers/net_ns true
step 0 'ls -la out/body.bin'

# Nothing listed: the same program is refused, and told how to go on.
step 0 "$run"
gives 'http_error_code=1'
is /sandbox/denials/0/flag '--allow-host example.com:443'
is /sandbox/denials/0/patch '[{"op":"add","path":"/net/allow_hosts/-","value":{"host":"example.com","ports":[443]}}]'
says err 'hint: net "example.com:443" was refused (code 1)'
says err '--allow-host example.com:443'

# Step 5
step 0 "$run --allow-host example.com:80,443"
gives 'hello from example.com'
step 0 "$run \\
--allow-host example.com:80,443 \\
--deny-host example.com:80"
gives 'hello from example.com'
printf 'http://example.com/' >"$in"
step 0 "$run \\
--allow-host example.com:80,443 \\
--deny-host example.com:80"
gives 'http_error_code=1'
is /sandbox/denials/0/subject example.com:80
step 0 "$run --allow-host example.com:80,443"
gives 'hello from example.com'
is /sandbox/network/destinations/0/tls null
printf 'https://example.com/' >"$in"
step 0 "$run \\
--allow-host example.com:443 \\
--deny-host example.com:*"
gives 'http_error_code=1'
is /sandbox/denials/0/rule /net/allow_hosts

cat >.x07/allow-hosts.dev.txt <<'HOSTS'
example.com:443
example.com:80
HOSTS
step 0 "$run --allow-host-file .x07/allow-hosts.dev.txt"
gives 'hello from example.com'

step 0 'mkdir -p tmp'
step 0 "$run --allow-write-root tmp"
gives 'http_error_code=1'
is /sandbox/roots/2/root tmp
[ "$(find .x07/policies/_generated -name '*.policy.json' | wc -l)" -ge 5 ] ||
	fail "the derived policies are not there"
