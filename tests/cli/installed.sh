#!/bin/sh
# SPDX-License-Identifier: MIT
# Installed into a folder of its own, the programs find what belongs to them and run a program in the
# sandbox; and nothing of the build folder is needed.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

DESTDIR="$TEST_TMP/dest" cmake --install "${X07_BUILD_DIR:?}" --prefix /usr >"$TEST_TMP/out" 2>&1 ||
	fail "cmake --install"
root="$TEST_TMP/dest/usr"
cmp -s "$root/lib/x07/rt/x07-guest" "$X07_BUILD_DIR/lib/x07/rt/x07-guest" ||
	fail "the guest is missing or was changed"
[ -f "$root/share/x07/std/std/bytes.x07.json" ] || fail "no standard library"
doc="$root/share/doc/x07"
grep -o '](\([A-Za-z/_.-]*\))' "$doc/README.md" | tr -d '()]' >"$TEST_TMP/links"
[ -s "$TEST_TMP/links" ] || fail "README.md has no links"
while read -r link; do
	[ "$link" = CONTRIBUTING.md ] || [ -e "$doc/$link" ] || fail "README.md leads to $link, which is not installed"
done <"$TEST_TMP/links"
[ -f "$doc/docs/format/pkg-config.md" ] || fail "no documents"
mv "$root" "$TEST_TMP/moved"
PATH="$TEST_TMP/moved/bin:$PATH"
[ "$(command -v x07)" = "$TEST_TMP/moved/bin/x07" ] || fail "another x07 is first on PATH"
expect 0 x07 --version
says out "x07 "
expect 0 x07-os-runner --version

new_project demo
use_os
printf hello >in.bin
module '["begin", ["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "out/x"], "b"]], ["view.to_bytes", "b"]]' '"std.os.fs"'
mkdir out
for opt in fast full; do
	expect 0 x07 run --profile sandbox --input in.bin --opt=$opt
	is /solve_output_b64 aGVsbG8=
	is /sandbox/layers/landlock true
done
[ "$(cat out/x)" = hello ] || fail "out/x was not written"

# The packages that ship with it, from where they were installed.
export X07_PKG_HOME="$TEST_TMP/x07-home"
expect 0 x07 pkg add ext-net@0.1.11 --sync --offline
is /result/lock/index embedded:
[ -f .x07/deps/ext-url-rs/0.1.5/x07-package.json ] || fail "ext-url-rs is not installed"
expect 0 x07 pkg lock --check

# The server is a program of its own, which no other command carries.
lib="$TEST_TMP/moved/lib/x07"
grep -q 'Method Not Allowed' "$lib/x07-serve" || fail "x07-serve is no server of HTTP"
! grep -q 'Method Not Allowed' "$lib/x07-pkg" || fail "x07-pkg carries a server of HTTP"
x07 registry serve "$TEST_TMP/data" --bind 127.0.0.1:0 >served 2>served.err &
server=$!
tries=0
until grep -q '^http://127.0.0.1:[0-9]*/index/$' served; do
	tries=$((tries + 1))
	[ "$tries" -lt 100 ] || fail "x07 registry serve: $(cat served.err)"
	sleep 0.1
done
expect 0 x07 registry check "$TEST_TMP/data"
kill "$server"
wait "$server" || fail "x07 registry serve ended with status $?"
mv "$lib/x07-serve" "$lib/x07-gone"
expect 2 x07 registry serve "$TEST_TMP/data"
says err "is x07 installed completely?"
mv "$lib/x07-gone" "$lib/x07-serve"

# The network broker is found, too, and says that nobody listens at that port.
x07 policy init --template http-client >/dev/null
module '["begin", ["let", "r", ["std.net.http.get_v1", ["view.to_bytes", "b"], ["std.net.http.spec.caps_default_v1"]]], ["std.fmt.s32_to_dec", ["std.net.http.resp_err_code_v1", ["bytes.view", "r"]]]]' \
	'"std.fmt", "std.net.http", "std.net.http.spec"'
printf http://127.0.0.1:1/ >url.bin
expect 0 x07 run --profile sandbox --input url.bin --allow-host 127.0.0.1:1 \
	--policy .x07/policies/base/http-client.sandbox.base.policy.json
is /sandbox/network/broker ran
is /solve_output_b64 Ng==

# Another guest than the one x07 was built with is refused, whatever was done to it.
strip "$TEST_TMP/moved/lib/x07/rt/x07-guest" 2>/dev/null || printf x >>"$TEST_TMP/moved/lib/x07/rt/x07-guest"
expect 2 x07 run --profile sandbox --input in.bin --opt=fast
says err "install both together"
rm "$TEST_TMP/moved/lib/x07/rt/x07-guest"
expect 2 x07 run --profile sandbox --input in.bin
says err "not installed"
