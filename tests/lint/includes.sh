#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may include whom. The two tables below are the rule (docs/ARCHITECTURE.md shows them): any
# other edge, a private header of another folder, a path that does not start at the root, and a
# library outside its own files fail. A bare name that no file of the tree bears is a header that the
# build generates.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"

# Room: what it may include beside itself, subfolders not included. A name that ends in .h or .def is
# that file only (*.h: those of the folder itself); * is anything.
table='
base:
lang/rt: lang/builtins.def
lang/ir: base lang/builtins.h lang/types.h
lang/ast: base lang/codes.h lang/options.h lang/types.h
lang/check: base lang/builtins.h lang/codes.h lang/options.h lang/profiles.h lang/types.h lang/ir lang/ast
lang/emit: base lang/builtins.h lang/types.h lang/ir
lang/image: base lang/emit lang/rt/abi.h
lang/gen: lang/builtins.def lang/builtins_hash.h
lang: base lang/ir lang/ast lang/check lang/emit lang/image lang/rt/abi.h
pkg: base
policy: base lang/rt/decide.h
registry: base pkg
registry/unpack: base pkg registry
registry/store: base pkg registry registry/unpack
registry/client: base pkg registry registry/store registry/unpack
registry/fetch: base registry registry/client
registry/build: base pkg registry registry/unpack registry/client
registry/serve: base pkg registry registry/unpack registry/client registry/build
sandbox: base policy lang/rt/abi.h lang/rt/net_wire.h sandbox/broker/syscalls.def
sandbox/broker: base policy lang/rt/net_wire.h sandbox
cmd/pkg: base pkg registry registry/client registry/store registry/unpack lang/lang.h
cmd/run: base lang pkg policy sandbox lang/rt/abi.h lang/rt/config.h lang/rt/decide.h
cmd/check: base lang pkg cmd/run cmd/report cmd/*.h
cmd/test: base lang pkg policy sandbox cmd/run
cmd/doctor: base lang pkg policy registry/codes.h sandbox cmd/run cmd/explain cmd/*.h
cmd/explain: base lang/codes.h pkg/codes.h policy/codes.h registry/codes.h cmd/codes.h cmd/pkg/engine_codes.h cmd/run/codes.h cmd/test/codes.h
cmd/report: base lang pkg policy sandbox cmd/run cmd/pkg/engine_codes.h cmd/*.h lang/rt/config.h lang/rt/decide.h lang/rt/abi.h
cmd: base lang pkg policy registry registry/client registry/store registry/unpack registry/build registry/serve sandbox cmd/run cmd/pkg cmd/check cmd/doctor cmd/explain cmd/report cmd/test lang/rt/abi.h lang/rt/config.h lang/rt/decide.h
tests/support: base pkg registry
tests/unit/lang: base lang/ir lang/ast lang/check lang/emit lang/image lang/rt/abi.h lang/rt/config.h
tests/unit/pkg_engine: base cmd/pkg pkg registry registry/client registry/store registry/build lang/lang.h
tests/unit/sandbox: sandbox/broker
tests/unit/test_engine: base lang pkg policy sandbox cmd/run cmd/test
tests/unit/run: base lang lang/rt/config.h pkg policy sandbox cmd/run
tests/unit/registry: registry/client registry/fetch registry/store registry/unpack registry/build registry/serve
tests/bench: *
tests/case: *
tests/cli: *
tests/fuzz: *
tests/net: *
tests/sandbox: *
'
# header prefix: the files (or folders, with a slash at the end) that may see it.
libraries='
openssl/: base/hash.c registry/sign.c sandbox/broker/tls.c sandbox/broker/http_answer.c tests/support/
libtcc.h: lang/image/tcc.c
seccomp.h: sandbox/seccomp_gen.c tests/unit/sandbox/
curl/: registry/fetch/http.c registry/fetch/transfer_priv.h registry/fetch/transfer.c sandbox/broker/ tests/bench/
git2: registry/fetch/git.c
archive: registry/unpack/unpack.c registry/pack.c
cjson/: tests/bench/
check.h: tests/unit/ tests/support/ tests/sandbox/ tests/net/
'

names=$(list_files '*.h' '*.def' | sed 's|.*/||' | sort -u)
cd "$root"
# The dollars are awk's.
# shellcheck disable=SC2016
list_files '*.c' '*.h' '*.def' | tr '\n' '\0' | xargs -0 -r awk '
/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "")
	print FILENAME, substr($0, 1, 1) substr($0, 2, match(substr($0, 2), /[>"]/) - 1)
}' | TABLE=$table LIBRARIES=$libraries NAMES=$names awk '
# The room of a file: the row with the longest name that its path begins with.
function folder_of(path,    dir) {
	for (dir = path; sub(/\/[^\/]*$/, "", dir);)
		if (dir in may || dir ~ /^tests\/unit\/[a-z_]+$/)
			return dir
	sub(/\/.*$/, "", path)
	return path ~ /\./ ? "" : path
}
function fail(why) {
	print $1 ": " why
	bad = 1
}
function in_list(list, folder, target,    n, i, item) {
	n = split(list, item, " ")
	for (i = 1; i <= n; i++)
		if (item[i] == "*" || item[i] == folder || item[i] == target || is_kind(item[i], target))
			return 1
	return 0
}
# "lang/*.h": a header of that very folder.
function is_kind(item, target,    at) {
	at = index(item, "*.")
	return at > 1 && index(target, substr(item, 1, at - 1)) == 1 &&
	    substr(target, at) ~ /^[a-z0-9_]+\.[a-z]+$/ &&
	    substr(target, length(target) - length(substr(item, at + 1)) + 1) == substr(item, at + 1)
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
	if (to == "" && may[from] !~ /(^| )\*/ && (target in known))
		fail("\"" target "\" is no path from the root")
	else if (to != "" && !allowed(from, to, target))
		fail(from " may not include " target)
	else if (target ~ /(^|_|\/)priv\.h$/ && from != to && index(to "/", tested_by(from) "/") != 1 &&
	    may[from] !~ /(^| )\*/)
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
