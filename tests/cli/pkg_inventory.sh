#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 pkg inventory: what ships with the tool, as its files say, without a socket.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
cd "$TEST_TMP"
root=$(cd "$X07_BIN/.." && pwd)

# Whatever registry is configured: this is about the tool.
expect 0 env X07_PKG_INDEX_URL=sparse+http://127.0.0.1:1/ "$X07_BUILD_DIR/tests/nosocket" x07 pkg inventory
is /schema_version x07.pkg.inventory@0.1.0
is /ok true
is /toolchain_root "$root"
is /counts/stdlib_package_versions 1
is /counts/ext_packages "$(find "$X07_SOURCE_DIR/registry/bundled/packages" -mindepth 1 -maxdepth 1 | wc -l)"
is /stdlib_versions/0/kind stdlib
is /stdlib_versions/0/name std
is /stdlib_versions/0/path "$root/share/x07/std"
says out '"std.fmt"'
says out '"std.os.'
says_not out std.internal
is /stdlib_versions/0/module_count "$(find "$X07_SOURCE_DIR/lang/std/std" -name '*.x07.json' ! -path '*/internal/*' | wc -l)"
cp out report
n=0
for dir in "$X07_SOURCE_DIR"/registry/bundled/packages/*/*; do
	is "/ext_latest/$n/kind" ext
	is "/ext_latest/$n/name" "$(basename "$(dirname "$dir")")"
	is "/ext_latest/$n/version" "$(basename "$dir")"
	is "/ext_latest/$n/versions_available/0" "$(basename "$dir")"
	is "/ext_latest/$n/module_root" modules
	is "/ext_latest/$n/modules/0" "$(jsonq /modules/0 <"$dir/x07-package.json")"
	is "/ext_latest/$n/module_count" "$(find "$dir/modules" -name '*.x07.json' | wc -l)"
	[ -d "$(jsonq "/ext_latest/$n/path" <report)" ] || fail "no folder of package $n"
	n=$((n + 1))
done
[ "$n" -gt 0 ] || fail "no packages"
# Another root is read in place of this one.
mkdir -p other/share
cp -rL "$root/share/x07" other/share/x07
rm other/share/x07/std/std/fmt.x07.json
expect 0 x07 pkg inventory --toolchain-root other
is /toolchain_root "$TEST_TMP/other"
says_not out '"std.fmt"'
# What is damaged is no inventory.
code() {
	expect 20 x07 pkg inventory --toolchain-root "$2"
	is /ok false
	is /error/code "$1"
	is /counts/ext_packages 0
}
rm -rf "$X07_PKG_HOME"
printf x >>other/share/x07/registry/dl/ext-net/0.1.11/download
code X07PKG_DOWNLOAD_FAILED other
rm -rf other/share/x07/registry
code X07PKG_INVENTORY_LAYOUT other
code X07PKG_INVENTORY_LAYOUT "$TEST_TMP"
code X07PKG_INVENTORY_TOOLCHAIN_ROOT nowhere
