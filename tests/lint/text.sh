#!/bin/sh
# SPDX-License-Identifier: MIT
# What every text of the tree keeps: a licence line in sources, no space at line ends, a newline at
# the end, and no path of the machine that it was written on.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"

files=$(list_files '*')
need_files "$files"
printf '%s\n' "$files" | while IFS= read -r file; do
	case $file in
	tests/data/* | tests/fuzz/corpus/* | tests/*/expected/*) continue ;;
	esac
	# Binary files have no lines to check.
	grep -Iq . "$root/$file" || continue
	case $file in
	*.c | *.h | *.sh | *.cmake | *CMakeLists.txt)
		head -n 3 "$root/$file" | grep -q 'SPDX-License-Identifier: MIT' ||
			printf '%s: no licence line\n' "$file"
		;;
	esac
	grep -nE '[ 	]$' "$root/$file" | sed "s|^\([0-9]*\):.*|$file:\1: space at the end of the line|"
	[ -z "$(tail -c 1 "$root/$file")" ] || printf '%s: no newline at the end\n' "$file"
	# In pieces, so that this file does not accuse itself.
	grep -nE "(^|[^A-Za-z0-9_./-])/(wo""rk|ho""me/[a-z]+|Us""ers)/" "$root/$file" | sed "s|^|$file:|"
	# The place of this very tree, unless it is as short as /src.
	case $root in
	/*/*) grep -nF "$root/" "$root/$file" | sed "s|^|$file:|" ;;
	esac
done >found.txt
[ -s found.txt ] || exit 0
cat found.txt >&2
exit 1
