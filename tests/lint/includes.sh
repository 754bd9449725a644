#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may include whom. The two tables below are the rule (docs/ARCHITECTURE.md shows them): any
# other edge, a private header of another folder, a path that does not start at the root, and a
# library outside its own files fail. A bare name that no file of the tree bears is a header that the
# build generates.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"

# folder: what it may include beside itself. A name that ends in .h is that header only; * is anything.
table='
base:
lang: base lang/rt/abi.h
lang/rt: lang/builtins.def
pkg: base
policy: base lang/rt/decide.h
registry: base pkg
sandbox: base policy lang/rt/abi.h lang/rt/net_wire.h
cmd: base lang lang/rt/abi.h lang/rt/config.h lang/rt/decide.h pkg policy registry sandbox
tests/support: base pkg registry
tests/unit/lang: base lang/rt/abi.h lang/rt/config.h
tests/bench: *
tests/case: *
tests/cli: *
tests/fuzz: *
tests/net: *
tests/sandbox: *
'
# header prefix: the files (or folders, with a slash at the end) that may see it.
libraries='
openssl/: base/hash.c registry/sign.c sandbox/broker_tls.c sandbox/broker_http_answer.c tests/support/
libtcc.h: lang/build_tcc.c
seccomp.h: sandbox/ tests/unit/sandbox/
curl/: registry/fetch_http.c registry/fetch_http_priv.h registry/fetch_transfer.c sandbox/ tests/bench/
git2: registry/fetch_git.c
archive: registry/unpack.c registry/pack.c
cjson/: tests/bench/
check.h: tests/unit/ tests/support/ tests/sandbox/ tests/net/
'

names=$(list_files '*.h' '*.def' | sed 's|.*/||' | sort -u)
list_files '*.c' '*.h' '*.def' | while IFS= read -r file; do
	sed -n 's/^[ \t]*#[ \t]*include[ \t]*\([<"][^>"]*\).*/\1/p' "$root/$file" |
		while IFS= read -r target; do
			printf '%s %s\n' "$file" "$target"
		done
done | TABLE=$table LIBRARIES=$libraries NAMES=$names awk '
function folder_of(path,    n, part) {
	n = split(path, part, "/")
	if (n < 2)
		return ""
	if (part[1] == "tests")
		return part[2] == "unit" && n > 3 ? "tests/unit/" part[3] : "tests/" part[2]
	if (part[1] == "lang" && part[2] == "rt" && n > 2)
		return "lang/rt"
	return part[1]
}
function fail(why) {
	print $1 ": " why
	bad = 1
}
function in_list(list, folder, target,    n, i, item) {
	n = split(list, item, " ")
	for (i = 1; i <= n; i++)
		if (item[i] == "*" || item[i] == folder || item[i] == target)
			return 1
	return 0
}
# The folder that a folder of unit tests is about.
function tested_by(from) {
	sub(/^tests\/unit\//, "", from)
	return from == "rt" ? "lang/rt" : from
}
function allowed(from, to, target) {
	if (from == to)
		return 1
	if (from ~ /^tests\/unit\//) {
		if (to == "tests/support")
			return 1
		if (tested_by(from) == to || allowed(tested_by(from), to, target))
			return 1
	}
	return (from in may) && in_list(may[from], to, target)
}
function check_ours(target,    from, to) {
	from = folder_of($1)
	to = folder_of(target)
	if (to == "" && may[from] !~ /\*/ && (target in known))
		fail("\"" target "\" is no path from the root")
	else if (to != "" && !allowed(from, to, target))
		fail(from " may not include " target)
	else if (target ~ /_priv\.h$/ && from != to && tested_by(from) != to &&
	    may[from] !~ /\*/)
		fail(target " is private to " to)
}
function check_library(target,    prefix, n, i, item) {
	for (prefix in seen_by) {
		if (index(target, prefix) != 1)
			continue
		n = split(seen_by[prefix], item, " ")
		for (i = 1; i <= n; i++)
			if ($1 == item[i] || (item[i] ~ /\/$/ && index($1, item[i]) == 1))
				return
		fail("<" target "> belongs to " seen_by[prefix] " alone")
	}
}
BEGIN {
	n = split(ENVIRON["NAMES"], row, "\n")
	for (i = 1; i <= n; i++)
		known[row[i]] = 1
	n = split(ENVIRON["TABLE"], row, "\n")
	for (i = 1; i <= n; i++)
		if (split(row[i], half, ":") == 2)
			may[half[1]] = half[2]
	n = split(ENVIRON["LIBRARIES"], row, "\n")
	for (i = 1; i <= n; i++)
		if (split(row[i], half, ":") == 2)
			seen_by[half[1]] = half[2]
}
{
	edges++
	target = substr($2, 2)
	if (substr($2, 1, 1) == "\"")
		check_ours(target)
	else
		check_library(target)
}
END {
	if (edges == 0) {
		print "no include found: looking at the wrong tree?"
		bad = 1
	}
	exit bad
}' >&2
