#!/bin/sh
# SPDX-License-Identifier: MIT
# Nothing lies in the tree that no build and no test knows: a source that no target compiles, a test
# script or a case that CTest does not run, a program of unit tests that is built and never run.
# Reads what CMake made of the tree: build.ninja and the list of tests.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
build=${X07_BUILD_DIR:?names the build folder}

# What is as it should be although nothing here knows it: run by hand (the first), compiled by the
# benchmark itself, built only where an optional library is there.
exceptions='tests/bench/registry_scale.sh
tests/bench/programs/hundred_lines.c
tests/bench/json_bench.c'

ctest --test-dir "$build" --show-only=json-v1 >tests.json
grep -q '"command"' tests.json || {
	echo "CTest knows no test: looking at the wrong build folder?" >&2
	exit 1
}
# paths FILE: what stands in it below the root of the tree, as paths from there.
paths() {
	grep -oE "$(printf %s "$root" | sed 's/[].[\\*^$+?(){}|]/\\&/g')/[A-Za-z0-9_./+-]+" "$1" |
		sed "s|^$root/||" | sort -u
}
paths tests.json >tested
paths "$build/build.ninja" >built
sort -u tested built >known
sources=$(list_files '*.c')
need_files "$sources"
printf '%s\n' "$sources" | sort | comm -23 - built |
	sed 's/$/: no target compiles it/' >faults
list_files 'tests/*.case' | sort | comm -23 - tested | sed 's/$/: CTest does not run this case/' >>faults

# A script is run by CTest or a target, or is read by another script.
scripts=$(list_files 'tests/*.sh')
need_files "$scripts"
(cd "$root" && printf '%s\n' "$scripts" | tr '\n' '\0' | xargs -0 grep -hE '^[[:space:]]*\. ') |
	sed 's|.*/||; s|".*||' | sort -u >sourced
printf '%s\n' "$scripts" | sort | comm -23 - known | while IFS= read -r script; do
	grep -qxF "${script##*/}" sourced || echo "$script: neither CTest nor a target runs it"
done >>faults

# The object of a test's source says which program it is part of.
sed -n 's|^build .*CMakeFiles/\([^/]*\)\.dir/.*: C_COMPILER__[^ ]* \([^ ]*\.c\) .*|\1 \2|p' "$build/build.ninja" |
	grep -E ' .*/tests/.*/(test|fuzz)_[^/]*\.c$' | while read -r program source; do
	grep -qE "/$program\"" tests.json || echo "${source#"$root/"}: CTest does not run its program $program"
done >>faults
status=0
printf '%s\n' "$exceptions" >excepted
sed 's/: .*//' faults | sort -u >faulty
grep -vF -f excepted faults >&2 && status=1
# That library may be there.
grep -vx tests/bench/json_bench.c excepted >lasting
while IFS= read -r file; do
	if [ -e "$root/$file" ] && ! grep -qxF "$file" faulty; then
		echo "$file: is an exception of tests/lint/unregistered.sh and needs none" >&2
		status=1
	fi
done <lasting
exit "$status"
