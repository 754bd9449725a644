#!/bin/sh
# SPDX-License-Identifier: MIT
# x07.config.json: what it says counts, and what it cannot say is refused with the file and the
# member, never passed over.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
small_registry
url=$X07_PKG_INDEX_URL
unset X07_PKG_INDEX_URL
pkg_project "$TEST_TMP/p"

config() { printf '%s\n' "$1" >x07.config.json; }
refused() {
	config "$1"
	expect 20 x07 pkg lock --check
	is /error/code X07PKG_CONFIG_INVALID
	says out "$PWD/x07.config.json"
	says out "$2"
}

config "{\"pkg\":{\"registry\":\"$url\"}}"
expect 0 x07 pkg add alpha@1.1.0 --sync
is /result/lock/index "$url"
config "{\"index\":\"$url\"}"
expect 0 x07 pkg versions alpha
is /result/index "$url"
config '{"pkg":{"registry":"embedded:","cache_policy":"x","offline":true}}'
expect 20 x07 pkg lock
says out "there is no such package in the registry that ships with x07"
rm -rf .x07/deps
config "{\"pkg\":{\"registry\":\"$url\",\"offline\":null,\"require_signatures\":true}}"
rm -rf "$X07_PKG_HOME"
expect 20 x07 pkg sync
is /error/code X07PKG_UNSIGNED

refused '{"pkg":' ':2:1: unexpected end'
# shellcheck disable=SC2016
refused '{"pkg":{"regsitry":"embedded:"}}' 'no member `regsitry`; did you mean `registry`?'
# shellcheck disable=SC2016
refused '{"pkg":{"require_signature":true}}' 'did you mean `require_signatures`?'
# shellcheck disable=SC2016
refused '{"pkg":{"mirror":1}}' 'no member `mirror`"'
# shellcheck disable=SC2016
refused '{"pkg":{"registry":1}}' '`registry` must be a string'
# shellcheck disable=SC2016
refused '{"pkg":{"offline":"true"}}' '`offline` must be true or false'
# shellcheck disable=SC2016
refused '{"pkg":{"require_signatures":"yes"}}' '`require_signatures` must be true or false'
# shellcheck disable=SC2016
refused '{"pkg":[]}' '`pkg` must be an object'
refused '[]' 'not an object'

# An address that is none: where it was written, and how it is written.
config '{"pkg":{"registry":"ftp://example.com/"}}'
expect 2 x07 pkg lock --check
says err "$PWD/x07.config.json: registry 'ftp://example.com/': wants sparse+https://"
rm x07.config.json
expect 2 env X07_PKG_INDEX_URL=example.com x07 pkg lock --check
says err "X07_PKG_INDEX_URL: registry 'example.com'"
expect 2 x07 pkg list --index "$TEST_TMP/reg/index"
says err "a folder is written sparse+file://$TEST_TMP/reg/index/"
expect 2 x07 pkg login --token abc --index sparse+http://example.com/index/
says err "elsewhere sparse+https://HOST/PATH/"
[ ! -e "$X07_PKG_HOME/credentials.json" ] || fail "a token for plain http was kept"
