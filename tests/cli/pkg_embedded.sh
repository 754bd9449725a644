#!/bin/sh
# SPDX-License-Identifier: MIT
# The registry that ships with the program: ext-net with what it needs, in a fresh project, without
# any socket; its key is compiled in, so that nothing else can take its place.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
unset X07_OFFLINE || :

set_is_there() {
	[ "$(jsonq /dependencies/0/name <x07.json) $(jsonq /dependencies/1/name <x07.json) \
$(jsonq /dependencies/2/name <x07.json) $(jsonq /dependencies/3/name <x07.json)" = \
		"ext-curl-c ext-net ext-sockets-c ext-url-rs" ] || fail "dependencies of x07.json"
	[ "$(jsonq /schema_version <x07.lock.json)" = x07.lock@0.4.0 ] || fail "version of the lock"
	[ "$(jsonq /registry/index_url <x07.lock.json)" = embedded: ] || fail "registry of the lock"
	for package in ext-curl-c/0.1.6 ext-net/0.1.11 ext-sockets-c/0.1.6 ext-url-rs/0.1.5; do
		installed "$package"
		locked "$package"
		listed "$package"
	done
}

# Cold, with nothing but the program; then offline by flag and by environment.
pkg_project "$TEST_TMP/cold"
expect 0 nosocket x07 pkg add ext-net@0.1.11 --sync
is /command pkg.add
is /result/lock/index embedded:
is /result/lock/fetched/1/name ext-net
is /result/transitive_added/2/name ext-url-rs
silent err
set_is_there
expect 0 nosocket x07 pkg lock --check
rm -rf "$X07_PKG_HOME"
pkg_project "$TEST_TMP/flag"
expect 0 nosocket x07 pkg add ext-net@0.1.11 --sync --offline
set_is_there
cmp -s x07.lock.json ../cold/x07.lock.json || fail "offline made another lock"
rm -rf "$X07_PKG_HOME"
pkg_project "$TEST_TMP/env"
expect 0 env X07_OFFLINE=1 x07 pkg add ext-net@0.1.11 --sync
set_is_there
# What `nosocket` proves, it can disprove.
expect 20 nosocket x07 pkg add alpha --sync --index sparse+http://127.0.0.1:1/
says out "ended before it had answered"
# In a namespace without a network, where this machine lets us have one.
if unshare -rn true 2>/dev/null; then
	rm -rf "$X07_PKG_HOME"
	pkg_project "$TEST_TMP/alone"
	expect 0 unshare -rn "$(command -v x07)" pkg add ext-net@0.1.11 --sync
	set_is_there
fi
# Without @VERSION the highest; nothing else can be had from here.
pkg_project "$TEST_TMP/highest"
expect 0 x07 pkg add ext-net --sync
set_is_there
expect 20 x07 pkg add ext-net@0.1.12 --sync
is /error/code X07PKG_DEP_EXISTS
expect 20 x07 pkg add nothing-like-this --sync
is /error/code X07PKG_INDEX_NO_MATCH
set_is_there

# A copy of the program, whose registry somebody changes.
mkdir -p "$TEST_TMP/p/bin" "$TEST_TMP/p/share/x07"
cp "$X07_BIN/x07" "$TEST_TMP/p/bin/"
cp -R "$X07_BUILD_DIR/lib" "$TEST_TMP/p/lib"
cp -R "$X07_BUILD_DIR/share/x07/registry" "$TEST_TMP/p/share/x07/registry"
PATH="$TEST_TMP/p/bin:$PATH"
registry="$TEST_TMP/p/share/x07/registry"
fresh() {
	rm -rf "$X07_PKG_HOME" "$registry"
	cp -R "$X07_BUILD_DIR/share/x07/registry" "$registry"
	pkg_project "$TEST_TMP/changed$1"
	cp x07.json before
}
refused() {
	expect 20 x07 pkg add ext-net@0.1.11 --sync
	is /error/code "$1"
	cmp -s before x07.json || fail "x07.json changed"
	[ ! -e .x07/deps/ext-net/0.1.11 ] || fail "ext-net was installed"
}
fresh 0
expect 0 x07 pkg add ext-net@0.1.11 --sync
fresh 1
printf x >>"$registry/dl/ext-net/0.1.11/download"
refused X07PKG_DOWNLOAD_FAILED
fresh 2
sed -i 's/"cksum":"./"cksum":"/' "$registry/index/ex/t-/ext-net"
find "$registry/index/snapshot" -type f -exec rm {} +
refused X07PKG_SNAPSHOT_MISMATCH
# A whole other registry, signed by another key, in its place.
fresh 3
mkregistry "$TEST_TMP/other" 3 2000 ext-net@0.1.11
rm -rf "$registry/index" "$registry/dl"
cp -R "$TEST_TMP/other/index" "$TEST_TMP/other/dl" "$registry/"
refused X07PKG_UNSIGNED
fresh 4
rm -rf "$registry"
refused X07PKG_INDEX_CONFIG
# A project may say that the embedded registry is not what it wants.
fresh 5
expect 20 x07 pkg add ext-net@0.1.11 --sync --index "sparse+file://$TEST_TMP/nowhere/"
is /error/code X07PKG_INDEX_CONFIG
expect 0 x07 pkg add ext-net@0.1.11 --sync --index embedded:
