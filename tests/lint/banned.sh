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
printf '%s\n' "$files" | while IFS= read -r file; do
	case $file in
	base/banned.h) continue ;;
	cmd/* | tests/* | */gen/* | *_gen.c) names=$never ;;
	*) names="$never|$printing" ;;
	esac
	# -E: string and character literals, then comments that end on their line, then the middle of
	# long comments.
	sed -E -e "s/'([^'\\\\]|\\\\.)*'//g" -e 's/"([^"\\]|\\.)*"/""/g' -e 's|/\*.*\*/||g' \
		-e 's|/\*.*||' -e 's|//.*||' -e 's|^[ \t]*\*.*||' "$root/$file" |
		grep -nE "(^|[^A-Za-z0-9_.>])($names)[ \t]*\(" |
		sed "s|^|$file:|" || :
done >found.txt
[ -s found.txt ] || exit 0
cat found.txt >&2
exit 1
