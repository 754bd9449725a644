#!/bin/sh
# SPDX-License-Identifier: MIT
# What `x07 run` does about packages: it installs what is locked and missing, writes a lock where
# there is none, and never changes what is locked, installed or wanted.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
unset X07_OFFLINE || :
nowhere=sparse+http://127.0.0.1:1/
remember() { cp x07.json "$TEST_TMP/x07.json" && cp x07.lock.json "$TEST_TMP/x07.lock.json"; }
unchanged() {
	cmp -s x07.json "$TEST_TMP/x07.json" || fail "x07.json changed"
	cmp -s x07.lock.json "$TEST_TMP/x07.lock.json" || fail "x07.lock.json changed"
}
forget() { rm -rf .x07/deps "$X07_PKG_HOME"; }

# A fresh clone: the run installs, says so, and the next one has nothing to say.
pkg_project "$TEST_TMP/clone"
x07 pkg add ext-net@0.1.11 --sync >/dev/null
module '["std.fmt.u32_to_dec", ["std.net.err.code_timeout_v1"]]' '"std.fmt", "std.net.err"'
printf '%s' '{"schema_version":"x07.x07ast@0.4.0","kind":"entry","module_id":"main",
"imports":["std.net.err","std.fmt"],"decls":[],
"solve":["std.fmt.u32_to_dec",["std.net.err.code_timeout_v1"]]}' >src/alone.x07.json
remember
forget
expect 0 nosocket x07 run
is /solve_output_b64 Mw==
says err "x07 run: hydrated project dependencies via \`x07 pkg lock --frozen --project "
unchanged
installed ext-url-rs/0.1.5
expect 0 nosocket x07 run
silent err
# A program file of the project has its packages too, unless it is told its roots.
forget
expect 0 x07 run --program src/alone.x07.json
is /solve_output_b64 Mw==
expect 1 x07 run --program src/alone.x07.json --module-root src
says err "unknown module"
# The runner has no such manners: it checks, and installs nothing.
forget
expect 2 x07-os-runner --project x07.json
says err X07PKG_LOCK_MISMATCH
not_installed ext-net/0.1.11

# Offline, and the network would be needed: a code, no socket, nothing changed.
expect 2 env X07_PKG_INDEX_URL=$nowhere "$X07_BUILD_DIR/tests/nosocket" x07 run --offline
says err "[X07PKG_OFFLINE_MISSING_DEP]"
silent out
expect 2 env X07_PKG_INDEX_URL=$nowhere X07_OFFLINE=1 "$X07_BUILD_DIR/tests/nosocket" x07 run
says err "[X07PKG_OFFLINE_MISSING_DEP]"
expect 2 env X07_PKG_INDEX_URL=$nowhere x07 run
says err "[X07PKG_INDEX_CONFIG]"
says_not err hydrated
unchanged
# But nothing is asked for what is installed.
x07 pkg sync >/dev/null
expect 0 env X07_PKG_INDEX_URL=$nowhere "$X07_BUILD_DIR/tests/nosocket" x07 run
silent err

# No lock: it is written, once.
rm x07.lock.json
expect 0 x07 run
says err "hydrated project dependencies via \`x07 pkg lock --project "
cmp -s x07.json "$TEST_TMP/x07.json" || fail "x07.json changed"
expect 0 x07 pkg lock --check
remember
expect 0 x07 run
silent err

