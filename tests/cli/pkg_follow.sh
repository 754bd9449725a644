#!/bin/sh
# SPDX-License-Identifier: MIT
# A project that took packages from a registry asks that registry again, without being told: after
# `x07 pkg add --index URL` every other command, and a fresh clone, finds what is locked.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
url=$X07_PKG_INDEX_URL
unset X07_PKG_INDEX_URL
forget() { rm -rf .x07/deps "$X07_PKG_HOME/store"; }

pkg_project "$TEST_TMP/p"
expect 20 x07 pkg add alpha@1.1.0 --sync
says out "no package alpha in the registry that ships with x07"
says out "x07.config.json"
expect 0 x07 pkg add alpha@1.1.0 --sync --index "$url"
expect 0 x07 pkg lock
is /result/index "$url"
expect 0 x07 pkg lock --check
is /result/index "$url"
forget
expect 0 x07 pkg sync
is /result/index "$url"
installed beta/1.0.0
forget
cat >m.x07.json <<'JSON'
{"schema_version":"x07.x07ast@0.8.0","kind":"entry","module_id":"main","imports":[],"decls":[],
 "solve":["bytes.lit","x"]}
JSON
expect 0 x07 run --program m.x07.json
installed alpha/1.1.0
for ask in versions info; do
	expect 0 x07 pkg $ask alpha
	is /result/index "$url"
done
(cd src && x07 pkg versions alpha) >"$TEST_TMP/out" || fail "versions below the project"
is /result/index "$url"
expect 0 x07 pkg add gamma --sync
installed gamma/1.0.0
expect 0 x07 pkg update --dry-run
is /result/lock/index "$url"
expect 0 x07 pkg remove gamma
expect 0 on_tty x07 pkg remove alpha
says out "removed alpha from x07.json; "

# What somebody chooses goes first, and says what it lacks and where it was looked for.
pkg_project "$TEST_TMP/chosen"
expect 0 x07 pkg add alpha@1.1.0 --sync --index "$url"
expect 20 env X07_PKG_INDEX_URL=embedded: x07 pkg update
is /error/code X07PKG_RESOLVE_CONFLICT
says out "there is no such package in the registry that ships with x07"
expect 0 env X07_PKG_INDEX_URL=embedded: x07 pkg lock --check
says err "warning: alpha@1.1.0 and others are not in the registry that ships with x07"
expect 0 x07 pkg lock --check
silent err
expect 0 x07 pkg lock --check --offline
silent err
echo '{"pkg":{"registry":"embedded:"}}' >x07.config.json
expect 20 x07 pkg update
is /error/code X07PKG_RESOLVE_CONFLICT
rm x07.config.json

# A lock that nobody chose a registry for, and one that is none of ours: what ships with x07.
pkg_project "$TEST_TMP/ships"
expect 0 nosocket x07 pkg add ext-net --sync
for other in sparse+https://registry.x07.io/index/ ftp://example.com/; do
	sed -i "s|\"index_url\": \"[^\"]*\"|\"index_url\": \"$other\"|" x07.lock.json
	forget
	expect 0 nosocket x07 pkg sync
	installed ext-net/0.1.11
done

# A withdrawn version is in the way: the way out that is printed works as it stands.
pkg_project "$TEST_TMP/withdrawn"
mkregistry "$TEST_TMP/two" 1 2000 'top@1.0.0:low@1.0.0' low@1.0.0
two="sparse+file://$TEST_TMP/two/index/"
expect 0 x07 pkg add top --sync --index "$two"
sed -i 's/"yanked":false/"yanked":true/' "$TEST_TMP/two/index/3/l/low"
for command in "update" "update low"; do
	# shellcheck disable=SC2086
	expect 20 x07 pkg $command
	is /error/code X07PKG_RESOLVE_CONFLICT
	says out "1.0.0 is yanked"
	says out "accept what was withdrawn with --allow-yanked: low 1.0.0"
	# shellcheck disable=SC2086
	expect 0 x07 pkg $command --allow-yanked
done
expect 20 x07 pkg attest-closure --out "$TEST_TMP/attest.json"
says err "X07PKG_YANKED_DEP"
is /advisory_check/ok false
expect 0 x07 pkg attest-closure --out "$TEST_TMP/attest.json" --allow-yanked
silent err
# The warning stands on a line of its own, and the document too.
expect 0 env TERM=xterm "$X07_BUILD_DIR/tests/on_tty" x07 pkg lock --allow-yanked
says out "$(printf '\r\033[Kx07 pkg lock: warning: low@1.0.0')"
expect 20 env TERM=xterm "$X07_BUILD_DIR/tests/on_tty" x07 pkg attest-closure --out "$TEST_TMP/attest.json"
says out "$(printf '\r\033[Kx07 pkg attest-closure: [X07PKG_YANKED_DEP]')"
# A conflict is told once.
expect 20 env TERM=xterm "$X07_BUILD_DIR/tests/on_tty" x07 pkg update
says out "[X07PKG_RESOLVE_CONFLICT] no versions fit together"
[ "$(grep -c 'wanted by' "$TEST_TMP/out")" -eq 1 ] || fail "the conflict is told more than once"
