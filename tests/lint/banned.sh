#!/bin/sh
# SPDX-License-Identifier: MIT
# Calls that nobody may make, also where base/banned.h does not reach (the runtime of the guest), and
# printing outside cmd/, the tests and the generators that the build runs (*_gen.c and gen/). Strings
# and comments do not count.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
never='strcpy|strcat|sprintf|vsprintf|strncpy|strncat|strtok|atoi|atol|gets|system|popen|mktemp|tmpnam|gmtime|localtime|alloca'
printing='printf|vprintf|puts|putchar'

files=$(list_files '*.c' '*.h')
need_files "$files"
found=$PWD/found.txt
cd "$root"
# The dollars are awk's.
# shellcheck disable=SC2016
printf '%s\n' "$files" | tr '\n' '\0' | NEVER=$never PRINTING=$printing xargs -0 awk '
FNR == 1 {
	names = ENVIRON["NEVER"]
	if (FILENAME !~ /^(cmd|tests)\// && FILENAME !~ /\/gen\// && FILENAME !~ /_gen\.c$/)
		names = names "|" ENVIRON["PRINTING"]
	call = "(^|[^A-Za-z0-9_.>])(" names ")[ \t]*[(]"
}
FILENAME == "base/banned.h" { next }
{
	# String and character literals, then comments that end on their line, then the middle of long
	# comments. The quote is written as \047.
	gsub(/\047([^\047\\]|\\.)*\047/, "")
	gsub(/"([^"\\]|\\.)*"/, "\"\"")
	gsub(/\/\*.*\*\//, "")
	sub(/\/\*.*/, "")
	sub(/\/\/.*/, "")
	sub(/^[ \t]*\*.*/, "")
	if ($0 ~ call)
		print FILENAME ":" FNR ":" $0
}' >"$found"
cd - >/dev/null
[ -s found.txt ] || exit 0
cat found.txt >&2
exit 1
