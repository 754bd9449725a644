#!/bin/sh
# SPDX-License-Identifier: MIT
# `x07 registry serve` and people who publish and mean harm: names, advisories and versions of
# others, archives that no client takes, requests that never end, paths for a terminal.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "${X07_SOURCE_DIR:?}/tests/cli/registry_lib.sh"
. "${X07_SOURCE_DIR:?}/tests/cli/pkg_lib.sh"
cd "$TEST_TMP"
say() { "$X07_BUILD_DIR/tests/http_say" "$port" "$@"; }
# request METHOD PATH TOKEN BODY-FILE: the answer in $TEST_TMP/answer; its status is printed.
request() {
	{
		printf '%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Length: %s\r\n\r\n' \
			"$1" "$2" "$3" "$(stat -c %s "$4")"
		cat "$4"
	} | say >answer
	sed -n '1s/^HTTP.1.1 \([0-9]*\).*/\1/p' answer
}
# answers STATUS METHOD PATH TOKEN BODY-FILE
answers() {
	wanted=$1
	shift
	status=$(request "$@")
	[ "$status" = "$wanted" ] || fail "$status, not $wanted: $1 $2: $(cat answer)"
}
serve() {
	rm -f serve.out # or the address of the server before is read
	"$pkg_program" registry serve data --bind 127.0.0.1:0 --key key >serve.out 2>serve.err &
	server=$!
	tries=0
	until port=$(sed -n 's|^http://127.0.0.1:\([0-9]*\)/.*|\1|p' serve.out 2>/dev/null) && [ -n "$port" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || fail "no address of the server: $(cat serve.err)"
		sleep 0.1
	done
}
expect 0 reg key --out key
mkdir data
serve
trap 'kill "$server" 2>/dev/null || :' EXIT
ann=$(reg token data --handle ann --scopes publish,owner.manage | jsonq /result/token)
eve=$(reg token data --handle eve --scopes publish,owner.manage | jsonq /result/token)
for name in alpha evil; do
	source_package $name $name 1.0.0
	expect 0 x07 pkg pack --package $name --out $name.x07pkg
done
answers 200 POST /v1/packages/publish "$ann" alpha.x07pkg
answers 200 POST /v1/packages/publish "$eve" evil.x07pkg
answers 409 POST /v1/packages/publish "$ann" alpha.x07pkg

# Tokens made while others are made and taken back are all there.
pids=
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	reg token data --handle crowd --label "$i" >/dev/null &
	pids="$pids $!"
done
for pid in $pids; do wait "$pid" || fail "a token was not made"; done
[ "$(grep -c '"handle": *"crowd"' data/state/tokens.json)" -eq 16 ] || fail "tokens got lost: $(cat data/state/tokens.json)"

# A name belongs to whoever published it first, also for versions that are not there yet.
source_package alpha alpha 1.0.1
expect 0 x07 pkg pack --package alpha --out alpha1.x07pkg
answers 403 POST /v1/packages/publish "$eve" alpha1.x07pkg
# What was there before anybody published is nobody's to take, but an administrator's to give.
source_package packages/gamma gamma 1.0.0
source_package gamma gamma 1.0.1
expect 0 x07 pkg pack --package gamma --out gamma.x07pkg
kill "$server"
wait "$server" || :
cp -r packages data/packages
serve
answers 403 POST /v1/packages/publish "$eve" gamma.x07pkg
answers 200 POST /v1/packages/publish "$(reg token data --handle root --scopes admin | jsonq /result/token)" gamma.x07pkg
# A name whose version could not be indexed is free again.
source_package delta delta 1.0.0
expect 0 x07 pkg pack --package delta --out delta.x07pkg
mkdir -p data/index/de/lt/delta
answers 500 POST /v1/packages/publish "$eve" delta.x07pkg
[ ! -e data/dl/delta ] || fail "what could not be indexed was left"
rmdir data/index/de/lt/delta
answers 200 POST /v1/packages/publish "$ann" delta.x07pkg

# An advisory is withdrawn by the owner of its package alone, whatever package the path names.
echo '{"kind":"security","severity":"high","summary":"bad"}' >advisory
answers 200 POST /v1/packages/alpha/1.0.0/advisories "$ann" advisory
id=$(sed -n 's/.*"id":"\([0-9a-f-]*\)".*/\1/p' answer)
[ "${#id}" -eq 36 ] || fail "no id: $(cat answer)"
: >empty
answers 404 POST "/v1/packages/evil/1.0.0/advisories/$id/withdraw" "$eve" empty
answers 403 POST "/v1/packages/alpha/1.0.0/advisories/$id/withdraw" "$eve" empty
grep -q "$id" data/advisories.ndjson || fail "somebody else has withdrawn an advisory"
answers 200 POST "/v1/packages/alpha/1.0.0/advisories/$id/withdraw" "$ann" empty
! grep -q "$id" data/advisories.ndjson || fail "an advisory cannot be withdrawn"
answers 404 POST "/v1/packages/alpha/1.0.0/advisories/$id/withdraw" "$ann" empty

# An archive in which one path is a file and a folder, with another name sorted in between.
mkdir -p twice/ffi
source_package twice twice 1.0.0
printf x >twice/ffi/a
tar -cf twice.tar --format=gnu --owner=0 --group=0 --mtime=@0 -C twice \
	ffi/a modules/twice/main.x07.json x07-package.json
printf x >twice/ffi/a-b
tar -rf twice.tar --format=gnu --owner=0 --group=0 --mtime=@0 -C twice ffi/a-b
rm twice/ffi/a
mkdir twice/ffi/a
printf x >twice/ffi/a/c
tar -rf twice.tar --format=gnu --owner=0 --group=0 --mtime=@0 -C twice ffi/a/c
answers 400 POST /v1/packages/publish "$ann" twice.tar
grep -q X07REG_BAD_ARCHIVE answer || fail "$(cat answer)"

answers 400 POST /v1/packages/publish "$ann" empty
grep -q X07REG_BAD_ARCHIVE answer || fail "$(cat answer)"

# A request whose head never ends, a byte at a time.
{
	printf 'GET / HTTP/1.1\r\nX: '
	head -c 8000 /dev/zero | tr '\0' a
} >slow
got=0
say 20 <slow >answer || got=$?
[ "$got" -eq 3 ] || fail "a head of 8000 bytes in 160 s was waited for: $got"

# A path with a control sequence of eight bits: CSI is C2 9B.
printf 'GET /%%C2%%9B31mred HTTP/1.1\r\nConnection: close\r\n\r\n' | say >answer
grep -q '404 GET /?31mred' serve.err || fail "the log is not clean: $(od -c serve.err | tail -5)"
