#!/bin/sh
# SPDX-License-Identifier: MIT
# The key of a registry is replaced over https: as docs/REGISTRY.md says, every client follows, seen
# from each moment; without that, no client does.
# shellcheck disable=SC2119 # `build` takes options or none
. "${X07_SOURCE_DIR:?}/tests/net/registry_lib.sh"
nginx_start
source_package in/alpha alpha 1.0.0
source_package in/beta beta 1.0.0
key_id() { field /result/key_id; }
expect 0 reg key --out key
first=$(key_id)
build
# keep NAME: the index as it is now; show CONFIG INDEX: config.json of one, the rest of another.
keep() { cp -rp "$site/index" "$TEST_TMP/index-$1"; }
show() {
	rm -rf "$site/index"
	cp -r "$TEST_TMP/index-$2" "$site/index"
	cp "$TEST_TMP/index-$1/config.json" "$site/index/"
	# nginx makes its tags of times
	shown=$((${shown:-0} + 1))
	find "$site/index" -type f -exec touch -d "@$((1600000000 + shown))" {} +
}
pinned() { cat "$X07_PKG_HOME"/trust/*.json; }
trusts() { pinned | grep -qF "\"$1\"" || fail "$1 is not trusted: $(pinned)"; }
forgot() { ! pinned | grep -qF "\"$1\"" || fail "$1 is still trusted: $(pinned)"; }
follows() { expect 0 x07 pkg versions alpha; }
refuses() {
	cp "$X07_PKG_HOME"/trust/*.json "$TEST_TMP/trust"
	expect 20 x07 pkg versions alpha
	is /error/code "$1"
	pinned | cmp -s - "$TEST_TMP/trust" || fail "what is trusted changed"
}
keep 1

# Those who know the first key: one of them has a lock too, which goes to a machine that knows nothing.
for name in often seldom late middle thief; do
	client $name
	follows
	trusts "$first"
done
client often
expect 0 x07 pkg add alpha@1.0.0 --sync
cp x07.json x07.lock.json "$TEST_TMP/"

# Another key at once: not built into the registry that is there, and refused where it stands.
cd "$TEST_TMP"
expect 0 reg key --out other
other=$(key_id)
other_public=$(field /result/ed25519_pub)
expect 20 reg build in --out "$site" --key other --name test
is /error/code X07REG_KEY_CHANGED
says out 'x07 registry key --out NEW --key OLD --rotations'
diff -r "$site/index" index-1 || fail "the index changed"
expect 0 reg build in --out stolen --key other --name test
cp -r stolen/index index-stolen
expect 0 reg build in --out renamed --key other --name test --key-id "$first"
cp -r renamed/index index-renamed
client thief
show stolen stolen
refuses X07PKG_SIGNATURE_KEY_MISSING
says out trusted_keys
show 1 stolen
refuses X07PKG_SNAPSHOT_INVALID
show stolen 1
refuses X07PKG_SIGNATURE_KEY_MISSING
show renamed renamed
refuses X07PKG_KEY_CHANGED
says out trusted_keys
# Somebody who claims that the first key vouches for his.
cd "$TEST_TMP"
mkdir forged
expect 0 reg key --out thief --key other --key-id "$first" --rotations forged/rotations.ndjson
cp -r in/alpha in/beta forged/
expect 0 reg build forged --out lie --key thief --name test
cp -r lie/index index-lie
client thief
show lie lie
refuses X07PKG_SIGNATURE_KEY_MISSING
# The way out that the message names, for one project; the others keep what they know.
show stolen stolen
cat >x07.config.json <<JSON
{"schema_version":"x07.config@0.1.0","pkg":{"trusted_keys":[{"id":"$other","ed25519_pub":"$other_public"}]}}
JSON
expect 0 x07 pkg versions alpha
rm x07.config.json
refuses X07PKG_SIGNATURE_KEY_MISSING

# The documented way: the old key vouches for the new one, first while it still signs ...
cd "$TEST_TMP"
show 1 1
expect 0 reg key --out key2 --key key --rotations in/rotations.ndjson
second=$(key_id)
build
keep 2
for name in often middle; do
	client $name
	follows
	trusts "$first"
	trusts "$second"
done
# ... then the new one signs.
cd "$TEST_TMP"
mv key key1
cp key2 key
build
is /result/key_id "$second"
keep 3
for name in often seldom; do
	client $name
	follows
	trusts "$second"
	forgot "$first"
done
expect 0 reg check https://example.com/index/
is /result/problem_count 0
# A lock from before, where nothing is known: its keys lead to the new one.
client clean
cp "$TEST_TMP/x07.json" "$TEST_TMP/x07.lock.json" .
expect 0 x07 pkg sync
installed alpha/1.0.0
expect 0 x07 pkg lock --check
expect 0 x07 pkg lock
grep -qF "$second" x07.lock.json || fail "the lock does not follow"
# Who comes now knows the new key alone; and who has seen it in use is past the old one.
client new
follows
forgot "$first"
client often
expect 0 reg build "$TEST_TMP/in/alpha" --out "$TEST_TMP/back" --key "$TEST_TMP/key1" --name test
cp -r "$TEST_TMP/back/index" "$TEST_TMP/index-back"
show back back
refuses X07PKG_SIGNATURE_KEY_MISSING
expect 20 reg build "$TEST_TMP/in" --out "$site" --key "$TEST_TMP/key" --name test --key-id another
is /error/code X07REG_KEY_CHANGED

# Between two publications, or through a cache, files of before and after are seen together.
client middle # knows both keys
show 2 3
follows
client late # knows the first key alone
show 3 1
follows
trusts "$first"
show 3 3
follows
trusts "$second"
forgot "$first"

# A third key: the way leads over the second for who saw neither.
cd "$TEST_TMP"
show 3 3
expect 0 reg key --out key3 --key key2 --rotations in/rotations.ndjson
third=$(key_id)
cp -f key3 key
build
client thief # who was not taken in
follows
trusts "$third"
forgot "$first"
