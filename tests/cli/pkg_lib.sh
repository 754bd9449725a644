# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the scripts about packages share; after lib.sh. Sourced, not run.
export X07_PKG_HOME="$TEST_TMP/x07-home"
unset X07_PKG_INDEX_URL CI || :
mkregistry() { "$X07_BUILD_DIR/tests/mkregistry" "$@" || fail "mkregistry"; }
on_tty() { "$X07_BUILD_DIR/tests/on_tty" "$@"; }
nosocket() { "$X07_BUILD_DIR/tests/nosocket" "$@"; }
kill_at() { "$X07_BUILD_DIR/tests/kill_at" "$@"; }

# A registry in $TEST_TMP/reg: alpha needs beta, gamma takes any beta of its major version.
small_registry() {
	mkregistry "$TEST_TMP/reg" 3 2000 alpha@1.0.0 'alpha@1.1.0:beta@1.0.0' alpha@2.0.0-rc.1 \
		beta@1.0.0 beta@1.2.0 'gamma@1.0.0:beta@>=1.0.0 <2.0.0' 'delta@1.0.0!' \
		'omega@1.0.0:beta@2.0.0' beta@2.0.0
	export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/reg/index/"
}
pkg_project() {
	mkdir -p "$1"
	cd "$1" || exit
	x07 init >/dev/null
}
installed() { [ -f ".x07/deps/$1/x07-package.json" ] || fail "$1 is not installed"; }
not_installed() { [ ! -e ".x07/deps/$1" ] || fail "$1 is still installed"; }
locked() { grep -q "\"path\": \".x07/deps/$1\"" x07.lock.json || fail "$1 is not locked"; }
listed() { grep -q "\"path\": \".x07/deps/$1\"" x07.json || fail "$1 is not in x07.json"; }
not_listed() { ! grep -q "\"name\": \"$1\"" x07.json || fail "$1 is in x07.json"; }
