#!/bin/sh
# SPDX-License-Identifier: MIT
# Run a test in a temporary folder of its own: HOME, caches and the working directory are inside,
# nothing is left behind.
set -eu
TEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/x07-test.XXXXXX")
export TEST_TMP HOME="$TEST_TMP/home" XDG_CACHE_HOME="$TEST_TMP/cache" TMPDIR="$TEST_TMP"
unset X07_SANDBOX_BACKEND X07_I_ACCEPT_WEAKER_ISOLATION X07_OFFLINE X07_CC X07_CC_ARGS
unset X07_NATIVE_CACHE_DIR X07_PKG_INDEX_URL X07_MAX_C_BYTES || :
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
if [ "$status" -eq 77 ] && [ "${X07_FORBID_SKIPS:-0}" = 1 ]; then
	echo "this test was skipped, and X07_FORBID_SKIPS=1 forbids that" >&2
	status=1
fi
exit "$status"
