#!/bin/sh
# SPDX-License-Identifier: MIT
# The server that docs/REGISTRY.md tells people to write, word for word: its answers may be kept as
# long as they are true, two publications in one second are two, and few connections do.
# shellcheck disable=SC2119 # `build` takes options or none
. "${X07_SOURCE_DIR:?}/tests/net/registry_lib.sh"
awk '/^## /{in_part = ($0 == "## Behind nginx")} in_part && /^    /' "$X07_SOURCE_DIR/docs/REGISTRY.md" |
	sed -e "s|/etc/ssl/packages|$net_tmp/server|" -e "s|/srv/registry/site|$site|" >"$net_tmp/servers"
# The same without HTTP/2.
sed 's/443 ssl http2/8443 ssl/' "$net_tmp/servers" >"$net_tmp/servers.1" && cat "$net_tmp/servers.1" >>"$net_tmp/servers"
grep -q 'server_name packages.example.com;' "$net_tmp/servers" || fail "no server in docs/REGISTRY.md"
nginx_start

source_package in/alpha alpha 1.0.0
source_package in/beta beta 1.0.0
expect 0 reg key --out key
build
index=sparse+https://packages.example.com/index/

# ask PATH [HEADER]: head of the answer in $TEST_TMP/head; answer NAME: one of its headers.
ask() {
	{
		printf 'GET %s HTTP/1.1\r\nHost: packages.example.com\r\nConnection: close\r\n' "$1"
		[ $# -lt 2 ] || printf '%s\r\n' "$2"
		printf '\r\n'
	} | openssl s_client -quiet -connect "$public4:443" -servername packages.example.com \
		2>/dev/null | tr -d '\r' | sed '/^$/q' >"$TEST_TMP/head"
}
answer() { sed -n "s/^$1: //p" "$TEST_TMP/head"; }
# asked STATUS PATH CACHE-CONTROL [HEADER]
asked() {
	ask "$2" ${4:+"$4"}
	status=$(sed -n '1s/^[^ ]* \([0-9]*\) .*/\1/p' "$TEST_TMP/head")
	[ "$status" = "$1" ] || fail "$2 is answered with '$status', not $1"
	value=$(answer Cache-Control)
	[ "$value" = "$3" ] || fail "Cache-Control of $2 is '$value', not '$3'"
}

# What never changes may be kept for ever, what changes for five minutes, what is not there not at all.
forever='public, max-age=31536000, immutable'
minutes='public, max-age=300'
copy=$(cd "$site" && find index/snapshot -type f | sort | sed 1q)
for file in "/$copy" /dl/alpha/1.0.0/download; do
	asked 200 "$file" "$forever"
	asked 304 "$file" "$forever" "If-None-Match: $(answer ETag)"
done
for file in snapshot.json config.json catalog.json al/ph/alpha; do
	asked 200 "/index/$file" "$minutes"
	asked 304 "/index/$file" "$minutes" "If-None-Match: $(answer ETag)"
done
asked 404 /index/snapshot/00/nothing ''
asked 404 /index/no/th/nothing ''
asked 404 /dl/alpha/9.0.0/download ''

# Publications of the same size within a second: nginx says of each that it is another one, and so
# clients see it; also of a registry without signatures, where nothing else tells.
# published WHERE FILES: every file has the size that it had, and a tag that it never had.
published() {
	for file in $2; do
		ask "/$1$file"
		size=$(answer Content-Length)
		[ "$size" = "$(cat "$TEST_TMP/size-${file##*/}" 2>/dev/null || echo "$size")" ] ||
			fail "$1$file has another size: that proves nothing"
		printf '%s\n' "$size" >"$TEST_TMP/size-${file##*/}"
		! grep -qxF "$(answer ETag)" "$TEST_TMP/tags-${file##*/}" || fail "$1$file has an old tag"
		answer ETag >>"$TEST_TMP/tags-${file##*/}"
	done
}
source_package "$TEST_TMP/in/alpha2" alpha 1.1.0
for registry in signed plain; do
	rm -f "$TEST_TMP"/size-* "$TEST_TMP"/tags-*
	touch "$TEST_TMP/tags-snapshot.json" "$TEST_TMP/tags-alpha"
	if [ $registry = signed ]; then where=index/; else where=plain/index/; fi
	client $registry "sparse+https://packages.example.com/$where"
	for publication in 0 1 0 1 0 1; do
		printf 'alpha@1.%d.0\n' $publication >"$TEST_TMP/in/yanked.txt"
		if [ $registry = signed ]; then
			build
			published $where 'snapshot.json al/ph/alpha'
		else
			expect 0 reg build "$TEST_TMP/in" --out "$site/plain"
			published $where 'al/ph/alpha'
		fi
		expect 0 x07 pkg versions alpha
		is /result/versions/$publication/yanked true
		is /result/versions/$((1 - publication))/yanked false
	done
done
rm "$TEST_TMP/in/yanked.txt"

# Copied in the order of the document, a registry can be used at each moment: by who knows nothing and
# by who knows it from before.
expect 0 reg build "$TEST_TMP/in" --out "$TEST_TMP/made" --key "$TEST_TMP/key" --name test
rm -rf "${site:?}/index" "${site:?}/dl"
cp -rp "$TEST_TMP/made/index" "$TEST_TMP/made/dl" "$site/"
client known "$index"
expect 0 x07 pkg versions alpha
source_package "$TEST_TMP/in/alpha3" alpha 1.2.0
source_package "$TEST_TMP/in/zeta" zeta 1.0.0
expect 0 reg build "$TEST_TMP/in" --out "$TEST_TMP/made" --key "$TEST_TMP/key" --name test
wanted=1.1.0
for step in nothing dl copies index snapshot; do
	case $step in
	dl) cp -rp "$TEST_TMP/made/dl" "$site/" ;;
	copies) cp -rp "$TEST_TMP/made/index/snapshot" "$site/index/" ;;
	index) (cd "$TEST_TMP/made/index" && tar cf - --exclude=./snapshot.json .) | tar xf - -C "$site/index" ;;
	snapshot)
		cp -p "$TEST_TMP/made/index/snapshot.json" "$site/index/"
		wanted=1.2.0
		;;
	esac
	client "step-$step" "$index"
	expect 0 x07 pkg add alpha --sync
	installed alpha/$wanted
	client known "$index"
	expect 0 x07 pkg info alpha
	is /result/version $wanted