# What does not fit is refused, and not mended.
sed -i 's/"version": "0.1.5"/"version": "0.1.4"/' x07.json
cp x07.json "$TEST_TMP/x07.json"
expect 2 x07 run
says err "[X07PKG_LOCK_MISMATCH]"
unchanged
sed -i 's/"version": "0.1.4"/"version": "0.1.5"/' x07.json
remember
file=.x07/deps/ext-net/0.1.11/modules/std/net/err.x07.json
rm -f "$TEST_TMP/err" && cp $file "$TEST_TMP/err.x07.json"
rm -f $file && sed 's/denied/dented/; s/refuses/rejects/' "$TEST_TMP/err.x07.json" >$file
cmp -s $file "$TEST_TMP/err.x07.json" && fail "the test changed nothing"
expect 2 x07 run
says err "[X07PKG_LOCK_MISMATCH]"
says err "expected sha256"
says err "\`x07 pkg sync\` installs what is locked"
cmp -s $file "$TEST_TMP/err.x07.json" && fail "run replaced an installed file"
expect 0 x07 pkg sync
expect 0 x07 run
# Nor a module beside the locked ones, which an import could name, nor C that is not the package's.
for file in .x07/deps/ext-net/0.1.11/modules/std/net/more.x07.json .x07/deps/ext-net/0.1.11/ffi/more.c; do
	mkdir -p "${file%/*}" && echo '{}' >"$file"
	expect 2 x07 run
	says err "[X07PKG_LOCK_MISMATCH]"
	says err "sync\` restores it"
	expect 0 x07 pkg sync
	expect 0 x07 run
done
echo '{' >x07.lock.json
expect 2 x07 run
says err X07LOCK_PARSE
cp "$TEST_TMP/x07.lock.json" .

# A registry that serves other bytes for what is locked.
small_registry
pkg_project "$TEST_TMP/other"
x07 pkg add alpha@1.1.0 --sync >/dev/null
remember
forget
rm -rf "$TEST_TMP/reg"
mkregistry "$TEST_TMP/reg" 3 2400 'alpha@1.1.0:beta@1.0.0' beta@1.0.0
expect 2 x07 run
says err "[X07PKG_LOCK_MISMATCH]"
not_installed alpha/1.1.0
unchanged

# Somebody changes the project: the run waits.
rm -rf "$TEST_TMP/reg"
small_registry
pkg_project "$TEST_TMP/busy"
x07 pkg add alpha@1.1.0 --sync >/dev/null
(
	flock 9
	: >"$TEST_TMP/held"
	sleep 1
) 9>.x07/tmp/pkg.lock &
while [ ! -e "$TEST_TMP/held" ]; do sleep 0.05; done
expect 0 x07 run
says err "x07 run: waiting: "
wait

# Somebody was killed while changing it: the run goes on with the old or with the new.
pkg_project "$TEST_TMP/work"
x07 pkg lock >/dev/null
cp -a . "$TEST_TMP/before"
x07 pkg add alpha@1.1.0 --sync >/dev/null
cp -a . "$TEST_TMP/after"
kills=0
n=0
# Leaks cannot be looked for while somebody traces the process.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
while :; do
	n=$((n + 11)) # every call: pkg_kill.sh
	cd "$TEST_TMP"
	rm -rf work
	cp -a before work
	cd work
	status=0
	kill_at "$n" x07 pkg add alpha@1.1.0 --sync >/dev/null 2>&1 || status=$?
	[ "$status" -ne 0 ] || break
	kills=$((kills + 1))
	expect 0 x07 run
	{ cmp -s x07.json ../before/x07.json && cmp -s x07.lock.json ../before/x07.lock.json; } ||
		{ cmp -s x07.json ../after/x07.json && cmp -s x07.lock.json ../after/x07.lock.json; } ||
		fail "call $n: neither old nor new"
done
[ "$kills" -gt 9 ] || fail "$kills kills only"

# An import that the capability map knows: said, not done. A typing error is none.
pkg_project "$TEST_TMP/hint"
cp x07.json "$TEST_TMP/x07.json"
module '["view.to_bytes", "b"]' '"std.net.http"'
expect 1 x07 run
says err "hint: std.net.http is in the package ext-net: x07 pkg add ext-net@0.1.11 --sync"
says out "\\nhint: std.net.http is in the package ext-net"
module '["view.to_bytes", "b"]' '"std.net.htp"'
expect 1 x07 run
says err 'unknown module: "std.net.htp"'
says_not err "hint:"
cmp -s x07.json "$TEST_TMP/x07.json" || fail "x07.json changed"
