#!/bin/sh
# SPDX-License-Identifier: MIT
# A full disk, folders that cannot be written, connections that break, clocks that jump: a code,
# nothing lost, and the next command succeeds. pkg_faults.sh [STEP]: by how many KiB the full disk
# grows. Runs again in a mount namespace of its own.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
. "$X07_SOURCE_DIR/tests/cli/registry_lib.sh"
if [ "${1:-}" != inside ]; then
	if [ "$(id -u)" -eq 0 ]; then
		exec unshare --mount "$0" inside "${1:-8}"
	fi
	unshare --user --map-root-user --mount true 2>/dev/null || exit 77
	exec unshare --user --map-root-user --mount "$0" inside "${1:-8}"
fi
step=$2

small_registry
mkregistry "$TEST_TMP/reg" 4 40000 'big@1.0.0:beta@1.0.0'
mkdir "$TEST_TMP/small"
pkg_project "$TEST_TMP/project"
expect 0 x07 pkg add beta@1.0.0 --sync
rm -rf "$X07_PKG_HOME"
cp x07.json x07.lock.json "$TEST_TMP"
unchanged() {
	cmp -s "$1/x07.json" "$TEST_TMP/x07.json" || fail "$2: x07.json has changed"
	cmp -s "$1/x07.lock.json" "$TEST_TMP/x07.lock.json" || fail "$2: x07.lock.json has changed"
}
# refused WHAT CODE..: the last command failed with one of these codes and changed neither file.
refused() {
	what=$1
	shift
	[ "$status" -eq 20 ] || fail "$what: exit status $status"
	code=$(field /error/code)
	case " $* " in *" $code "*) ;; *) fail "$what: code $code" ;; esac
	unchanged . "$what"
}
try() {
	status=0
	"$@" >"$TEST_TMP/out" 2>"$TEST_TMP/err" || status=$?
}

# full WHERE: the folder of projects or of the store is on a disk of 16 KiB and so much more each time, until the
# command succeeds; then, after each failure, with room.
full() {
	where=$1
	size=16
	failures=0
	while :; do
		mount -t tmpfs -o "size=${size}k" none "$TEST_TMP/small"
		cd "$TEST_TMP/small"
		if [ "$where" = project ]; then
			cp -a "$TEST_TMP/project/." . 2>/dev/null || :
			export X07_PKG_HOME="$TEST_TMP/home-$size"
		else
			export X07_PKG_HOME="$TEST_TMP/small/home"
			rm -rf "$TEST_TMP/work"
			cp -a "$TEST_TMP/project" "$TEST_TMP/work"
			cd "$TEST_TMP/work"
		fi
		if cmp -s x07.json "$TEST_TMP/x07.json" && cmp -s x07.lock.json "$TEST_TMP/x07.lock.json"; then
			try x07 pkg add big --sync
			[ "$status" -ne 0 ] || break
			refused "$where on $size KiB" X07PKG_IO
			failures=$((failures + 1))
			# with a source: else mount(8) repeats options that a user namespace refuses
			mount -o remount,size=64m none "$TEST_TMP/small"
			expect 0 x07 pkg add big --sync
			expect 0 x07 pkg lock --check
		fi
		cd "$TEST_TMP"
		umount "$TEST_TMP/small"
		size=$((size + step))
		[ "$size" -lt 4096 ] || fail "$where: 4 MiB are not enough"
	done
	expect 0 x07 pkg lock --check
	cd "$TEST_TMP"
	umount "$TEST_TMP/small"
	[ "$failures" -ge $((80 / step)) ] || fail "$where: only $failures sizes were too small"
	printf 'full disk of the %s: %s sizes\n' "$where" "$failures"
}
full project
full store
export X07_PKG_HOME="$TEST_TMP/x07-home"

