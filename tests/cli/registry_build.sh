#!/bin/sh
# SPDX-License-Identifier: MIT
# A registry is built from package sources, archives and index lines; it verifies; every change to
# it is found; building again changes nothing.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "${X07_SOURCE_DIR:?}/tests/cli/registry_lib.sh"
cd "$TEST_TMP"

source_package in/alpha-1 alpha 1.0.0
source_package in/alpha-10 alpha 1.10.0 '"beta@>=1.0.0 <2.0.0"'
source_package in/alpha-9 alpha 1.9.0
source_package in/beta beta 1.2.3
source_package in/ab ab 0.1.0
source_package in/abc abc 0.1.0-rc.1

expect 20 reg build nowhere --out site
is /error/code X07PKG_NOT_FOUND
expect 0 reg key --out key
[ "$(stat -c %a key)" = 600 ] || fail "the key can be read by others"
expect 20 reg key --out key
key_id=$(reg key --out other | jsonq /result/key_id)
expect 0 reg build in --out site --key key --name test
is /ok true
is /command registry.build
is /result/packages 4
is /result/versions 6
is /result/archives_added 6
public=$(field /result/key_id):$(field /result/ed25519_pub)
for file in index/al/ph/alpha index/be/ta/beta index/2/ab index/3/a/abc index/config.json \
	index/catalog.json index/snapshot.json dl/alpha/1.10.0/download dl/abc/0.1.0-rc.1/download; do
	[ -f "site/$file" ] || fail "no $file"
done
# Versions ascend by precedence, not by text.
versions=$(while IFS= read -r line; do printf '%s\n' "$line" | jsonq /version; done \
	<site/index/al/ph/alpha | tr '\n' ' ')
[ "$versions" = "1.0.0 1.9.0 1.10.0 " ] || fail "order: $versions"
tail -1 site/index/al/ph/alpha >"$TEST_TMP/out"
is /cksum "$(sha256sum <site/dl/alpha/1.10.0/download | cut -d' ' -f1)"
is /dependencies/0 'beta@>=1.0.0 <2.0.0'
is /signature/kind ed25519

expect 0 reg check site
is /result/packages 4
is /result/versions 6
is /result/archives 6
is /result/signed true
is /result/problem_count 0
expect 0 reg check site/index --trust-key "$public"
expect 0 reg check "sparse+file://$TEST_TMP/site/index/"
expect 20 reg check site --trust-key "$key_id:$(printf '%032d' 0 | base64 -w0)"
expect 2 reg check site --trust-key nonsense
expect 20 reg check "$TEST_TMP"
is /error/code X07PKG_INDEX_CONFIG

# Building again: nothing is written but the snapshot, whose version grows.
before=$(jsonq /version <site/index/snapshot.json)
expect 0 reg build in --out site --key key --name test
is /result/archives_added 0
is /result/files_written 1
[ "$(jsonq /version <site/index/snapshot.json)" -gt "$before" ] || fail "the snapshot is not newer"
# The archives alone give the same index, and so does an index without archives.
expect 0 reg build site/dl --out again --key key --name test
cmp site/index/al/ph/alpha again/index/al/ph/alpha || fail "another index from archives"
mkdir lines
cat site/index/al/ph/alpha site/index/be/ta/beta >lines/all.ndjson
expect 0 reg build lines --out third --key key
is /result/packages 2
cmp site/index/al/ph/alpha third/index/al/ph/alpha || fail "another index from lines"
# As little memory as there is: the same index through many runs on disk.
expect 0 reg build in --out small --key key --name test --memory 1
cmp site/index/catalog.json small/index/catalog.json || fail "another catalog"

# Yanks and advisories are files beside the packages.
echo 'alpha@1.9.0' >in/yanked.txt
cat >in/advisories.ndjson <<'JSON'
{"schema_version":"x07.pkg.advisory@0.1.0","id":"6d2f6a2e-0000-4000-8000-000000000001","package":"beta","version":"1.2.3","kind":"security","severity":"high","summary":"it leaks","created_at_utc":"2026-01-01T00:00:00Z"}
JSON
expect 0 reg build in --out site --key key --name test
sed -n 2p site/index/al/ph/alpha >"$TEST_TMP/out"
is /yanked true
cp site/index/be/ta/beta "$TEST_TMP/out"
is /advisories/0/severity high
expect 0 reg check site
echo 'alpha@7.0.0' >in/yanked.txt
expect 20 reg build in --out site --key key --name test
rm in/yanked.txt in/advisories.ndjson
expect 0 reg build in --out site --key key --name test

