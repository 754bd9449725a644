#!/bin/sh
# SPDX-License-Identifier: MIT
# What a run says about its network: the report, the denials with what would allow them, the
# attestation, `x07 policy observe`; and that the broker is there or the run is not.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
net_start
nginx_start
cd "$TEST_TMP"
net_project demo
caps='["std.net.http.spec.caps_default_v1"]'
fetcher "$caps"
page='hello from example.com'

# destination N FIELD VALUE
destination() { is "/sandbox/network/destinations/$1/$2" "$3"; }

# No network in the policy, or no use for it in the program: no broker.
cp src/app.x07.json fetcher.json
module '["view.to_bytes", "b"]'
fetch 0 x --allow-host example.com:443
is /sandbox/network/broker 'not needed'
cp fetcher.json src/app.x07.json

fetch 0 https://example.com/ --allow-host example.com:443
gives "$page"
is /sandbox/network/broker ran
destination 0 verdict allowed
destination 0 rule example.com
destination 0 operation http
destination 0 port 443
destination 0 count 1
destination 0 code 0
[ "$(field /sandbox/network/destinations/0/bytes_in)" -ge 23 ] || fail "no bytes counted"

# IPv4 and IPv6, names and literals, networks, ranges.
fetch 0 http://93.184.216.34/ --allow-host 93.184.216.34:80
gives "$page"
destination 0 address 93.184.216.34
fetch 0 "http://[$public6]/" --allow-host "[2606:2800:220:1:0:0:0:1]:80"
gives "$page"
destination 0 address "$public6"
fetch 0 http://93.184.216.34/ --allow-host 93.184.216.0/24:80
gives "$page"
fetch 0 http://93.184.216.34/ --allow-host 93.184.217.0/24:80
gives http_error_code=1
fetch 0 http://93.184.216.34/ --allow-host 93.184.216.30-93.184.216.40:80
gives "$page"
fetch 0 "http://[$public6]/" --allow-host '2606:2800::/32:80'
gives "$page"
# An address that cannot be reached does not keep the other family from being tried.
printf 'dual.example 2001:db8::1 %s\n' "$public4" >>"$zone"
fetch 0 http://dual.example/ --allow-host dual.example:80
gives "$page"
destination 0 address "$public4"
# A name in the list says nothing about the literal address, nor the other way round.
fetch 0 http://93.184.216.34/ --allow-host example.com:80
gives http_error_code=1
is /sandbox/denials/0/flag '--allow-host 93.184.216.34:80'
fetch 0 http://example.com/ --allow-host 93.184.216.34:80
gives http_error_code=1
is /sandbox/denials/0/flag '--allow-host example.com:80'
fetch 0 "http://[$public6]/"
is /sandbox/denials/0/flag "--allow-host '[$public6]:80'"
is /sandbox/denials/0/patch \
	'[{"op":"add","path":"/net/allow_hosts/-","value":{"host":"2606:2800:220:1::1","ports":[80]}}]'
# The flag that is offered is the flag that works.
fetch 0 "http://[$public6]/" --allow-host "[$public6]:80"
gives "$page"
fetch 0 http://EXAMPLE.com:80/ --allow-host Example.COM:80
gives "$page"

# What stands for a host and is none: said in words, not as ":80", and there is nothing to allow.
cp src/app.x07.json fetcher.json
module '["begin", ["let", "addr", ["std.net.codec.addr_dns_v1", "b", 80]],
  ["let", "caps", ["std.net.codec.caps_default_v1"]],
  ["std.net.tcp.connect_v1", ["bytes.view", "addr"], ["bytes.view", "caps"]]]' '"std.net.codec", "std.net.tcp"'
for host in 'bücher.example' 'a b' '[]'; do
	fetch 0 "$host" --allow-host example.com:80
	is /sandbox/denials/0/subject 'no host, port 80'
	is /sandbox/denials/0/flag null
	is /sandbox/denials/0/patch null
	says err 'net "no host, port 80" was refused'
	says err 'no host name or address'
	destination 0 host null
done
cp fetcher.json src/app.x07.json

# Only the port is missing; only TCP is missing.
fetch 0 http://example.com/ --allow-host example.com:443
gives http_error_code=1
is /sandbox/denials/0/reason 'net.allow_hosts lists the host without this port'
is /sandbox/denials/0/rule /net/allow_hosts/0/ports
base=.x07/policies/base/http-client.sandbox.base.policy.json
cp "$base" keep.json
sed -i 's/"allow_tcp": true/"allow_tcp": false/' "$base"
fetch 0 http://example.com/
gives http_error_code=1
is /sandbox/denials/0/rule /net/allow_tcp
is /sandbox/denials/0/patch \
	'[{"op":"replace","path":"/net/allow_tcp","value":true},{"op":"add","path":"/net/allow_hosts/-","value":{"host":"example.com","ports":[80]}}]'
cp keep.json "$base"
sed -i 's/"allow_dns": true/"allow_dns": false/' "$base"
sed -i 's/"allow_hosts": \[\]/"allow_hosts": [{"host":"example.com","ports":[80]}]/' "$base"
fetch 0 http://example.com/
gives http_error_code=1
is /sandbox/denials/0/rule /net/allow_dns
says err '[{"op":"replace","path":"/net/allow_dns","value":true}]'
fetch 0 http://93.184.216.34/ --allow-host 93.184.216.34:80
gives "$page"
cp keep.json "$base"

