#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 pkg sync: .x07/deps becomes what the lock says, whatever it was, and nothing else changes.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
pkg_project "$TEST_TMP/p"
expect 0 x07 pkg sync # nothing is wanted
x07 pkg add alpha@1.1.0 --sync >/dev/null
cp x07.json manifest && cp x07.lock.json lock
unchanged() {
	cmp x07.json manifest || fail "x07.json changed"
	cmp x07.lock.json lock || fail "x07.lock.json changed"
}
list() { find .x07/deps -type f -exec sha256sum {} + | sort -k2; }
list >want

# Nothing to do is said to a person, and works where nothing can be written.
expect 0 nosocket x07 pkg sync
is /command pkg.sync
is /result/index null
unchanged
# Gone, damaged, superfluous, of another kind: after sync it is what it was.
mend() {
	expect 0 x07 pkg sync
	cp "$TEST_TMP/out" report
	list >got
	cmp want got || fail "after $1 .x07/deps differs"
	unchanged
	expect 0 x07 pkg lock --check
}
rm -rf .x07/deps
mend "a fresh clone"
rm -rf .x07/deps "$X07_PKG_HOME"
mend "a fresh clone with an empty store"
[ "$(jsonq /result/fetched/1/name <report)" = beta ] || fail "beta was not fetched"
chmod -R u+w .x07/deps
rm .x07/deps/beta/1.0.0/modules/beta/m0.x07.json
mend "a missing file"
chmod -R u+w .x07/deps
rm -f .x07/deps/beta/1.0.0/x07-package.json && echo '{}' >.x07/deps/beta/1.0.0/x07-package.json
mend "a damaged file"
chmod -R u+w .x07/deps
echo more >.x07/deps/alpha/1.1.0/more
mend "a superfluous file"
# A file, or a link, in the place of a folder: replaced and said; what the link leads to stays, whether
# it is in the project or not, and gets nothing written.
mkdir "$TEST_TMP/outside" inside
echo mine >"$TEST_TMP/outside/mine" && echo mine >inside/mine
cp -r .x07/deps/beta "$TEST_TMP/right"
for place in beta beta/1.0.0; do
	for what in file "$TEST_TMP/outside" "$TEST_TMP/right/1.0.0" "$TEST_TMP/right" "$PWD/inside" nowhere; do
		chmod -R u+w .x07/deps
		rm -rf ".x07/deps/$place"
		if [ "$what" = file ]; then
			echo mine >".x07/deps/$place"
		else
			ln -s "$what" ".x07/deps/$place"
		fi
		expect 20 x07 pkg lock --check
		is /error/code X07PKG_LOCK_MISMATCH
		mend "$what in place of $place"
		[ ! -h ".x07/deps/$place" ] || fail "$place is still a link"
		[ "$(ls -A "$TEST_TMP/outside")" = mine ] || fail "the link was followed: $(ls -A "$TEST_TMP/outside")"
		[ "$(ls -A inside)" = mine ] || fail "the link was followed: $(ls -A inside)"
	done
done
(cd "$TEST_TMP/right/1.0.0" && find . -type f -exec sha256sum {} + | sort) >right
(cd .x07/deps/beta/1.0.0 && find . -type f -exec sha256sum {} + | sort) >now
cmp right now || fail "what the link led to changed"
rm -r .x07/deps && echo mine >file && mkdir -p .x07/deps && ln file .x07/deps/beta
expect 0 x07 pkg sync
says err "removed beta, a file"
grep -q mine file || fail "another name of the file lost its contents"
# .x07/deps itself, or .x07, is not for x07 to replace.
rm -rf .x07/deps && ln -s "$TEST_TMP/outside" .x07/deps
expect 20 x07 pkg sync
is /error/code X07PKG_IO
says out "leads out"
[ "$(ls -A "$TEST_TMP/outside")" = mine ] || fail "the link was followed"
rm .x07/deps
mend "a link in place of .x07/deps"
# What the lock does not fit is locked, or with --frozen refused.
x07 pkg add gamma@1.0.0 >/dev/null
cp x07.json manifest
expect 20 x07 pkg sync --frozen
is /error/code X07PKG_LOCK_MISMATCH
unchanged
expect 0 x07 pkg sync
locked gamma/1.0.0
installed gamma/1.0.0
rm x07.lock.json
expect 20 x07 pkg sync --frozen
is /error/code X07PKG_LOCK_MISSING
expect 0 x07 pkg sync
locked gamma/1.0.0
# The store is damaged: what is in it is not believed.
rm -rf .x07/deps
find "$X07_PKG_HOME/store" -name 'm1.x07.json' >damaged
while IFS= read -r file; do
	chmod u+w "$file"
	echo x >>"$file"
done <damaged
[ -s damaged ] || fail "the store holds nothing"
expect 0 x07 pkg sync
expect 0 x07 pkg lock --check
# A folder below the project is the project; outside of one there is none.
mkdir -p deep/er
cd deep/er
expect 0 x07 pkg sync
cd "$TEST_TMP"
expect 2 x07 pkg sync
says_not out '"ok":true'
expect 0 x07 pkg sync --project p
expect 0 x07 pkg sync --project p/x07.json
