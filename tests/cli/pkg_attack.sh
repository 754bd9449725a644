#!/bin/sh
# SPDX-License-Identifier: MIT
# Attacks by who controls a registry, another registry, or files of the project: each is refused
# with its code, or gains nothing.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
. "$X07_SOURCE_DIR/tests/cli/registry_lib.sh"
site=$TEST_TMP/site
export X07_PKG_INDEX_URL="sparse+file://$site/index/"
build() { expect 0 reg build "$TEST_TMP/in" --out "$site" --key "$TEST_TMP/key" --name test; }
refused() {
	is /error/code "$1"
	cmp -s x07.json "$TEST_TMP/x07.json" || fail "$2: x07.json has changed"
	cmp -s x07.lock.json "$TEST_TMP/x07.lock.json" || fail "$2: x07.lock.json has changed"
}
source_package "$TEST_TMP/in/alpha" alpha 1.0.0
source_package "$TEST_TMP/in/beta" beta 1.0.0
expect 0 reg key --out "$TEST_TMP/key"
expect 0 reg key --out "$TEST_TMP/other-key"
build
pkg_project "$TEST_TMP/project"
expect 0 x07 pkg add alpha --sync
cp x07.json x07.lock.json "$TEST_TMP"
cp -a "$site" "$TEST_TMP/first"
restore() {
	rm -rf "$site"
	cp -a "$TEST_TMP/$1" "$site"
}
# A clone on another machine that knows the registry's keys, and one that knows nothing.
clone() {
	rm -rf "$TEST_TMP/clone" "$X07_PKG_HOME/store"
	mkdir "$TEST_TMP/clone"
	cp "$TEST_TMP/x07.json" "$TEST_TMP/x07.lock.json" "$TEST_TMP/clone/"
	cd "$TEST_TMP/clone"
}

# Archives that the lock names may come before the index: what of them was unpacked is gone again.
nothing_stored() {
	[ -d "$X07_PKG_HOME/store/tmp" ] || fail "$1: no store was opened"
	[ -z "$(ls "$X07_PKG_HOME/store/tmp")" ] || fail "$1: something is left in the staging folder"
	[ -z "$(find "$X07_PKG_HOME/store/sha256" -type f)" ] || fail "$1: something is in the store"
}

# Other bytes for a locked version, signed with the right key: both digests are told.
was=$(sha256sum <"$site/dl/alpha/1.0.0/download" | cut -d' ' -f1)
rm -rf "$site"
source_package "$TEST_TMP/in/alpha" alpha 1.0.0
echo '{"schema_version":"x07.x07ast@0.4.0","kind":"module","module_id":"alpha.main","imports":[],"decls":[ ]}' \
	>"$TEST_TMP/in/alpha/modules/alpha/main.x07.json"
build
now=$(sha256sum <"$site/dl/alpha/1.0.0/download" | cut -d' ' -f1)
[ "$was" != "$now" ] || fail "the archive is the same"
for home in known unknown; do
	clone
	[ "$home" = known ] || export X07_PKG_HOME="$TEST_TMP/other-home"
	expect 20 x07 pkg sync
	refused X07PKG_LOCK_MISMATCH "other bytes, $home"
	says out "$was"
	says out "$now"
	expect 20 x07 pkg lock
	refused X07PKG_LOCK_MISMATCH "other bytes, lock, $home"
	not_installed alpha/1.0.0
	nothing_stored "other bytes, $home"
done
export X07_PKG_HOME="$TEST_TMP/x07-home"
source_package "$TEST_TMP/in/alpha" alpha 1.0.0
restore first

# The index rolled back to before a fix.
source_package "$TEST_TMP/in/alpha-fixed" alpha 1.0.1
build
cd "$TEST_TMP/project"
expect 0 x07 pkg lock
cp x07.lock.json x07.json "$TEST_TMP"
cp -a "$site" "$TEST_TMP/second"
restore first
expect 20 x07 pkg add beta --sync
refused X07PKG_SNAPSHOT_REPLAYED "rolled back"
# One file of it rolled back.
restore second
cp "$TEST_TMP/first/index/al/ph/alpha" "$site/index/al/ph/alpha"
rm -f "$site/index/snapshot/"*/"$(sha256sum <"$TEST_TMP/second/index/al/ph/alpha" | cut -d' ' -f1)"
clone
expect 20 x07 pkg sync
refused X07PKG_SNAPSHOT_MISMATCH "one file rolled back"
nothing_stored "one file rolled back"
cd "$TEST_TMP/project"
# The snapshot taken away.
restore second
rm "$site/index/snapshot.json"
expect 20 x07 pkg add beta --sync
refused X07PKG_SNAPSHOT_INVALID "no snapshot.json"
sed -i '/"snapshot": true,/d' "$site/index/config.json"
expect 20 x07 pkg add beta --sync
refused X07PKG_SNAPSHOT_MISSING "a snapshot no more"

