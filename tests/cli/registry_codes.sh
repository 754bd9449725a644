#!/bin/sh
# SPDX-License-Identifier: MIT
# What `x07 registry serve` answers to requests that it does not take: the status and the code of each
# kind, and what it says when its folder is in use or damaged.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "${X07_SOURCE_DIR:?}/tests/cli/registry_lib.sh"
. "${X07_SOURCE_DIR:?}/tests/cli/pkg_lib.sh"
cd "$TEST_TMP"
say() { "$X07_BUILD_DIR/tests/http_say" "$port"; }
# answered STATUS CODE: the answer of the last request.
answered() {
	status=$(sed -n '1s/^HTTP.1.1 \([0-9]*\).*/\1/p' answer)
	[ "$status" = "$1" ] || fail "$status, not $1: $(cat answer)"
	grep -q "\"$2\"" answer || fail "not $2: $(cat answer)"
}
# ask METHOD PATH [BODY]
ask() {
	printf '%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Length: %s\r\n\r\n%s' \
		"$1" "$2" "$token" "${#3}" "$3" | say >answer
}
expect 0 reg key --out key
mkdir data
"$pkg_program" registry serve data --bind 127.0.0.1:0 --key key >serve.out 2>serve.err &
server=$!
trap 'kill "$server" 2>/dev/null || :' EXIT
tries=0
until port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/.*|\1|p' serve.out) && [ -n "$port" ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 100 ] || fail "no address of the server: $(cat serve.err)"
	sleep 0.1
done
token=$(reg token data --handle ann --scopes publish,owner.manage,token.manage | jsonq /result/token)
source_package alpha alpha 1.0.0
export X07_PKG_INDEX_URL="sparse+http://127.0.0.1:$port/index/"

# A request that is none, a body where none belongs, one whose length nobody knows.
printf 'nonsense\r\n\r\n' | say >answer
answered 400 X07REG_BAD_REQUEST
ask GET /v1/account 'a body'
answered 400 X07REG_BAD_REQUEST
printf 'POST /v1/tokens HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' | say >answer
answered 411 X07REG_BAD_REQUEST

# The index: a name without a file, and a path where no package of that name has one.
ask GET /index/al/ph/alpha ''
answered 404 X07REG_INDEX_NOT_FOUND
ask GET /index/xx/yy/alpha ''
answered 400 X07REG_INDEX_PATH_INVALID

# Bodies that say nothing.
expect 0 x07 pkg pack --package alpha --out alpha.x07pkg
printf 'POST /v1/packages/publish HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Length: %s\r\n\r\n' \
	"$token" "$(stat -c %s alpha.x07pkg)" | cat - alpha.x07pkg | say >answer
grep -q '^HTTP/1.1 200' answer || fail "alpha was not published: $(cat answer)"
ask POST /v1/packages/alpha/1.0.0/advisories '{}'
answered 400 X07REG_ADVISORY_INVALID
ask POST /v1/packages/alpha/1.0.0/yank '{"yanked":"perhaps"}'
answered 400 X07REG_BAD_REQUEST
ask POST /v1/tokens '{"label":"x","scopes":["everything"]}'
answered 400 X07REG_SCOPE_INVALID
expect 2 reg token data --handle 'Ann Other' --scopes publish
says err "a handle is 1 to 64"

# The folder belongs to one server, and what is in it must be what was written.
expect 20 reg serve data --bind 127.0.0.1:0 --key key
says err "X07REG_CONFIG"
cp data/state/tokens.json tokens
echo '{"items":7}' >data/state/tokens.json
expect 20 reg token data --handle bob --scopes publish
is /error/code X07REG_DB_CORRUPT
[ "$(cat data/state/tokens.json)" = '{"items":7}' ] || fail "a damaged file was replaced"
ask POST /v1/packages/alpha/1.0.0/yank '{"yanked":true}'
answered 500 X07REG_DB_CORRUPT
cp tokens data/state/tokens.json
# What went wrong inside stays inside: the index file is in the way of itself.
source_package delta delta 1.0.0
expect 0 x07 pkg pack --package delta --out delta.x07pkg
mkdir -p data/index/de/lt/delta
printf 'POST /v1/packages/publish HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Length: %s\r\n\r\n' \
	"$token" "$(stat -c %s delta.x07pkg)" | cat - delta.x07pkg | say >answer
answered 500 X07REG_INTERNAL
! grep -q "$TEST_TMP" answer || fail "the answer tells of the machine: $(cat answer)"
