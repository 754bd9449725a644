#!/bin/sh
# SPDX-License-Identifier: MIT
# One changed byte anywhere: refused with a code, or harmless, which means: what is installed and
# the lock are byte for byte what they are without the change. pkg_tamper.sh [PERCENT]: how many of
# the changes are tried; TAMPER_PERCENT=1000 tries ten times as many, TAMPER_SEED chooses others, and
# TAMPER_ONLY=WHAT does one part.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
. "$X07_SOURCE_DIR/tests/cli/registry_lib.sh"
flip_byte() { "$X07_BUILD_DIR/tests/flip_byte" "$@" || fail "flip_byte $*"; }
percent=${TAMPER_PERCENT:-${1:-100}}
seed=${TAMPER_SEED:-20261}
tried=0
harmless_in_all=0
printf 'TAMPER_PERCENT=%s TAMPER_SEED=%s\n' "$percent" "$seed"

# One byte is another one: any byte of the files may be hit. For each round:
#   fresh      the state before (a function)
#   act        the command (a function); its report is in $TEST_TMP/out
#   CODES      what it may answer, one of the words
#   LEAST      so many of 100 rounds are refused, or more
# tamper WHAT ROUNDS LEAST "CODES" FILE..
tamper() {
	what=$1
	rounds=$(($2 * percent / 100))
	least=$3
	codes=$(printf '%s' "$4" | tr -s '\n\t' '  ')
	shift 4
	[ -z "${TAMPER_ONLY:-}" ] || [ "$TAMPER_ONLY" = "$what" ] || return 0
	refused=0
	round=0
	while [ "$round" -lt "$rounds" ]; do
		round=$((round + 1))
		seed=$((seed + 1))
		fresh
		for file in "$@"; do
			cp -p "$file" "$file.kept"
		done
		change=$(flip_byte "$seed" "$@")
		status=0
		act >"$TEST_TMP/out" 2>"$TEST_TMP/err" || status=$?
		judge
		for file in "$@"; do
			rm -f "$file" # may be linked into a project
			mv "$file.kept" "$file"
		done
	done
	tried=$((tried + rounds))
	[ $((refused * 100)) -ge $((least * rounds)) ] || fail "$what: only $refused of $rounds refused"
	harmless_in_all=$((harmless_in_all + rounds - refused))
	printf '%s: %s refused, %s harmless\n' "$what" "$refused" $((rounds - refused))
}
judge() {
	if [ "$status" -eq 0 ]; then
		is_same || fail "$what, seed $seed ($change): accepted, and the result differs"
		[ -z "${TAMPER_VERBOSE:-}" ] || printf '%s: harmless: %s, seed %s\n' "$what" "$change" "$seed"
		return
	fi
	case $status in 2 | 20) ;; *) fail "$what, seed $seed ($change): exit status $status" ;; esac
	code=$(sed -n 's/.*"code":"\([A-Z0-9_]*\)".*/\1/p' "$TEST_TMP/out" | head -1)
	[ -n "$code" ] || code=$(grep -o '\(X07[A-Z]*_[A-Z_]*\)' "$TEST_TMP/err" | head -1) || :
	case " $codes " in
	*" $code "*) refused=$((refused + 1)) ;;
	*) fail "$what, seed $seed ($change): refused with '$code'" ;;
	esac
}