done

# Sixty packages come over one connection or two, and another command needs one.
needs=
for i in $(seq 60); do
	source_package "$TEST_TMP/in/p$i" "part$i" 1.0.0
	needs="$needs${needs:+,}\"part$i@1.0.0\""
done
source_package "$TEST_TMP/in/all" all 1.0.0 "$needs"
build
connections() { cut -d' ' -f1 "$net_tmp/connections.log" | sort -u | wc -l; }
client many "$index"
: >"$net_tmp/connections.log"
expect 0 x07 pkg add all --sync
installed part60/1.0.0
requests=$(wc -l <"$net_tmp/connections.log")
[ "$requests" -ge 120 ] || fail "only $requests requests for 61 packages"
[ "$(connections)" -le 2 ] || fail "$(connections) connections for $requests requests"
! grep -qv ' HTTP/2.0 ' "$net_tmp/connections.log" || fail "not all over HTTP/2"
rm -r .x07/deps "$X07_PKG_HOME/store"
: >"$net_tmp/connections.log"
expect 0 x07 pkg sync
installed part60/1.0.0
[ "$(connections)" -le 2 ] || fail "$(connections) connections for a sync"
# A server that speaks HTTP/1.1 alone is asked over many connections, but no more than 64.
rm -r .x07/deps "$X07_PKG_HOME/store"
export X07_PKG_INDEX_URL=sparse+https://packages.example.com:8443/index/
: >"$net_tmp/connections.log"
expect 0 x07 pkg add all --sync
installed part60/1.0.0
[ "$(connections)" -le 64 ] || fail "$(connections) connections to a server without HTTP/2"
[ "$(connections)" -lt "$requests" ] || fail "a connection for each request"
