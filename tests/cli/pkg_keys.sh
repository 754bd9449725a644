#!/bin/sh
# SPDX-License-Identifier: MIT
# Whom a project trusts: the keys of a signed registry are in the lock, so that a machine that never
# saw the registry is not taken in by another one at its address.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
. "$X07_SOURCE_DIR/tests/cli/registry_lib.sh"
cd "$TEST_TMP"
source_package in/alpha alpha 1.0.0
source_package in/beta beta 1.2.3
expect 0 reg key --out key
expect 0 reg key --out other
expect 0 reg build in --out good --key key --name test
id=$(field /result/key_id)
public=$(field /result/ed25519_pub)
expect 0 reg build in --out bad --key other --name test
expect 0 reg build in --out none --name test
at() {
	rm -rf "$TEST_TMP/site"
	cp -R "$TEST_TMP/$1" "$TEST_TMP/site"
}
export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/site/index/"
forget() { rm -rf "$X07_PKG_HOME" .x07/deps; }

at good
pkg_project "$TEST_TMP/p"
expect 0 x07 pkg add alpha@1.0.0 --sync
[ "$(jsonq /registry/keys/0/id <x07.lock.json)" = "$id" ] || fail "no key in the lock"
[ "$(jsonq /registry/keys/0/ed25519_pub <x07.lock.json)" = "$public" ] || fail "another key in the lock"
cp x07.json manifest && cp x07.lock.json lock
unchanged() {
	cmp x07.json manifest || fail "x07.json changed"
	cmp x07.lock.json lock || fail "x07.lock.json changed"
}
# The keys as they were seen first are not believed when their file is damaged, nor forgotten.
cp "$X07_PKG_HOME"/trust/*.json seen
for trust in "$X07_PKG_HOME"/trust/*.json; do echo '{' >"$trust"; done
expect 20 x07 pkg versions alpha
is /error/code X07PKG_TRUST_INVALID
[ "$(cat "$trust")" = '{' ] || fail "a damaged file of keys was replaced"
cp seen "$trust"
# Locking again, also without asking anybody, and on a machine that knows nothing: the same lock.
expect 0 x07 pkg lock
unchanged
forget
expect 0 x07 pkg lock
unchanged
expect 0 x07 pkg lock --check
# Another registry at the same address, or one that does not sign: refused, by those who know it and
# by those who do not.
for registry in bad none; do
	at $registry
	for memory in kept lost; do
		[ $memory = kept ] || forget
		expect 20 x07 pkg add beta@1.2.3 --sync
		case $(field /error/code) in
		X07PKG_SIGNATURE_KEY_MISSING | X07PKG_UNSIGNED) ;;
		*) fail "$registry, memory $memory: $(field /error/code)" ;;
		esac
		unchanged
		not_installed beta
	done
done
# Without a lock the first one is believed: that is what a lock is for.
at bad
pkg_project "$TEST_TMP/first"
expect 0 x07 pkg add beta@1.2.3 --sync
# The embedded key is not written: it is compiled in.
pkg_project "$TEST_TMP/embedded"
expect 0 x07 pkg add ext-net@0.1.11 --sync --index embedded:
! grep -q '"keys"' x07.lock.json || fail "the embedded key is in the lock"
# A lock whose keys are no keys is no lock.
cd "$TEST_TMP/p"
for key in '"AAAA"' '"not base64!"' 1 null; do
	sed "s|\"ed25519_pub\": \".*\"|\"ed25519_pub\": $key|" lock >x07.lock.json
	expect 2 x07 pkg lock
	is /error/code X07LOCK_SCHEMA
done
