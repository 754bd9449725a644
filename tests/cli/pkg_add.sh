#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 pkg add: every form of what to add, and everything that it must leave alone.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
before() {
	cp x07.json "$TEST_TMP/x07.json"
	cp x07.lock.json "$TEST_TMP/x07.lock.json"
}
same_manifest() { cmp -s x07.json "$TEST_TMP/x07.json" || fail "x07.json changed"; }
same_lock() { cmp -s x07.lock.json "$TEST_TMP/x07.lock.json" || fail "x07.lock.json changed"; }
refused() {
	code=$1
	shift
	before
	expect 20 x07 pkg add "$@"
	is /ok false
	is /command pkg.add
	is /error/code "$code"
	[ -n "$(field /error/message)" ] || fail "no message"
	same_manifest
	same_lock
}

# The forms. Without --sync x07.json alone changes and nothing is looked up for a pinned version.
pkg_project "$TEST_TMP/forms"
before
expect 0 nosocket x07 pkg add alpha@1.0.0
is /ok true
is /result/name alpha
is /result/version 1.0.0
is /result/path .x07/deps/alpha/1.0.0
is /result/project "$PWD/x07.json"
listed alpha/1.0.0
not_installed alpha
same_lock
expect 0 x07 pkg add never@7.0.0 # a pinned version is taken at its word
listed never/7.0.0
expect 0 x07 pkg remove never
expect 0 x07 pkg add beta # the highest
is /result/version 2.0.0
expect 0 x07 pkg add beta
is /result/version 2.0.0
expect 0 x07 pkg add beta@2.0.0
refused X07PKG_DEP_EXISTS beta@1.0.0
says out "x07 pkg update beta"
refused X07PKG_DEP_EXISTS beta@2.0.0 --path libs/beta
refused X07PKG_INDEX_NO_MATCH delta # withdrawn
refused X07PKG_INDEX_NO_MATCH nothing
for spec in @1.0.0 gamma@ gamma@1 gamma@1.0 gamma@01.0.0 gamma@latest gamma@^1.0.0 'gamma@>=1.0.0' \
	Gamma@1.0.0 ga/mma@1.0.0 ../x@1.0.0 gamma@1.0.0@2 'gamma @1.0.0'; do
	refused X07PKG_SPEC_INVALID "$spec"
done
for word in Gamma ga/mma ../x ''; do refused X07PKG_CAPABILITY_UNKNOWN "$word"; done
refused X07PKG_SPEC_INVALID gamma --path libs/gamma
expect 2 x07 pkg add
says err "which package?"
silent out
expect 2 x07 pkg add a b
expect 2 x07 pkg add gamma --index "$X07_PKG_INDEX_URL" --registry "$X07_PKG_INDEX_URL"
expect 2 x07 pkg add gamma --index ftp://x/

# --sync: all of it at once, and only what is new is fetched.
pkg_project "$TEST_TMP/sync"
expect 0 x07 pkg add alpha --sync # no pre-release unless asked for
is /result/version 1.1.0
is /result/lock/index "$X07_PKG_INDEX_URL"
is /result/lock/lockfile x07.lock.json
is /result/lock/fetched/0/name alpha
is /result/lock/fetched/1/name beta
is /result/transitive_added/0/name beta
is /result/transitive_added/0/version 1.0.0
installed alpha/1.1.0
installed beta/1.0.0
listed beta/1.0.0
locked beta/1.0.0
silent err
before
expect 0 x07 pkg add alpha --sync
is /result/version 1.1.0
same_manifest
same_lock
expect 0 x07 pkg add gamma@1.0.0 --sync # beta stays what it is: it fits
is /result/lock/fetched/0/name gamma
locked beta/1.0.0
expect 0 x07 pkg add beta@1.0.0 --sync # what came along is wanted itself now
expect 0 x07 pkg remove alpha --sync
expect 0 x07 pkg remove gamma --sync
listed beta/1.0.0
# Pre-releases by name and by flag.
pkg_project "$TEST_TMP/pre"
expect 0 x07 pkg add alpha@2.0.0-rc.1 --sync
installed alpha/2.0.0-rc.1
pkg_project "$TEST_TMP/pre2"
expect 0 x07 pkg add alpha --pre --sync
is /result/version 2.0.0-rc.1

