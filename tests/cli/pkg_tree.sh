#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 pkg tree and x07 pkg why: read the lock and the installed manifests, and nothing else.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
pkg_project "$TEST_TMP/p"
expect 0 x07 pkg tree
is /schema_version x07.pkg.tree.report@0.1.0
is /nodes/0/kind project
x07 pkg add alpha@1.1.0 --sync >/dev/null
x07 pkg add gamma@1.0.0 --sync >/dev/null
cp x07.json manifest && cp x07.lock.json lock

expect 0 nosocket x07 pkg tree
is /ok true
is /project_path "$PWD/x07.json"
is /lockfile_path "$PWD/x07.lock.json"
is /nodes/0/id project
is /nodes/0/declared_module_roots/0 src
is /nodes/1/id alpha@1.1.0
is /nodes/1/kind package
is /nodes/2/id beta@1.0.0
is /nodes/2/module_root modules
is /edges/0/kind requires
is /edges/0/from alpha@1.1.0
is /edges/0/to beta@1.0.0
is /edges/1/from gamma@1.0.0
is /edges/1/to beta@1.0.0
is /edges/2/kind root
is /edges/2/from project
is /edges/2/to alpha@1.1.0
is /edges/3/to gamma@1.0.0

expect 0 nosocket x07 pkg why beta
is /command pkg.why
is /result/version 1.0.0
is /result/direct false
is /result/required_by/0/name alpha
is /result/required_by/1/name gamma
is /result/required_by/1/requirement ">=1.0.0 <2.0.0"
is /result/path/0 project
is /result/path/1 alpha@1.1.0
is /result/path/2 beta@1.0.0
expect 0 x07 pkg why gamma
is /result/direct true
is /result/path/1 gamma@1.0.0
expect 20 x07 pkg why nothing
is /error/code X07PKG_DEP_NOT_FOUND
expect 2 x07 pkg why
says err "which package?"

# What is wrong has the codes of the tree, and exit status 20.
tree_code() {
	expect 20 x07 pkg tree
	is /schema_version x07.pkg.tree.report@0.1.0
	is /ok false
	is /error/code "$1"
	cp manifest x07.json && cp lock x07.lock.json
}
rm x07.lock.json
tree_code X07PKG_TREE_LOCK_MISSING
echo '{' >x07.lock.json
tree_code X07PKG_TREE_LOCK_PARSE
sed 's/x07.lock@0.4.0/x07.lock@9.9.9/' lock >x07.lock.json
tree_code X07PKG_TREE_LOCK_PARSE
rm x07.lock.json && mkdir x07.lock.json
expect 20 x07 pkg tree
is /error/code X07PKG_TREE_LOCK_READ
rmdir x07.lock.json && cp lock x07.lock.json
sed 's/"version": "1.1.0"/"version": "1.0.0"/' manifest >x07.json
tree_code X07PKG_TREE_LOCK_VERIFY
rm -rf .x07/deps/beta
tree_code X07PKG_TREE_LOCK_VERIFY
expect 20 x07 pkg why alpha
is /error/code X07PKG_LOCK_MISMATCH
x07 pkg sync >/dev/null
file=.x07/deps/beta/1.0.0/x07-package.json # locked as it is, and no manifest
sed '/"archive_sha256"/d; s/"tree_sha256": *"[0-9a-f]*"/"x":0/' lock >bare
cp "$file" package && rm -f "$file" && echo '{' >"$file"
was=$(sha256sum <package)
now=$(sha256sum <"$file")
sed "s/${was%% *}/${now%% *}/" bare >x07.lock.json
tree_code X07PKG_TREE_DEP_MANIFEST
rm -f "$file" && cp package "$file"
echo '{' >x07.json
tree_code X07PKG_TREE_PROJECT
expect 20 x07 pkg tree --project nowhere
is /error/code X07PKG_TREE_PROJECT
expect 0 x07 pkg tree
