#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 pkg repair: what does not go with this compiler is replaced by what does, in its band.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
mkregistry "$TEST_TMP/reg" 2 500 one@1.0.0 one@1.1.0 one@1.2.0 one@1.3.0~ one@2.0.0 \
	zero@0.1.0 zero@0.2.0 zero@0.2.1 zero@0.3.0 wide@0.1.0 wide@0.2.0 never@1.0.0 never@2.0.0 \
	'top@1.0.0:one@>=1.0.0 <2.0.0' fine@1.0.0
export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/reg/index/"
# held NAME VERSION..: a project with these locked, and their manifests wanting another compiler, as
# with a lock that was made by a newer x07.
held() {
	rm -rf "$TEST_TMP/p"
	pkg_project "$TEST_TMP/p"
	x07 pkg add fine@1.0.0 --sync >/dev/null
	x07 pkg add "$1@$2" --sync >/dev/null
	[ $# -eq 2 ] || x07 pkg add "$3@$4" --sync >/dev/null
	while [ $# -gt 0 ]; do
		file=.x07/deps/$1/$2/x07-package.json
		old=$(sha256sum <"$file")
		sed 's/>=0.1.111 <0.3.0/>=9.0.0/' "$file" >changed
		chmod u+w "${file%/*}" && rm -f "$file" && mv changed "$file"
		new=$(sha256sum <"$file")
		sed -i "s/${old%% *}/${new%% *}/" x07.lock.json
		sed -i '/"archive_sha256"/d; s/"tree_sha256": *"[0-9a-f]*"/"x":0/' x07.lock.json
		shift 2
	done
	cp x07.json manifest
	cp x07.lock.json lock
}
unchanged() {
	cmp x07.json manifest || fail "x07.json changed"
	cmp x07.lock.json lock || fail "x07.lock.json changed"
}

# Nothing to do.
pkg_project "$TEST_TMP/fine"
rm x07.lock.json
expect 20 x07 pkg repair
is /error/code X07PKG_REPAIR_LOCK_MISSING
x07 pkg add top@1.0.0 --sync >/dev/null
expect 0 x07 pkg repair
is /command pkg.repair
is /result/toolchain current
is /result/lockfile x07.lock.json
says out '"repaired":[]'
expect 0 x07 pkg repair --toolchain current --offline
expect 20 x07 pkg repair --toolchain nonsense
is /error/code X07PKG_REPAIR_TOOLCHAIN_INVALID
expect 20 x07 pkg repair --toolchain 0.1.0
is /error/code X07PKG_REPAIR_TOOLCHAIN_UNSUPPORTED
cp x07.lock.json lock
echo '{' >x07.lock.json
expect 20 x07 pkg repair
is /error/code X07PKG_REPAIR_LOCK_INVALID
sed 's/"version": "1.0.0"/"version": "1.0.1"/' lock >x07.lock.json
expect 20 x07 pkg repair
is /error/code X07PKG_REPAIR_LOCK_INVALID

# The highest of the same major version, of 0.x of the same minor one; the rest stays.
held one 1.1.0 zero 0.2.0
expect 20 x07 pkg lock --check
is /error/code X07PKG_X07C_INCOMPATIBLE
expect 0 x07 pkg repair
is /result/repaired/0/name one
is /result/repaired/0/from_version 1.1.0
is /result/repaired/0/to_version 1.2.0
is /result/repaired/1/name zero
is /result/repaired/1/to_version 0.2.1
locked one/1.2.0
listed zero/0.2.1
installed one/1.2.0
locked fine/1.0.0
not_installed one/1.1.0
expect 0 x07 pkg lock --check
expect 0 x07 pkg repair
says out '"repaired":[]'
# No version of 0.2 goes: any 0.y.
held wide 0.2.0
expect 0 x07 pkg repair
is /result/repaired/0/to_version 0.1.0
# None at all: said, and nothing changed.
held never 1.0.0
expect 20 x07 pkg repair
is /error/code X07PKG_REPAIR_NO_COMPATIBLE_VERSION
unchanged
# What is the user's own is theirs to change.
held never 1.0.0
cp -r .x07/deps/never/1.0.0 own
chmod -R u+w own
sed -i 's|.x07/deps/never/1.0.0|own|' x07.json x07.lock.json
cp x07.json manifest && cp x07.lock.json lock
expect 20 x07 pkg repair
is /error/code X07PKG_REPAIR_LOCAL_INCOMPATIBLE
unchanged
# What `patch` forces must go with this compiler too, whoever asks, with one code: the user said it, and
# the user changes it. It is so with a lock from elsewhere, and when nobody has locked it yet.
patched() { sed -i 's|^  "schema_version"|  "patch": {"one": {"version": "'"$1"'"}},\n  "schema_version"|' x07.json; }
pkg_project "$TEST_TMP/patched"
x07 pkg add top@1.0.0 --sync >/dev/null
cp x07.json plain.json && cp x07.lock.json lock
patched 1.3.0
cp x07.json manifest
for command in lock sync "add fine@1.0.0 --sync" "update one"; do
	# shellcheck disable=SC2086
	expect 20 x07 pkg $command
	is /error/code X07PKG_X07C_INCOMPATIBLE
	says out "\`patch\` in x07.json forces it: name another version there"
	unchanged
done
cp plain.json x07.json
patched 1.2.0
expect 0 x07 pkg lock
locked one/1.2.0
expect 0 x07 pkg lock --check
held one 1.1.0
patched 1.1.0
cp x07.json manifest
for command in "lock --check" "lock --frozen" sync lock "update one"; do
	# shellcheck disable=SC2086
	expect 20 x07 pkg $command
	is /error/code X07PKG_X07C_INCOMPATIBLE
	says out "\`patch\` in x07.json forces it: name another version there"
	unchanged
done
expect 20 x07 pkg repair
is /error/code X07PKG_REPAIR_NO_COMPATIBLE_VERSION
says out "name another version there"
unchanged
# Nobody needs what is forced: no concern of anybody's.
pkg_project "$TEST_TMP/unneeded"
patched 1.3.0
expect 0 x07 pkg add fine@1.0.0 --sync
