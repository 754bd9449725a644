#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 pkg update: the one command that replaces what is locked.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
pkg_project "$TEST_TMP/p"
x07 pkg add alpha@1.0.0 --sync >/dev/null
x07 pkg add gamma@1.0.0 --sync >/dev/null
locked beta/1.2.0 # what gamma takes, in its major version
cp x07.json manifest && cp x07.lock.json lock
unchanged() {
	cmp x07.json manifest || fail "x07.json changed"
	cmp x07.lock.json lock || fail "x07.lock.json changed"
}

expect 0 x07 pkg update --dry-run
is /command pkg.update
is /result/dry_run true
is /result/updated/0/name alpha
is /result/updated/0/from_version 1.0.0
is /result/updated/0/to_version 1.1.0
unchanged
not_installed alpha/1.1.0
# All of them: alpha 1.1.0 wants beta 1.0.0, and so beta goes down.
expect 0 x07 pkg update
listed alpha/1.1.0
locked alpha/1.1.0
locked beta/1.0.0
listed beta/1.0.0
installed alpha/1.1.0
not_installed alpha/1.0.0
not_installed beta/1.2.0
expect 0 x07 pkg lock --check
expect 0 x07 pkg update
[ "$(jsonq /result/updated/0 <"$TEST_TMP/out" 2>/dev/null)" = "" ] || fail "there was more to update"
# One of them, by name.
cp manifest x07.json && cp lock x07.lock.json
x07 pkg sync >/dev/null
expect 0 x07 pkg update gamma
unchanged
expect 0 x07 pkg update alpha --pre
locked alpha/2.0.0-rc.1
locked beta/1.2.0
# Offline what is installed is all there is.
cp manifest x07.json && cp lock x07.lock.json
x07 pkg sync >/dev/null
for name in nothing delta; do
	expect 20 x07 pkg update "$name"
	is /error/code X07PKG_DEP_NOT_FOUND
	unchanged
done
expect 20 x07 pkg update --index "sparse+file://$TEST_TMP/nowhere/"
is /error/code X07PKG_INDEX_CONFIG
unchanged
# Withdrawn meanwhile: the next lower one, unless it is allowed.
sed -i '/"version":"1.1.0"/s/"yanked":false/"yanked":true/' "$TEST_TMP/reg/index/al/ph/alpha"
expect 0 x07 pkg update
locked alpha/1.0.0
expect 0 x07 pkg update --allow-yanked
locked alpha/1.1.0
# Local packages keep their version.
mkdir -p libs/local/modules/local
echo '{}' >libs/local/modules/local/a.x07.json
echo '{"schema_version":"x07.package@0.1.0","name":"local","version":"0.0.1","module_root":"modules","modules":["local.a"]}' >libs/local/x07-package.json
expect 0 x07 pkg add local@0.0.1 --path libs/local --sync
expect 0 x07 pkg update local
[ "$(jsonq /dependencies/3/path <x07.lock.json)" = libs/local ] || fail "local is not locked"
expect 0 x07 pkg lock --check --allow-yanked
