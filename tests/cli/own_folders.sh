#!/bin/sh
# SPDX-License-Identifier: MIT
# No write root holds, equals or lies in a folder of x07's own: run, check, explain and hints say so
# with one reason. The folders and the variables that move them are read from base/own.def.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
use_os
new_project demo
policy=$PWD/.x07/policies/base/cli.sandbox.base.policy.json
[ -f "$policy" ] || fail "no $policy"
printf x >"$TEST_TMP/in.bin"
cp "$policy" base.json
roots() { # roots LIST: p.json is the policy with these write roots
	printf '[{"op":"replace","path":"/fs/write_roots","value":[%s]}]' "$1" |
		"${X07_BUILD_DIR:?}/tests/jsonpatch" base.json >p.json
}

# refused ROOT WORDS..: by run, check and explain.
refused() {
	root=$1
	shift
	roots "\"$root\""
	expect 2 x07 run --profile sandbox --policy p.json --input "$TEST_TMP/in.bin"
	for word in "$root" "$@"; do says err "$word"; done
	expect 0 x07 policy check p.json
	is /meta/files/0/runs false
	for word in "$@"; do says err "$word"; done
	expect 1 x07 policy explain --policy p.json fs.write "$root/x"
	for word in "$@"; do says out "$word"; done
}

variables=$(sed -n 's/^OWN(.* "\([A-Z0-9_]*\)", *\(true\|false\))$/\1 \2/p' "$X07_SOURCE_DIR/base/own.def")
[ "$(printf '%s\n' "$variables" | wc -l)" -ge 4 ] || fail "base/own.def has lost its rows"
place=$TEST_TMP/place
mkdir -m 700 "$place" "$place/own" "$place/own/inside"
printf '%s\n' "$variables" | while read -r variable parts; do
	(
		export "$variable=$place/own"
		refused "$place" "$place/own" "$variable"
		refused "$place/own" "$variable"
		if [ "$parts" = true ]; then
			refused "$place/own/inside" "$variable"
		fi
	) || exit 1
done
# Moved away, the same roots are taken.
roots "\"$place\""
expect 0 x07 run --profile sandbox --policy p.json --input "$TEST_TMP/in.bin"

# The installation has no variable.
prefix=$(cd "$X07_BIN/.." && pwd -P)
refused "$prefix" "the installation"
refused "$prefix/bin" "the installation"

# The way of the attack: a project that is the home, with a cache that is not there yet.
(
	HOME=$PWD
	export HOME
	unset XDG_CACHE_HOME
	refused . .cache/x07/images X07_NATIVE_CACHE_DIR
	roots '"out"'
	mkdir -p out .cache
	# ... and by a link inside the project.
	ln -s ../.cache out/way
	refused out/way .cache/x07/images
) || exit 1

# A hint never offers what a run would refuse.
(
	export X07_PKG_HOME="$place/own"
	roots '"out"'
	expect 1 x07 policy explain --policy p.json fs.write "$place/own/inside/x"
	says out X07_PKG_HOME
	says_not out '"op"'
) || exit 1

# A run without a policy says when a profile lets programs write what it runs.
sources() { # sources ROOT: as write root of the profile
	roots "\"$1\""
	cp p.json "$policy"
	expect 0 x07 run --profile os --input "$TEST_TMP/in.bin"
}
mkdir -p src/gen
for root in . src src/gen; do
	sources "$root"
	says err "warning: this run has no policy"
	says err "profile sandbox"
	says err "write root '$root'"
done
sources out
says_not err "has no policy"
