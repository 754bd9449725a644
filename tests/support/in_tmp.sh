#!/bin/sh
# SPDX-License-Identifier: MIT
# Run a test in a temporary folder of its own: HOME, caches and the working directory are inside,
# nothing is left behind.
set -eu
TEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/x07-test.XXXXXX")
export TEST_TMP HOME="$TEST_TMP/home" XDG_CACHE_HOME="$TEST_TMP/cache" TMPDIR="$TEST_TMP"
# Nor does anything of the person's own settings come in: none of x07's but those of the tests
# themselves, no registry behind a proxy, no other place for files.
for name in $(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'); do
	case $name in
	X07_SOURCE_DIR | X07_BUILD_DIR | X07_BIN | X07_FORBID_SKIPS) ;;
	X07_* | CI | NO_COLOR | SOURCE_DATE_EPOCH | SSL_CERT_* | *_proxy | *_PROXY) unset "$name" ;;
	XDG_CACHE_HOME) ;;
	XDG_*) unset "$name" ;;
	esac
done
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
