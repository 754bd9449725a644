#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 pkg lock: what is written, what --check and --frozen refuse, and the older formats.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
remember() { cp x07.json "$TEST_TMP/x07.json" && cp x07.lock.json "$TEST_TMP/x07.lock.json"; }
unchanged() {
	cmp -s x07.json "$TEST_TMP/x07.json" || fail "x07.json changed"
	cmp -s x07.lock.json "$TEST_TMP/x07.lock.json" || fail "x07.lock.json changed"
}
refused() {
	code=$1
	shift
	remember
	expect 20 x07 pkg lock "$@"
	is /error/code "$code"
	unchanged
}
version_of_lock() { jsonq /schema_version <x07.lock.json; }

# A lock, twice the same; what it covers.
pkg_project "$TEST_TMP/p"
x07 pkg add alpha@1.1.0 >/dev/null
expect 0 x07 pkg lock
is /command pkg.lock
is /result/lockfile x07.lock.json
is /result/fetched/0/name alpha
[ "$(version_of_lock)" = x07.lock@0.4.0 ] || fail "version of the lock"
[ "$(jsonq /dependencies/0/direct <x07.lock.json)" = true ] || fail "alpha is not direct"
[ "$(jsonq /dependencies/1/direct <x07.lock.json)" = false ] || fail "beta is direct"
for key in package_manifest_sha256 archive_sha256 tree_sha256; do
	[ "$(jsonq /dependencies/1/$key <x07.lock.json | wc -c)" -ge 64 ] || fail "no $key"
done
remember
expect 0 x07 pkg lock
unchanged
expect 0 x07 pkg lock --check
is /result/lockfile x07.lock.json
unchanged
expect 0 x07 pkg lock --frozen
unchanged

# --check reads only: with nothing installed it refuses, and installs nothing.
rm -rf .x07/deps
refused X07PKG_LOCK_MISMATCH --check
[ ! -e .x07/deps ] || fail "--check installed something"
expect 0 x07 pkg lock --frozen
is /command pkg.lock
installed beta/1.0.0
unchanged
# Nothing to do: nothing is written, so that it works where nothing can be.
rm -rf .x07/tmp
expect 0 x07 pkg lock --frozen
[ ! -e .x07/tmp ] || fail "--frozen wrote where nothing was to be done"
expect 20 x07 pkg lock --frozen --lock-version 9
is /error/code X07PKG_LOCK_VERSION_INVALID
rm x07.lock.json
expect 20 x07 pkg lock --check
is /error/code X07PKG_LOCK_MISSING
expect 20 x07 pkg lock --frozen
is /error/code X07PKG_LOCK_MISSING
[ ! -e x07.lock.json ] || fail "a lock appeared"
cp "$TEST_TMP/x07.lock.json" .
expect 2 x07 pkg lock --check --frozen
says err "--frozen"

# x07.json and lock that do not fit.
cp x07.json fits.json
sed -i 's/"version": "1.0.0"/"version": "1.2.0"/; s|beta/1.0.0|beta/1.2.0|' x07.json
refused X07PKG_LOCK_MISMATCH --check
refused X07PKG_LOCK_MISMATCH --frozen
cp fits.json x07.json
# A file of a package that was changed, removed, added: each is noticed, and frozen mends it.
module=.x07/deps/beta/1.0.0/modules/beta/m1.x07.json
for damage in "rm -f $module" "cp -f x07.json $module" "touch .x07/deps/beta/1.0.0/extra"; do
	if [ -e "$module" ]; then chmod u+w "$(dirname "$module")" .x07/deps/beta/1.0.0; fi
	[ "${damage%% *}" = touch ] || rm -f "$module"
	$damage
	refused X07PKG_LOCK_MISMATCH --check
	says out beta@1.0.0
	expect 0 x07 pkg lock --frozen
	expect 0 x07 pkg lock --check
done
# A need that x07.json lacks: known from the installed manifest.
sed -i '/"dependencies"/,/^  \],/d' x07.json
sed -i 's/"default_profile"/"dependencies": [{"name": "alpha", "version": "1.1.0", "path": ".x07\/deps\/alpha\/1.1.0"}],\n  "default_profile"/' x07.json
sed -n '1,/"name": "beta"/p' x07.lock.json | sed '$d' | sed '$d' | sed '$s/},/}/' >cut.json
printf '  ]\n}\n' >>cut.json
cp x07.lock.json whole.json && cp cut.json x07.lock.json
refused X07PKG_TRANSITIVE_MISSING --check
says out "alpha@1.1.0 needs beta"
expect 0 x07 pkg lock
listed beta/1.0.0
locked beta/1.0.0