# More kinds of refusals than there are entries: counted, and said.
cp src/app.x07.json fetcher.json
cat >src/app.x07.json <<'JSON'
{ "schema_version": "x07.x07ast@0.4.0", "kind": "module", "module_id": "app",
  "imports": ["std.fmt", "std.net.http", "std.net.http.spec"],
  "decls": [ { "kind": "export", "names": ["app.solve"] },
    { "kind": "defn", "name": "app.get", "params": [{ "name": "i", "ty": "i32" }],
      "result": "i32", "body": ["begin",
        ["let", "head", ["bytes.concat", ["bytes.lit", "http://h"], ["std.fmt.s32_to_dec", "i"]]],
        ["let", "url", ["bytes.concat", "head", ["bytes.lit", ".example/"]]],
        ["let", "resp", ["std.net.http.get_v1", "url", ["std.net.http.spec.caps_default_v1"]]],
        ["std.net.http.resp_err_code_v1", ["bytes.view", "resp"]]] },
    { "kind": "defn", "name": "app.solve", "params": [{ "name": "b", "ty": "bytes_view" }],
      "result": "bytes", "body": ["begin",
        ["let", "n", 0],
        ["for", "i", 0, 1500, ["set", "n", ["+", "n", ["app.get", "i"]]]],
        ["std.fmt.s32_to_dec", "n"]] } ] }
JSON
fetch 0 x
gives 1500
is /sandbox/denials_dropped true
is /sandbox/network/not_listed 476
says err 'hint: 476 refusals were only counted'
is /sandbox/denials/1023/subject h1023.example:80
cp fetcher.json src/app.x07.json

# A name that does not resolve is a refusal for HTTP, and the report says what it was.
fetch 0 http://nowhere.example/ --allow-host nowhere.example:80
gives http_error_code=1
destination 0 note 'no such name'
is /sandbox/denials '[]'

# Nothing of the caller's environment reaches the broker: no proxy, no other certificates.
authority other
export http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1
export SSL_CERT_FILE="$net_tmp/other.crt" CURL_CA_BUNDLE="$net_tmp/other.crt"
fetch 0 https://example.com/ --allow-host example.com:443
gives "$page"
X07_CA_BUNDLE=$net_tmp/other.crt fetch 0 https://example.com/ --allow-host example.com:443
gives http_error_code=7
X07_CA_BUNDLE=$net_tmp/nothing fetch 0 https://example.com/ --allow-host example.com:443
gives http_error_code=7
says err "the CA bundle $net_tmp/nothing cannot be read"
fetch 0 https://93.184.216.34/ --allow-host 93.184.216.34:443
gives "$page"
printf 'other.example %s\n' "$public4" >>"$zone"
fetch 0 https://other.example/ --allow-host other.example:443
gives http_error_code=7
unset http_proxy https_proxy ALL_PROXY SSL_CERT_FILE CURL_CA_BUNDLE

# The attestation holds what was reached, without anything that differs from run to run.
fetch 0 https://example.com/ --allow-host example.com:443 --attest-runtime a.json
fetch 0 https://example.com/ --allow-host example.com:443 --attest-runtime b.json
cmp a.json b.json || fail "two attestations of one run differ"
[ "$(jsonq /effect_log/hosts/0/host <a.json)" = example.com:443 ] || fail "no host in the attestation"
[ "$(jsonq /network_enforcement <a.json)" = empty_net_namespace+network_broker ] ||
	fail "network_enforcement"

# observe: nothing is widened, and the smallest list is written.
printf 'https://example.com/' >url.bin
expect 0 as_asked x07 policy observe --profile sandbox --input url.bin --out seen.json
[ "$(jsonq /net <seen.json)" = '{"allow_dns":true,"allow_hosts":[{"host":"example.com","ports":[443]}],"allow_tcp":true,"allow_udp":false,"enabled":true}' ] ||
	fail "observed: $(jsonq /net <seen.json)"
[ "$(output)" = http_error_code=1 ] || fail "the observed run reached the host"
expect 0 as_asked x07 run --profile sandbox --policy seen.json --input url.bin
gives "$page"
# Under a policy that allows more than is needed: what was used, and no more.
expect 0 as_asked x07 policy observe --profile sandbox --input url.bin --policy seen.json --out again.json
[ "$(jsonq /net <again.json)" = "$(jsonq /net <seen.json)" ] || fail "observed twice: different"
x07 policy init --template cli >/dev/null
expect 0 as_asked x07 policy observe --profile sandbox --input url.bin --out third.json \
	--policy .x07/policies/base/cli.sandbox.base.policy.json
[ "$(jsonq /net <third.json)" = "$(jsonq /net <seen.json)" ] ||
	fail "observed without a network: $(jsonq /net <third.json)"

# run-os has no policy: everything may be reached, also this host.
expect 0 as_asked x07 run --input url.bin
gives "$page"
is /sandbox/network/destinations/0/verdict allowed
is /sandbox/network/destinations/0/rule null
printf 'http://127.0.0.1/' >url.bin
expect 0 as_asked x07 run --input url.bin
gives "$page"
