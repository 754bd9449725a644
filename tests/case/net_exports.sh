#!/bin/sh
# SPDX-License-Identifier: MIT
# The networking packages export what tests/case/net/exports.txt says (the exports of the published packages,
# with _ffi and tests modules of ours), every module stands in its manifest, and a case calls every
# function that needs no network.
set -eu
packages=$X07_SOURCE_DIR/registry/bundled/packages
cases=$X07_SOURCE_DIR/tests/case/net
LC_ALL=C
export LC_ALL

find "$packages/" -name '*.x07.json' | sort >files
xargs "$X07_BUILD_DIR/tests/exports" <files | sort >have
sort "$cases/exports.txt" >want
diff -u want have >&2 || {
	echo "wanted (-) and exported (+) functions differ" >&2
	exit 1
}

sed 's|.*/modules/||; s|\.x07\.json$||; s|/|.|g' files | sort >modules
find "$packages/" -name x07-package.json -exec sed -n '/"modules": \[/,/\]/p' {} + |
	sed -n 's/^ *"\([^"]*\..*\)",\{0,1\}$/\1/p' | sort >listed
diff -u listed modules >&2 || {
	echo "modules of manifests (-) and of folders (+) differ" >&2
	exit 1
}

# What talks to the broker is called in tests/net/case.
cat "$cases"/*.case "$X07_SOURCE_DIR"/tests/net/case/*.case |
	grep -o '"[a-z]*\.[A-Za-z0-9_.]*"' | tr -d '"' | sort -u >called
# _ffi repeats what other modules offer; std.net.* calls all of ext.sockets.net.
sed 's/^async .*//; s/(.*//' want | grep -v -e '_ffi\.' -e '^ext\.sockets\.net\.' | grep . |
	comm -23 - called >missing
if [ -s missing ]; then
	echo "no case calls:" >&2
	cat missing >&2
	exit 1
fi