# Yanked and advised versions: a warning when locking, a refusal when checking; offline nobody asks.
pkg_project "$TEST_TMP/yanked"
x07 pkg add alpha@1.0.0 --sync >/dev/null
index=$TEST_TMP/reg/index/al/ph/alpha
sed -i '/"version":"1.0.0"/s/"yanked":false/"yanked":true/' "$index"
refused X07PKG_YANKED_DEP --check
expect 0 x07 pkg lock --check --allow-yanked
expect 0 x07 pkg lock --check --offline
expect 0 x07 pkg lock
says err "warning: alpha@1.0.0 was withdrawn"
grep -q '"yanked": true' x07.lock.json || fail "the lock does not know of the yank"
expect 0 x07 pkg lock --quiet
silent err
sed -i '/"version":"1.0.0"/s/"yanked":true/"yanked":false,"advisories":[{"schema_version":"x07.pkg.advisory@0.1.0","id":"A-1","package":"alpha","version":"1.0.0","kind":"security","severity":"high","summary":"it bites","created_at_utc":"2026-01-01T00:00:00Z"}]/' "$index"
refused X07PKG_ADVISED_DEP --check
says out "A-1"
says out "it bites"
expect 0 x07 pkg lock --check --allow-advisories
expect 0 on_tty x07 pkg versions alpha
says out "  advisory A-1 (security, high): it bites"
expect 0 x07 pkg lock --check --offline
expect 0 x07 pkg lock
says err "advisory A-1 (security, high): it bites"
[ "$(jsonq /dependencies/0/advisories/0/id <x07.lock.json)" = A-1 ] || fail "no advisory in the lock"

# The formats: 0.4 written, 0.3 on request, 0.2 read.
pkg_project "$TEST_TMP/formats"
x07 pkg add gamma@1.0.0 --sync >/dev/null
for bad in 0.2 0.5 4 ''; do refused X07PKG_LOCK_VERSION_INVALID --lock-version "$bad"; done
expect 0 x07 pkg lock --lock-version 0.3
[ "$(version_of_lock)" = x07.lock@0.3.0 ] || fail "no 0.3"
! grep -q toolchain x07.lock.json || fail "0.3 has no toolchain"
expect 0 x07 pkg lock --check
rm -rf .x07/deps
expect 0 x07 pkg sync
sed -e 's/x07.lock@0.3.0/x07.lock@0.2.0/' -e '/"yanked"/d' -e '/"archive_sha256"/d' \
	-e '/"tree_sha256"/d' -e '/"direct"/d' -e 's/^      },$/      }/' x07.lock.json >old.json
cp old.json x07.lock.json
expect 0 x07 pkg lock --check --offline
rm -rf .x07/deps
expect 0 x07 pkg lock --frozen
cmp -s old.json x07.lock.json || fail "frozen changed a lock"
installed gamma/1.0.0
expect 0 x07 pkg lock
[ "$(version_of_lock)" = x07.lock@0.4.0 ] || fail "lock leaves 0.2"
for bad in x07.lock@0.1.0 x07.lock@0.5.0 x07.project@0.5.0; do
	sed "s/x07.lock@0.2.0/$bad/" old.json >x07.lock.json
	expect 2 x07 pkg lock --check
	is /error/code X07LOCK_SCHEMA
	expect 2 x07 pkg lock
	is /error/code X07LOCK_SCHEMA
done
sed 's/x07.lock@0.2.0/x07.lock@0.4.0/' old.json >x07.lock.json
expect 2 x07 pkg lock --check # 0.4.0 without toolchain and registry
is /error/code X07LOCK_SCHEMA

# Another registry serves other bytes for what is locked: refused, with both digests.
pkg_project "$TEST_TMP/other"
x07 pkg add alpha@1.1.0 --sync >/dev/null
mkregistry "$TEST_TMP/mirror" 3 2000 alpha@1.0.0 'alpha@1.1.0:beta@1.0.0' alpha@2.0.0-rc.1 beta@1.0.0
expect 0 x07 pkg lock --check --registry "sparse+file://$TEST_TMP/mirror/index/"
mkregistry "$TEST_TMP/evil" 3 2500 'alpha@1.1.0:beta@1.0.0' beta@1.0.0
rm -rf .x07/deps "$X07_PKG_HOME"
for how in --frozen ""; do
	# shellcheck disable=SC2086
	refused X07PKG_LOCK_MISMATCH $how --index "sparse+file://$TEST_TMP/evil/index/"
	says out "expected sha256 $(jsonq /dependencies/0/archive_sha256 <x07.lock.json)"
	not_installed alpha/1.1.0
done
# Offline with an empty store.
expect 20 env X07_PKG_INDEX_URL=sparse+http://127.0.0.1:1/ "$X07_BUILD_DIR/tests/nosocket" \
	x07 pkg lock --frozen --offline
is /error/code X07PKG_OFFLINE_MISSING_DEP
expect 0 x07 pkg lock --frozen
# And with a full one, that is all it takes.
rm -rf .x07/deps
expect 0 env X07_PKG_INDEX_URL=sparse+http://127.0.0.1:1/ "$X07_BUILD_DIR/tests/nosocket" \
	x07 pkg lock --frozen --offline
installed alpha/1.1.0

# What is wrong with x07.json or the lock stands in the report, with its place and what to do.
pkg_project "$TEST_TMP/broken"
expect 0 x07 pkg add alpha --sync
sed -i 's/"dependencies": \[/"dependencies": [ 7,/' x07.json
expect 2 x07 pkg lock --check
is /error/code X07PROJECT_PARSE
says out "x07.json: 1 fault: 4:21: a dependency must be an object, not integer (at /dependencies/0)"
sed -i 's/\[ 7,/[/' x07.json
printf '<<<<<<< HEAD\n' >x07.lock.json
expect 2 x07 pkg lock
is /error/code X07LOCK_PARSE
says out "x07.lock.json:1:1: not a JSON document"
says out "one side of a merge"
[ "$(wc -l <"$TEST_TMP/err")" -eq 1 ] || fail "told more than once"
rm x07.lock.json
expect 0 x07 pkg lock
