# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# A built registry behind nginx, for the scripts registry*.sh: sourced in place of lib.sh.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${X07_SOURCE_DIR:?}/tests/net/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../cli/registry_lib.sh
. "${X07_SOURCE_DIR:?}/tests/cli/registry_lib.sh"
# shellcheck source-path=SCRIPTDIR source=../cli/pkg_lib.sh
. "${X07_SOURCE_DIR:?}/tests/cli/pkg_lib.sh"
net_start
site=$net_tmp/www
log=$net_tmp/access.log
cd "$TEST_TMP"

# answered STATUS PATH: the log has such an answer since the last forget.
forget() { : >"$log"; }
answered() { grep -qE "\"(GET|POST) $2 HTTP/[0-9.]+\" $1 " "$log" || fail "no $1 for $2: $(cat "$log")"; }
not_asked() { ! grep -qE " $1 HTTP" "$log" || fail "$1 was asked for: $(cat "$log")"; }

# build [OPTIONS]: the packages of $TEST_TMP/in, signed with $TEST_TMP/key, are what nginx serves.
build() { expect 0 reg build "$TEST_TMP/in" --out "$site" --key "$TEST_TMP/key" --name test "$@"; }

# A client that knows nothing, or the one of that name again: client NAME [INDEX], with a project as
# working directory.
client() {
	export X07_PKG_HOME="$TEST_TMP/home-$1"
	export X07_PKG_INDEX_URL="${2:-sparse+https://example.com/index/}"
	if [ -d "$TEST_TMP/app-$1" ]; then cd "$TEST_TMP/app-$1"; else pkg_project "$TEST_TMP/app-$1"; fi
}