# A version never changes.
source_package in/beta beta 1.2.3 '"ab@0.1.0"'
expect 20 reg build in --out site --key key --name test
is /error/code X07REG_ALREADY_PUBLISHED
source_package in/beta beta 1.2.3
printf 'not a tar' >in/bad.x07pkg
expect 20 reg build in --out site --key key --name test
is /error/code X07REG_BAD_ARCHIVE
rm in/bad.x07pkg
echo '{"name":"x"}' >in/bad.ndjson
expect 20 reg build in --out site --key key --name test
is /error/code X07REG_BAD_INPUT
rm in/bad.ndjson
expect 20 reg build "$TEST_TMP/nothing" --out site
# The wrong folder, or archives that are called otherwise, empty no registry.
mkdir empty misnamed
expect 20 reg build empty --out site --key key
is /error/code X07REG_BAD_INPUT
says out "the registry that is there stays"
cp site/dl/ab/0.1.0/download misnamed/ab.tar
for out in site fresh; do
	expect 20 reg build misnamed --out "$out" --key key
	is /error/code X07REG_BAD_INPUT
	says out "passed over: misnamed/ab.tar"
done
expect 0 reg build empty --out fresh --key key
# In place there is nothing to lose: a served registry begins empty, and may be started again.
mkdir place
echo x >place/other
expect 0 reg build place --out place
expect 0 reg build place --out place
# What was signed stays signed.
expect 20 reg build in --out site
is /error/code X07PKG_UNSIGNED
says out "--key FILE signs it again"
expect 0 reg check site
is /result/packages 4
# A key that is not there, or is none; a registry that is not there: which file, and its name once.
expect 20 reg build in --out site --key nokey
says out '"nokey: No such file'
echo 'no key' >nokey
chmod 600 nokey
expect 20 reg build in --out site --key nokey
is /error/code X07PKG_KEY_INVALID
expect 20 reg check nowhere
says out '"message":"nowhere: config.json'
is /result/problems/0/what nowhere
expect 0 reg check "file://$TEST_TMP/site/index"
expect 2 reg build
chmod 644 key
expect 20 reg build in --out site --key key
is /error/code X07PKG_KEY_UNSAFE
chmod 600 key
expect 0 reg check site

# One byte anywhere is found.
# The list that the snapshot means, not one of an older snapshot, which nobody reads.
alpha=$(sha256sum <site/index/al/ph/alpha | cut -d' ' -f1)
bucket=$(cd site && grep -rl "^$alpha alpha$" index/snapshot | head -1)
[ -n "$bucket" ] || fail "no list of the snapshot has alpha"
found=0
for file in index/snapshot.json index/al/ph/alpha dl/alpha/1.10.0/download index/config.json \
	"$bucket"; do
	size=$(stat -c %s "site/$file")
	for part in 3 5 7 8; do
		cp "site/$file" saved
		flip "site/$file" $((size * part / 9))
		expect 20 reg check site --trust-key "$public"
		[ "$(field /error/message)" != "$(field /result/problems/0/message)" ] || fail "no place"
		cat saved >"site/$file"
		found=$((found + 1))
	done
done
[ "$found" -eq 20 ] || fail "only $found changes tried"
expect 0 reg check site
# An older index file with a valid signature is not the one that the snapshot means.
head -1 site/index/al/ph/alpha >old
cp old site/index/al/ph/alpha
expect 20 reg check site
is /error/code X07PKG_SNAPSHOT_MISMATCH

# A key vouches for the next one: both options or none, and nothing is left of a key that no client
# would follow.
mkdir rotate
cp -r in/beta rotate/
expect 2 reg key --out next --key key
says err -- '--rotations'
expect 2 reg key --out next --rotations rotate/rotations.ndjson
expect 20 reg key --out next --key key --rotations nowhere/rotations.ndjson
[ ! -e next ] || fail "a key was left behind"
chmod 644 other
expect 20 reg key --out next --key other --rotations rotate/rotations.ndjson
is /error/code X07PKG_KEY_UNSAFE
chmod 600 other
[ ! -e rotate/rotations.ndjson ] || fail "a rotation to no key"
expect 0 reg key --out next --key key --rotations rotate/rotations.ndjson
next=$(field /result/key_id)
expect 0 reg build rotate --out rotated --key key --name test
[ "$(jsonq /signing/public_keys/1/id <rotated/index/config.json)" = "$next" ] || fail "not announced"
expect 0 reg build rotate --out rotated --key next --name test
[ "$(jsonq /signing/public_keys/0/id <rotated/index/config.json)" = "$next" ] || fail "does not sign"
[ "$(jsonq /signing/rotations/0/id <rotated/index/config.json)" = "$next" ] || fail "no way to it"
expect 0 reg check rotated
expect 20 reg build rotate --out rotated --key key --name test # back: clients have forgotten it
is /error/code X07REG_KEY_CHANGED
expect 20 reg build rotate --out rotated --key other --name test
is /error/code X07REG_KEY_CHANGED
# Lines that are none, and a signature that is known to be wrong.
cp rotate/rotations.ndjson right
for line in '{' '{}' '{"id":"k","ed25519_pub":"AAAA"}' '[]'; do
	{
		cat right
		printf '%s\n' "$line"
	} >rotate/rotations.ndjson
	expect 20 reg build rotate --out rotated --key next --name test
	is /error/code X07REG_BAD_INPUT
	says out rotations.ndjson:2
done
sed "s/$next/ed25519-0000000000000000/" right >rotate/rotations.ndjson
expect 20 reg build rotate --out fresh --key key --name test
is /error/code X07REG_BAD_INPUT
says out 'is not valid'
