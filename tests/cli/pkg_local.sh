#!/bin/sh
# SPDX-License-Identifier: MIT
# Packages that are not installed by x07: beside the project, in its workspace, in place of another
# one by `patch`; and versions that `patch` forces.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
unset X07_WORKSPACE_ROOT || :

# local_package DIR NAME VERSION [NEEDS]
local_package() {
	mkdir -p "$1/modules/$2"
	printf '{"schema_version":"x07.x07ast@0.4.0","kind":"module","module_id":"%s.a","imports":[],
"decls":[{"kind":"export","names":["%s.a.f"]},{"kind":"defn","name":"%s.a.f","params":[],"result":"i32","body":7}]}\n' \
		"$2" "$2" "$2" >"$1/modules/$2/a.x07.json"
	printf '{"schema_version":"x07.package@0.1.0","name":"%s","version":"%s","module_root":"modules","modules":["%s.a"],"meta":{"requires_packages":[%s]}}\n' \
		"$2" "$3" "$2" "${4:-}" >"$1/x07-package.json"
}
program() { module '["std.fmt.u32_to_dec", ["'"$1"'.a.f"]]' '"std.fmt", "'"$1"'.a"'; }

# Below the project. What it needs comes along; what it is, is locked.
pkg_project "$TEST_TMP/p"
local_package libs/mine mine 0.1.0 '"beta@1.0.0"'
expect 0 x07 pkg add mine@0.1.0 --path libs/mine --sync
is /result/path libs/mine
is /result/transitive_added/0/name beta
installed beta/1.0.0
[ ! -e .x07/deps/mine ] || fail "a local package was installed"
grep -q '"path": "libs/mine"' x07.lock.json || fail "mine is not locked"
program mine
expect 0 x07 run
is /solve_output_b64 Nw==
cp x07.lock.json lock
sed -i 's/"body":7/"body":8/' libs/mine/modules/mine/a.x07.json
expect 20 x07 pkg lock --check
is /error/code X07PKG_LOCK_MISMATCH
expect 2 x07 run
says err X07PKG_LOCK_MISMATCH
says err "\`x07 pkg update mine\` locks it as it is"
expect 20 x07 pkg lock # nothing re-pins by itself
is /error/code X07PKG_LOCK_MISMATCH
cmp x07.lock.json lock || fail "the lock changed"
expect 0 x07 pkg update mine
expect 0 x07 pkg lock --check
expect 0 x07 run
is /solve_output_b64 OA==
# Every file that a build can read is locked: C sources and headers, modules that nobody lists; other
# files are not. `is_changed WHAT`: check, run and lock say so, and an update takes it as it is.
is_changed() {
	cp x07.lock.json lock
	for command in "lock --check" lock "sync" "lock --frozen"; do
		# shellcheck disable=SC2086
		expect 20 x07 pkg $command
		is /error/code X07PKG_LOCK_MISMATCH
		says out "mine@0.1.0"
	done
	expect 2 x07 run
	says err X07PKG_LOCK_MISMATCH
	cmp x07.lock.json lock || fail "$1: the lock changed"
	expect 0 x07 pkg update mine
	expect 0 x07 pkg lock --check
	expect 0 x07 run
}
mkdir libs/mine/ffi
echo 'int f(void) { return 1; }' >libs/mine/ffi/mine.c
is_changed "a C source came"
sed -i 's/1/2/' libs/mine/ffi/mine.c
is_changed "a C source changed"
mkdir libs/mine/ffi/include && echo '#define TWO 2' >libs/mine/ffi/include/mine.h
is_changed "a header came"
rm -r libs/mine/ffi/include
is_changed "a header went"
sed 's/mine\.a/mine.b/g' libs/mine/modules/mine/a.x07.json >libs/mine/modules/mine/b.x07.json
is_changed "a module that the manifest does not list came"
echo words >libs/mine/README && echo words >libs/mine/modules/notes && mkdir libs/mine/tests
echo '{}' >libs/mine/modules/.hidden.x07.json && ln -s ../README libs/mine/modules/link
expect 0 x07 pkg lock --check
expect 0 x07 run
# A link among them is not followed: what it leads to nobody locks.
echo 'int g;' >outside.c && ln -s ../../../outside.c libs/mine/ffi/g.c
expect 20 x07 pkg lock --check
is /error/code X07PKG_LOCAL_FILES
says out libs/mine/ffi/g.c
expect 2 x07 run
says err X07PKG_LOCK_MISMATCH
expect 20 x07 pkg update mine
is /error/code X07PKG_LOCAL_FILES
rm libs/mine/ffi/g.c
# A lock of another tool has no such digest: it holds, and locking adds it.
cp x07.lock.json lock
sed '/"path": "libs\/mine"/,/}$/{/"tree_sha256"/d}' lock >x07.lock.json
! cmp -s x07.lock.json lock || fail "the lock had no digest of mine"
expect 0 x07 pkg lock --check
expect 0 x07 run
expect 0 x07 pkg lock
cmp x07.lock.json lock || fail "the digest was not added"
rm libs/mine/x07-package.json
expect 20 x07 pkg lock
is /error/code X07PKG_LOCAL_MISSING_DEP
pkg_project "$TEST_TMP/absent"
expect 20 x07 pkg add mine@0.1.0 --path libs/mine --sync
is /error/code X07PKG_LOCAL_MISSING_DEP
[ "$(jsonq /dependencies <x07.json)" = "[]" ] || ! grep -q mine x07.json || fail "x07.json changed"
expect 20 x07 pkg add alpha --path libs/mine
is /error/code X07PKG_SPEC_INVALID
local_package libs/mine mine 0.2.0
expect 20 x07 pkg add mine@0.1.0 --path libs/mine --sync # it calls itself 0.2.0
is /error/code X07PKG_MANIFEST_PARSE
for path in /etc ../mine libs/../../mine .. 'a\b' ''; do
	expect 20 x07 pkg add mine@0.2.0 --path "$path"
	is /error/code X07PKG_SPEC_INVALID
	! grep -q mine x07.json || fail "$path: x07.json changed"
