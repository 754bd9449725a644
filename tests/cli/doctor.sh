#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 doctor: what is here is found by trying, what is missing is red or yellow with its fix, and the
# exit status is that of `x07 run --profile sandbox`.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

# state NAME STATUS: the line of a check.
state() {
	grep -qE "\"name\":\"$1\",\"ok\":[a-z]+(,\"detail\":\"([^\"\\\\]|\\\\.)*\")?,\"status\":\"$2\"" \
		"$TEST_TMP/out" || fail "$1 is not '$2'"
}
# suggests NAME TEXT: the fix of a check contains the text.
suggests() { grep -qE "\"$1: ([^\"\\\\]|\\\\.)*$2" "$TEST_TMP/out" || fail "no '$2' for $1"; }
doctor() { x07 doctor "$@"; }
required='kernel user_namespaces landlock seccomp libtcc sandbox'

# Without the two exports nothing starts in the sandbox: the first line says what to do.
expect 1 doctor
is /ok false
is /checks/0/name sandbox_backend
is /checks/0/ok false
suggests sandbox_backend 'export X07_SANDBOX_BACKEND=os X07_I_ACCEPT_WEAKER_ISOLATION=1'
X07_SANDBOX_BACKEND=moon expect 1 doctor
state sandbox_backend fail

use_os
expect 0 doctor
silent err
is /ok true
is /command doctor
is /schema_version x07.doctor.report@0.1.0
is /platform/os linux
is /platform/arch "$(uname -m)"
for name in sandbox_backend $required c_compiler image_cache net_deps_curl_openssl package_store \
	embedded_registry; do
	state "$name" ok
done
state project skipped
state vm_runtime skipped
# The documents list every check.
grep -o '"name":"[a-z_]*"' "$TEST_TMP/out" | cut -d'"' -f4 >names
[ -s names ] || fail "no checks"
while read -r name; do
	grep -q "^| .$name. |" "$X07_SOURCE_DIR/docs/format/doctor.md" ||
		fail "$name has no row in docs/format/doctor.md"
done <names
expect 0 doctor --emit text
says out 'ok   user_namespaces'
says out 'x07 run --profile sandbox'
says out 'starts here'
says_not out "$(printf '\033')"
# On a terminal: the same text in colours, unless NO_COLOR says no.
if script -qec true /dev/null >/dev/null 2>&1; then
	TERM=xterm script -qec "x07 doctor" /dev/null >"$TEST_TMP/out" </dev/null
	says out "$(printf '\033[32m')ok   user_namespaces"
	NO_COLOR=1 TERM=xterm script -qec "x07 doctor" /dev/null >"$TEST_TMP/out" </dev/null
	says out 'ok   user_namespaces'
	says_not out "$(printf '\033')"
