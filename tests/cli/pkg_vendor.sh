#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 pkg vendor: the packages become files of the project, and from then on it needs neither store
# nor registry nor network.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
unset X07_OFFLINE || :
nowhere=sparse+http://127.0.0.1:1/
alone() {
	if unshare -rn true 2>/dev/null; then
		unshare -rn env X07_PKG_INDEX_URL=$nowhere "$@"
	else
		env X07_PKG_INDEX_URL=$nowhere "$X07_BUILD_DIR/tests/nosocket" "$@"
	fi
}
unchanged() {
	cmp x07.json manifest || fail "x07.json changed"
	cmp x07.lock.json lock || fail "x07.lock.json changed"
}
remember() { cp x07.json manifest && cp x07.lock.json lock; }

pkg_project "$TEST_TMP/p"
x07 pkg add ext-net@0.1.11 --sync >/dev/null
module '["std.fmt.u32_to_dec", ["std.net.err.code_timeout_v1"]]' '"std.fmt", "std.net.err"'
remember
list() { (cd "$1" && find . -type f -exec sha256sum {} + | sort -k2); }
list .x07/deps >want

# Bad folders, a lock that does not fit: a code, and nothing has changed.
for dir in /tmp ../out .x07/deps .git 'a//b' "\$workspace/v" ''; do
	expect 20 x07 pkg vendor "$dir"
	is /error/code X07PKG_SPEC_INVALID
done
sed 's/"version": "0.1.11"/"version": "0.1.10"/' manifest >x07.json
expect 20 x07 pkg vendor
is /error/code X07PKG_LOCK_MISMATCH
cp manifest x07.json
rm x07.lock.json
expect 20 x07 pkg vendor
is /error/code X07PKG_LOCK_MISSING
cp lock x07.lock.json
# A folder of the user's is not overwritten, and no link is followed.
mkdir -p vendor/ext-net/0.1.11
echo mine >vendor/ext-net/0.1.11/mine
expect 20 x07 pkg vendor
is /error/code X07PKG_VENDOR_EXISTS
says out "vendor/ext-net/0.1.11"
unchanged
[ -f vendor/ext-net/0.1.11/mine ] || fail "a file was removed"
rm -r vendor
mkdir "$TEST_TMP/outside"
ln -s "$TEST_TMP/outside" vendor
expect 20 x07 pkg vendor
is /error/code X07PKG_IO
[ -z "$(ls -A "$TEST_TMP/outside")" ] || fail "the link was followed"
unchanged
rm vendor
[ "$(ls .x07/tmp)" = pkg.lock ] || fail "left in .x07/tmp: $(ls .x07/tmp)"

expect 0 x07 pkg vendor
is /command pkg.vendor
is /result/folder vendor
is /result/lockfile x07.lock.json
is /result/vendored/0/name ext-curl-c
is /result/vendored/1/path vendor/ext-net/0.1.11
list vendor >got
cmp want got || fail "vendor is not what was installed"
[ ! -e .x07/deps/ext-net ] || fail "still installed"
grep -q '"path": "vendor/ext-net/0.1.11"' x07.json || fail "x07.json does not say so"
grep -q '"path": "vendor/ext-url-rs/0.1.5"' x07.lock.json || fail "the lock does not say so"
find vendor -type f ! -perm -u+w | grep . && fail "files that cannot be edited"
find vendor -type f -links +1 | grep . && fail "files shared with the store"

# What is committed is enough: no .x07, no store, no network.
mkdir "$TEST_TMP/clone"
cp -r vendor src x07.json x07.lock.json "$TEST_TMP/clone"
rm -rf "$X07_PKG_HOME"
cd "$TEST_TMP/clone"
expect 0 alone x07 run
is /solve_output_b64 Mw==
expect 0 alone x07 pkg lock --check --offline
expect 0 alone x07 pkg lock --offline
cmp x07.json ../p/x07.json || fail "lock changed x07.json"
cmp x07.lock.json ../p/x07.lock.json || fail "lock changed the lock"
expect 0 alone x07 pkg tree
[ ! -e "$X07_PKG_HOME/store" ] || fail "a store was made"
# Again: nothing to do. A changed file is found, and the project stays as it is.
remember
expect 0 x07 pkg vendor
unchanged
file=$(find vendor/ext-url-rs -name '*.x07.json' | grep modules | head -n 1)
echo ' ' >>"$file"
expect 20 x07 pkg lock --check --offline
is /error/code X07PKG_LOCK_MISMATCH
expect 2 x07 run
says err X07PKG_LOCK_MISMATCH
sed -i '$ d' "$file"
expect 0 x07 pkg lock --check --offline
# So is a file that no manifest lists, where a build would read it.
dir=vendor/ext-url-rs/0.1.5
mkdir -p $dir/ffi
for file in $dir/ffi/x.c "$(dirname "$file")/unlisted.x07.json"; do
	echo '{}' >"$file"
	expect 20 x07 pkg lock --check --offline
	is /error/code X07PKG_LOCK_MISMATCH
	says out "expected tree"
	expect 2 x07 run
	says err X07PKG_LOCK_MISMATCH
	rm "$file"
done
echo words >$dir/NOTES
expect 0 x07 pkg lock --check --offline
expect 0 x07 run

# With more packages, and another folder; a package that nobody needs any longer goes from x07.json.
small_registry
pkg_project "$TEST_TMP/q"
x07 pkg add alpha@1.1.0 --sync >/dev/null
expect 0 x07 pkg vendor third_party/x07
[ -f third_party/x07/beta/1.0.0/x07-package.json ] || fail "beta is not vendored"
x07 pkg add gamma@1.0.0 --sync >/dev/null
installed gamma/1.0.0
expect 0 x07 pkg vendor third_party/x07
is /result/vendored/0/name gamma
[ "$(jsonq /result/vendored/1/name <"$TEST_TMP/out" 2>/dev/null || :)" = "" ] || fail "vendored twice"
expect 0 x07 pkg vendor elsewhere
is /result/vendored '[]'
says err "are in folders of the project already, as alpha@1.1.0 in third_party/x07/alpha/1.1.0"
expect 0 x07 pkg remove alpha --sync
expect 0 x07 pkg remove gamma --sync
not_listed beta

# Killed at any call: x07.json and lock are both old or both new, and vendor mends it.
pkg_project "$TEST_TMP/k"
x07 pkg add alpha@1.1.0 --sync >/dev/null
remember
n=3
while :; do
	status=0
	ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" kill_at $n x07 pkg vendor >/dev/null 2>&1 || status=$?
	[ "$status" -ne 0 ] || break
	[ "$status" -eq 137 ] || fail "call $n: vendor ended with $status"
	expect 0 x07 pkg lock --check --offline
	expect 0 x07 pkg vendor
	expect 0 x07 pkg lock --check --offline
	rm -rf vendor
	cp manifest x07.json && cp lock x07.lock.json
	x07 pkg sync >/dev/null
	n=$((n + 11))
done
[ "$n" -gt 20 ] || fail "nothing was killed"