done

# In the workspace: two projects, one package.
mkdir -p "$TEST_TMP/w/.git"
local_package "$TEST_TMP/w/libs/shared" shared 1.0.0
pkg_project "$TEST_TMP/w/app"
# shellcheck disable=SC2016
expect 0 x07 pkg add shared@1.0.0 --path '$workspace/libs/shared' --sync
program shared
expect 0 x07 run
is /solve_output_b64 Nw==
expect 0 x07 pkg lock --check
expect 0 x07 pkg tree
# shellcheck disable=SC2016
is /nodes/1/path '$workspace/libs/shared'
expect 0 x07 pkg provides shared.a
is /providers/0/name shared
# Modules of the workspace without a package.
mkdir -p "$TEST_TMP/w/common"
cp "$TEST_TMP/w/libs/shared/modules/shared/a.x07.json" "$TEST_TMP/w/common/loose.x07.json"
sed -i 's/shared\.a/loose/g' "$TEST_TMP/w/common/loose.x07.json"
# shellcheck disable=SC2016
sed -i 's|^    "src"|    "src", "$workspace/common"|' x07.json
module '["std.fmt.u32_to_dec", ["loose.f"]]' '"std.fmt", "loose"'
expect 0 x07 run
is /solve_output_b64 Nw==
# Another workspace by environment; none; one that a link leads out of.
expect 2 env X07_WORKSPACE_ROOT= x07 run
says err X07PKG_WORKSPACE
expect 20 env X07_WORKSPACE_ROOT="$TEST_TMP/nowhere" x07 pkg lock
is /error/code X07PKG_WORKSPACE
expect 0 env X07_WORKSPACE_ROOT="$TEST_TMP/w" x07 pkg lock --check
mv "$TEST_TMP/w/libs" "$TEST_TMP/outside"
ln -s "$TEST_TMP/outside" "$TEST_TMP/w/libs"
expect 2 x07 run
says err "leads out"
expect 20 x07 pkg lock
says out "leads out"
expect 20 x07 pkg lock --check
rm "$TEST_TMP/w/libs" && mv "$TEST_TMP/outside" "$TEST_TMP/w/libs"
expect 0 x07 pkg lock --check
# What x07 installs may lie in the workspace too.
# shellcheck disable=SC2016
expect 0 x07 pkg add alpha@1.1.0 --path '$workspace/.x07/deps/alpha/1.1.0' --sync
[ -f "$TEST_TMP/w/.x07/deps/alpha/1.1.0/x07-package.json" ] || fail "alpha is not in the workspace"
expect 0 x07 pkg lock --check
rm -rf "$TEST_TMP/w/.x07" .x07/deps
expect 0 x07 run
says err "hydrated project dependencies"
[ -f "$TEST_TMP/w/.x07/deps/alpha/1.1.0/x07-package.json" ] || fail "alpha was not hydrated"

# patch: another version than anybody wants, and a folder in its place.
pkg_project "$TEST_TMP/patch"
x07 pkg add alpha@1.1.0 --sync >/dev/null
sed -i 's|^  "schema_version"|  "patch": {"beta": {"version": "1.2.0"}},\n  "schema_version"|' x07.json
cp x07.json patched.json && cp x07.lock.json lock
for command in "lock --check" "lock --frozen" "sync --frozen"; do # written, and not locked yet
	# shellcheck disable=SC2086
	expect 20 x07 pkg $command
	is /error/code X07PKG_LOCK_MISMATCH
	says out "beta 1.0.0 (.x07/deps/beta/1.0.0) is not what \`patch\` in x07.json says"
done
expect 2 x07 run
says err X07PKG_LOCK_MISMATCH
expect 0 x07 pkg lock
locked beta/1.2.0
listed beta/1.2.0
[ "$(jsonq /dependencies/1/overridden_by <x07.lock.json)" = beta ] || fail "overridden_by"
expect 0 x07 pkg lock --check
local_package libs/beta beta 1.2.0
sed 's|{"version": "1.2.0"}|{"version": "1.2.0", "path": "libs/beta"}|' patched.json >x07.json
expect 0 x07 pkg lock
[ "$(jsonq /dependencies/1/path <x07.lock.json)" = libs/beta ] || fail "the path of the patch"
expect 0 x07 pkg lock --check
# It is for another compiler now: only the user can change what is in a folder of theirs.
sed 's/"requires_packages"/"x07c_compat":">=9.0.0","requires_packages"/' libs/beta/x07-package.json >other
cp libs/beta/x07-package.json kept && cp other libs/beta/x07-package.json
expect 20 x07 pkg repair
is /error/code X07PKG_REPAIR_PATCHED_PATH_INCOMPATIBLE
cp kept libs/beta/x07-package.json
rm -rf libs/beta
expect 20 x07 pkg lock
is /error/code X07PKG_PATCH_MISSING_DEP
sed 's|"version": "1.2.0"}}|"version": "not a version"}}|' patched.json >x07.json
cp lock x07.lock.json
expect 20 x07 pkg lock
is /error/code X07PKG_SPEC_INVALID
cmp x07.lock.json lock || fail "the lock changed"
sed 's/x07.project@0.5.0/x07.project@0.2.0/; /"compat"/d' patched.json >x07.json
expect 2 x07 pkg lock # not raised by itself, but the way is named
is /error/code X07PROJECT_PARSE
says err "raise schema_version to x07.project@0.5.0"
