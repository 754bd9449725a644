#!/bin/sh
# SPDX-License-Identifier: MIT
# `x07 explain` knows each row of each codes.def, names what is near an unknown code, and
# docs/format/codes.md is what it prints.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

page=$X07_SOURCE_DIR/docs/format/codes.md
expect 0 x07 explain --emit markdown
cmp -s "$TEST_TMP/out" "$page" || fail "docs/format/codes.md is not what \`x07 explain --emit markdown\` prints"

# The tables themselves, not what the program was built from.
find "$X07_SOURCE_DIR" -path "$X07_SOURCE_DIR/build" -prune -o -name '*codes.def' -print | while IFS= read -r table; do
	sed -n 's/^CODE([A-Z0-9_]*, *"\([^"]*\)", *[A-Z_]*, *"\([^"]*\)", *\(NULL\|"[^"]*"\)\(, .*\)\{0,1\})$/\1|\2|\3/p' "$table" >"$TEST_TMP/rows"
	[ "$(wc -l <"$TEST_TMP/rows")" -eq "$(grep -c '^CODE(' "$table")" ] || fail "$table: a row that this test cannot read"
	cat "$TEST_TMP/rows"
done >"$TEST_TMP/all"
[ "$(wc -l <"$TEST_TMP/all")" -ge 180 ] || fail "hardly a code is left: is the tree the right one?"
expect 0 x07 explain --emit text
cp "$TEST_TMP/out" "$TEST_TMP/list"
[ "$(wc -l <"$TEST_TMP/list")" -eq "$(wc -l <"$TEST_TMP/all")" ] || fail "the list has more or fewer rows than the tables"
while IFS='|' read -r id meaning page; do
	grep -F "$id " "$TEST_TMP/list" | grep -qF " $meaning" || fail "$id: the list lacks \"$meaning\""
done <"$TEST_TMP/all"
LC_ALL=C sort -s -c -k 1,1 "$TEST_TMP/list" || fail "the list is not sorted"

# One code: everything about it, in capitals or not.
expect 0 x07 explain x07pkg_lock_mismatch --emit text
says out X07PKG_LOCK_MISMATCH
says out "installed file is not what was locked"
says out "status 2 (lock), \`x07 pkg\` with 20"
says out "More: docs/format/lock.md"
expect 0 x07 explain X07INIT_EXISTS --emit text
says out "status 20 (init)."
expect 0 x07 explain X07-POLICY-SCHEMA-0001 --emit text
says out "status 3 (schema)."
# An id with two rows tells both.
expect 0 x07 explain X07PKG_IO --emit text
[ "$(grep -c '^X07PKG_IO$' "$TEST_TMP/out")" -eq 2 ] || fail "X07PKG_IO has two rows"
expect 0 x07 explain X07PKG_CLOCK
says out '"codes":[{"code":"X07PKG_CLOCK","class":"pkg","exit_status":20,'
says out '"page":"format/index.md"}]'

# What does not exist.
expect 2 x07 explain X07PKG_OFLINE_INDEX
silent out
says err "near it: X07PKG_OFFLINE_INDEX;"
expect 2 x07 explain archive
says err "X07PKG_ARCHIVE_CASE, X07PKG_ARCHIVE_CRASH"
expect 2 x07 explain zz
says err "no code is called \"zz\"; \`x07 explain\` lists all"
expect 2 x07 explain X07PKG_IO X07PKG_CLOCK