# Folders that nobody may write.
rm -rf "$TEST_TMP/work" "$X07_PKG_HOME"
cp -a "$TEST_TMP/project" "$TEST_TMP/work"
cd "$TEST_TMP/work"
mount --bind "$TEST_TMP/work" "$TEST_TMP/work"
mount -o remount,bind,ro "$TEST_TMP/work"
cd "$TEST_TMP/work"
try x07 pkg add big --sync
refused "read-only project" X07PKG_IO
expect 0 x07 pkg sync
says out '"ok":true'
expect 0 x07 pkg lock --check
cd "$TEST_TMP"
umount "$TEST_TMP/work"
cd "$TEST_TMP/work"
mkdir -p "$X07_PKG_HOME"
mount --bind "$X07_PKG_HOME" "$X07_PKG_HOME"
mount -o remount,bind,ro "$X07_PKG_HOME"
try x07 pkg add big --sync
refused "read-only home" X07PKG_IO
expect 0 x07 pkg sync
umount "$X07_PKG_HOME"
expect 0 x07 pkg add big --sync
rm -rf .x07/deps
expect 0 x07 pkg sync
rm -rf .x07/deps
mount --bind "$X07_PKG_HOME" "$X07_PKG_HOME"
mount -o remount,bind,ro "$X07_PKG_HOME"
expect 0 x07 pkg sync
expect 0 x07 pkg lock --check
umount "$X07_PKG_HOME"

# Connections that break in the middle of a body.
serve() {
	rm -f "$TEST_TMP/port"
	"$X07_BUILD_DIR/tests/file_server" "$TEST_TMP/reg" 0 "$1" >"$TEST_TMP/port" &
	server=$!
	until [ -s "$TEST_TMP/port" ]; do sleep 0.05; done
	X07_PKG_INDEX_URL="http://127.0.0.1:$(cat "$TEST_TMP/port")/index/"
}
again() {
	rm -rf "$TEST_TMP/work" "$X07_PKG_HOME"
	cp -a "$TEST_TMP/project" "$TEST_TMP/work"
	cd "$TEST_TMP/work"
}
again
serve 100000
try x07 pkg add big --sync
refused "a server that cuts" X07PKG_DOWNLOAD_FAILED
kill "$server"
wait "$server" || :
try x07 pkg add big --sync
refused "a server that is gone" X07PKG_DOWNLOAD_FAILED X07PKG_INDEX_CONFIG X07PKG_INDEX_FETCH
serve 0
expect 0 x07 pkg add big --sync
kill "$server"
again
serve 2
expect 0 x07 pkg add big --sync
kill "$server"

# A clock that jumps: snapshots of the past and of the future, and files that are dated so.
source_package "$TEST_TMP/in/alpha" alpha 1.0.0
expect 0 reg key --out "$TEST_TMP/key"
build_at() {
	SOURCE_DATE_EPOCH=$(($(date +%s) + $1)) \
		expect 0 reg build "$TEST_TMP/in" --out "$TEST_TMP/site" --key "$TEST_TMP/key"
}
rm -rf "$TEST_TMP/work" "$X07_PKG_HOME"
pkg_project "$TEST_TMP/work"
expect 0 x07 pkg lock
cp x07.json x07.lock.json "$TEST_TMP"
export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/site/index/"
build_at -5000000
try x07 pkg add alpha --sync
refused "a snapshot of the past" X07PKG_SNAPSHOT_EXPIRED
rm -rf "$TEST_TMP/site"
build_at 400000
try x07 pkg add alpha --sync
refused "a snapshot of the future" X07PKG_CLOCK
rm -rf "$TEST_TMP/site"
build_at -1000
expect 0 x07 pkg add alpha --sync
rm -rf .x07/deps
find "$X07_PKG_HOME" -exec touch -d 2099-01-01 {} +
X07_PKG_INDEX_URL=
expect 0 x07 pkg sync --offline
rm -rf .x07/deps
find "$X07_PKG_HOME" -exec touch -d 1970-01-02 {} +
expect 0 x07 pkg sync --offline
