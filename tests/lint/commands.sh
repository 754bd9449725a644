#!/bin/sh
# SPDX-License-Identifier: MIT
# A command is whole: its row in cmd/table*.c names a function of cmd/, a page below docs/cmd speaks of
# it, and a script below tests runs it; and no function of a command is without a row.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
tables=$(list_files 'cmd/table*.c')
pages=$(list_files 'docs/cmd/*.md')
# The lints make up commands of their own.
scripts=$(list_files 'tests/*.sh' | grep -v '^tests/lint/' || :)
sources=$(list_files 'cmd/*.c')
need_files "$tables"
need_files "$pages"
need_files "$scripts"
bad=0
fail() {
	echo "$*" >&2
	bad=1
}
cd "$root"

# over_files LIST COMMAND..: a command that gets the names.
over_files() {
	list=$1
	shift
	printf '%s\n' "$list" | tr '\n' '\0' | xargs -0 "$@"
}
over_files "$tables" cat | sed -n 's/^\t{ "\([a-z][a-z -]*\)", ".*/\1/p' | sort -u >"$OLDPWD/rows"
cd "$OLDPWD"
need_files "$(cat rows)"
(cd "$root" && over_files "$pages" cat) >all.pages
(cd "$root" && over_files "$scripts" cat) >all.scripts
while IFS= read -r name; do
	grep -qE "x07 $name\b" all.pages || fail "x07 $name: no page below docs/cmd speaks of it"
	# registry_lib.sh has a short name for the commands of registries.
	grep -qE "\b(x07|reg) (${name}|${name#registry })\b" all.scripts || fail "x07 $name: no script below tests runs it"
done <rows

(cd "$root" && over_files "$tables" grep -hE '^[^#]' | grep -oE '\bcmd_[a-z_]+\b') | sort -u >named
(cd "$root" && over_files "$sources" sed -n 's/^int \(cmd_[a-z_]*\)(const struct cmd_call \*.*/\1/p') | sort -u >defined
for name in $(comm -23 defined named); do
	fail "$name: a command that no row of cmd/table*.c names"
done
for name in $(comm -13 defined named); do
	fail "$name: a row of cmd/table*.c names it, and no source of cmd/ defines it"
done
exit "$bad"
