#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 init: what it writes, what it refuses, and that a refusal writes nothing.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

expect 0 x07 init demo
is /ok true
is /command init
is /root "$TEST_TMP/demo"
is /created/0 x07.json
is /created/1 x07.lock.json
is /created/2 src/app.x07.json
is /created/3 src/main.x07.json
is /created/4 tests/tests.json
is /created/5 tests/smoke.x07.json
[ "$(wc -l <"$TEST_TMP/out")" -eq 1 ] || fail "the report is not one line"
says out '"next_steps":["x07 run'
cp demo/x07.json "$TEST_TMP/manifest"
jsonq --sorted <demo/x07.json || fail "x07.json is not sorted"
[ "$(jsonq /profiles/sandbox/policy <demo/x07.json)" = .x07/policies/base/cli.sandbox.base.policy.json ] ||
	fail "the sandbox profile names another policy"
[ "$(jsonq /default_profile <demo/x07.json)" = os ] || fail "default_profile is not os"
[ "$(jsonq /schema_version <demo/x07.lock.json)" = x07.lock@0.4.0 ] || fail "lock version"
for file in demo/x07.json demo/src/app.x07.json demo/.gitignore; do
	[ "$(tail -c 1 "$file" | wc -l)" -eq 1 ] || fail "$file does not end with a newline"
done
grep -qx '.x07/policies/_generated/' demo/.gitignore || fail ".gitignore lacks a line"
[ ! -e demo/.x07/policies ] || fail "init wrote a policy"

expect 20 x07 init demo
is /ok false
is /error/code X07INIT_EXISTS
says out "x07.json"
says out "tests/smoke.x07.json"
cmp -s demo/x07.json "$TEST_TMP/manifest" || fail "a refused init changed x07.json"

# One conflict: it alone is listed and nothing else appears.
mkdir -p part/src
echo mine >part/src/app.x07.json
expect 20 x07 init part
says out "src/app.x07.json"
says_not out "src/main.x07.json"
[ ! -e part/x07.json ] || fail "a refused init wrote x07.json"
[ "$(cat part/src/app.x07.json)" = mine ] || fail "a refused init changed a file"

# An existing .gitignore gets only the missing lines.
mkdir merge
printf 'mine\ntarget/' >merge/.gitignore
expect 0 x07 init merge
[ "$(sed -n 1p merge/.gitignore)" = mine ] || fail ".gitignore lost a line"
[ "$(grep -cx 'target/' merge/.gitignore)" -eq 1 ] || fail "target/ is there twice"
grep -qx 'dist/' merge/.gitignore || fail ".gitignore lacks dist/"

# Without DIR: here; DIR below missing folders is created.
mkdir here
(cd here && expect 0 x07 init && is /root "$TEST_TMP/here")
expect 0 x07 init deep/er
[ -f deep/er/x07.json ] || fail "deep/er/x07.json is missing"

echo file >plain
expect 20 x07 init plain
is /error/code X07INIT_MKDIR
mkdir srcfile
echo file >srcfile/src
expect 20 x07 init srcfile
is /error/code X07INIT_SRC
[ ! -e srcfile/x07.json ] || fail "a refused init wrote x07.json"
expect 20 x07 init --package
is /error/code X07INIT_ARGS
mkdir gone
(cd gone && rmdir ../gone && expect 20 x07 init && is /error/code X07INIT_CWD)
mkdir testsfile
echo file >testsfile/tests
expect 20 x07 init testsfile
is /error/code X07INIT_TESTS
# Every advice is a command that exists.
expect 0 x07 init advice
for step in 0 1 2 3; do
	advice=$(field /next_steps/$step)
	# shellcheck disable=SC2086
	$advice --help >/dev/null || fail "no such command: $advice"
done

# A write that fails midway leaves nothing behind: the size limit is hit by one of the files.
mkdir full
echo mine >full/.gitignore
for dir in full new; do
	got=0
	(ulimit -f 0 && x07 init $dir >"$TEST_TMP/out.$dir" 2>"$TEST_TMP/err") || got=$?
	[ "$got" -ne 0 ] || fail "init without room succeeded"
done
[ "$(ls -A full)" = .gitignore ] || fail "a failed init left files: $(ls -A full)"
[ "$(cat full/.gitignore)" = mine ] || fail "a failed init changed .gitignore"
[ ! -e new ] || fail "a failed init left its folder"

if [ "$(id -u)" -ne 0 ]; then
	mkdir readonly
	chmod 555 readonly
	expect 20 x07 init readonly
	is /error/code X07INIT_IO
fi
