#!/bin/sh
# SPDX-License-Identifier: MIT
# A built registry behind a real web server with TLS: cached, verified, not rolled back, not
# downgraded; tokens stay with their origin.
. "${X07_SOURCE_DIR:?}/tests/net/registry_lib.sh"
# serve_index DIR DAY: this index is served; nginx makes its tags of time and size.
serve_index() {
	rm -rf "$site/index"
	cp -r "$1" "$site/index"
	find "$site/index" -type f -exec touch -d "2020-01-$2" {} +
}

source_package in/alpha alpha 1.0.0 '"beta@>=1.0.0 <2.0.0"'
source_package in/beta beta 1.0.0
expect 0 reg key --out key
build
cp -r "$site/index" old
cat >"$net_tmp/locations" <<CONF
location /private/ {
	if (\$http_authorization != "Bearer secret-token") { return 401; }
	rewrite ^/private/(.*)\$ /\$1 break;
}
location /elsewhere/ {
	if (\$http_authorization != "") { return 418; }
	rewrite ^/elsewhere/(.*)\$ /dl/\$1 break;
}
location /away/ { rewrite ^/away/(.*)\$ https://example.net/elsewhere/\$1 redirect; }
CONF
nginx_start

# From nothing to installed; then only what may have changed is asked about.
client first
expect 0 x07 pkg add alpha --sync
installed alpha/1.0.0
installed beta/1.0.0
answered 200 /dl/alpha/1.0.0/download
answered 200 /index/snapshot.json
grep -q 'HTTP/2.0" 200' "$log" || fail "no HTTP/2"
forget
expect 0 x07 pkg versions alpha
answered 304 /index/config.json
answered 304 /index/snapshot.json
not_asked /index/al/ph/alpha
forget
expect 0 nosocket x07 pkg sync
expect 0 x07 pkg sync
[ ! -s "$log" ] || fail "a sync with nothing to do asked: $(cat "$log")"
expect 0 reg check https://example.com/index/
is /result/problem_count 0

# A certificate of nobody is no registry.
authority other
expect 20 env X07_CA_BUNDLE="$net_tmp/other.crt" x07 pkg versions alpha
is /error/code X07PKG_INDEX_CONFIG

# A newer index is taken, and the older one, with all its signatures right, no more.
source_package "$TEST_TMP/in/alpha2" alpha 1.1.0
build
expect 0 x07 pkg versions alpha
is /result/versions/1/version 1.1.0
cp -r "$site/index" "$TEST_TMP/new"
serve_index "$TEST_TMP/old" 01
expect 20 x07 pkg versions alpha
is /error/code X07PKG_SNAPSHOT_REPLAYED
# The same registry without signatures.
expect 0 reg build "$TEST_TMP/in" --out "$TEST_TMP/plain"
serve_index "$TEST_TMP/plain/index" 02
expect 20 x07 pkg versions alpha
is /error/code X07PKG_UNSIGNED
# Signed with the key of somebody else.
expect 0 reg key --out "$TEST_TMP/other.key"
expect 0 reg build "$TEST_TMP/in" --out "$TEST_TMP/stolen" --key "$TEST_TMP/other.key" --name test
serve_index "$TEST_TMP/stolen/index" 03
expect 20 x07 pkg versions alpha
is /error/code X07PKG_SIGNATURE_KEY_MISSING
serve_index "$TEST_TMP/new" 04
expect 0 x07 pkg versions alpha

# Another archive than the one that is signed.
cp "$site/dl/alpha/1.1.0/download" "$TEST_TMP/saved"
flip "$site/dl/alpha/1.1.0/download" 700
expect 20 x07 pkg update
is /error/code X07PKG_DOWNLOAD_FAILED
installed alpha/1.0.0
cat "$TEST_TMP/saved" >"$site/dl/alpha/1.1.0/download"
expect 0 x07 pkg update
installed alpha/1.1.0

# A private registry wants its token; archives at another host, named or redirected to, never see it.
for dl in https://example.net/elsewhere/ https://example.com/away/; do
	build --dl "$dl"
	client "${#dl}" sparse+https://example.com/private/index/
	expect 20 x07 pkg add alpha --sync
	is /error/code X07PKG_INDEX_CONFIG
	expect 0 x07 pkg login --token secret-token
	forget
	expect 0 x07 pkg add alpha --sync
	installed alpha/1.1.0
	answered 200 /private/index/config.json
	answered 200 /elsewhere/alpha/1.1.0/download
done