fi
expect 2 doctor --nope
expect 2 doctor now
# Nothing is left behind but the cache.
for left in "$TEST_TMP"/*doctor* "$TEST_TMP"/.*doctor*; do
	[ ! -e "$left" ] || fail "$left stayed"
done

# Bent settings are yellow, and nothing that an ordinary run needs.
export X07_CC=/nix/cc X07_CA_BUNDLE=nix.pem X07_PKG_HOME="$TEST_TMP/out/x"
export X07_NATIVE_CACHE_DIR=/proc/x
expect 0 doctor
state c_compiler warn
state ca_bundle warn
state image_cache warn
state package_store warn
suggests c_compiler 'X07_CC'
suggests ca_bundle 'X07_CA_BUNDLE'
suggests package_store 'X07_PKG_HOME'
echo text >empty.pem
X07_CA_BUNDLE=$PWD/empty.pem expect 0 doctor
state ca_bundle warn
says out "no certificate"
unset X07_CC X07_CA_BUNDLE X07_PKG_HOME X07_NATIVE_CACHE_DIR

# A registry is tried when it is named, and never with X07_OFFLINE.
export X07_PKG_INDEX_URL=sparse+http://127.0.0.1:1/index/
expect 0 doctor
state registry warn
suggests registry 'X07_OFFLINE'
X07_OFFLINE=1 expect 0 doctor
state registry skipped
export X07_PKG_INDEX_URL=example.com
expect 0 doctor
state registry warn
suggests registry 'x07 pkg list'
unset X07_PKG_INDEX_URL
expect 0 doctor --registry example.com
state registry warn
says out "example.com is no address"
expect 0 doctor --registry "sparse+file://$X07_BUILD_DIR/share/x07/registry/index/"
state registry ok
expect 0 doctor
state registry skipped

# The registry that ships with x07 is the one of the key that x07 has compiled in: another, whole and well
# signed, is none, nor is one with a changed archive.
mkdir -p copy/share/x07
cp -RL "$X07_BUILD_DIR/bin" "$X07_BUILD_DIR/lib" copy
cp -R "$X07_BUILD_DIR/share/x07/registry" copy/share/x07/registry
cp -RL "$X07_BUILD_DIR/share/x07/std" copy/share/x07/std
expect 0 copy/bin/x07 doctor
state embedded_registry ok
printf x >>copy/share/x07/registry/dl/ext-net/0.1.11/download
expect 0 copy/bin/x07 doctor
state embedded_registry warn
expect 0 x07 registry key --out swapped.key
expect 0 x07 registry build "$X07_SOURCE_DIR/registry/bundled" --out swapped --key swapped.key
expect 0 x07 registry check swapped
rm -r copy/share/x07/registry
cp -R swapped copy/share/x07/registry
expect 0 copy/bin/x07 doctor
state embedded_registry warn
says out "no valid signature of a trusted key"
expect 20 copy/bin/x07 registry check embedded:
is /error/code X07PKG_SNAPSHOT_INVALID
expect 0 x07 registry check embedded:

# The project of this folder: what keeps its run from starting keeps the doctor from being content.
agree() { # STATUS OF doctor, STATUS OF run
	expect "$2" x07 run --profile sandbox --input-b64 ''
	expect "$1" doctor
}
mkdir demo
cd demo
x07 init >/dev/null
agree 1 2
state project fail
says out "x07 policy init --template cli"
x07 policy init --template cli >/dev/null
agree 0 0
state project ok
says out sandbox.cli.base
# A package that is not installed yet: the doctor says so and installs nothing.
cp x07.json "$TEST_TMP/saved.json"
cp x07.lock.json "$TEST_TMP/saved.lock"
expect 0 x07 pkg add ext-url-rs@0.1.5 --sync --offline
expect 0 doctor
rm -rf .x07/deps
expect 1 doctor
state project fail
suggests project 'x07 pkg lock'
[ ! -e .x07/deps ] || fail "the doctor installed packages"
cp "$TEST_TMP/saved.json" x07.json
cp "$TEST_TMP/saved.lock" x07.lock.json
edit_policy '"cpu_ms": ' '"cpu_ms": -'
agree 1 2
state project fail
says out /limits/cpu_ms
cd ..

# Namespaces are refused: red, with the switch to change; the run says the same.
refused() {
	# shellcheck disable=SC2016
	unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' sh "$@"
}
mkdir plain
cd plain
expect 1 refused x07 doctor
is /ok false
state user_namespaces fail
state sandbox fail
state landlock ok
suggests user_namespaces 'user.max_user_namespaces=15000'
suggests user_namespaces 'sysctl -p'
expect 1 refused x07 doctor --emit text
says out 'FAIL user_namespaces'
says out 'fix: '
says out 'does not start here'
x07 init >/dev/null
x07 policy init --template cli >/dev/null
expect 2 refused x07 run --profile sandbox --input-b64 ''
says err user.max_user_namespaces
cd ..

# The fix is that of the distribution.
on() { # FILE COMMAND...: with this os-release
	# shellcheck disable=SC2016
	unshare --user --map-root-user --mount sh -c 'mount --bind "$1" /etc/os-release && shift && exec "$@"' sh "$@"
}
for row in 'debian::apt-get install gcc' 'mint:ubuntu debian:apt-get install gcc' \
	'fedora::dnf install gcc' 'rocky:rhel centos fedora:dnf install gcc' \
	'alpine::apk add gcc' 'other::Debian calls gcc'; do
	id=${row%%:*}
	rest=${row#*:}
	printf 'NAME="x"\nID=%s\nID_LIKE="%s"\n' "$id" "${rest%%:*}" >release
	expect 0 on "$PWD/release" env PATH=/nowhere "$X07_BIN/x07" doctor
	is /platform/distro "$id"
	state c_compiler warn
	suggests c_compiler "${rest#*:}"
done

# As an ordinary user.
if [ "$(id -u)" -eq 0 ]; then
	mkdir user
	cp -rL "$X07_BUILD_DIR/bin" "$X07_BUILD_DIR/lib" "$X07_BUILD_DIR/share" user
	mkdir user/home
	chown -R 4242:4242 user
	chmod 711 "$TEST_TMP"
	cd user
	expect 0 setpriv --reuid=4242 --regid=4242 --clear-groups env HOME="$PWD/home" \
		XDG_CACHE_HOME="$PWD/home" TMPDIR="$PWD" bin/x07 doctor
	for name in $required; do
		state "$name" ok
	done
	says out "as an ordinary user"
fi
