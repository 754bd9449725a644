#!/bin/sh
# SPDX-License-Identifier: MIT
# `x07 registry serve` behind nginx with TLS, as docs/REGISTRY.md says: published, installed and
# withdrawn over https; tokens go to their own origin only; uploads have a limit in each place.
. "${X07_SOURCE_DIR:?}/tests/net/registry_lib.sh"
# shellcheck disable=SC2016
proxy=$(sed -n 's/.*(`\(proxy_pass [^`]*\)`).*/\1/p' "$X07_SOURCE_DIR/docs/REGISTRY.md")
[ -n "$proxy" ] || fail "docs/REGISTRY.md names no proxy_pass"
tls="listen 443 ssl http2;"
# packages.example.com: as the document says. example.net: without the limit, and packing.
cat >"$net_tmp/servers" <<CONF
server {
	$tls
	server_name packages.example.com;
	location / { $proxy }
}
server {
	listen unix:$net_tmp/drop.sock;
	access_log off;
	return 444;
}
CONF
cat >"$net_tmp/locations" <<CONF
location /moved/index/ { rewrite ^/moved/(.*)\$ /\$1 break; }
location /moved/v1/ { return 307 https://packages.example.com/v1/; }
location /lost/index/ { proxy_pass http://127.0.0.1:8080/index/; }
location /lost/v1/ {
	mirror /really/;
	proxy_pass http://unix:$net_tmp/drop.sock:/;
	error_page 502 = @drop;
}
location @drop { return 444; }
location = /really/ {
	internal;
	proxy_pass http://127.0.0.1:8080/v1/packages/publish;
}
location /small/ {
	gzip on;
	gzip_types *;
	gzip_min_length 1;
	proxy_pass http://127.0.0.1:8080/;
}
CONF
nginx_start
source_package alpha alpha 1.0.0
source_package alpha2 alpha 1.1.0 '"beta@>=1.0.0 <2.0.0"'
source_package beta beta 1.0.0
expect 0 reg key --out key
# serve [OPTIONS]: the folder `data`; stop_serving ends it.
serve() {
	: >"$TEST_TMP/serve.out" # what the server before said is not what this one says
	"$pkg_program" registry serve "$TEST_TMP/data" --key "$TEST_TMP/key" "$@" >>"$TEST_TMP/serve.out" 2>"$TEST_TMP/serve.err" &
	server=$!
	tries=0
	until grep -q '^http' "$TEST_TMP/serve.out"; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || fail "no server: $(cat "$TEST_TMP/serve.err")"
		sleep 0.05
	done
}
stop_serving() {
	kill "$server"
	wait "$server" || fail "the server ended with $?"
}
serve
token() { reg token "$TEST_TMP/data" --handle "$@" | jsonq /result/token; }
index=sparse+https://packages.example.com/index/

client author "$index"
expect 20 x07 pkg publish --package "$TEST_TMP/alpha"
is /error/code X07PKG_PUBLISH_FAILED
says out X07REG_AUTH_REQUIRED
expect 0 x07 pkg login --token "$(token ann)"
is /result/index "$index"
forget
for package in alpha alpha2 beta; do
	expect 0 x07 pkg publish --package "$TEST_TMP/$package"
	is /result/index "$index"
done
answered 200 /v1/packages/publish
grep -q 'POST /v1/packages/publish HTTP/2.0' "$log" || fail "not published over HTTP/2"
expect 20 x07 pkg publish --package "$TEST_TMP/alpha"
says out X07REG_ALREADY_PUBLISHED
says out 'HTTP 409'

# Somebody else installs it, and asks again what may have changed.
client reader "$index"
expect 0 x07 pkg add alpha --sync
installed alpha/1.1.0
installed beta/1.0.0
forget
expect 0 x07 pkg versions alpha
answered 304 /index/snapshot.json
expect 0 reg check https://packages.example.com/index/
is /result/problem_count 0

# Withdrawing needs its scope and is seen at once.
client author "$index"
expect 20 x07 pkg yank alpha@1.1.0
is /error/code X07PKG_YANK_FAILED
says out X07REG_FORBIDDEN
expect 0 x07 pkg login --token "$(token ann --scopes publish,owner.manage)"
expect 0 x07 pkg yank alpha@1.1.0
client reader "$index"
expect 20 x07 pkg lock --check
is /error/code X07PKG_YANKED_DEP
client author "$index"
expect 0 x07 pkg yank alpha@1.1.0 --undo
client reader "$index"
expect 0 x07 pkg lock --check

# A token is for the origin it was given for: an index elsewhere that leads to this API gets none
# along, and says so; nor does a redirect take one there.
source_package "$TEST_TMP/in/gamma" gamma 1.0.0
build --api https://packages.example.com/v1/
client elsewhere
expect 0 x07 pkg login --token "$(token bob)"
expect 20 x07 pkg publish --package "$TEST_TMP/in/gamma"
is /error/code X07PKG_PUBLISH_FAILED
says out X07REG_AUTH_REQUIRED
says out 'https://packages.example.com/v1/'
build --api ../v1/
client moved sparse+https://example.com/moved/index/
expect 0 x07 pkg login --token "$(token bob)"
forget
expect 20 x07 pkg publish --package "$TEST_TMP/in/gamma"
is /error/code X07PKG_PUBLISH_FAILED
says out redirect
answered 307 /moved/v1/packages/publish
not_asked /v1/packages/publish

# The registry took it and the answer got lost: it is not sent again, and who tries again is told.
source_package "$TEST_TMP/delta" delta 1.0.0
client lost sparse+https://example.com/lost/index/
expect 0 x07 pkg login --token "$(token ann)"
forget
expect 20 x07 pkg publish --package "$TEST_TMP/delta"
is /error/code X07PKG_PUBLISH_FAILED
says out '(reset)'
[ "$(grep -c 'POST ' "$log")" = 1 ] || fail "a POST was repeated: $(cat "$log")"
client author "$index"
expect 0 x07 pkg versions delta
is /result/versions/0/version 1.0.0
expect 20 x07 pkg publish --package "$TEST_TMP/delta"
says out X07REG_ALREADY_PUBLISHED

# Larger than a web server's own limit (1 MiB for nginx): with the line of the document it is taken,
# without it refused. What no registry would take is not sent at all.
source_package "$TEST_TMP/large" large 1.0.0
{
	printf '{"schema_version":"x07.x07ast@0.4.0","kind":"module","module_id":"large.main","imports":[],"decls":[],"x-pad":"'
	head -c 3000000 /dev/zero | tr '\0' x
	printf '"}\n'
} >"$TEST_TMP/large/modules/large/main.x07.json"
client author-small sparse+https://example.com/small/index/
expect 0 x07 pkg login --token "$(token ann)"
expect 20 x07 pkg publish --package "$TEST_TMP/large"
is /error/code X07PKG_PUBLISH_FAILED
says out 'HTTP 413'
expect 0 x07 pkg versions alpha
forget
expect 0 x07 pkg versions alpha
answered 304 /small/index/snapshot.json
client author "$index"
expect 0 x07 pkg publish --package "$TEST_TMP/large"
head -c 17000000 /dev/zero | tr '\0' x >>"$TEST_TMP/large/modules/large/main.x07.json"
sed -i 's/"1.0.0"/"1.0.1"/' "$TEST_TMP/large/x07-package.json"
forget
expect 20 x07 pkg publish --package "$TEST_TMP/large"
is /error/code X07PKG_PUBLISH_PACK
[ ! -s "$log" ] || fail "it was sent all the same: $(cat "$log")"

# The registry itself takes 64 MiB: one byte more is refused before it is sent.
printf 'POST /v1/packages/publish HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 67108865\r\n\r\n' \
	"$(token ann)" | "$X07_BUILD_DIR/tests/http_say" 8080 >"$TEST_TMP/out"
says out X07REG_BODY_TOO_LARGE

# An address of its own in config.json, for clients that do not ask at the same place.
stop_serving
serve --public-base https://packages.example.com
client absolute "$index"
forget
expect 0 x07 pkg add alpha --sync
installed alpha/1.1.0
answered 200 /v1/packages/alpha/1.1.0/download
stop_serving
# With nobody behind it, it is the server's fault, and what is installed stays.
expect 20 x07 pkg update
is /error/code X07PKG_INDEX_CONFIG
says out 'HTTP 502'
installed alpha/1.1.0

# Another key is not taken up, unless the one before vouches for it.
expect 0 reg key --out "$TEST_TMP/other"
expect 20 reg serve "$TEST_TMP/data" --key "$TEST_TMP/other"
says err X07REG_KEY_CHANGED
expect 0 reg key --out "$TEST_TMP/next" --key "$TEST_TMP/key" --rotations "$TEST_TMP/data/rotations.ndjson"
next=$(field /result/key_id)
mv "$TEST_TMP/next" "$TEST_TMP/key"
serve
client reader "$index"
expect 0 x07 pkg add large@1.0.0 --sync
installed large/1.0.0
grep -qF "$next" x07.lock.json || fail "the lock does not follow"