# The key swapped: everything signed anew with another one, under another name and under the same.
rm -rf "$site"
expect 0 reg build "$TEST_TMP/in" --out "$site" --key "$TEST_TMP/other-key" --name test
expect 20 x07 pkg add beta --sync
refused X07PKG_SIGNATURE_KEY_MISSING "another key"
rm -rf "$site"
id=$(jsonq /signing/public_keys/0/id <"$TEST_TMP/second/index/config.json")
expect 0 reg build "$TEST_TMP/in" --out "$site" --key "$TEST_TMP/other-key" --key-id "$id" --name test
expect 20 x07 pkg add beta --sync
refused X07PKG_KEY_CHANGED "the same id for another key"
# Also on a machine that never saw the registry: the lock knows its key.
export X07_PKG_HOME="$TEST_TMP/new-home"
expect 20 x07 pkg add beta --sync
refused X07PKG_KEY_CHANGED "another key, new machine"
export X07_PKG_HOME="$TEST_TMP/x07-home"
cp "$site/index/config.json" "$TEST_TMP/other-config.json"
# Signatures stripped: from the registry, and from one line.
rm -rf "$site"
expect 0 reg build "$TEST_TMP/in" --out "$site" --name test
expect 20 x07 pkg add beta --sync
refused X07PKG_UNSIGNED "not signed any more"
restore second
sed -i 's/"signature":{[^}]*},//' "$site/index/be/ta/beta"
! grep -q signature "$site/index/be/ta/beta" || fail "still signed"
rm -rf "$site/index/snapshot/"*/"$(sha256sum <"$TEST_TMP/second/index/be/ta/beta" | cut -d' ' -f1)"
expect 20 x07 pkg add beta --sync
refused X07PKG_SNAPSHOT_MISMATCH "a line without its signature"
restore second
expect 0 x07 pkg add beta --sync
cp x07.lock.json x07.json "$TEST_TMP"

# Dependency confusion: another registry has the same names with other contents.
source_package "$TEST_TMP/evil/alpha" alpha 1.0.0
source_package "$TEST_TMP/evil/beta" beta 1.0.0
source_package "$TEST_TMP/evil/alpha9" alpha 9.0.0
echo '{"evil":true}' >"$TEST_TMP/evil/alpha/modules/alpha/main.x07.json"
echo '{"evil":true}' >"$TEST_TMP/evil/beta/modules/beta/main.x07.json"
expect 0 reg build "$TEST_TMP/evil" --out "$TEST_TMP/evil-site"
for command in "sync" "lock" "sync --frozen"; do
	clone
	# shellcheck disable=SC2086
	expect 20 x07 pkg $command --index "sparse+file://$TEST_TMP/evil-site/index/"
	refused X07PKG_LOCK_MISMATCH "confusion, $command"
done
cd "$TEST_TMP/project"
expect 0 x07 pkg lock --index "sparse+file://$TEST_TMP/evil-site/index/" || :
locked alpha/1.0.0

# A project that says which keys count for a registry says it for itself: an honest project, later and on the
# same machine, still trusts what the registry says first.
sed -i '/"snapshot": true,/d' "$site/index/config.json"
export X07_PKG_HOME="$TEST_TMP/key-home"
mkdir "$TEST_TMP/keys"
cd "$TEST_TMP/keys"
other=$(jsonq /signing/public_keys/0/ed25519_pub <"$TEST_TMP/other-config.json")
echo "{\"trusted_keys\":[{\"id\":\"mine\",\"ed25519_pub\":\"$other\"}]}" >x07.config.json
expect 0 x07 pkg versions alpha
expect 20 x07 pkg verify alpha
is /error/code X07PKG_SIGNATURE_KEY_MISSING
clone
expect 0 x07 pkg verify alpha
export X07_PKG_HOME="$TEST_TMP/x07-home"
restore second

# Folders of the project that lead out of it: nothing is written or removed there. One of a package is
# replaced; those above are refused.
mkdir -p "$TEST_TMP/outside/alpha/0.0.1"
for link in .x07 .x07/deps .x07/deps/alpha; do
	clone
	mkdir -p "${link%/*}" 2>/dev/null || :
	rm -rf "$link"
	ln -s "$TEST_TMP/outside" "$link"
	expected=20
	[ "$link" != .x07/deps/alpha ] || expected=0
	expect $expected x07 pkg sync
	[ "$expected" = 20 ] || [ ! -h "$link" ] || fail "$link is still a link"
	[ "$(find "$TEST_TMP/outside" | wc -l)" -eq 3 ] || fail "$link: $(find "$TEST_TMP/outside")"
