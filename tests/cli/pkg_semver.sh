#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 pkg check-semver: what users of the old version miss in the new one.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
cd "$TEST_TMP"

# module DIR ID NAMES DECLS
write_module() {
	file=$1/modules/$(printf '%s' "$2" | tr . /).x07.json
	mkdir -p "${file%/*}"
	printf '{"schema_version":"x07.x07ast@0.4.0","kind":"module","module_id":"%s","imports":[],
"decls":[{"kind":"export","names":[%s]}%s]}\n' "$2" "$3" "$4" >"$file"
}
write_package() { # DIR NAME VERSION MODULES
	mkdir -p "$1"
	printf '{"schema_version":"x07.package@0.1.0","name":"%s","version":"%s","module_root":"modules","modules":[%s]}\n' \
		"$2" "$3" "$4" >"$1/x07-package.json"
}
# fn NAME PARAMS RESULT [BODY]
fn() {
	printf ',{"kind":"defn","name":"%s","params":[%s],"result":"%s","body":%s}' "$1" "$2" "$3" "${4:-0}"
}
x='{"name":"x","ty":"i32"}'
b='{"name":"b","ty":"bytes_view"}'
write_package old lib 1.0.0 '"lib.a","lib.b"'
write_module old lib.a '"lib.a.f","lib.a.g","lib.a.h"' \
	"$(fn lib.a.f "$x" i32)$(fn lib.a.g "$b" bytes)$(fn lib.a.h "" i32)$(fn lib.a.hidden "" i32)"
write_module old lib.b '"lib.b.f"' "$(fn lib.b.f "" i32)"

expect 0 x07 pkg check-semver --old old --new old
is /command pkg.check-semver
is /ok true
is /result/name lib
is /result/old_version 1.0.0
says_not out breaking_changes

# More exports, other names of parameters, other bodies and what is not exported: none of a user's business.
write_package new lib 1.1.0 '"lib.a","lib.b","lib.c"'
write_module new lib.a '"lib.a.h","lib.a.g","lib.a.f","lib.a.more"' \
	"$(fn lib.a.f '{"name":"y","ty":"i32"}' i32 7)$(fn lib.a.g "$b" bytes)$(fn lib.a.h "" i32)$(fn lib.a.more "" i32)"
write_module new lib.b '"lib.b.f"' "$(fn lib.b.f "" i32)"
expect 0 x07 pkg check-semver --old old --new new
is /result/new_version 1.1.0
says_not out breaking_changes
# The other way about it is the new export and the new module that would be missed.
write_module new lib.c '"lib.c.f"' "$(fn lib.c.f "" i32)"
expect 20 x07 pkg check-semver --old new --new old
is /error/code X07PKG_SEMVER_BREAKING
is /result/breaking_changes/0/kind export-removed
is /result/breaking_changes/0/module_id lib.a
is /result/breaking_changes/0/export lib.a.more
is /result/breaking_changes/1/kind module-removed
is /result/breaking_changes/1/module_id lib.c

# A parameter's type, one more parameter, another result, a brand, another kind.
changed() {
	write_module new lib.a '"lib.a.f","lib.a.g","lib.a.h"' "$1"
	expect 20 x07 pkg check-semver --old old --new new
	is /ok false
	is /error/code X07PKG_SEMVER_BREAKING
	is /result/breaking_changes/0/kind export-signature-changed
	is /result/breaking_changes/0/export lib.a.f
	is /result/breaking_changes/0/old/params/0/ty i32
	is /result/breaking_changes/0/old/result i32
}
rest="$(fn lib.a.g "$b" bytes)$(fn lib.a.h "" i32)"
changed "$(fn lib.a.f '{"name":"x","ty":"bytes"}' i32)$rest"
is /result/breaking_changes/0/new/params/0/ty bytes
changed "$(fn lib.a.f "$x,$b" i32)$rest"
is /result/breaking_changes/0/new/params/1/ty bytes_view
changed "$(fn lib.a.f "$x" bytes)$rest"
is /result/breaking_changes/0/new/result bytes
changed "$(fn lib.a.f '{"name":"x","ty":"i32","brand":"k.b"}' i32)$rest"
is /result/breaking_changes/0/new/params/0/brand k.b
changed "$(fn lib.a.f "$x" i32 | sed s/defn/defasync/)$rest"
is /result/breaking_changes/0/new/kind defasync
# It is still declared, but no longer exported.
write_module new lib.a '"lib.a.g","lib.a.h"' "$(fn lib.a.f "$x" i32)$rest"
expect 20 x07 pkg check-semver --old old --new new
is /result/breaking_changes/0/kind export-removed

# What cannot be compared.
code() {
	expect 20 x07 pkg check-semver --old old --new "$2"
	is /error/code "$1"
	says_not out '"result"'
}
code X07PKG_SEMVER_DIR nowhere
code X07PKG_SEMVER_DIR old/x07-package.json
mkdir empty
code X07PKG_SEMVER_LOAD empty
write_package other other 1.1.0 '"lib.a"'
code X07PKG_SEMVER_NAME_MISMATCH other
rm new/modules/lib/b.x07.json
code X07PKG_SEMVER_LOAD new
says out lib.b
echo '{' >new/modules/lib/b.x07.json
code X07PKG_SEMVER_LOAD new
echo '{"decls":3}' >new/modules/lib/b.x07.json
code X07PKG_SEMVER_LOAD new
write_module new lib.b '"lib.b.f"' ''
code X07PKG_SEMVER_LOAD new
says out "does not declare"
expect 2 x07 pkg check-semver --old old
says err --new
silent out
# A bundled package with itself.
real=$X07_SOURCE_DIR/registry/bundled/packages/ext-net/0.1.11
expect 0 x07 pkg check-semver --old "$real" --new "$real"
