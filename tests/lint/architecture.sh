#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/ARCHITECTURE.md shows the two tables of includes.sh as they are, and each file that it names is
# there: a reader can follow the page from file to file.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
page=$root/docs/ARCHITECTURE.md
lint=$root/tests/lint/includes.sh
bad=0
[ -f "$page" ] || need_files ""
for pair in rooms:table libraries:libraries; do
	sed -n "/^\`\`\`${pair%:*}\$/,/^\`\`\`\$/{/^\`\`\`/d;p;}" "$page" >shown
	sed -n "/^${pair#*:}='\$/,/^'\$/{/^${pair#*:}=/d;/^'/d;p;}" "$lint" >held
	need_files "$(cat held)"
	diff held shown >differs || {
		echo "docs/ARCHITECTURE.md: the block ${pair%:*} is not the table of tests/lint/includes.sh:" >&2
		cat differs >&2
		bad=1
	}
done
# What stands in a block is a pattern, or a program.
# The backquotes are those of the page.
# shellcheck disable=SC2016
sed '/^```/,/^```/d' "$page" | grep -oE '`[a-z0-9_]+(/[a-zA-Z0-9_.-]+)*/[a-zA-Z0-9_-]+\.(c|h|def|sh|md)`' | tr -d '`' | sort -u >named
need_files "$(cat named)"
while IFS= read -r file; do
	[ -f "$root/$file" ] || {
		echo "docs/ARCHITECTURE.md: there is no $file" >&2
		bad=1
	}
done <named
exit "$bad"
