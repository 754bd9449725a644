#!/bin/sh
# SPDX-License-Identifier: MIT
# A test leaves the home, the store, the cache and the settings of whoever runs it alone: here they
# are a folder that is watched, and a test under in_tmp.sh does all that makes files at home.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
watched="$TEST_TMP/watched"
mkdir "$watched"
cat >inner.sh <<'SH'
set -eu
PATH="$X07_BIN:$PATH"
for name in X07_PKG_HOME X07_WORKSPACE_ROOT X07_NATIVE_CACHE_DIR X07_OFFLINE XDG_CONFIG_HOME https_proxy CI; do
	! env | grep "^$name=" || exit 1
done
x07 init >/dev/null
x07 pkg add ext-net@0.1.11 --sync >/dev/null
x07 run --opt=full >/dev/null
(cd / && X07_SANDBOX_BACKEND=os X07_I_ACCEPT_WEAKER_ISOLATION=1 x07 doctor >/dev/null)
[ -d "$HOME/.x07/store" ] || { echo "no store in $HOME" >&2; exit 1; }
[ -n "$(ls -A "$XDG_CACHE_HOME")" ] || { echo "no cache in $XDG_CACHE_HOME" >&2; exit 1; }
printf '%s\n' "$TEST_TMP"
SH
expect 0 env HOME="$watched" X07_PKG_HOME="$watched/pkg" XDG_CACHE_HOME="$watched/cache" \
	XDG_CONFIG_HOME="$watched/config" X07_NATIVE_CACHE_DIR="$watched/native" X07_WORKSPACE_ROOT="$watched/none" \
	X07_OFFLINE=1 CI=1 https_proxy=http://127.0.0.1:1 "$X07_SOURCE_DIR/tests/support/in_tmp.sh" sh "$PWD/inner.sh"
[ -z "$(find "$watched" -mindepth 1)" ] || fail "written: $(find "$watched")"
inner=$(cat "$TEST_TMP/out")
[ -n "$inner" ] || fail "the inner test did not end"
[ ! -e "$inner" ] || fail "left behind: $inner"
