#!/bin/sh
# SPDX-License-Identifier: MIT
# Archives that attack: each is refused with the code of its kind, and nothing is left behind: not in
# the project, not in the store, not anywhere else.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/reg/index/"
archive=$TEST_TMP/reg/dl/alpha/1.0.0/download
mkdir -p "$TEST_TMP/reg/index/al/ph" "${archive%/*}"
printf '{"dl":"../dl/"}\n' >"$TEST_TMP/reg/index/config.json"

# The archive as it lies there, in the index with its true digest.
publish() {
	printf '{"schema_version":"x07.index-entry@0.1.0","name":"alpha","version":"1.0.0","cksum":"%s","yanked":false}\n' \
		"$(sha256sum <"$archive" | cut -d' ' -f1)" >"$TEST_TMP/reg/index/al/ph/alpha"
}
make() {
	"$X07_BUILD_DIR/tests/mkhostile" "$1" >"$archive" || fail "mkhostile $1"
	publish
}
names() { find "$TEST_TMP" /tmp/x07-escaped -path "$TEST_TMP/reg" -prune -o -path "$TEST_TMP/out" -prune -o -print 2>/dev/null | sort; }

pkg_project "$TEST_TMP/project"
expect 0 x07 pkg lock
cp x07.json x07.lock.json "$TEST_TMP"
# What a refusal leaves on the first try, but for the archive: folders of the store.
make up
expect 20 x07 pkg add alpha --sync
: >"$TEST_TMP/err"
names >"$TEST_TMP/reg/before"
kinds=0

# hostile CODE WHAT: what `publish` has published is refused and leaves nothing.
hostile() {
	expect 20 x07 pkg add alpha --sync
	is /error/code "$1"
	says out alpha
	cmp -s x07.json "$TEST_TMP/x07.json" || fail "$2: x07.json has changed"
	cmp -s x07.lock.json "$TEST_TMP/x07.lock.json" || fail "$2: x07.lock.json has changed"
	names >"$TEST_TMP/reg/after"
	cmp -s "$TEST_TMP/reg/before" "$TEST_TMP/reg/after" ||
		fail "$2: left behind: $(diff "$TEST_TMP/reg/before" "$TEST_TMP/reg/after")"
	kinds=$((kinds + 1))
}
for row in up:PATH up-inside:PATH absolute:PATH symlink:TYPE hardlink:TYPE device:TYPE fifo:TYPE \
	duplicate:DUPLICATE case:CASE file-directory:DUPLICATE long-path:LIMIT long-segment:LIMIT \
	deep:LIMIT nul:PATH control:PATH backslash:PATH many:LIMIT huge-claim:LIMIT big-file:LIMIT \
	sparse:TYPE; do
	make "${row%:*}"
	hostile "X07PKG_ARCHIVE_${row#*:}" "$row"
done

# Compressed, so that a small file could be a large one; cut; a million entries of 512 bytes.
make good
gzip -c "$archive" >"$TEST_TMP/reg/gz" && mv "$TEST_TMP/reg/gz" "$archive"
publish
hostile X07PKG_ARCHIVE_FORMAT gzip
make good
truncate -s 700 "$archive"
publish
hostile X07PKG_ARCHIVE_FORMAT cut
make good
truncate -s 512000000 "$archive"
publish
hostile X07PKG_DOWNLOAD_FAILED "a million entries"
says out "limit"

# Another package under this name: a sound archive, which the store may keep under its digest.
make good
sed -i 's/"name":"alpha"/"name":"gamma"/' "$archive"
publish
expect 20 x07 pkg add alpha --sync
is /error/code X07PKG_MANIFEST_PARSE
cmp -s x07.json "$TEST_TMP/x07.json" || fail "another package: x07.json has changed"
not_installed alpha/1.0.0

make good
expect 0 x07 pkg add alpha --sync
installed alpha/1.0.0
[ "$kinds" -eq 23 ] || fail "$kinds kinds"