done
clone
sed -i 's|"path": ".x07/deps/alpha/1.0.0"|"path": ".x07/deps/../../outside/alpha"|' x07.json x07.lock.json
got=0
x07 pkg sync >"$TEST_TMP/out" 2>"$TEST_TMP/err" || got=$?
[ "$got" -ne 0 ] || fail "a path with .. is taken"
[ "$(find "$TEST_TMP/outside" | wc -l)" -eq 3 ] || fail "..: $(find "$TEST_TMP/outside")"

# A registry elsewhere that sends its clients to their own files for archives, or for publishing.
rm -rf "$site"
cp -a "$TEST_TMP/second" "$site"
"$X07_BUILD_DIR/tests/file_server" "$TEST_TMP" >"$TEST_TMP/port" &
server=$!
trap 'kill "$server" 2>/dev/null || :' EXIT
until [ -s "$TEST_TMP/port" ]; do sleep 0.05; done
mkdir "$TEST_TMP/led"
cd "$TEST_TMP/led"
for key in dl api; do
	sed "s|\"dl\": *\"[^\"]*\"|\"dl\": \"../dl/\", \"$key\": \"file://$TEST_TMP/second/dl/\"|" \
		"$TEST_TMP/second/index/config.json" >"$site/index/config.json"
	expect 20 x07 pkg versions alpha --index "sparse+http://127.0.0.1:$(cat "$TEST_TMP/port")/site/index/"
	is /error/code X07PKG_INDEX_CONFIG
	says out "\`$key\` leads to file:"
done
kill "$server"
restore second

# An index in git: some kilobytes of a pack that are 150 MB of zeros. What is too large is not read.
git init -q "$TEST_TMP/zeros"
head -c 150000000 /dev/zero >"$TEST_TMP/zeros/config.json"
git -C "$TEST_TMP/zeros" add config.json
git -C "$TEST_TMP/zeros" -c user.name=x -c user.email=x@x commit -qm zeros
rm "$TEST_TMP/zeros/config.json"
commit=$(git -C "$TEST_TMP/zeros" rev-parse HEAD)
expect 20 x07 pkg versions alpha --index "git+file://$TEST_TMP/zeros#$commit"
says out "larger than allowed (limit)"
if ! grep -q '^X07_SANITIZE:[A-Z]*=ON' "$X07_BUILD_DIR/CMakeCache.txt"; then
	# shellcheck disable=SC3045
	(ulimit -d 100000 && expect 20 x07 pkg versions alpha --index "git+file://$TEST_TMP/zeros#$commit")
	says out "larger than allowed (limit)"
fi

# A repository with a change of x07 half done: it must not become a hook of the clone. Nor may the lock.
pkg_project "$TEST_TMP/cloned"
mkdir -p .git/hooks .x07/tmp
printf '#!/bin/sh\ntrue\n' >.x07/tmp/staged.0
chmod +x .x07/tmp/staged.0
: >.x07/tmp/pkg.lock
printf '{"schema_version":"x07.pkg.journal@0.1.0","files":[{"staged":0,"path":".git/hooks/pre-commit","old":"","new":"%s"}]}' \
	"$(sha256sum <.x07/tmp/staged.0 | cut -d' ' -f1)" >.x07/tmp/journal
expect 0 x07 pkg tree
[ ! -e .git/hooks/pre-commit ] || fail "a journal of the repository has written a hook"
sed -i 's|"x07.lock.json"|".git/hooks/pre-commit"|' x07.json
expect 2 x07 pkg lock
says err "must not lead into a folder of version control"
[ ! -e .git/hooks/pre-commit ] || fail "the lock is a hook"

# A tree that poses as the packages of the tool.
unset X07_PKG_INDEX_URL
pkg_project "$TEST_TMP/posing"
mkdir -p packages/ext/x07-ext-url-rs/0.1.5 share/x07/registry/index
source_package packages/ext/x07-ext-url-rs/0.1.5 ext-url-rs 0.1.5
cp "$TEST_TMP/evil-site/index/config.json" share/x07/registry/index/
expect 0 x07 pkg add ext-url-rs@0.1.5 --sync
[ ! -e .x07/deps/ext-url-rs/0.1.5/modules/ext-url-rs ] || fail "the project's own tree was taken"
