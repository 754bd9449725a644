#!/bin/sh
# SPDX-License-Identifier: MIT
# Run a test in a temporary folder of its own: HOME, caches and the working directory are inside,
# nothing is left behind.
set -eu
TEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/x07-test.XXXXXX")
export TEST_TMP HOME="$TEST_TMP/home" XDG_CACHE_HOME="$TEST_TMP/cache" TMPDIR="$TEST_TMP"
unset X07_SANDBOX_BACKEND X07_I_ACCEPT_WEAKER_ISOLATION X07_OFFLINE X07_CC X07_CC_ARGS || :
mkdir -p "$HOME" "$XDG_CACHE_HOME"
# A detached compiler (--opt=auto) may still be writing into the cache inside.
# shellcheck disable=SC2317
clean() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		rm -rf "$TEST_TMP" 2>/dev/null && return
		sleep 0.3
	done
	rm -rf "$TEST_TMP"
}
trap clean EXIT
cd "$TEST_TMP"
status=0
"$@" || status=$?
cd /
exit "$status"
