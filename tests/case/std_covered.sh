#!/bin/sh
# SPDX-License-Identifier: MIT
# Every function that a module of the standard library exports is called by a case of tests/case/std.
set -eu
std=$X07_SOURCE_DIR/lang/std
cases=$X07_SOURCE_DIR/tests/case/std
find "$std/" -name '*.x07.json' | while read -r file; do
	sed -n '/"kind": "export"/,/^ *\]/p' "$file" | sed -n 's/^ *"\([a-z][^"]*\..*\)",\{0,1\}$/\1/p'
done | sort >exported
if [ "$(wc -l <exported)" -le 250 ]; then
	echo "only $(wc -l <exported) exported functions found in $std" >&2
	exit 1
fi
cat "$cases"/*.case | grep -o '"std\.[A-Za-z0-9_.-]*"' | tr -d '"' | sort -u >called
# std.internal.* serves other modules of the library, whose cases run it.
missing=$(grep -v '^std\.internal\.' exported | comm -23 - called)
if [ -n "$missing" ]; then
	echo "no case in tests/case/std calls:"
	echo "$missing"
	exit 1
fi >&2
