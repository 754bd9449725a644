#!/bin/sh
# SPDX-License-Identifier: MIT
# What every text of the tree keeps: a licence line in sources, no space at line ends, a newline at
# the end, and no path of the machine that it was written on.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
files=$(list_files '*' | grep -vE '^tests/(data|fuzz/corpus|[^/]*/expected)/' || :)
need_files "$files"
found=$PWD/found.txt
cd "$root"

# over_files LIST COMMAND..: run a command that gets the names; that it finds nothing is no failure.
over_files() {
	list=$1
	shift
	printf '%s\n' "$list" | tr '\n' '\0' | xargs -0 -r "$@" || :
}

{
	sources=$(printf '%s\n' "$files" | grep -E '\.(c|h|sh|cmake)$|CMakeLists\.txt$' || :)
	over_files "$sources" grep -L 'SPDX-License-Identifier: MIT' | sed 's/$/: no licence line/'
	over_files "$files" grep -HnIE '[ 	]$' | sed 's/$/<: space at the end of the line/'
	# In pieces, so that this file does not accuse itself.
	over_files "$files" grep -HnIE "(^|[^A-Za-z0-9_./-])/(wo""rk|ho""me/[a-z]+|Us""ers)/"
	# The place of this very tree, unless it is as short as /src.
	case $root in
	/*/*) over_files "$files" grep -HnIF "$root/" ;;
	esac
	texts=$(over_files "$files" grep -lI .)
	over_files "$texts" grep -LzP '\n\z' | sed 's/$/: no newline at the end/'
} >"$found"
[ -s "$found" ] || exit 0
cat "$found" >&2
exit 1
