#!/bin/sh
# SPDX-License-Identifier: MIT
# Packages are packed, published with a token, found, installed, withdrawn and taken back, against
# `x07 registry serve`; and what a folder answers instead.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
. "${X07_SOURCE_DIR:?}/tests/cli/registry_lib.sh"
. "${X07_SOURCE_DIR:?}/tests/cli/pkg_lib.sh"
cd "$TEST_TMP"
source_package alpha alpha 1.0.0
source_package alpha2 alpha 1.1.0
source_package alpha3 alpha 2.0.0-rc.1

# The same files, the same bytes.
expect 0 x07 pkg pack --package alpha --out made/alpha.x07pkg
is /command pkg.pack
is /result/sha256 "$(sha256sum <made/alpha.x07pkg | cut -d' ' -f1)"
is /result/bytes "$(stat -c %s made/alpha.x07pkg)"
cp -r alpha copy
touch -d 2001-01-01 copy/x07-package.json
expect 0 x07 pkg pack --package copy --out again.x07pkg
cmp made/alpha.x07pkg again.x07pkg || fail "another archive from the same files"
expect 20 x07 pkg pack --package alpha
is /error/code X07PKG_PACK_OUT
expect 20 x07 pkg pack --package made --out other
is /error/code X07PKG_PACK_FAILED
[ ! -e other ] || fail "an archive was left behind"
# What is wrong with a manifest is said, all of it, with its place.
mkdir -p bad
expect 20 x07 pkg pack --package bad --out other.x07pkg
says out '"bad: x07-package.json: No such file'
printf '{"schema_version":"x07.package@0.1.0",\n"name":7}' >bad/x07-package.json
expect 20 x07 pkg pack --package bad --out other.x07pkg
says out "2:8: \`name\` must be a string"
says out "missing field \`version\`"
printf '{"name":' >bad/x07-package.json
expect 20 x07 pkg pack --package bad --out other.x07pkg
says out "1:9: not a JSON document"
expect 0 x07 pkg pack --package alpha --out alpha.tar
says err "files that end in .x07pkg, not alpha.tar"
expect 20 x07 pkg pack --package alpha --out alpha/x07-package.json/out
is /error/code X07PKG_PACK_WRITE
expect 2 x07 pkg pack

expect 0 reg key --out key
mkdir data
: >serve.out # it is looked at before the server has opened it
x07 registry serve data --bind 127.0.0.1:0 --key key >>serve.out 2>serve.err &
server=$!
trap 'kill "$server" 2>/dev/null || :' EXIT
tries=0
until address=$(sed -n '/^http/{p;q}' serve.out) && [ -n "$address" ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 100 ] || fail "no address of the server"
	sleep 0.1
done
export X07_PKG_INDEX_URL="sparse+$address"

# Without a token, with a broken one, with one that may not.
expect 20 x07 pkg publish --package alpha
is /error/code X07PKG_PUBLISH_FAILED
says out X07REG_AUTH_REQUIRED
says out "x07 pkg login --index $X07_PKG_INDEX_URL"
token=$(reg token data --handle ann | jsonq /result/token)
expect 0 reg token daat --handle ann
says err "daat was not there: an empty registry begins in it"
expect 0 reg token daat --handle bob
silent err
printf '\n' >empty
expect 20 x07 pkg login --token-stdin <empty
is /error/code X07PKG_LOGIN_TOKEN
expect 20 x07 pkg login --token 'a b'
is /error/code X07PKG_LOGIN_TOKEN
expect 0 x07 pkg login --token "x07t_$(printf '%064d' 0)"
expect 20 x07 pkg publish --package alpha
says out X07REG_AUTH_INVALID
printf '%s\n' "$token" >token
expect 0 x07 pkg login --token-stdin <token
is /result/credentials_path "$X07_PKG_HOME/credentials.json"
says_not out "$token"
[ "$(stat -c %a "$X07_PKG_HOME/credentials.json")" = 600 ] || fail "the token can be read"
expect 0 x07 pkg publish --package alpha
is /result/name alpha
is /result/version 1.0.0
is /result/cksum "$(sha256sum <made/alpha.x07pkg | cut -d' ' -f1)"
is /result/index_path /index/al/ph/alpha
silent err
expect 20 x07 pkg publish --package alpha
says out X07REG_ALREADY_PUBLISHED
says out 'HTTP 409'
expect 0 x07 pkg publish --package alpha2
expect 0 x07 pkg publish --package alpha3
source_package needy needy 1.0.0 '"alpha@1.0.0","alpha2@>=9.0.0","nowhere@1.0.0"'
expect 0 x07 pkg publish --package needy
says err "warning: needy@1.0.0 needs nowhere 1.0.0, which $X07_PKG_INDEX_URL does not have (yet)"
says err "needs alpha2 >=9.0.0"
says_not err "needs alpha 1.0.0"
expect 20 env X07_PKG_INDEX_URL=embedded: x07 pkg publish --package needy
says out "no registry is chosen"
expect 20 env X07_PKG_INDEX_URL=embedded: x07 pkg yank alpha@1.0.0
says out "no registry is chosen"
sed -i 's/"license":"MIT",//' copy/x07-package.json
expect 20 x07 pkg publish --package copy
is /error/code X07PKG_PUBLISH_PACK
says out "copy: x07-package.json: publishing needs \`license\`"
sed -i -e 's/"docs":"[^"]*",//' -e 's/"x07c_compat":"[^"]*",//' copy/x07-package.json
expect 20 x07 pkg publish --package copy
for lacks in docs license meta.x07c_compat; do says out "\`$lacks\`"; done
expect 20 x07 pkg publish --package alpha --offline
is /error/code X07PKG_OFFLINE_INDEX

