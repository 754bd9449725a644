#!/bin/sh
# SPDX-License-Identifier: MIT
# The package commands as a person sees them: text and a line that moves; in CI, through a pipe and
# with --quiet none; and nothing that a registry says drives the terminal.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
export TERM=xterm
moves() { says out "$(printf '\r\033[K')$1"; }
still() { ! grep -q "$(printf '\033')" "$TEST_TMP/$1" || fail "escapes in std$1"; }
fresh() {
	cd "$TEST_TMP"
	rm -rf p "$X07_PKG_HOME"
	pkg_project "$TEST_TMP/p"
}

fresh
expect 0 on_tty x07 pkg add alpha@1.1.0 --sync
moves "reading the index ..."
moves "reading the index 3/3"
moves "downloading 1/1, "
says out "added alpha@1.1.0"
says out "  with beta@1.0.0"
says_not out '{"ok"'
# The last thing that was moved is taken away before the text.
tr '\r' '\n' <"$TEST_TMP/out" | grep -q "^$(printf '\033')\\[Kadded alpha@1.1.0" || fail "a line is left over"
for quiet in CI=1 CI=true TERM=dumb; do
	fresh
	expect 0 env $quiet "$X07_BUILD_DIR/tests/on_tty" x07 pkg add alpha@1.1.0 --sync
	still out
	says out "added alpha@1.1.0"
done
fresh
expect 0 env CI=false "$X07_BUILD_DIR/tests/on_tty" x07 pkg add alpha@1.1.0 --sync
moves downloading
fresh
expect 0 on_tty x07 pkg add alpha@1.1.0 --sync --quiet
still out
expect 0 on_tty x07 pkg lock --json --quiet
is /command pkg.lock
# Through a pipe: one line of JSON, and nothing else.
fresh
expect 0 x07 pkg add alpha@1.1.0 --sync
silent err
[ "$(wc -l <"$TEST_TMP/out")" -eq 1 ] || fail "more than one line"
is /ok true

# The other commands, and failures.
expect 0 on_tty x07 pkg tree
says out "  alpha@1.1.0"
says out "    beta@1.0.0"
expect 0 on_tty x07 pkg why beta
says out "needed by alpha@1.1.0: 1.0.0"
expect 0 on_tty x07 pkg provides std.net.http
says out "x07 pkg add ext-net@0.1.11 --sync"
expect 1 on_tty x07 pkg provides std.net.htp
says out "nothing that x07 knows provides it"
expect 0 on_tty x07 pkg sync
says out "nothing to do for 2 packages"
expect 0 on_tty x07 pkg lock --check
says out "checked 2 packages"
expect 0 on_tty x07 pkg update
says out "everything is the highest version already"
expect 20 on_tty x07 pkg add omega@1.0.0 --sync
says out "x07 pkg add: [X07PKG_RESOLVE_CONFLICT]"
says out "alpha"
expect 20 on_tty x07 pkg tree --project "$TEST_TMP"
says out "X07PKG_TREE_PROJECT"
expect 0 on_tty x07 pkg remove alpha --sync
says out "removed alpha"
says out "  and beta@1.0.0"
# A run that installs shows it too, and its report stays whole.
expect 0 x07 pkg add alpha@1.1.0 --sync
rm -rf .x07/deps "$X07_PKG_HOME"
expect 0 on_tty x07 run
moves downloading
says out "hydrated project dependencies"
says out '"mode": "project-compile-run"'

# What a registry says is clean on a terminal and escaped in the report.
index=$TEST_TMP/reg/index/al/ph/alpha
sed -i '/"version":"1.1.0"/s/"yanked":false/"yanked":false,"advisories":[{"schema_version":"x07.pkg.advisory@0.1.0","id":"A-1","package":"alpha","version":"1.1.0","kind":"security","severity":"high","summary":"bad\\u001b[2J\\u009b1m","created_at_utc":"2026-01-01T00:00:00Z"}]/' "$index"
expect 0 x07 pkg lock
says err "bad?[2J?1m"
still err
expect 20 x07 pkg lock --check
! grep -q "$(printf '\033')" "$TEST_TMP/out" || fail "an escape in the report"
expect 20 env CI=1 "$X07_BUILD_DIR/tests/on_tty" x07 pkg lock --check
still out

# A description of a registry is somebody else's text.
. "$X07_SOURCE_DIR/tests/cli/registry_lib.sh"
cd "$TEST_TMP"
source_package in/evil evil 1.0.0
sed -i 's/Package evil/evil \\u001b]0;owned\\u0007/' in/evil/x07-package.json
expect 0 reg build in --out evil_reg --name evil
expect 0 on_tty x07 pkg search evil --index "sparse+file://$TEST_TMP/evil_reg/index/"
tr -d '\r' <"$TEST_TMP/out" | sed "s/$(printf '\033')\\[K//g" >"$TEST_TMP/text"
grep -q 'evil@1.0.0: evil ?]0;owned?' "$TEST_TMP/text" || fail "the description is not there"
! grep -q "$(printf '\033')" "$TEST_TMP/text" || fail "a description drives the terminal"

# A report that goes elsewhere: the failure is told on standard error, unless a program asked for JSON.
pkg_project "$TEST_TMP/away"
expect 20 x07 pkg add nosuch --sync
is /error/code X07PKG_INDEX_NO_MATCH
says err "x07 pkg add: [X07PKG_INDEX_NO_MATCH] no package nosuch"
for quiet in --json --quiet; do
	expect 20 x07 pkg add nosuch --sync $quiet
	is /error/code X07PKG_INDEX_NO_MATCH
	silent err
done
cd "$TEST_TMP"
expect 20 x07 pkg tree
says err "[X07PKG_TREE_PROJECT]"
expect 20 x07 pkg tree --json
silent err