# Two packages, signed, with a snapshot; the same registry without a snapshot, lines signed.
cd "$TEST_TMP"
source_package in/alpha alpha 1.0.0 '"beta@1.0.0"'
source_package in/beta beta 1.0.0
expect 0 reg key --out key
expect 0 reg build in --out site --key key --name test
cp -a site plain
sed -i '/"snapshot": true,/d' plain/index/config.json
! grep -q snapshot plain/index/config.json || fail "config.json still promises a snapshot"
rm -rf plain/index/snapshot plain/index/snapshot.json
use() { export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/$1/index/"; }

# The good result of each registry, and a home that has seen it once (its keys are known).
good() {
	use "$1"
	rm -rf "$X07_PKG_HOME"
	pkg_project "$TEST_TMP/good-$1"
	expect 0 x07 pkg add alpha --sync
	rm -rf "$X07_PKG_HOME/store" "$X07_PKG_HOME/index"
	cp -a "$X07_PKG_HOME" "$TEST_TMP/home-$1"
	registry=$1
}
good plain
good site
mkdir "$TEST_TMP/empty"
(cd "$TEST_TMP/empty" && x07 init >/dev/null)

# add: an empty project, a user who knows the registry's keys, an empty store.
fresh_add() {
	rm -rf "$TEST_TMP/p" "$X07_PKG_HOME"
	cp -a "$TEST_TMP/empty" "$TEST_TMP/p"
	cp -a "$TEST_TMP/home-$registry" "$X07_PKG_HOME"
	cd "$TEST_TMP/p"
}
act_add() { x07 pkg add alpha --sync; }
is_same() {
	diff -r .x07/deps "$TEST_TMP/good-$registry/.x07/deps" >/dev/null &&
		cmp -s x07.lock.json "$TEST_TMP/good-$registry/x07.lock.json" &&
		cmp -s x07.json "$TEST_TMP/good-$registry/x07.json"
}
fresh() { fresh_add; }
act() { act_add; }

site=$TEST_TMP/site
copy=$site/index/snapshot/$(sha256sum <"$site/index/al/ph/alpha" | sed 's/^\(..\)\([^ ]*\).*/\1\/\1\2/')
[ -f "$copy" ] || fail "no copy of the index file of alpha at $copy"
cp "$copy" "$copy.own" && mv "$copy.own" "$copy" # it may be a link to the first
tamper "archive" 150 100 X07PKG_DOWNLOAD_FAILED "$site/dl/alpha/1.0.0/download"
tamper "index line and its copy" 120 100 X07PKG_SNAPSHOT_MISMATCH "$site/index/al/ph/alpha" "$copy"
# The copy that the snapshot names is whole, so it is taken.
tamper "index line alone" 30 0 X07PKG_SNAPSHOT_MISMATCH "$site/index/al/ph/alpha"
tamper "snapshot" 150 95 "X07PKG_SNAPSHOT_INVALID X07PKG_SNAPSHOT_REPLAYED X07PKG_SNAPSHOT_EXPIRED
 X07PKG_CLOCK X07PKG_SNAPSHOT_MISMATCH" "$site/index/snapshot.json"
config_codes="X07PKG_INDEX_CONFIG X07PKG_UNSIGNED X07PKG_SIGNATURE_KEY_MISSING X07PKG_KEY_CHANGED
 X07PKG_SIGNATURE_UNSUPPORTED X07PKG_SNAPSHOT_MISSING X07PKG_DOWNLOAD_FAILED"
tamper "config" 100 60 "$config_codes" "$site/index/config.json"

registry=plain
use plain
line_codes="X07PKG_INDEX_FETCH X07PKG_INDEX_NO_MATCH X07PKG_SIGNATURE_INVALID X07PKG_UNSIGNED
 X07PKG_SIGNATURE_KEY_MISSING X07PKG_SIGNATURE_UNSUPPORTED X07PKG_DOWNLOAD_FAILED
 X07PKG_STORE_MISMATCH X07PKG_RESOLVE_CONFLICT"
tamper "signed line without a snapshot" 150 50 "$line_codes" "$TEST_TMP/plain/index/al/ph/alpha"

# sync of a fresh clone: the lock decides what may be installed.
fresh() {
	rm -rf "$TEST_TMP/p" "$X07_PKG_HOME"
	mkdir "$TEST_TMP/p"
	cp -a "$TEST_TMP/good-site/x07.json" "$TEST_TMP/p/"
	cp -a "$TEST_TMP/home-site" "$X07_PKG_HOME"
	cd "$TEST_TMP/p"
}
act() {
	cp "$TEST_TMP/lock" x07.lock.json
	x07 pkg sync --frozen
}
is_same() { diff -r .x07/deps "$TEST_TMP/good-site/.x07/deps" >/dev/null; }
registry=site
use site
cp "$TEST_TMP/good-site/x07.lock.json" "$TEST_TMP/lock"
tamper "lock" 150 50 "X07LOCK_PARSE X07LOCK_SCHEMA X07LOCK_READ X07PKG_LOCK_MISMATCH
 X07LOCK_MISMATCH X07PKG_STORE_MISMATCH X07PKG_INDEX_NO_MATCH X07LOCK_INVALID" "$TEST_TMP/lock"

# The store: what is damaged there is not installed, with the network cut it is missing, and with a
# registry it is fetched again.
store=$TEST_TMP/store
(fresh && act >/dev/null && cp -a "$X07_PKG_HOME/store" "$store")
[ -d "$store/sha256" ] || fail "no store in $store"
entry=$store/sha256/$(sha256sum <"$site/dl/alpha/1.0.0/download" | sed 's/^\(..\)\([^ ]*\).*/\1\/\1\2/')
fresh() {
	rm -rf "$TEST_TMP/p" "$X07_PKG_HOME"
	mkdir "$TEST_TMP/p"
	cp -a "$TEST_TMP/good-site/x07.json" "$TEST_TMP/good-site/x07.lock.json" "$TEST_TMP/p/"
	cp -a "$TEST_TMP/home-site" "$X07_PKG_HOME"
	cd "$TEST_TMP/p"
}
act() {
	cp -a "$store" "$X07_PKG_HOME/store"
	x07 pkg sync --offline
}
X07_PKG_INDEX_URL=http://127.0.0.1:9/index/
for file in list files/x07-package.json files/modules/alpha/main.x07.json; do
	tamper "store, offline: $file" 40 100 X07PKG_OFFLINE_MISSING_DEP "$entry/$file"
done
use site
act() {
	cp -a "$store" "$X07_PKG_HOME/store"
	x07 pkg sync
}
tamper "store, healed" 30 0 "" "$entry/files/modules/alpha/main.x07.json"

# What is installed.
fresh() { cd "$TEST_TMP/good-site"; }
act() { x07 pkg lock --check --offline; }
is_same() { false; }
for file in .x07/deps/alpha/1.0.0/x07-package.json .x07/deps/beta/1.0.0/modules/beta/main.x07.json; do
	tamper "installed: $file" 50 100 X07PKG_LOCK_MISMATCH "$TEST_TMP/good-site/$file"
done

[ $((tried * 100)) -ge $((1000 * percent)) ] || [ -n "${TAMPER_ONLY:-}" ] || fail "only $tried changes tried"
printf '%s changes, %s of them harmless\n' "$tried" "$harmless_in_all"
