#!/bin/sh
# SPDX-License-Identifier: MIT
# Garbage collection: by age, all, damaged; nothing on a dry run; never while others use the store;
# projects keep their files.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
entries() { find "$X07_PKG_HOME/store/sha256" -mindepth 2 -maxdepth 2 | wc -l; }

expect 0 x07 pkg gc
is /result/removed 0
pkg_project "$TEST_TMP/project"
expect 0 x07 pkg add alpha --sync
expect 0 x07 pkg gc
is /result/kept 2
is /result/removed 0
# Not used for 100 days; one of them.
old=$(find "$X07_PKG_HOME/store/sha256" -name list | sort | head -1)
touch -d "100 days ago" "$old"
expect 0 x07 pkg gc --dry-run
is /result/removed 1
[ "$(entries)" -eq 2 ] || fail "a dry run removes"
expect 0 x07 pkg gc --max-age-days 101
is /result/removed 0
expect 0 x07 pkg gc
is /result/removed 1
is /result/kept 1
[ "$(entries)" -eq 1 ] || fail "$(entries) entries"
expect 0 x07 pkg sync --offline
rm -rf .x07/deps
expect 20 x07 pkg sync --offline --index http://127.0.0.1:9/
is /error/code X07PKG_OFFLINE_MISSING_DEP
expect 0 x07 pkg sync
[ "$(entries)" -eq 2 ] || fail "not fetched again"

# What is damaged goes with --verify alone; what a killed process left always.
file=$(find "$X07_PKG_HOME/store/sha256" -name x07-package.json | sort | head -1)
"$X07_BUILD_DIR/tests/flip_byte" 1 "$file" >/dev/null
expect 0 x07 pkg gc
is /result/bad 0
mkdir -p "$X07_PKG_HOME/store/tmp/77-1/files"
expect 0 x07 pkg gc --verify
is /result/bad 1
is /result/kept 1
[ ! -e "$X07_PKG_HOME/store/tmp/77-1" ] || fail "the leftover stays"
mkdir -p "$X07_PKG_HOME/index/abc"
touch "$X07_PKG_HOME/index/abc/new.7.tmp" "$X07_PKG_HOME/index/abc/kept"
touch -d "2 hours ago" "$X07_PKG_HOME/index/abc/old.7.tmp" "$X07_PKG_HOME/index/abc/kept"
expect 0 x07 pkg gc
is /result/leftovers 1
[ "$(ls "$X07_PKG_HOME/index/abc")" = "kept
new.7.tmp" ] || fail "the cache holds $(ls "$X07_PKG_HOME/index/abc")"
expect 0 x07 pkg sync
expect 0 x07 pkg gc --max-age-days 0
is /result/removed 2
[ "$(entries)" -eq 0 ] || fail "something stays"
expect 0 x07 pkg sync --offline
expect 2 x07 pkg gc --max-age-days 99999

# Somebody uses the store: nothing is removed, and the code says why.
expect 0 x07 pkg lock
mkdir "$TEST_TMP/hold"
# shellcheck disable=SC2016
flock --shared "$X07_PKG_HOME/store/lock" sh -c ': >"$1/held"; while [ ! -e "$1/go" ]; do sleep 0.05; done' \
	sh "$TEST_TMP/hold" &
holder=$!
until [ -e "$TEST_TMP/hold/held" ]; do sleep 0.05; done
expect 20 x07 pkg gc --wait 0
is /error/code X07PKG_STORE_BUSY
: >"$TEST_TMP/hold/go"
wait "$holder"
expect 0 x07 pkg gc --wait 0
