#!/bin/sh
# SPDX-License-Identifier: MIT
# An index in git, read from a folder and over https, from git's own server program behind nginx.
. "${X07_SOURCE_DIR:?}/tests/net/registry_lib.sh"
command -v fcgiwrap >/dev/null || {
	echo "no fcgiwrap on this machine" >&2
	exit 77
}
cat >"$net_tmp/locations" <<CONF
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
CONF
nginx_start
source_package in/alpha alpha 1.0.0 '"beta@>=1.0.0 <2.0.0"'
source_package in/beta beta 1.0.0
expect 0 reg key --out key

# The index in git: a pull request adds a line of files; archives stay where they are.
build --dl https://example.com/dl/
commit() {
	git -C "$TEST_TMP/repo" add -A
	git -C "$TEST_TMP/repo" -c user.name=t -c user.email=t@example.com commit -qm "$1"
}
git init -q "$TEST_TMP/repo"
cp -r "$site/index/." "$TEST_TMP/repo/"
commit first
client git "git+file://$TEST_TMP/repo"
expect 0 x07 pkg add alpha@1.0.0 --sync
installed alpha/1.0.0
installed beta/1.0.0
expect 0 x07 pkg pack --package "$TEST_TMP/in/beta" --out "$TEST_TMP/in/beta.x07pkg"
source_package "$TEST_TMP/in/gamma" gamma 1.0.0
build --dl https://example.com/dl/
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
client git-https git+https://example.com/git/repo
forget
expect 0 x07 pkg add gamma --sync
installed gamma/1.0.0
answered 200 '/git/repo/info/refs[^ ]*'
