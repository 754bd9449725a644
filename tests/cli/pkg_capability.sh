#!/bin/sh
# SPDX-License-Identifier: MIT
# The capability map is honest: every canonical pick resolves in the embedded registry and provides
# the modules that the map says; no package that it says is elsewhere is there.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
map="$X07_BUILD_DIR/share/x07/registry/capabilities.json"
of_map() { jsonq "$1" <"$map"; }

i=0
while id=$(of_map "/capabilities/$i/id" 2>/dev/null); do
	at=/capabilities/$i
	i=$((i + 1))
	name=$(of_map $at/canonical/name)
	version=$(of_map $at/canonical/version)
	pkg_project "$TEST_TMP/p$i"
	expect 0 x07 pkg add "$id" --sync --offline
	is /result/capability "$id"
	is /result/name "$name"
	is /result/version "$version"
	installed "$name/$version"
	locked "$name/$version"
	listed "$name/$version"
	k=0
	while module=$(of_map "$at/modules/$k" 2>/dev/null); do
		k=$((k + 1))
		expect 0 x07 pkg provides "$module"
		is /providers/0/kind catalog
		is /providers/0/capability "$id"
		is /providers/0/ships true
		is /providers/1/kind dependency
		is /providers/1/name "$name"
		[ -f "$(field /providers/1/module_root)/$(printf %s "$module" | tr . /).x07.json" ] ||
			fail "$module is not where the report says"
	done
	manifest=.x07/deps/$name/$version/x07-package.json
	jsonq "/modules/$((k - 1))" <"$manifest" >/dev/null || fail "$id: the package has fewer modules"
	! jsonq "/modules/$k" <"$manifest" >/dev/null 2>&1 || fail "$id: the package has more modules"
done
[ "$i" -ge 4 ] || fail "$i capabilities"

other=0
while id=$(of_map "/elsewhere/$other/id" 2>/dev/null); do
	name=$(of_map "/elsewhere/$other/package/name")
	version=$(of_map "/elsewhere/$other/package/version")
	other=$((other + 1))
	pkg_project "$TEST_TMP/e$other"
	cp x07.json before
	expect 20 x07 pkg add "$id" --sync
	is /error/code X07PKG_INDEX_NO_MATCH
	says out "$id is $name@$version, which does not ship with x07: --index URL"
	cmp -s before x07.json || fail "$id: x07.json changed"
done
[ "$other" -ge 1 ] || fail "nothing is elsewhere"
printf '%s capabilities, %s elsewhere\n' "$i" "$other"

# The canonical set, by id and by alias; a second time there is nothing to do.
pkg_project "$TEST_TMP/set"
expect 0 x07 pkg add net.http --sync
is /result/capability net.http
for package in ext-curl-c/0.1.6 ext-net/0.1.11 ext-sockets-c/0.1.6 ext-url-rs/0.1.5; do
	installed "$package"
	listed "$package"
done
cp x07.json before && cp x07.lock.json before.lock
expect 0 x07 pkg add http-client --sync
is /result/capability net.http
cmp -s before x07.json || fail "x07.json changed"
cmp -s before.lock x07.lock.json || fail "the lock changed"
# A word that is nearly one; a word that is nothing; a name that is a package wins.
expect 20 x07 pkg add net.htp
is /error/code X07PKG_CAPABILITY_UNKNOWN
says out "did you mean 'net.http'?"
expect 20 x07 pkg add completely.else
is /error/code X07PKG_CAPABILITY_UNKNOWN
says_not out "did you mean"
expect 20 x07 pkg add http-clint --sync
is /error/code X07PKG_INDEX_NO_MATCH
says out "did you mean the capability 'http-client'?"
cmp -s before x07.json || fail "x07.json changed"
pkg_project "$TEST_TMP/name"
mkregistry "$TEST_TMP/reg" 1 100 json@3.0.0 ext-json-rs@0.1.7
index="sparse+file://$TEST_TMP/reg/index/"
expect 0 x07 pkg add json --sync --index "$index"
is /result/name json
# From a registry that has it, the pick that does not ship.
pkg_project "$TEST_TMP/elsewhere"
expect 0 x07 pkg add data.json --sync --index "$index"
is /result/capability data.json
installed ext-json-rs/0.1.7
