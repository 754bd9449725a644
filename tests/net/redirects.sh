#!/bin/sh
# SPDX-License-Identifier: MIT
# Each hop of a redirect is decided like a first request, and a name stands for public addresses
# only, whatever its name server says.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
net_start
cd "$TEST_TMP"
net_project demo
page='hello from example.com'
follow='["std.net.http.spec.caps_v1", 1, 10, 3, 4096, 64, 65536]'

location() { printf 'location = /%s { return %s "%s"; }\n' "$1" "${3:-302}" "$2" >>"$net_tmp/locations"; }
location same https://example.com/
location relative /index.html
location http http://example.com/
location denied https://denied.example/
location port http://example.com:8080/
location file file:///etc/passwd
location ftp ftp://example.com/
location loop https://example.com/loop
location metadata http://169.254.169.254/
location loopback http://127.0.0.1/
location inside http://inside.example/
for i in 1 2 3 4; do location "hop$i" "/hop$((i - 1))"; done
location hop0 / 307
nginx_start

get() { fetch 0 "https://example.com/$1" --allow-host example.com:80,443; }

# Not asked for: the answer is the redirect itself.
fetcher '["std.net.http.spec.caps_default_v1"]'
get same
case $(output) in *302*) ;; *) fail "the redirect was followed: $(output)" ;; esac

fetcher "$follow"
for path in same relative http; do
	get $path
	gives "$page"
done
is /sandbox/network/destinations/1/port 80

# A hop that the list does not hold is refused, and told with the flag that would allow it.
get denied
gives http_error_code=1
is /sandbox/denials/0/flag '--allow-host denied.example:443'
is /sandbox/network/destinations/0/verdict allowed
is /sandbox/network/destinations/1/verdict denied
get port
gives http_error_code=1
is /sandbox/denials/0/subject example.com:8080
get metadata
gives http_error_code=1
is /sandbox/denials/0/subject 169.254.169.254:80
get loopback
gives http_error_code=1
is /sandbox/denials/0/subject 127.0.0.1:80
for path in file ftp; do
	get $path
	gives http_error_code=1
	is /sandbox/network/destinations/1/verdict denied_scheme
	says err 'no grant allows it'
done

# At most max_redirects hops, here 3.
get hop2
gives "$page"
get hop3
gives http_error_code=8
get loop
gives http_error_code=8

# Names that lead inside: this host, its networks, the metadata service; also by IPv6 and mapped.
for address in 127.0.0.1 127.8.9.10 0.0.0.0 10.1.2.3 192.168.7.7 169.254.169.254 100.64.0.1 \
	::1 :: fe80::1 fd00::1 ::ffff:127.0.0.1 64:ff9b::7f00:1; do
	printf 'example.com %s\ninside.example %s\n' "$public4" "$address" >"$zone"
	fetch 0 http://inside.example/ --allow-host inside.example:80
	gives http_error_code=1
	is /sandbox/network/destinations/0/verdict denied_address
done
printf 'example.com %s\ninside.example 10.1.2.3\n' "$public4" >"$zone"
fetch 0 https://example.com/inside --allow-host example.com:443 --allow-host inside.example:80
gives http_error_code=1
is /sandbox/denials/0/flag '--allow-host 10.1.2.3:80'
# Listed themselves they may be reached, by that name only.
fetch 0 http://inside.example/ --allow-host inside.example:80 --allow-host 10.1.2.3:80
gives "$page"
fetch 0 http://inside.example/ --allow-host 10.1.2.3:80
gives http_error_code=1

# An answer with both: the inside one is left out, the other one used.
printf 'mixed.example 127.0.0.1 %s 10.1.2.3\n' "$public4" >"$zone"
fetch 0 http://mixed.example/ --allow-host mixed.example:80
gives "$page"
is /sandbox/network/destinations/2/address "$public4"

# An answer that changes between two look-ups: each is decided about for itself.
printf 'rebind.example / %s 127.0.0.1\n' "$public4" >"$zone"
cat >src/app.x07.json <<'JSON'
{ "schema_version": "x07.x07ast@0.4.0", "kind": "module", "module_id": "app",
  "imports": ["std.fmt", "std.net.http", "std.net.http.spec"],
  "decls": [ { "kind": "export", "names": ["app.solve"] },
    { "kind": "defn", "name": "app.get", "params": [{ "name": "url", "ty": "bytes" }],
      "result": "i32", "body": ["begin",
        ["let", "resp", ["std.net.http.get_v1", "url", ["std.net.http.spec.caps_default_v1"]]],
        ["std.net.http.resp_err_code_v1", ["bytes.view", "resp"]]] },
    { "kind": "defn", "name": "app.solve", "params": [{ "name": "b", "ty": "bytes_view" }],
      "result": "bytes", "body": ["begin",
        ["let", "first", ["app.get", ["view.to_bytes", "b"]]],
        ["let", "second", ["app.get", ["view.to_bytes", "b"]]],
        ["std.fmt.s32_to_dec", ["+", ["*", "first", 10], "second"]]] } ] }
JSON
fetch 0 http://rebind.example/ --allow-host rebind.example:80
gives 1
is /sandbox/network/destinations/0/verdict allowed
is /sandbox/network/destinations/1/verdict denied_address

# localhost is this host by definition, whatever the name server says.
printf 'localhost %s\nx.localhost %s\n' "$public4" "$public4" >"$zone"
fetch 0 http://localhost/ --allow-host localhost:80
gives 0
is /sandbox/network/destinations/0/address 127.0.0.1
