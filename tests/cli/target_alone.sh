#!/bin/sh
# SPDX-License-Identifier: MIT
# The build target of a program builds what the program starts too: none is older than what calls it.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
[ -f "$X07_BUILD_DIR/build.ninja" ] && command -v ninja >/dev/null || exit 77

# made_by TARGET NAME..: the commands of a target make each of these.
made_by() {
	ninja -C "$X07_BUILD_DIR" -t commands "$1" >steps || fail "no such target"
	target=$1
	shift
	for name in "$@"; do
		grep -qE -- "(-o |> )[^ ]*$name( |\$)" steps || fail "$target does not build $name"
	done
}
made_by bin/x07 bin/x07 rt/x07-guest lib/x07/x07-broker lib/x07/x07-pkg lib/x07/x07-fetch lib/x07/x07-serve lib/x07/x07-unpack
grep -q 'x07-bundle .*share/x07/registry' steps || fail "bin/x07 does not build the embedded registry"
made_by bin/x07-os-runner bin/x07-os-runner rt/x07-guest lib/x07/x07-broker
made_by lib/x07/x07-pkg lib/x07/x07-pkg lib/x07/x07-fetch lib/x07/x07-serve lib/x07/x07-unpack
# The guest is made anew for every header that it is made of.
ninja -C "$X07_BUILD_DIR" -t query "$X07_BUILD_DIR/lib/x07/rt/x07-guest" >inputs || fail "no guest"
for file in "$X07_SOURCE_DIR"/lang/rt/*.[ch]; do
	grep -qF "/rt/${file##*/}" inputs || fail "x07-guest does not depend on ${file##*/}"
done
