#!/bin/sh
# SPDX-License-Identifier: MIT
# The rows of a codes.def are sorted by name or by code, and each is a sentence for people, names a page that exists, is
# reported by some source, and is seen by some test. codes.txt names those that no test sees; there are
# only ever fewer.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
exceptions=${X07_LINT_CODES:-$(dirname "$0")/codes.txt}
ceiling=${X07_LINT_CODES_CEILING:-12}
tables=$(list_files '*codes.def')
need_files "$tables"
bad=0
fail() {
	echo "$*" >&2
	bad=1
}

# What sources and tests say of codes: NAME_OF_THE_ROOM_CODE_X and NAME_OF_THE_ROOM_CODE(X), or the text.
sources=$(list_files '*.c' '*.h' | grep -vE '(^tests/|codes\.[ch]$)' || :)
tests=$(list_files 'tests/*.c' 'tests/*.h' 'tests/*.sh' 'tests/*.case' | grep -vE '^tests/(lint/|cli/explain\.sh$)' || :)
need_files "$sources"
need_files "$tests"
words() {
	printf '%s\n' "$1" | tr '\n' '\0' | (cd "$root" && xargs -0 cat) |
		grep -oE '\b[A-Z_]+_CODE[_(][A-Z0-9_]+|\b(X07|ETEST_|EBAD_|EDETER|EFAIL_)[A-Z0-9_-]+' | tr '(' '_' | sort -u
}
words "$sources" >in.sources
words "$tests" >in.tests
: >unseen
: >ids
for table in $tables; do
	sed -n 's/^CODE(\([A-Z0-9_]*\), *"\([^"]*\)", *[A-Z_]*, *"\([^"]*\)", *\("[^"]*"\|NULL\).*/\1|\2|\4|\3/p' "$root/$table" >rows
	[ "$(wc -l <rows)" -eq "$(grep -c '^CODE(' "$root/$table")" ] || fail "$table: a row that is not of the form of its first comment"
	cut -d '|' -f 2 rows >>ids
	cut -d '|' -f 1 rows | LC_ALL=C sort -c 2>/dev/null || cut -d '|' -f 2 rows | LC_ALL=C sort -c 2>/dev/null ||
		fail "$table: the rows are sorted neither by name nor by code"
	while IFS='|' read -r name id page meaning; do
		case $meaning in
		?????????????*.) ;;
		*) fail "$table: $name: the meaning is no sentence" ;;
		esac
		page=${page#\"}
		page=${page%\"}
		[ "$page" = NULL ] || [ -f "$root/docs/$page" ] || fail "$table: $name: there is no page docs/$page"
		grep -qE "^[A-Z_]+_CODE_$name\$" in.sources || fail "$table: no source reports $name"
		grep -qxE "$id|[A-Z_]+_CODE_$name" in.tests || echo "$id" >>unseen
	done <rows
done
# A source names a code by its row. As text it would be compared, or be misspelt, and nobody would see it.
over_sources() {
	printf '%s\n' "$sources" | tr '\n' '\0' | (cd "$root" && xargs -0 "$@") || :
}
over_sources grep -noE '"([^"\\]|\\.)*\bX07[A-Z0-9_-]+' | sed 's/^\(.*:[0-9]*\):.*\b\(X07[A-Z0-9_-]*\)$/\2 \1/' | LC_ALL=C sort >literals
LC_ALL=C sort -u ids | LC_ALL=C join - literals >named
[ ! -s named ] || fail "codes as text; the macro of their table gives the row: $(cat named)"
over_sources grep -nE '\bstrn?(case)?cmp\(.*(what->id|err_shown\(|\bcode->id|_CODE\(|_codes\[)' >compared
# x07-fetch, x07-unpack and x07-pkg send codes as text; the two functions that find their rows are these.
grep -vE '^(registry/codes\.c|cmd/explain/all\.c|cmd/explain/print\.c):' compared >wrong || :
[ ! -s wrong ] || fail "codes compared as text; err_is() compares rows: $(cat wrong)"
only_known "$exceptions" "$ceiling" "a code that no test sees" <unseen || bad=1
exit "$bad"
