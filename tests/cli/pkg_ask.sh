#!/bin/sh
# SPDX-License-Identifier: MIT
# What a registry is asked without changing anything: versions, info, search, list, verify.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "$X07_SOURCE_DIR/tests/cli/pkg_lib.sh"
. "$X07_SOURCE_DIR/tests/cli/registry_lib.sh"
cd "$TEST_TMP"
small_registry

expect 0 x07 pkg versions alpha
is /command pkg.versions
is /result/name alpha
is /result/versions/0/version 1.0.0
is /result/versions/1/version 1.1.0
is /result/versions/2/version 2.0.0-rc.1
is /result/versions/2/yanked false
expect 0 x07 pkg versions delta
is /result/versions/0/yanked true
expect 20 x07 pkg versions nosuch
is /error/code X07PKG_INDEX_NO_MATCH
expect 20 x07 pkg versions Bad_Name
is /error/code X07PKG_SPEC_INVALID
expect 20 x07 pkg versions alpha --offline --refresh
is /error/code X07PKG_OFFLINE_REFRESH
expect 2 x07 pkg versions
says err "which package"

# Without a version: the highest release, not the pre-release above it.
expect 0 x07 pkg info alpha
is /result/version 1.1.0
is /result/yanked false
[ "$(field /result/sha256)" = "$(sha256sum "$TEST_TMP/reg/dl/alpha/1.1.0/download" | cut -d' ' -f1)" ] ||
	fail "sha256 is not that of the archive"
expect 0 x07 pkg info alpha@2.0.0-rc.1
is /result/version 2.0.0-rc.1
expect 20 x07 pkg info alpha@7.0.0
is /error/code X07PKG_INDEX_NO_MATCH
expect 20 x07 pkg info delta
is /error/code X07PKG_INDEX_NO_MATCH
expect 0 x07 pkg info delta@1.0.0
is /result/yanked true
expect 20 x07 pkg info alpha@
is /error/code X07PKG_SPEC_INVALID
# Installed, the manifest is there too.
pkg_project "$TEST_TMP/p"
expect 0 x07 pkg add alpha@1.1.0 --sync
expect 20 x07 pkg info net.http
is /error/code X07PKG_SPEC_INVALID
says out "'net.http' is a capability, no package: its package is ext-net@0.1.11"
expect 0 x07 pkg info alpha@1.1.0
is /result/package_dir .x07/deps/alpha/1.1.0
is /result/package_manifest/name alpha

# mkregistry writes no catalog: the folder itself is listed, and a search says what is missing.
expect 0 x07 pkg list
is /result/packages '["alpha","beta","delta","gamma","omega"]'
expect 20 x07 pkg search alpha
is /error/code X07PKG_INDEX_FETCH
expect 20 x07 pkg list --index "sparse+file://$TEST_TMP/none/"
is /error/code X07PKG_LIST_INDEX_MISSING
expect 20 x07 pkg verify alpha
is /error/code X07PKG_UNSIGNED
is /result/version 1.1.0

# What ships answers with no configuration.
unset X07_PKG_INDEX_URL
cd "$TEST_TMP"
expect 0 nosocket x07 pkg search PERCENT url
is /result/total 1
is /result/packages/0/name ext-url-rs
expect 0 x07 pkg search url.parse
is /result/capabilities/0/id url.parse
expect 0 x07 pkg search "no such thing"
is /result/total 0
expect 2 x07 pkg search
expect 0 x07 pkg list
is /result/packages '["ext-curl-c","ext-net","ext-sockets-c","ext-url-rs"]'
expect 0 x07 pkg verify ext-net@0.1.11
is /result/signature/ok true
is /result/signature/kind ed25519

# A signed registry, then the same lines with another key, and with a damaged signature.
cd "$TEST_TMP"
source_package in/alpha alpha 1.0.0
expect 0 reg key --out key
expect 0 reg build in --out good --key key --name test
key_id=$(sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' good/index/config.json | head -1)
expect 0 x07 pkg verify alpha --index "sparse+file://$TEST_TMP/good/index/"
is /result/signature/key_id "$key_id"
is /result/signature/ok true
# The snapshot would notice first; this is about the signature alone.
cp -R good bad
sed -i '/"snapshot": true/d' bad/index/config.json
sed 's/"ed25519_sig":"./"ed25519_sig":"+/' good/index/al/ph/alpha >bad/index/al/ph/alpha
cmp -s good/index/al/ph/alpha bad/index/al/ph/alpha && sed -i 's/"ed25519_sig":"./"ed25519_sig":"A/' bad/index/al/ph/alpha
expect 20 x07 pkg verify alpha --index "sparse+file://$TEST_TMP/bad/index/"
is /error/code X07PKG_SIGNATURE_INVALID
is /result/signature/ok false
expect 20 x07 pkg info alpha --index "sparse+file://$TEST_TMP/bad/index/"
is /error/code X07PKG_SIGNATURE_INVALID

# A name that is nearly one, a version that is none, what ships with x07 in a registry of one's own.
expect 0 x07 registry build "$TEST_TMP/reg/dl" --out "$TEST_TMP/listed"
export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/listed/index/"
expect 20 x07 pkg info alpah
is /error/code X07PKG_INDEX_NO_MATCH
says out "did you mean 'alpha'?"
expect 20 x07 pkg versions gama
says out "did you mean 'gamma'?"
expect 20 x07 pkg info alpha@9.9.9
says out "whose highest version is 2.0.0-rc.1; \`x07 pkg versions alpha\` lists"
expect 20 env X07_PKG_INDEX_URL=embedded: x07 pkg versions ext-nett
says out "did you mean 'ext-net'?"
pkg_project "$TEST_TMP/near"
expect 20 x07 pkg add alpah --sync
says out "did you mean 'alpha'?"
expect 20 x07 pkg add net.http --sync
says out "it ships with x07"
dl=$(field /error/message | sed -n 's/.* a copy of \(.*\) beside your packages$/\1/p')
mkdir "$TEST_TMP/both"
cp -r "$dl" "$TEST_TMP/both/x07"
mkdir "$TEST_TMP/both/own"
cp "$TEST_TMP/reg/dl/beta/1.0.0/download" "$TEST_TMP/both/own/beta.x07pkg"
expect 0 x07 registry build "$TEST_TMP/both" --out "$TEST_TMP/site"
both="sparse+file://$TEST_TMP/site/index/"
expect 20 x07 pkg remove bta
is /error/code X07PKG_DEP_NOT_FOUND
expect 0 x07 pkg add net.http --sync --index embedded:
expect 20 x07 pkg add beta --sync
is /error/code X07PKG_RESOLVE_CONFLICT
says out "ext-net ships with x07: to have both, build your registry with a copy of"
expect 20 on_tty x07 pkg add beta --sync
says out "ext-net ships with x07: to have both"
expect 20 x07 pkg update ext-nte
says out "did you mean 'ext-net'?"
expect 0 x07 pkg add net.http --sync --index "$both"
expect 0 x07 pkg add beta --sync --index "$both"
installed ext-net/0.1.11
installed beta/1.0.0
