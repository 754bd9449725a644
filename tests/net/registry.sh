#!/bin/sh
# SPDX-License-Identifier: MIT
# A built registry behind a real web server with TLS: cached, verified, not rolled back, not
# downgraded; tokens stay with their origin; an index in git.
. "${X07_SOURCE_DIR:?}/tests/net/lib.sh"
. "${X07_SOURCE_DIR:?}/tests/cli/registry_lib.sh"
. "${X07_SOURCE_DIR:?}/tests/cli/pkg_lib.sh"
command -v fcgiwrap >/dev/null || {
	echo "no fcgiwrap on this machine" >&2
	exit 77
}
net_start
site=$net_tmp/www
log=$net_tmp/access.log
cd "$TEST_TMP"
# answered STATUS PATH: the log has such an answer since the last forget.
forget() { : >"$log"; }
answered() { grep -qE "\"(GET|POST) $2 HTTP/[0-9.]+\" $1 " "$log" || fail "no $1 for $2: $(cat "$log")"; }
# serve_index DIR DAY: this index is served; nginx makes its tags of time and size.
serve_index() {
	rm -rf "$site/index"
	cp -r "$1" "$site/index"
	dated "$2"
}
dated() { find "$site/index" -type f -exec touch -d "2020-01-$1" {} +; }
not_asked() { ! grep -qE " $1 HTTP" "$log" || fail "$1 was asked for: $(cat "$log")"; }

source_package in/alpha alpha 1.0.0 '"beta@>=1.0.0 <2.0.0"'
source_package in/beta beta 1.0.0
expect 0 reg key --out key
expect 0 reg build in --out "$site" --key key --name test
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
location ~ ^/git(/.*)$ {
	fastcgi_pass unix:$net_tmp/git.sock;
	fastcgi_param REQUEST_METHOD \$request_method;
	fastcgi_param QUERY_STRING \$query_string;
	fastcgi_param CONTENT_TYPE \$content_type;
	fastcgi_param CONTENT_LENGTH \$content_length;
	fastcgi_param SCRIPT_FILENAME $(git --exec-path)/git-http-backend;
	fastcgi_param GIT_PROJECT_ROOT $TEST_TMP;
	fastcgi_param GIT_HTTP_EXPORT_ALL 1;
	fastcgi_param PATH_INFO \$1;
}
location /away/ { rewrite ^/away/(.*)\$ https://example.net/elsewhere/\$1 redirect; }
CONF
# The cache headers are those that docs/REGISTRY.md tells people to send.
sed -n 's/^ *\(location .*add_header Cache-Control.*\)/\1/p' "$X07_SOURCE_DIR/docs/REGISTRY.md" >>"$net_tmp/locations"
nginx_start
# cached PATH VALUE: the Cache-Control of the answer.
cached() {
	value=$(printf 'GET %s HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n' "$1" |
		openssl s_client -quiet -connect "$public4:443" 2>/dev/null | tr -d '\r' |
		sed -n '1,/^$/s/^Cache-Control: //p')
	[ "$value" = "$2" ] || fail "Cache-Control of $1 is '$value', not '$2'"
}
forever='public, max-age=31536000, immutable'
cached /index/snapshot.json 'public, max-age=300'
cached /index/config.json 'public, max-age=300'
cached "/$(cd "$site" && find index/snapshot -type f | sort | head -1)" "$forever"
cached /dl/alpha/1.0.0/download "$forever"
export X07_PKG_INDEX_URL=sparse+https://example.com/index/

# From nothing to installed; then only what may have changed is asked about.
pkg_project app
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
expect 0 reg build "$TEST_TMP/in" --out "$site" --key "$TEST_TMP/key" --name test
dated 09
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
	expect 0 reg build "$TEST_TMP/in" --out "$site" --key "$TEST_TMP/key" --name test --dl "$dl"
	export X07_PKG_HOME="$TEST_TMP/home-${#dl}"
	export X07_PKG_INDEX_URL=sparse+https://example.com/private/index/
	pkg_project "$TEST_TMP/app-${#dl}"
	expect 20 x07 pkg add alpha --sync
	is /error/code X07PKG_INDEX_CONFIG
	expect 0 x07 pkg login --token secret-token
	forget
	expect 0 x07 pkg add alpha --sync
	installed alpha/1.1.0
	answered 200 /private/index/config.json
	answered 200 /elsewhere/alpha/1.1.0/download
done

# The index in git: a pull request adds a line of files; archives stay where they are.
expect 0 reg build "$TEST_TMP/in" --out "$site" --key "$TEST_TMP/key" --name test \
	--dl https://example.com/dl/
commit() {
	git -C "$TEST_TMP/repo" add -A
	git -C "$TEST_TMP/repo" -c user.name=t -c user.email=t@example.com commit -qm "$1"
}
git init -q "$TEST_TMP/repo"
cp -r "$site/index/." "$TEST_TMP/repo/"
commit first
export X07_PKG_HOME="$TEST_TMP/home-git"
export X07_PKG_INDEX_URL="git+file://$TEST_TMP/repo"
pkg_project "$TEST_TMP/app-git"
expect 0 x07 pkg add alpha@1.0.0 --sync
installed alpha/1.0.0
installed beta/1.0.0
expect 0 x07 pkg pack --package "$TEST_TMP/in/beta" --out "$TEST_TMP/in/beta.x07pkg"
source_package "$TEST_TMP/in/gamma" gamma 1.0.0
expect 0 reg build "$TEST_TMP/in" --out "$site" --key "$TEST_TMP/key" --name test \
	--dl https://example.com/dl/
cp -r "$site/index/." "$TEST_TMP/repo/"
commit second
expect 0 x07 pkg add gamma --sync
installed gamma/1.0.0
expect 20 x07 pkg publish --package "$TEST_TMP/in/gamma"
is /error/code X07PKG_PUBLISH_FAILED

# The same repository over https, by git's own server program.
HOME=$TEST_TMP git config --global --add safe.directory '*'
HOME=$TEST_TMP fcgiwrap -s "unix:$net_tmp/git.sock" 2>"$net_tmp/fcgi.err" &
tries=0
while [ ! -S "$net_tmp/git.sock" ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 100 ] || fail "fcgiwrap did not start: $(cat "$net_tmp/fcgi.err")"
	sleep 0.05
done
export X07_PKG_HOME="$TEST_TMP/home-git-https"
export X07_PKG_INDEX_URL="git+https://example.com/git/repo"
pkg_project "$TEST_TMP/app-git-https"
forget
expect 0 x07 pkg add gamma --sync
installed gamma/1.0.0
answered 200 '/git/repo/info/refs[^ ]*'
