#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 pkg provides: library, project, lock, map; also where there is no project.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
cd "$TEST_TMP"
expect 0 nosocket x07 pkg provides std.net.http
is /schema_version x07.pkg.provides.report@0.1.0
is /ok true
is /module_id std.net.http
is /providers/0/kind catalog
is /providers/0/name ext-net
is /providers/0/version 0.1.11
expect 0 x07 pkg provides std.os.fs
is /providers/0/kind os-stdlib
expect 0 x07 pkg provides std.bytes
is /providers/0/kind builtin
[ -d "$(field /providers/0/module_root)" ] || fail "no library there"
expect 1 x07 pkg provides app
is /ok false
expect 1 x07 pkg provides std.net.htp

pkg_project "$TEST_TMP/p"
expect 0 x07 pkg provides app
is /providers/0/kind local
is /providers/0/module_root src
expect 1 x07 pkg provides alpha.m1
x07 pkg add alpha@1.0.0 --sync >/dev/null
expect 0 x07 pkg provides alpha.m1
is /providers/0/kind dependency
is /providers/0/name alpha
is /providers/0/version 1.0.0
is /providers/0/module_root .x07/deps/alpha/1.0.0/modules
# Whoever else has it is told too, sorted.
mkdir -p src/alpha
: >src/alpha/m1.x07.json
expect 0 x07 pkg provides alpha.m1
is /providers/0/kind dependency
is /providers/1/kind local
mkdir sub
cd sub
expect 0 x07 pkg provides app --project ../x07.json
expect 0 x07 pkg provides app
cd ..
for bad in a..b .a a. A a/b ../x "a b"; do
	expect 20 x07 pkg provides "$bad"
	is /error/code X07PKG_SPEC_INVALID
done
expect 2 x07 pkg provides
says err "which module?"
expect 2 x07 pkg provides a b
echo '{' >x07.lock.json
expect 2 x07 pkg provides alpha.m1
is /error/code X07LOCK_PARSE
echo '{' >x07.json
expect 2 x07 pkg provides alpha.m1
is /error/code X07PROJECT_PARSE
expect 2 x07 pkg provides alpha.m1 --project nowhere/x07.json
is /error/code X07PROJECT_READ
