#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 pkg remove: what is removed, what goes with it, what stays.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry

pkg_project "$TEST_TMP/p"
cp x07.json empty.json
x07 pkg add alpha@1.1.0 --sync >/dev/null
x07 pkg add gamma@1.0.0 --sync >/dev/null
cp x07.json both.json && cp x07.lock.json both.lock
# beta is needed by gamma still.
expect 0 x07 pkg remove alpha --sync
is /command pkg.remove
is /result/name alpha
is /result/removed true
is /result/lock/lockfile x07.lock.json
not_listed alpha
listed beta/1.0.0
not_installed alpha
installed beta/1.0.0
# With gamma it goes, from everywhere.
expect 0 x07 pkg remove gamma --sync
is /result/pruned/0/name beta
is /result/pruned/0/version 1.0.0
cmp x07.json empty.json || fail "x07.json is not what it was before"
[ -z "$(ls .x07/deps 2>/dev/null)" ] || fail "packages are left"
expect 0 x07 pkg lock --check

# Without --sync x07.json alone changes, and the next lock does the rest.
cp both.json x07.json && cp both.lock x07.lock.json
x07 pkg sync >/dev/null
expect 0 x07 pkg remove beta
says err "beta is locked as what others need"
cp both.json x07.json
expect 0 nosocket x07 pkg remove gamma
silent err
not_listed gamma
cmp x07.lock.json both.lock || fail "the lock changed"
installed gamma/1.0.0
expect 20 x07 pkg lock --check
is /error/code X07PKG_LOCK_MISMATCH
expect 0 x07 pkg lock
not_installed gamma
listed beta/1.0.0

# What another one needs stays, and the report says so.
expect 0 x07 pkg remove beta --sync
is /result/removed false
listed beta/1.0.0
locked beta/1.0.0

# Refusals change nothing.
cp x07.json before && cp x07.lock.json before.lock
for name in nothing Alpha '' alpha@1.1.0; do
	expect 20 x07 pkg remove "$name" --sync
	is /error/code X07PKG_DEP_NOT_FOUND
done
expect 2 x07 pkg remove
says err "which package?"
x07 pkg add omega@1.0.0 >/dev/null 2>&1 # does not go together with alpha
cp x07.json before
expect 20 x07 pkg remove beta --sync
is /error/code X07PKG_RESOLVE_CONFLICT
cmp x07.json before || fail "x07.json changed"
cmp x07.lock.json before.lock || fail "the lock changed"