# What cannot be had changes neither file.
pkg_project "$TEST_TMP/fails"
x07 pkg add alpha@1.1.0 --sync >/dev/null
refused X07PKG_RESOLVE_CONFLICT omega@1.0.0 --sync
says out '"package":"beta"'
says out '"by":"alpha"'
says out '"by":"omega"'
[ -n "$(field /error/data/ways_out/0)" ] || fail "no way out"
refused X07PKG_INDEX_NO_MATCH alpha2@1.0.0 --sync
refused X07PKG_INDEX_NO_MATCH gamma@9.0.0 --sync
refused X07PKG_YANKED_DEP delta@1.0.0 --sync
expect 0 x07 pkg add delta@1.0.0 --sync --allow-yanked
says err "warning: delta@1.0.0 was withdrawn"
grep -q '"yanked": true' x07.lock.json || fail "the lock does not know"
refused X07PKG_INDEX_CONFIG gamma --sync --index "sparse+file://$TEST_TMP/nowhere/"
rm -rf "$TEST_TMP/reg/dl/gamma/1.0.0/download" "$X07_PKG_HOME"
refused X07PKG_DOWNLOAD_FAILED gamma@1.0.0 --sync
not_installed gamma
expect 2 x07 pkg add gamma@1.0.0 --sync --project "$TEST_TMP/nowhere"
is /error/code X07PROJECT_READ
rm -rf "$TEST_TMP/reg"
small_registry

# --with-closure: the closure in x07.json, no lock, nothing installed.
pkg_project "$TEST_TMP/closure"
before
expect 0 x07 pkg add alpha@1.1.0 --with-closure
is /result/transitive_added/0/name beta
listed alpha/1.1.0
listed beta/1.0.0
not_installed alpha
same_lock
pkg_project "$TEST_TMP/closure_embedded" # whose index says what a package needs
expect 0 x07 pkg add ext-net --with-closure --index embedded:
is /result/transitive_added/2/name ext-url-rs
[ ! -e .x07/deps ] || fail "something was installed"
pkg_project "$TEST_TMP/closure_sync"
expect 0 x07 pkg add alpha@1.1.0 --with-closure --sync
installed beta/1.0.0

# Offline: what the store has is installed, what it has not is refused, by flag and by environment.
pkg_project "$TEST_TMP/offline"
export X07_PKG_INDEX_URL=sparse+http://127.0.0.1:1/
refused X07PKG_OFFLINE_INDEX gamma --offline
before
expect 20 "$X07_BUILD_DIR/tests/nosocket" x07 pkg add gamma@1.0.0 --sync --offline
is /error/code X07PKG_OFFLINE_INDEX
expect 20 env X07_OFFLINE=1 "$X07_BUILD_DIR/tests/nosocket" x07 pkg add gamma@1.0.0 --with-closure
is /error/code X07PKG_OFFLINE_INDEX
same_manifest
same_lock
small_registry

# The user's x07.json keeps its order, its layout and what we do not know.
mkdir "$TEST_TMP/layout"
cd "$TEST_TMP/layout"
cat >x07.json <<'JSON'
{
    "world": "run-os",   "zzz": {"mine": [1,2 , 3]},
    "schema_version": "x07.project@0.5.0",
    "module_roots": ["src"],
    "entry": "src/main.x07.json",
    "dependencies": [
        {"version": "1.2.0", "name": "beta", "path": ".x07/deps/beta/1.2.0", "note": "why"}
    ],
    "lockfile": "locks/x07.lock.json"
}
JSON
mkdir src locks
cat >want.json <<'JSON'
{
    "world": "run-os",   "zzz": {"mine": [1,2 , 3]},
    "schema_version": "x07.project@0.5.0",
    "module_roots": ["src"],
    "entry": "src/main.x07.json",
    "dependencies": [
        {"version": "1.2.0", "name": "beta", "path": ".x07/deps/beta/1.2.0", "note": "why"},
        {"name": "gamma", "version": "1.0.0", "path": ".x07/deps/gamma/1.0.0"}
    ],
    "lockfile": "locks/x07.lock.json"
}
JSON
cp x07.json old.json
expect 0 x07 pkg add gamma --sync
cmp x07.json want.json || fail "layout of x07.json"
[ -f locks/x07.lock.json ] || fail "the lock is not where x07.json says"
expect 0 x07 pkg remove gamma --sync
cmp x07.json old.json || fail "layout of x07.json after remove"
sed -i '/"dependencies"/,/^    \],/d' x07.json
expect 0 x07 pkg add gamma@1.0.0 --sync # there was no array at all
[ "$(jsonq /dependencies/1/name <x07.json)" = gamma ] || fail "gamma is not second"

# A project in a folder that cannot be written.
pkg_project "$TEST_TMP/readonly"
if [ "$(id -u)" -ne 0 ]; then
	chmod a-w .
	refused X07PKG_IO gamma --sync
	chmod u+w .
fi
