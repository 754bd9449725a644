#!/bin/sh
# SPDX-License-Identifier: MIT
# A project of 700 packages with the descriptors that a login has as a rule: they are installed, found
# as they were, linked again from the store, and mended.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
. "$X07_SOURCE_DIR/tests/support/package_tree.sh"
# Not in POSIX, but in every sh that there is here.
# shellcheck disable=SC3045
ulimit -n 1024
# A word for each package.
# shellcheck disable=SC2046
mkregistry "$TEST_TMP/reg" 2 100 $(package_tree 700)
export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/reg/index/"
count() { [ "$(find .x07/deps -name x07-package.json | wc -l)" -eq 700 ] || fail "$1: not 700 packages"; }
pkg_project "$TEST_TMP/project"
expect 0 x07 pkg add pk000 --sync
count "add"
expect 0 x07 pkg sync --offline
expect 0 x07 pkg lock --check --offline
rm -r .x07/deps
expect 0 x07 pkg sync --offline
count "from the store"
chmod u+w .x07/deps/pk699/1.0.0/x07-package.json
echo >>.x07/deps/pk699/1.0.0/x07-package.json
rm -r .x07/deps/pk003
expect 0 x07 pkg sync
count "mended"
expect 0 x07 pkg lock --check --offline
# With a server, so that archives are on their way together.
"$X07_BUILD_DIR/tests/file_server" "$TEST_TMP/reg" 0 >"$TEST_TMP/port" &
until [ -s "$TEST_TMP/port" ]; do sleep 0.05; done
rm -r .x07/deps "$X07_PKG_HOME"
expect 0 x07 pkg sync --index "http://127.0.0.1:$(cat "$TEST_TMP/port")/index/"
kill $! || :
count "over http"
