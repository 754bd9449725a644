#!/bin/sh
# SPDX-License-Identifier: MIT
# A declaration of a public header (one that is not *_priv.h) has a comment directly above it that says
# what it does. A command (cmd_NAME of a table) is told by its row, which `x07 help` prints.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
# The vocabulary of compiled units is read by libtcc before every program, and docs/spec/builtins.md
# tells what each word does. FILE:COUNT; a count only goes down.
rest=${X07_LINT_DOCSTRINGS-lang/rt/abi.h:5 lang/rt/inline.h:52}
files=$(list_files '*.h' | grep -vE '^tests/|_priv\.h$' || :)
need_files "$files"
cd "$root"
# The dollars are awk's.
# shellcheck disable=SC2016
printf '%s\n' "$files" | tr '\n' '\0' | xargs -0 awk '
FNR == 1 { told = comment = 0 }
/^\/[*\/]/ { comment = 1 }
comment {
	told = 1
	if (/\*\/|^\/\//)
		comment = 0
	next
}
/^[A-Za-z_][A-Za-z_0-9 *,]*\(/ && !/^(typedef|extern|struct [a-z_0-9]+ \{|union|enum [a-z_0-9]* ?\{)/ {
	if (!told && !/^int cmd_[a-z_]+\(const struct cmd_call \*call\);/)
		print FILENAME "\t" FNR ": " $0
}
{ told = 0 }' | REST=$rest awk -F '\t' '
BEGIN {
	n = split(ENVIRON["REST"], row, " ")
	for (i = 1; i <= n; i++) {
		split(row[i], field, ":")
		ceiling[field[1]] = field[2]
	}
}
{
	count[$1]++
	list[$1] = list[$1] $1 ":" $2 "\n"
}
END {
	for (f in count)
		if (count[f] > ceiling[f] + 0) {
			printf "%s%s: %d public declarations without a comment, allowed are %d\n",
			    list[f], f, count[f], ceiling[f] > "/dev/stderr"
			bad = 1
		}
	for (f in ceiling)
		if (ceiling[f] > count[f] + 0) {
			printf "%s: its count in docstrings.sh goes down to %d\n", f, count[f] > "/dev/stderr"
			bad = 1
		}
	exit bad
}'
