#!/bin/sh
# SPDX-License-Identifier: MIT
# Run a test in a temporary folder of its own: HOME, caches and the working directory are inside,
# nothing is left behind.
set -eu
TEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/x07-test.XXXXXX")
export TEST_TMP HOME="$TEST_TMP/home" XDG_CACHE_HOME="$TEST_TMP/cache" TMPDIR="$TEST_TMP"
unset X07_SANDBOX_BACKEND X07_I_ACCEPT_WEAKER_ISOLATION X07_OFFLINE X07_CC X07_CC_ARGS || :
mkdir -p "$HOME" "$XDG_CACHE_HOME"
trap 'rm -rf "$TEST_TMP"' EXIT
cd "$TEST_TMP"
status=0
"$@" || status=$?
cd /
exit "$status"