sed 's/>=0.1.0 <9.0.0/>=0.1.0 <0.2.0/' alpha/x07-package.json >copy/x07-package.json
expect 20 x07 pkg publish --package copy
is /error/code X07PKG_PUBLISH_PACK
says out "leaves out x07c 0.2.17"
expect 0 x07 pkg pack --package copy --out old.x07pkg
says err "nobody can add it"

# A password in an address is not repeated where others read.
expect 2 x07 pkg versions alpha --index "sparse+https://ann:secret-word@example.com/index/"
says err "x07 pkg login"
says_not err secret-word
says_not out secret-word

# A file that others can read gives no token away.
chmod 644 "$X07_PKG_HOME/credentials.json"
expect 20 x07 pkg publish --package alpha
is /error/code X07PKG_LOGIN_FAILED
chmod 600 "$X07_PKG_HOME/credentials.json"

expect 0 x07 pkg versions alpha
is /result/versions/0/version 1.0.0
is /result/versions/1/version 1.1.0
is /result/versions/2/version 2.0.0-rc.1
is /result/versions/1/yanked false
expect 0 x07 pkg info alpha
is /result/version 1.1.0
is /result/package_manifest/license MIT
expect 0 x07 pkg info alpha@1.0.0
is /result/version 1.0.0
expect 20 x07 pkg info alpha@9.0.0
is /error/code X07PKG_INDEX_NO_MATCH
expect 20 x07 pkg info 'Alpha?'
is /error/code X07PKG_SPEC_INVALID
expect 20 x07 pkg versions nothing
is /error/code X07PKG_INDEX_NO_MATCH
expect 20 x07 pkg versions alpha --offline --refresh
is /error/code X07PKG_OFFLINE_REFRESH
expect 2 x07 pkg versions
expect 0 nosocket x07 pkg versions alpha --offline
is /result/versions/0/version 1.0.0
expect 0 x07 pkg search lph
is /result/packages/0/name alpha
is /result/total 1
expect 0 x07 pkg search zebra
is /result/total 0
expect 0 x07 pkg list
is /result/packages/0 alpha
expect 0 x07 pkg verify alpha
is /result/signature/ok true

# Withdrawing is the owner's, and needs its scope.
expect 20 x07 pkg yank alpha@1.1.0
is /error/code X07PKG_YANK_FAILED
says out X07REG_FORBIDDEN
token=$(reg token data --handle bob --scopes owner.manage | jsonq /result/token)
expect 0 x07 pkg login --token "$token"
expect 20 x07 pkg yank alpha@1.1.0
says out X07REG_FORBIDDEN
token=$(reg token data --handle ann --scopes owner.manage | jsonq /result/token)
expect 0 x07 pkg login --token "$token"
# Another project has it locked: that goes on, but a check of the lock says so.
(pkg_project holder && x07 pkg add alpha@1.1.0 --sync >"$TEST_TMP/out" 2>&1 && locked alpha/1.1.0) ||
	fail "what is to be withdrawn cannot be added"
expect 0 x07 pkg lock --check --project holder
expect 0 x07 pkg yank alpha@1.1.0
is /result/yanked true
expect 20 x07 pkg lock --check --project holder
is /error/code X07PKG_YANKED_DEP
expect 0 x07 pkg sync --project holder
# What is withdrawn is taken all the same: its name is not free.
owner=$token
expect 0 x07 pkg login --token "$(reg token data --handle ann | jsonq /result/token)"
expect 20 x07 pkg publish --package alpha2
says out 'HTTP 409'
expect 0 x07 pkg login --token "$owner"
expect 0 x07 pkg versions alpha
is /result/versions/1/yanked true
expect 0 x07 pkg info alpha
is /result/version 1.0.0
expect 20 x07 pkg yank alpha@7.0.0
says out X07REG_NOT_FOUND
expect 20 x07 pkg yank alpha
is /error/code X07PKG_SPEC_INVALID
(pkg_project app && x07 pkg add alpha --sync >"$TEST_TMP/out" 2>&1 && installed alpha/1.0.0) ||
	fail "what was published cannot be added"
expect 0 x07 pkg yank alpha@1.1.0 --undo
expect 0 x07 pkg info alpha
is /result/version 1.1.0

# A registry of files: read alike, published to by building.
export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/data/index/"
expect 0 nosocket x07 pkg list
is /result/packages/0 alpha
expect 0 nosocket x07 pkg verify alpha@1.0.0
is /result/signature/ok true
expect 20 x07 pkg publish --package alpha
is /error/code X07PKG_PUBLISH_FAILED
says out 'registry build'
expect 20 x07 pkg login --token abc
is /error/code X07PKG_LOGIN_FAILED
expect 0 reg build "$TEST_TMP/made" --out plain
export X07_PKG_INDEX_URL="sparse+file://$TEST_TMP/plain/index/"
expect 20 x07 pkg verify alpha
is /error/code X07PKG_UNSIGNED
