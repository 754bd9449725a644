#!/bin/sh
# SPDX-License-Identifier: MIT
# A C file over 800 lines or a function over 100 fails. Exceptions stand in sizes.txt with a ceiling
# and a reason; one that is no longer needed fails too, so that ceilings only go down.
# A function body is what stands between "{" and "}" in the first column (clang-format sees to that).
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
exceptions=${X07_LINT_SIZES:-$(dirname "$0")/sizes.txt}

cd "$root"
# The dollars are awk's.
# shellcheck disable=SC2016
list_files '*.c' '*.h' | tr '\n' '\0' | xargs -0 -r awk '
	FNR == 1 {
		if (file != "")
			print file, lines, 800
		file = FILENAME
		start = 0
	}
	{ lines = FNR }
	/^[A-Za-z_].*\(/ { head = $0 }
	/^\{/ { start = FNR }
	/^\}/ && start {
		name = head
		sub(/\(.*/, "", name)
		if (name ~ /^START_TEST/) {
			name = head
			gsub(/.*\(|\).*/, "", name)
		}
		sub(/.*[ *]/, "", name)
		print file ":" name, FNR - start + 1, 100
		start = 0
	}
	END { if (file != "") print file, lines, 800 }' | awk -v exceptions="$exceptions" '
BEGIN {
	while ((getline line < exceptions) > 0) {
		if (line ~ /^#/ || line == "")
			continue
		if (split(line, field, " ") < 3) {
			print exceptions ": no reason given: " line
			bad = 1
		}
		ceiling[field[1]] = field[2]
	}
}
{
	things++
	if ($1 in ceiling) {
		used[$1] = 1
		if ($2 > ceiling[$1]) {
			print $1 ": " $2 " lines, over its ceiling of " ceiling[$1]
			bad = 1
		} else if ($2 <= $3) {
			print $1 ": " $2 " lines need no exception; remove it"
			bad = 1
		}
	} else if ($2 > $3) {
		print $1 ": " $2 " lines, over " $3
		bad = 1
	}
}
END {
	for (name in ceiling)
		if (!(name in used)) {
			print name ": is in the exceptions and not in the tree"
			bad = 1
		}
	if (things == 0) {
		print "no C file found: looking at the wrong tree?"
		bad = 1
	}
	exit bad
}' >&2
