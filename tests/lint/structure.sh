#!/bin/sh
# SPDX-License-Identifier: MIT
# The way to a behaviour: a header declares the functions of the one .c of its own name, a name that
# leaves its file carries the prefix of its room, and a command calls few files. What may differ stands
# in structure.txt with a ceiling and a reason; ceilings only go down, and all of them together are at
# most a tenth of the declarations. Prints the figures.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
exceptions=${X07_LINT_STRUCTURE:-$(dirname "$0")/structure.txt}

# Room: the prefixes of the names that leave a file. base has one for each type.
prefixes='
lang/ast ast_
lang/check check_ ck_
lang/emit emit_
lang/ir ir_
lang/image image_
lang/rt rt_
lang lang_
pkg pkg_
policy policy_
registry registry_
registry/unpack unpack_
registry/store store_
registry/client client_ fetch_
registry/fetch fetch_
registry/build build_
registry/serve serve_
sandbox sandbox_
sandbox/broker broker_
cmd/run run_
cmd/pkg pkg_
cmd/test test_
cmd/doctor doctor_
cmd/explain explain_
'
files=$(list_files '*.c' '*.h' | grep -v '^tests/' || :)
need_files "$files"
cd "$root"
# clang-format sees to it that a function begins in the first column, and its body with "{" there.
# The dollars are awk's.
# shellcheck disable=SC2016
printf '%s\n' "$files" | tr '\n' '\0' | xargs -0 awk '
function name_of(text) {
	sub(/\(.*/, "", text)
	sub(/[ \t]+$/, "", text)
	sub(/.*[ *]/, "", text)
	return text
}
FNR == 1 { head = ""; comment = 0 }
/^\/\*/ { comment = 1 }
comment { if (/\*\//) comment = 0; next }
/^#/ || /^(typedef|struct [a-z_0-9]+ \{|enum|union|extern)/ { head = ""; next }
/^[A-Za-z_][A-Za-z_0-9]* [^(]*\(/ { head = $0; sub(/^MUST_CHECK /, "", head); sub(/^PRINTF_LIKE\([0-9, ]*\) /, "", head) }
/^[ \t]/ && head != "" && !/^\t[^ ]/ { head = head " " $0 }
head != "" && FILENAME ~ /\.h$/ && head ~ /\)( PRINTF_LIKE\([0-9, ]*\))?;/ && head !~ /^static/ {
	print "declared", name_of(head), FILENAME
	head = ""
}
/^\{/ && head != "" {
	if (FILENAME ~ /\.c$/)
		print (head ~ /^static/ ? "static" : "defined"), name_of(head), FILENAME
	head = ""
}
FILENAME ~ /^cmd\/cmd_(run|pkg_add)\.c$/ {
	line = $0
	while (match(line, /[a-z_0-9]+\(/)) {
		print "called", substr(line, RSTART, RLENGTH - 1), FILENAME
		line = substr(line, RSTART + RLENGTH)
	}
}' | PREFIXES=$prefixes awk -v exceptions="$exceptions" -v files="$files" '
function stem(path) {
	sub(/.*\//, "", path)
	sub(/\.[ch]$/, "", path)
	sub(/_priv$/, "", path)
	return path
}
function fail(why) {
	print why > "/dev/stderr"
	bad = 1
}
# The names of a room that has a row are checked; of another all are good.
function has_prefix(name, dir,    n, i, p) {
	if (!(dir in room))
		return 1
	n = split(room[dir], p, " ")
	for (i = 1; i <= n; i++)
		if (index(name, p[i]) == 1)
			return 1
	return name == "main"
}
BEGIN {
	n = split(ENVIRON["PREFIXES"], row, "\n")
	for (i = 1; i <= n; i++)
		if (match(row[i], / /))
			room[substr(row[i], 1, RSTART - 1)] = substr(row[i], RSTART + 1)
	while ((getline line < exceptions) > 0)
		if (line !~ /^#/ && line != "") {
			if (split(line, field, " ") < 3)
				fail(exceptions ": no reason given: " line)
			ceiling[field[1]] = field[2]
			allowed += field[1] ~ /\.h$/ ? field[2] : 0
		}
	n = split(files, row, "\n")
	for (i = 1; i <= n; i++)
		in_cmd += row[i] ~ /^cmd\/[^\/]*$/
}
$1 == "declared" { at[$2] = at[$2] " " $3 }
$1 == "defined" { where[$2] = $3 }
$1 == "static" { own[$3 " " $2] = 1 }
$1 == "called" { calls[$3 " " $2] = 1 }
END {
	for (name in at) {
		n = split(at[name], header, " ")
		for (i = 1; i <= n; i++) {
			if (!(name in where))
				continue
			total++
			if (stem(header[i]) == stem(where[name]))
				same++
			else {
				other[header[i]]++
				example[header[i]] = name " of " where[name]
			}
		}
	}
	for (h in other)
		if (other[h] > ceiling[h] + 0)
			fail(h ": declares " other[h] " functions of other files, like " example[h])
		else if (other[h] < ceiling[h])
			fail(h ": its ceiling of " ceiling[h] " in structure.txt goes down to " other[h])
	for (name in where) {
		dir = where[name]
		sub(/\/[^\/]*$/, "", dir)
		if (!has_prefix(name, dir))
			stray[where[name]]++
	}
	for (f in stray)
		if (stray[f] > ceiling[f] + 0)
			fail(f ": " stray[f] " names without the prefix of the room")
		else if (stray[f] < ceiling[f])
			fail(f ": its ceiling of " ceiling[f] " in structure.txt goes down to " stray[f])
	for (f in ceiling)
		if (!(f in other) && !(f in stray))
			fail(f ": is in structure.txt and needs no exception")
	for (c in calls) {
		split(c, field, " ")
		if (!(c in own) && (field[2] in where) && where[field[2]] != field[1] &&
		    where[field[2]] !~ /^base\// && !((field[1] " " where[field[2]]) in seen)) {
			seen[field[1] " " where[field[2]]] = 1
			direct[field[1]]++
		}
	}
	if (total == 0)
		fail("no declaration found: looking at the wrong tree?")
	printf "declared where the header says: %d of %d, %d %%\n", same, total, total ? 100 * same / total : 0
	printf "exceptions: %d\n", allowed
	for (f in direct)
		printf "%s calls %d other files (not counting base)\n", f, direct[f]
	printf "files in cmd/ itself: %d\n", in_cmd
	if (allowed * 10 > total)
		fail("the exceptions are more than a tenth of the declarations")
	for (f in direct)
		if (direct[f] > 8)
			fail(f ": calls " direct[f] " other files, over 8")
	if (in_cmd > 70)
		fail("cmd/: " in_cmd " files, over 70")
	exit bad
}'
