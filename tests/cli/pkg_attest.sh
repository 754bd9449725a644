#!/bin/sh
# SPDX-License-Identifier: MIT
# The attestation of a closure: digests that can be made again with other tools, withdrawn versions
# that fail it, and files that differ from the lock.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "${X07_SOURCE_DIR:?}/tests/cli/registry_lib.sh"
. "${X07_SOURCE_DIR:?}/tests/cli/pkg_lib.sh"
cd "$TEST_TMP"
source_package in/alpha alpha 1.0.0 '"beta@1.0.0"'
source_package in/beta beta 1.0.0
expect 0 reg build in --out site
export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/site/index/"
pkg_project app
expect 0 x07 pkg add alpha --sync
digest() { printf 'sha256:%s' "$(sha256sum <"$1" | cut -d' ' -f1)"; }

expect 0 x07 pkg attest-closure --out closure.json
cmp closure.json "$TEST_TMP/out" || fail "what is printed is not what is written"
is /schema_version x07.dep.closure.attest@0.1.0
is /manifest_digest "$(digest x07.json)"
is /lockfile_digest "$(digest x07.lock.json)"
is /dependencies/0/name alpha
is /dependencies/1/name beta
is /dependencies/0/package_manifest_digest "$(digest .x07/deps/alpha/1.0.0/x07-package.json)"
module=.x07/deps/alpha/1.0.0/modules/alpha/main.x07.json
is /dependencies/0/modules/0/digest "$(digest $module)"
printf 'alpha.main\0%s\n' "$(sha256sum <$module | cut -d' ' -f1)" >"$TEST_TMP/root"
is /dependencies/0/module_root_digest "$(digest "$TEST_TMP/root")"
sed 's/.*"dependencies":\(\[.*\]\),"advisory_check".*/\1/' closure.json | tr -d '\n' >"$TEST_TMP/set"
is /package_set_digest "$(digest "$TEST_TMP/set")"
is /advisory_check/ok true
is /advisory_check/mode online
expect 0 nosocket x07 pkg attest-closure --out closure.json --offline
is /advisory_check/mode offline

echo 'beta@1.0.0' >"$TEST_TMP/in/yanked.txt"
expect 0 reg build "$TEST_TMP/in" --out "$TEST_TMP/site"
expect 20 x07 pkg attest-closure --out closure.json
is /advisory_check/ok false
is /advisory_check/yanked/0 beta@1.0.0
is /dependencies/1/yanked true
expect 0 x07 pkg attest-closure --out closure.json --allow-yanked

rm closure.json
chmod -R u+w .x07/deps
cp $module "$TEST_TMP/copy"
echo ' ' >>"$TEST_TMP/copy"
rm $module
cp "$TEST_TMP/copy" $module
expect 2 x07 pkg attest-closure --out closure.json
says err X07DEP_LOCK_CHECK_FAILED
[ ! -e closure.json ] || fail "a closure that differs was attested"
expect 2 x07 pkg attest-closure
