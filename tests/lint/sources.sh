#!/bin/sh
# SPDX-License-Identifier: MIT
# What is cited is in the tree: `docs/<page>.md 4.2, row 7` names a page, a heading with that number
# and a row of its table; a link of a page leads to a file or folder; nothing cites a paper that
# only its authors have.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
files=$(list_files '*')
need_files "$files"
found=$PWD/found.txt
list=$PWD/list.txt
printf '%s\n' "$files" >"$list"
cd "$root"

LIST=$list awk '
function known(path) { return path in is_file || path in is_folder }

# Every folder above a file.
function add_file(path)
{
	is_file[path] = 1
	while (sub(/\/[^\/]*$/, "", path))
		is_folder[path] = 1
}

# Numbered headings of a page, and the rows of the tables below each.
function read_page(page,    line, at)
{
	at = ""
	while ((getline line < page) > 0) {
		if (line ~ /^#+ /) {
			at = ""
			if (match(line, /^#+ +[0-9]+(\.[0-9]+)*/)) {
				at = substr(line, 1, RLENGTH)
				sub(/^#+ +/, "", at)
				section[page, at] = 1
			}
		} else if (at != "" && match(line, /^\| *[0-9]+ *\|/)) {
			line = substr(line, 1, RLENGTH)
			gsub(/[^0-9]/, "", line)
			row[page, at, line] = 1
		}
	}
	close(page)
}

function say(text) { print file ":" number ": " text }

# Takes "4", "4.2", "4 to 6", "4, 5 and 6", "2-12" off the start of `rest`; the last one is `last`.
function take_numbers(page, of_row,    n, section_now)
{
	section_now = last
	while (match(rest, /^((,|,? and|,? to| \([^)]*\),?( and)?) |-| )?[0-9]+(\.[0-9]+)*/)) {
		n = substr(rest, 1, RLENGTH)
		rest = substr(rest, RLENGTH + 1)
		sub(/^.*[^0-9.]/, "", n)
		if (!of_row && !((page, n) in section))
			say(page " has no section " n)
		if (of_row && !((page, section_now, n) in row))
			say(page " has no row " n " in section " section_now)
		last = n
	}
	if (of_row)
		last = section_now
}

function check_citations(text, limit,    page, at)
{
	at = 0
	rest = text
	while (match(rest, /(^|[^A-Za-z0-9_.\/-])docs\/[A-Za-z0-9_\/.-]*\.md/)) {
		at += RSTART
		if (at > limit)
			return
		page = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		at += RLENGTH - 1
		sub(/^.*[^A-Za-z0-9_.\/-]/, "", page)
		if (!known(page)) {
			say(page " is not in the tree")
			continue
		}
		if (rest !~ /^ [0-9]/)
			continue
		last = ""
		at += length(rest)
		take_numbers(page, 0)
		if (match(rest, /^,? rows? /)) {
			rest = " " substr(rest, RLENGTH + 1)
			take_numbers(page, 1)
		}
		at -= length(rest)
	}
}

# A link is relative to the folder of its page.
function check_links(text,    target, path)
{
	while (match(text, /\]\([^() ]*\)/)) {
		target = substr(text, RSTART + 2, RLENGTH - 3)
		text = substr(text, RSTART + RLENGTH)
		sub(/#.*/, "", target)
		if (target == "" || target ~ /^(https?|mailto):/)
			continue
		path = file
		if (!sub(/[^\/]*$/, "", path))
			path = ""
		path = path target
		gsub(/\/\.\//, "/", path)
		while (sub(/[^\/]+\/\.\.\//, "", path))
			;
		sub(/\/$/, "", path)
		if (!known(path))
			say("the link to " target " leads nowhere")
	}
}

function is_page(path)
{
	return path ~ /^docs\/.*\.md$/ || path ~ /^(README|SECURITY|CONTRIBUTING)\.md$/
}

# One line and the start of the next one, because a citation may be wrapped.
function check_line(line, next_line,    joined)
{
	if (is_page(file))
		check_links(line)
	if (line !~ /docs\/|spec|DESIGN/)
		return
	sub(/^[ \t]*(\*+|\/\/+|#+|;)?[ \t]*/, "", next_line)
	joined = line " " next_line
	check_citations(joined, length(line))
	if (match(joined, OLD) && RSTART <= length(line))
		say("cites what is not in the tree; a rule stands in docs/spec/, a choice in docs/decisions/")
}

BEGIN {
	# In pieces, so that this file does not accuse itself.
	OLD = "(^|[^A-Za-z0-9_./-])(sp" "ec [a-z-]+ [0-9]|DES" "IGN([. ]|$))"
	while ((getline path < ENVIRON["LIST"]) > 0) {
		names[++count] = path
		add_file(path)
	}
	for (i = 1; i <= count; i++) {
		if (names[i] ~ /^docs\/.*\.md$/)
			read_page(names[i])
	}
	for (i = 1; i <= count; i++) {
		file = names[i]
		if (file == "NEWS.md" || file !~ /\.(c|h|def|md|sh|cmake|txt|case|awk|py|in|yml)$|^bootstrap$/)
			continue
		number = 0
		while ((getline line < file) > 0) {
			if (number > 0)
				check_line(before, line)
			number++
			before = line
		}
		close(file)
		if (number > 0)
			check_line(before, "")
	}
}' >"$found"
cd - >/dev/null
[ -s "$found" ] || exit 0
cat "$found" >&2
exit 1
